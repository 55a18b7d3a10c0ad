"""What broadcasts ask of the lists of workers: how a unit stands, and where its answer goes."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from sqlalchemy import Connection

from app.broadcasts.audience import ListState
from app.broadcasts.content import Answer
from app.kit.ids import UserId


@dataclass(frozen=True, slots=True)
class UnitStanding:
    """`marks`: the marks that the liaison has set on workers of the list."""

    state: ListState
    not_installed: int = 0
    due_on: date | None = None
    marks: frozenset[str] = frozenset()


class UnitLists(Protocol):
    def standings(self, db: Connection, employers: Collection[int]) -> Mapping[int, UnitStanding]:
        """Of those that have a list; the others are left out."""
        ...

    def answer(self, db: Connection, employer: int, contact: UserId, answer: Answer, now: datetime) -> None:
        """The liaison has said by button how it stands."""
        ...


class NoLists:
    """Nobody has a list: a rule that asks for one means nobody."""

    def standings(self, db: Connection, employers: Collection[int]) -> Mapping[int, UnitStanding]:
        return {}

    def answer(self, db: Connection, employer: int, contact: UserId, answer: Answer, now: datetime) -> None:
        return None
