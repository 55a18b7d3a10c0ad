"""A conversation without Zalo: real engine, acts and tables in memory; what the bot owes is read at once."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import Connection, StaticPool, create_engine, select

from app.content import transcript
from app.content.transcript import MEANWHILE, Bubble, Does, Doing, Says, Shares, Taps, TranscriptError, Waits
from app.conversations.ledger import read_standing
from app.conversations.means import Means
from app.conversations.talk import converse
from app.conversations.waiting import left_to_colleague
from app.directory import consents, contacts, liaisons
from app.directory.demo_data import load_demo, make_invitation, make_liaison
from app.engine.inputs import Followed, Input, Media, Opened, Shared, Tapped, Typed, input_from_text
from app.handover.requests import InHands, in_hands_among, take_request
from app.kit.db import Base
from app.kit.ids import UserId
from app.kit.redact import mask_secrets
from app.outbox.ledger import plan
from app.outbox.models import Delivery, Lane
from app.worker_lists.demo_data import finish_demo_lists, load_demo_lists
from app.zalo.messages import Buttons, OpenUrl, Phone, Query, RequestUserInfo, Sms, Text, decode

PERSON = UserId("9000000000000000001")


class Cast(StrEnum):
    """Who talks: what the directory knows of the person before the first word."""

    NEW = "new"
    FOLLOWER = "follower"
    INVITED = "invited"
    """Has a unit's word before them, from under the QR code."""
    LIAISON = "liaison"
    VERIFIED_LIAISON = "verified_liaison"
    VERIFIED_LIAISON_NO_OFFICER = "verified_liaison_no_officer"
    LIAISON_WITH_LIST = "liaison_with_list"


def cast_of(contact: str) -> Cast:
    """Who talks, by the name in a transcript. Raises `TranscriptError`."""
    if contact not in set(Cast):
        raise TranscriptError(f"nobody is called `{contact}`; there are: {', '.join(Cast)}")
    return Cast(contact)


class NoSuchButton(Exception):
    """The label is on none of the buttons that the bot has shown."""


