"""Ids that more than one room speaks of; Zalo's are decimal strings of up to 19 digits, never numbers."""

import secrets
from typing import NewType

UserId = NewType("UserId", str)
"""A person, as one OA sees them: the same person has another id for another OA."""

MessageId = NewType("MessageId", str)
"""Zalo's name for a message; the same in the send answer, its echo and its receipts."""

RunnerId = NewType("RunnerId", str)
"""One life of one process: a process that froze takes a new one."""


def new_runner_id() -> RunnerId:
    return RunnerId(secrets.token_hex(8))
