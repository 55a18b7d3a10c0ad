"""What an act is given: who asks, when, and with what it is done."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from app.conversations.means import Means
from app.engine.inputs import ActDone
from app.kit.ids import UserId

Args = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Scene:
    """Who asks, when, and with what it is done: everything inside one transaction."""

    db: Connection
    means: Means
    contact: UserId
    now: datetime


Act = Callable[[Scene, Args], ActDone]
