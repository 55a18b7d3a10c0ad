"""What the engine itself says and understands, whatever flow a contact is in; the sentences are content."""

from collections.abc import Mapping
from functools import cached_property
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from app.kit.redact import SecretKind
from app.kit.vietnamese import fold

Wording = Annotated[str, Field(min_length=1)]
Wordings = Annotated[tuple[Wording, ...], Field(min_length=1)]
Door = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*$")]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)


class Commands(_Part):
    """Whole messages that always work, each with its spellings."""

    menu: Wordings
    back: Wordings
    cancel: Wordings
    show: Wordings
    person: Wordings
    stop: Wordings
    my_data: Wordings
    other: Wordings
    """To topics that were offered: none of them."""


class Doors(_Part):
    """The nodes that the engine sends people to by itself."""

    welcome: Door
    menu: Door
    person: Door
    stop: Door
    my_data: Door


class Labels(_Part):
    """Buttons that the engine adds; at most 40 characters each."""

    menu: Wording
    person: Wording
    back: Wording
    cancel: Wording
    more: Wording
    other: Wording
    correct: Wording
    stay: Wording
    leave: Wording


def _every_kind(warnings: Mapping[str, str]) -> Mapping[str, str]:
    missing = sorted(set(SecretKind) - warnings.keys())
    if missing:
        raise ValueError(f"there is no warning for {', '.join(missing)}")
    return warnings


class Words(_Part):
    commands: Commands
    doors: Doors
    labels: Labels
    yes: Wordings
    no: Wordings
    correct: Wordings
    """To a review: something in it has to be changed."""
    fillers: Wordings
    """Words of politeness that do not change what is meant."""
    counting: Wordings
    """Words before a number that chooses from a menu."""
    not_names: Wordings
    """Words that stand in no person's name: an answer with one of them is not a name."""

    not_understood: Wording
    not_understood_again: Wording
    suggest: Wording
    understood: Wording
    """Stands over an answer to free words; names what they were taken for as {topic}."""
    sorry_to_hear: Wording
    """Before that, to somebody upset."""
    not_that: Wording
    """Under such an answer, over other topics it may have been about."""
    say_otherwise: Wording
    """None of the topics was meant."""
    choose_below: Wording
    """Over the choices that do not fit under the text they belong to, and over further pages."""
    old_button: Wording
    old_act: Wording
    """Asks whether what an old button says, {label}, is still wanted: it would change something."""
    node_gone: Wording
    nothing_before: Wording
    cancelled: Wording
    stopped_here: Wording
    """To "cancel" where nothing was given yet."""
    nothing_to_cancel: Wording
    form_open: Wording
    form_expired: Wording
    which_field: Wording
    nothing_filled: Wording
    empty_value: Wording
    email_slip: Wording
    """Names the likely address as {suggestion}."""
    secrets: Annotated[Mapping[str, Wording], AfterValidator(_every_kind)]
    """Warnings by kind: otp, id_number, password."""
    media: Wording
    shared_unasked: Wording
    too_long: Wording
    went_wrong: Wording

    @cached_property
    def folded_fillers(self) -> frozenset[str]:
        return frozenset(map(fold, self.fillers))

    @cached_property
    def folded_counting(self) -> frozenset[str]:
        return frozenset(map(fold, self.counting))