class Rehearsal:
    """One person talking to the flows; every turn goes through the tables and back."""

    def __init__(self, db: Connection, means: Means, cast: Cast, starts_at: datetime) -> None:
        self._db, self._means, self.now = db, means, starts_at
        self._turns = 0
        self._buttons: dict[str, str] = {}
        self.visited: set[str] = set()
        load_demo(db, means.sealer, starts_at)
        contacts.touch(db, PERSON, starts_at)
        if cast is Cast.FOLLOWER:
            contacts.follow(db, PERSON, starts_at)
        match cast:
            case Cast.INVITED:
                make_invitation(db, starts_at)
            case Cast.LIAISON:
                make_liaison(db, means.sealer, PERSON, starts_at, verified=False)
            case Cast.VERIFIED_LIAISON:
                make_liaison(db, means.sealer, PERSON, starts_at, verified=True)
            case Cast.VERIFIED_LIAISON_NO_OFFICER:
                make_liaison(db, means.sealer, PERSON, starts_at, verified=True, unit_code="TA0009Z")
            case Cast.LIAISON_WITH_LIST:
                make_liaison(db, means.sealer, PERSON, starts_at, verified=True)
                load_demo_lists(db, means.sealer, starts_at)
            case _:
                pass

    def do(self, doing: Doing) -> list[Bubble]:
        """What the bot says to it. Raises `NoSuchButton`."""
        match doing:
            case Waits(span):
                self.now += span
                return []
            case Says(text):
                masked = mask_secrets(text)
                return self._hear(input_from_text(masked.text, frozenset(map(str, masked.kinds))))
            case Taps(label):
                if label not in self._buttons:
                    raise NoSuchButton(f"no button says “{label}”; there are: {', '.join(self._buttons)}")
                return self._hear(Tapped(self._buttons[label]))
            case Shares(name, phone):
                return self._hear(Shared(name, phone))
            case Does("theo dõi"):
                contacts.follow(self._db, PERSON, self.now)
                return self._hear(Followed())
            case Does("bỏ theo dõi"):
                contacts.unfollow(self._db, PERSON)
                return []
            case Does(what) if what in MEANWHILE:
                self._happens(what)
                return []
            case Does("mở khung chat"):
                return self._hear(Opened())
            case Does(what):
                return self._hear(Media(what))

    def _happens(self, what: str) -> None:
        """Something elsewhere changes what the person is about to do."""
        match what:
            case transcript.REGISTERED_BY_OFFICE:
                make_liaison(self._db, self._means.sealer, PERSON, self.now, verified=True)
            case transcript.ENDED_BY_OFFICE:
                liaisons.end(self._db, self._means.sealer, PERSON, self.now)
            case transcript.WITHDRAWN_BY_PHONE:
                consents.withdraw(self._db, PERSON, self.now)
            case transcript.ALL_INSTALLED:
                finish_demo_lists(self._db, self.now)
            case transcript.TAKEN_BY_COLLEAGUE:
                for hands in in_hands_among(self._db, [PERSON], self.now).values():
                    take_request(self._db, hands.request_id, "staff:1", self.now)

    def _hear(self, given: Input) -> list[Bubble]:
        self._turns += 1
        self.now += timedelta(seconds=10)
        cause = f"event:{self._turns}"
        standing = read_standing(self._db, self._means.sealer, PERSON)
        hands = self._hands()
        words = left_to_colleague(self._db, self._means, standing, hands, _words_of(given), self.now)
        if words is None:
            said = converse(self._db, self._means, PERSON, given, cause, self.now)
            self.visited.update(said.visited)
        else:
            plan(self._db, cause, PERSON, Lane.REPLY, words, self.now)
        return list(self._owed(cause))

    def _hands(self) -> InHands | None:
        """While flows are rehearsed nobody is at the desk, until a colleague takes the request."""
        hands = in_hands_among(self._db, [PERSON], self.now).get(PERSON)
        return None if hands is None or hands.taken_at is None else hands

    def _owed(self, cause: str) -> Iterator[Bubble]:
        rows = self._db.execute(
            select(Delivery.message).where(Delivery.cause == cause).order_by(Delivery.ordinal)
        )
        for sealed in rows.scalars():
            yield self._bubble(sealed)

    def _bubble(self, sealed: bytes) -> Bubble:
        message = decode(self._means.sealer.open(sealed))
        match message:
            case Text(text):
                return Bubble(text)
            case Buttons(text, buttons):
                self._buttons |= {one.title: one.payload for one in buttons if isinstance(one, Query)}
                if text.endswith(self._means.library.words.not_that):
                    # What else it may have been differs from one training to the next.
                    return Bubble(text, ("…", _label(buttons[-1])))
                return Bubble(text, tuple(_label(one) for one in buttons))
            case RequestUserInfo(title, subtitle):
                return Bubble(f"{title}\n{subtitle}", ("Chia sẻ thông tin",))
            case _:
                return Bubble(repr(message))


def _label(button: Query | OpenUrl | Phone | Sms) -> str:
    return f"{button.title} ↗" if isinstance(button, OpenUrl) else button.title


@contextmanager
def rehearsal(means: Means, cast: Cast, starts_at: datetime) -> Iterator[Rehearsal]:
    """A rehearsal on tables of its own that are gone afterwards."""
    engine = create_engine("sqlite://", poolclass=StaticPool)
    Base.metadata.create_all(engine)
    with engine.begin() as db:
        yield Rehearsal(db, means, cast, starts_at)
    engine.dispose()


def _words_of(given: Input) -> str | None:
    """What Zalo would have delivered as text: a tapped button is text as well."""
    match given:
        case Typed(text):
            return text
        case Tapped(payload):
            return payload
        case _:
            return None
