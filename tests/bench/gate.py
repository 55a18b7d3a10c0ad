"""The gate before any figure: a fast bot that answers wrongly is worth nothing."""

import asyncio

from tests.bench.knock import Knocker
from tests.bench.stub import Stub

SCRIPT = ("menu", "1", "quay lại", "menu")
PEOPLE = 10
QUIET = 0.4
"""Seconds without a reply after which a turn counts as over."""


class Wrong(Exception):
    """The subject does not do what is to be measured."""


async def check_conversation(knocker: Knocker, stub: Stub) -> None:
    """Everyone is led the same way, each message is answered once, and strangers' events are refused."""
    people = [str(2000 + number) for number in range(PEOPLE)]
    talks = await asyncio.gather(*(talk(knocker, stub, person) for person in people))
    if any(not all(turn) for turn in talks):
        raise Wrong(f"a message was not answered: {talks[0]}")
    if any(other != talks[0] for other in talks):
        raise Wrong("people who said the same were answered differently")
    if talks[0][0] == talks[0][1]:
        raise Wrong("a choice led nowhere: the conversation has no state")
    await _check_repeats(knocker, stub, people[0])
    await _check_forgery(knocker, stub, people[0])


async def talk(knocker: Knocker, stub: Stub, person: str) -> list[list[str]]:
    """What the bot said, turn by turn; the first turn is not counted, it may be a welcome."""
    await knocker.say(person, "menu")
    await quiet(stub, person)
    turns = []
    for text in SCRIPT:
        before = len(stub.replies[person])
        await knocker.say(person, text)
        await quiet(stub, person)
        turns.append([reply.text for reply in stub.replies[person][before:]])
    return turns


async def quiet(stub: Stub, person: str) -> None:
    try:
        await stub.wait_for(person, 1)
    except TimeoutError:
        raise Wrong("a message was never answered") from None
    known = -1
    while known != len(stub.replies[person]):
        known = len(stub.replies[person])
        await asyncio.sleep(QUIET)


async def _check_repeats(knocker: Knocker, stub: Stub, person: str) -> None:
    body = await knocker.say(person, "menu")
    await quiet(stub, person)
    before = len(stub.replies[person])
    statuses = [await knocker.post(body) for _ in range(3)]
    await quiet(stub, person)
    if statuses != [200] * 3 or len(stub.replies[person]) != before:
        raise Wrong("a repeated event was answered again")


async def _check_forgery(knocker: Knocker, stub: Stub, person: str) -> None:
    before = len(stub.replies[person])
    status = await knocker.post(knocker.event(person, "menu"), signature="mac=" + "0" * 64)
    await quiet(stub, person)
    if len(stub.replies[person]) != before:
        raise Wrong(f"an event with a wrong signature was answered (HTTP {status})")
