"""The shape of flows: nodes that say, ask, branch and act. Content writes them, the engine walks them."""

from collections.abc import Iterator, Mapping
from datetime import date
from enum import StrEnum
from typing import Annotated, Literal, NamedTuple, Self
from urllib.parse import urlsplit

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from app.engine.words import Wording, Words


class Place(NamedTuple):
    """A node, by the names of its flow and itself; written "flow.node"."""

    flow: str
    node: str

    def __str__(self) -> str:
        return f"{self.flow}.{self.node}"

    @classmethod
    def parse(cls, written: str, home: str = "") -> "Place":
        """A target as a flow writes it: "node" in its own flow, "flow.node" elsewhere."""
        flow, dot, node = written.partition(".")
        return cls(flow, node) if dot else cls(home, flow)


class SlotType(StrEnum):
    PERSON_NAME = "person_name"
    PHONE = "phone"
    EMAIL = "email"
    UNIT_CODE = "unit_code"
    YES_NO = "yes_no"
    CHOICE = "choice"
    DATE = "date"
    TEXT = "text"


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)


def _one_or_many(given: object) -> object:
    return [given] if isinstance(given, str) else given


Target = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)?$", max_length=81)]
Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$", max_length=40)]


class MenuChoice(_Part):
    label: Wording
    goto: Target
    also: tuple[Wording, ...] = ()
    """Other wordings that mean this choice."""


class Option(_Part):
    value: Annotated[str, Field(pattern=r"^[a-z0-9_]+$", max_length=40)]
    label: Wording


class ShareForm(_Part):
    """Zalo's own form that hands over name and phone."""

    title: Wording
    subtitle: Wording


class Ask(_Part):
    slot: Name
    type: SlotType
    prompt: Wording
    wrong: Wording
    hint: str = ""
    """Added to the second and later refusals."""
    tries: Annotated[int, Field(ge=1, le=10)] = 3
    give_up: Target | None = None
    skip: Wording | None = None
    """Label of the way to leave the slot empty."""
    choices: tuple[Option, ...] = ()
    request_user_info: ShareForm | None = None
    fills: Mapping[Literal["name"], Name] = {}
    """Further slots that the shared form fills while they are empty: what it shares → slot."""

    @model_validator(mode="after")
    def _belongs_to_its_type(self) -> Self:
        if (self.type is SlotType.CHOICE) != bool(self.choices):
            raise ValueError("`choices` and `type: choice` belong together")
        if self.request_user_info is not None and self.type is not SlotType.PHONE:
            raise ValueError("`request_user_info` belongs to `type: phone`")
        return self


class ReviewField(_Part):
    slot: Name
    label: Wording
    ask: Name


class Yes(_Part):
    label: Wording
    goto: Target


class Confirm(_Part):
    prompt: Wording
    fields: Annotated[tuple[ReviewField, ...], Field(min_length=1)]
    yes: Yes
    cancel: Target


class ValueLink(_Part):
    """A button that opens an address which an act brought; it is shown once and kept nowhere."""

    label: Wording
    value: Name


class Node(_Part):
    say: Annotated[tuple[Wording, ...], BeforeValidator(_one_or_many)] = ()
    guides: tuple[Name, ...] = ()
    link: ValueLink | None = None
    menu: tuple[MenuChoice, ...] = ()
    ask: Ask | None = None
    confirm: Confirm | None = None
    do: Name | None = None
    on: Mapping[str, Target] = {}
    goto: Target | None = None
    end: bool = False

    @model_validator(mode="after")
    def _goes_on_in_one_way(self) -> Self:
        ways = {
            "menu": bool(self.menu),
            "ask … goto": self.ask is not None,
            "confirm": self.confirm is not None,
            "do … on": self.do is not None,
            "goto": self.goto is not None and self.ask is None,
            "end": self.end,
        }
        taken = [way for way, is_taken in ways.items() if is_taken]
        if len(taken) != 1:
            raise ValueError(f"a node goes on in exactly one way, this one has: {', '.join(taken) or 'none'}")
        if self.ask is not None and self.goto is None:
            raise ValueError("`ask` needs a `goto` for when it is answered")
        if (self.do is None) != (not self.on):
            raise ValueError("`do` and `on` belong together")
        if self.link is not None and (not self.say or self.waits):
            raise ValueError("`link` belongs under a `say` of a node that goes on by itself")
        return self

    @property
    def waits(self) -> bool:
        """Whether the contact has to do something here."""
        return bool(self.menu) or self.ask is not None or self.confirm is not None

    def targets(self) -> Iterator[str]:
        """Every target this node can lead to, as written."""
        yield from (choice.goto for choice in self.menu)
        yield from self.on.values()
        if self.goto is not None:
            yield self.goto
        if self.ask is not None and self.ask.give_up is not None:
            yield self.ask.give_up
        if self.confirm is not None:
            yield self.confirm.yes.goto
            yield self.confirm.cancel
            yield from (field.ask for field in self.confirm.fields)


class Flow(_Part):
    flow: Name
    title: Wording
    start: Name = "start"
    form: bool = False
    """A form is not left by accident: what would interrupt it is asked about first."""
    nodes: Mapping[Name, Node]


class GuideStatus(StrEnum):
    UNCHECKED = "unchecked"
    OK = "ok"
    UNREACHABLE = "unreachable"
    RETIRED = "retired"
    """Kept for the record, never shown."""


class Guide(_Part):
    """An address the bot may hand out, and what to say while it cannot be opened."""

    title: Wording
    url: Annotated[str, Field(pattern=r"^(https?://[A-Za-z0-9.-]+([/?#]\S*)?)?$")] = ""
    section: str = ""
    purpose: str
    checked_on: date
    certainty: str
    status: GuideStatus
    fallback: Wording

    @property
    def host(self) -> str:
        return urlsplit(self.url).hostname or ""

    @property
    def shown(self) -> bool:
        return bool(self.url) and self.status in {GuideStatus.OK, GuideStatus.UNCHECKED}


class Consent(_Part):
    version: Wording
    text: Wording


class Library(BaseModel):
    """Everything the flows folder says, checked and ready to walk."""

    model_config = ConfigDict(frozen=True)

    flows: Mapping[str, Flow]
    guides: Mapping[str, Guide]
    consents: Mapping[str, Consent]
    facts: Mapping[str, str]
    """Values that any text may name: the office's facts, the texts of consents."""
    values: Mapping[str, str]
    """Words that acts put in place of names."""
    phrases: Mapping[str, Place]
    """Folded whole phrases → the node that answers them."""
    words: Words
    fingerprint: str
    """Hash of the content."""

    def node(self, place: Place) -> Node | None:
        flow = self.flows.get(place.flow)
        return None if flow is None else flow.nodes.get(place.node)
