"""The flows folder becomes a library; the first error stops the loading and says where it is."""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from app.content.files import ConsentsFile, GuidesFile, OfficeFile, PhrasesFile, ValuesFile
from app.content.yaml_text import ContentError, Document, read_yaml
from app.engine.flow import Flow, Library, Place
from app.engine.matching import bare
from app.engine.words import Words
from app.kit.vietnamese import fold, nfc

M = TypeVar("M", bound=BaseModel)

APART: Mapping[str, type[BaseModel]] = {
    "words": Words,
    "guides": GuidesFile,
    "consents": ConsentsFile,
    "office": OfficeFile,
    "phrases": PhrasesFile,
    "values": ValuesFile,
}
"""Files that are not flows, by name."""


@dataclass(slots=True)
class Reading:
    """What could be read of a folder, and everything that could not."""

    documents: dict[str, Document] = field(default_factory=dict)
    typed: dict[str, BaseModel] = field(default_factory=dict)
    errors: list[ContentError] = field(default_factory=list)

    def part(self, name: str, model: type[M]) -> M:
        found = self.typed[name]
        assert isinstance(found, model)  # noqa: S101 - typed by `APART`
        return found


def load_library(folder: Path) -> Library:
    """Raises `ContentError`."""
    reading = read_folder(folder)
    if reading.errors:
        raise reading.errors[0]
    return library_of(folder, reading)


def read_folder(folder: Path) -> Reading:
    """Every YAML file by its name without the ending; errors are collected, one or more a file."""
    reading = Reading()
    for path in sorted(folder.glob("*.yaml")):
        try:
            document = read_yaml(path)
        except ContentError as error:
            reading.errors.append(error)
            continue
        reading.documents[path.stem] = document
        _read_typed(reading, path.stem, document)
    there = {path.stem for path in folder.glob("*.yaml")}
    for name in sorted(APART.keys() - there):
        reading.errors.append(
            ContentError(
                f"{name}.yaml", 1, "the file is missing", f"Restore it in {folder}, or set DAUMOI_FLOWS_DIR"
            )
        )
    return reading


def library_of(folder: Path, reading: Reading) -> Library:
    """The library of a folder that was read without an error."""
    consents = reading.part("consents", ConsentsFile).consents
    facts = {name: fact.value for name, fact in reading.part("office", OfficeFile).office.items()}
    facts |= {f"consent_{name}": consent.text for name, consent in consents.items()}
    return Library(
        flows={name: flow for name, flow in reading.typed.items() if isinstance(flow, Flow)},
        guides=reading.part("guides", GuidesFile).guides,
        consents=consents,
        facts=facts,
        values=reading.part("values", ValuesFile).values,
        phrases=_phrases(reading),
        words=reading.part("words", Words),
        fingerprint=_fingerprint(folder),
    )


def _read_typed(reading: Reading, name: str, document: Document) -> None:
    model = APART.get(name, Flow)
    try:
        typed = model.model_validate(_composed(document.values))
    except ValidationError as error:
        reading.errors += _content_errors(document, error)
        return
    reading.typed[name] = typed
    if isinstance(typed, Flow) and typed.flow != name:
        message = f"the flow is called `{typed.flow}`"
        reading.errors.append(_error(document, ("flow",), message, "Give flow and file one name"))
    if isinstance(typed, PhrasesFile):
        reading.errors += _said_twice(document, typed)


def _phrases(reading: Reading) -> dict[str, Place]:
    """Every phrase as it is written, and without politeness where enough of it is left to know it by."""
    words = reading.part("words", Words)
    listed = reading.part("phrases", PhrasesFile).phrases.items()
    places = {fold(phrase): Place.parse(target) for target, phrases in listed for phrase in phrases}
    for phrase, place in list(places.items()):
        short = bare(phrase, words)
        if " " in short:
            places.setdefault(short, place)
    return places


def _said_twice(document: Document, typed: PhrasesFile) -> Iterator[ContentError]:
    seen: dict[str, str] = {}
    for target, phrases in typed.phrases.items():
        for number, phrase in enumerate(phrases):
            first = seen.setdefault(fold(phrase), target)
            if first != target:
                message = f"`{phrase}` leads to {first} already"
                yield _error(document, ("phrases", target, number), message, "Keep it in one place")


def _content_errors(document: Document, error: ValidationError) -> Iterator[ContentError]:
    for found in error.errors(include_url=False, include_input=False):
        steps = tuple(step for step in found["loc"] if step != "[key]")
        where = ".".join(map(str, steps)) or "the file"
        message = found["msg"].removeprefix("Value error, ")
        yield _error(document, steps, f"{where}: {message}", _remedy(found["type"]))


def _remedy(kind: str) -> str:
    match kind:
        case "missing":
            return "Add it; flows/schema.json lists what belongs there"
        case "extra_forbidden":
            return "Delete it or correct its spelling; flows/schema.json lists what may stand there"
        case _:
            return "See flows/schema.json"


def _error(document: Document, steps: tuple[str | int, ...], message: str, remedy: str) -> ContentError:
    return ContentError(document.file, document.line_of(*steps), message, remedy)


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
