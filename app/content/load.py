"""The flows folder becomes a library; the first error stops the loading and says where it is."""

import hashlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, TypeAdapter, ValidationError

from app.content.yaml_text import ContentError, Document, read_yaml
from app.engine.flow import Consent, Flow, Guide, Library, Place
from app.engine.words import Words
from app.kit.vietnamese import fold, nfc

M = TypeVar("M", bound=BaseModel)

APART = frozenset({"words", "guides", "consents", "office", "phrases", "values"})
"""Files that are not flows, by name."""


class OfficeFact(BaseModel):
    """What only the office can know; `known: false` marks a text that stands in until it is known."""

    value: str
    known: bool
    certainty: str
    checked_on: str


def load_library(folder: Path) -> Library:
    """Raises `ContentError`."""
    documents = read_folder(folder)
    consents = _named(documents["consents"], "consents", Consent)
    office = _named(documents["office"], "office", OfficeFact)
    facts = {name: fact.value for name, fact in office.items()}
    facts |= {f"consent_{name}": consent.text for name, consent in consents.items()}
    return Library(
        flows=dict(_flows(documents)),
        guides=_named(documents["guides"], "guides", Guide),
        consents=consents,
        facts=facts,
        values=documents["values"].values.get("values", {}),
        phrases=dict(_phrases(documents["phrases"])),
        words=_typed(documents["words"], (), Words),
        fingerprint=_fingerprint(folder),
    )


def read_folder(folder: Path) -> dict[str, Document]:
    """Every YAML file by its name without the ending."""
    documents = {path.stem: read_yaml(path) for path in sorted(folder.glob("*.yaml"))}
    missing = sorted(APART - documents.keys())
    if missing:
        raise ContentError(
            f"{folder}/{missing[0]}.yaml", 1, "the file is missing", "Restore it, or set DAUMOI_FLOWS_DIR"
        )
    return documents


def _flows(documents: Mapping[str, Document]) -> Iterator[tuple[str, Flow]]:
    for name, document in documents.items():
        if name in APART:
            continue
        flow = _typed(document, (), Flow)
        if flow.flow != name:
            line = document.line_of("flow")
            raise ContentError(
                document.file, line, f"the flow is called `{flow.flow}`", "Give flow and file one name"
            )
        yield name, flow


def _phrases(document: Document) -> Iterator[tuple[str, Place]]:
    seen: dict[str, str] = {}
    for target, phrases in document.values.get("phrases", {}).items():
        for number, phrase in enumerate(phrases):
            folded = fold(phrase)
            if seen.setdefault(folded, target) != target:
                line = document.line_of("phrases", target, number)
                message = f"`{phrase}` leads to {seen[folded]} already"
                raise ContentError(document.file, line, message, "Keep it in one place")
            yield folded, Place.parse(target)


def _named(document: Document, key: str, model: type[M]) -> dict[str, M]:
    entries = document.values.get(key, {})
    return {name: _typed(document, (key, name), model) for name in entries}


def _typed(document: Document, at: tuple[str, ...], model: type[M]) -> M:
    values: Any = document.values
    for step in at:
        values = values[step]
    try:
        return TypeAdapter(model).validate_python(_composed(values))
    except ValidationError as error:
        raise _content_error(document, at, error) from error


def _content_error(document: Document, at: tuple[str, ...], error: ValidationError) -> ContentError:
    first = error.errors(include_url=False, include_input=False)[0]
    steps = (*at, *first["loc"])
    where = ".".join(map(str, steps)) or "the file"
    message = first["msg"].removeprefix("Value error, ")
    return ContentError(
        document.file, document.line_of(*steps), f"{where}: {message}", "See flows/schema.json"
    )


def _composed(values: Any) -> Any:
    """All texts with composed letters: an editor that writes NFD must not change what is matched."""
    if isinstance(values, str):
        return nfc(values)
    if isinstance(values, list):
        return [_composed(value) for value in values]
    return {key: _composed(value) for key, value in values.items()}


def _fingerprint(folder: Path) -> str:
    digest = hashlib.sha256()
    for path in sorted(folder.glob("*.yaml")):
        digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()[:16]
