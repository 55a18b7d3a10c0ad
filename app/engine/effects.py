"""What the engine wants done; doing it is somebody else's business."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Choice:
    label: str
    payload: str


@dataclass(frozen=True, slots=True)
class Link:
    label: str
    url: str


@dataclass(frozen=True, slots=True)
class Call:
    label: str
    phone: str


Button = Choice | Link | Call


@dataclass(frozen=True, slots=True)
class Say:
    text: str
    buttons: tuple[Button, ...] = ()


@dataclass(frozen=True, slots=True)
class AskUserInfo:
    """Zalo's own form for name and phone."""

    title: str
    subtitle: str


@dataclass(frozen=True, slots=True)
class RunAct:
    """Always the last effect: the engine goes on when it is given `ActDone`."""

    name: str
    args: Mapping[str, str]


SayEffect = Say | AskUserInfo
Effect = SayEffect | RunAct
