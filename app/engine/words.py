"""What the engine itself says and understands, whatever flow a contact is in; the sentences are content."""

from collections.abc import Mapping

from pydantic import BaseModel, ConfigDict


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)


class Commands(_Part):
    """Whole messages that always work, each with its spellings."""

    menu: tuple[str, ...]
    back: tuple[str, ...]
    cancel: tuple[str, ...]
    show: tuple[str, ...]
    person: tuple[str, ...]
    stop: tuple[str, ...]
    my_data: tuple[str, ...]


class Doors(_Part):
    """The nodes that the engine sends people to by itself."""

    welcome: str
    menu: str
    person: str
    stop: str
    my_data: str


class Labels(_Part):
    """Buttons that the engine adds; at most 40 characters each."""

    menu: str
    person: str
    back: str
    cancel: str
    more: str
    correct: str
    stay: str
    leave: str
    open_guide: str


class Words(_Part):
    commands: Commands
    doors: Doors
    labels: Labels
    yes: tuple[str, ...]
    no: tuple[str, ...]
    correct: tuple[str, ...]
    """To a review: something in it has to be changed."""
    fillers: tuple[str, ...]
    """Words of politeness that do not change what is meant."""
    counting: tuple[str, ...]
    """Words before a number that chooses from a menu."""
    not_names: tuple[str, ...]
    """Words that stand in no person's name: an answer with one of them is not a name."""

    not_understood: str
    not_understood_again: str
    suggest: str
    choose_below: str
    """Over the choices that do not fit under the text they belong to, and over further pages."""
    old_button: str
    old_act: str
    """Asks whether what an old button says, {label}, is still wanted: it would change something."""
    node_gone: str
    nothing_before: str
    cancelled: str
    stopped_here: str
    """To "cancel" where nothing was given yet."""
    nothing_to_cancel: str
    form_open: str
    form_expired: str
    which_field: str
    nothing_filled: str
    empty_value: str
    email_slip: str
    """Names the likely address as {suggestion}."""
    secrets: Mapping[str, str]
    """Warnings by kind: otp, id_number, password."""
    media: str
    shared_unasked: str
    too_long: str
    went_wrong: str
