"""The intents as people wrote them: what each means, where it leads, how it is said."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, NamedTuple, TypeVar

from pydantic import BaseModel, ConfigDict, Field, RootModel, ValidationError

from app.content.yaml_text import ContentError, read_yaml
from app.engine.flow import Name, Target
from app.engine.words import Wording
from app.kit.vietnamese import nfc
from app.understanding.features import Concepts
from app.understanding.normalise import Spelling, word_of

M = TypeVar("M", bound=BaseModel)

FOLDER = "intents"
"""Under the flows folder."""
TOLD = "told"
"""Under that one: a file for each writer of lines from situations, labelled by somebody else."""
APART = ("concepts", "spelling", "pairs")


class _File(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)


class Part(_File):
    """A matter within an intent that has a name and an answer of its own."""

    concept: Name
    title: Annotated[str, Field(max_length=100)]
    leads_to: Target


class Intent(_File):
    title: Annotated[str, Field(max_length=100)]
    meaning: str
    leads_to: Target | None = None
    within: tuple[Target, ...] = ()
    """Other nodes that answer a part of it."""
    parts: tuple[Part, ...] = ()
    """The first whose concept stands in a message is the one that is answered."""
    commands: tuple[Name, ...] = ()
    """Always-available words of the bot that mean it."""
    aside: bool = False
    """Said beside any matter: answered without naming what it was taken for."""
    outside: bool = False
    """Not a matter of this channel; at most it says where to go instead."""
    phrases: Mapping[Name, tuple[str, ...]]
    """By author."""


class IntentsFile(_File):
    intents: Mapping[Name, Intent]


class ToldFile(RootModel[Mapping[Name, tuple[str, ...]]]):
    """Intent → lines as they were typed."""


class ConceptsFile(_File):
    concepts: Mapping[Name, tuple[Wording, ...]]


class SpellingFile(_File):
    slang: Mapping[str, str]
    phrases: Mapping[Name, tuple[Wording, ...]]
    fillers: tuple[str, ...]


class Pair(_File):
    between: tuple[Name, Name]
    ask: Annotated[str, Field(min_length=1, max_length=200)]
    """What tells them apart."""


class PairsFile(_File):
    pairs: tuple[Pair, ...]


class Phrase(NamedTuple):
    text: str
    intent: str
    author: str


class Catalogue(NamedTuple):
    intents: Mapping[str, Intent]
    concepts: Concepts
    spelling: Spelling
    pairs: Mapping[frozenset[str], str]
    """Two intents → the question that tells them apart."""
    told: Mapping[str, Mapping[str, tuple[str, ...]]] = {}
    """Writer → intent → lines."""

    def phrases(self) -> Iterator[Phrase]:
        for name, intent in self.intents.items():
            for author, texts in intent.phrases.items():
                yield from (Phrase(nfc(text), name, author) for text in texts)
        for writer, lines in self.told.items():
            for name, texts in lines.items():
                yield from (Phrase(nfc(text), name, writer) for text in texts)

    def authors(self) -> list[str]:
        return sorted({phrase.author for phrase in self.phrases()})


def read_catalogue(flows: Path) -> Catalogue:
    """Raises `ContentError`."""
    folder = flows / FOLDER
    intents: dict[str, Intent] = {}
    for path in sorted(folder.glob("*.yaml")):
        if path.stem in APART:
            continue
        for name, intent in _read(path, IntentsFile).intents.items():
            if name in intents:
                raise ContentError(path.name, 1, f"`{name}` stands in another file too", "Keep one of them")
            intents[name] = intent
    spelling = _spelling(_read(folder / "spelling.yaml", SpellingFile))
    concepts = Concepts.of(_read(folder / "concepts.yaml", ConceptsFile).concepts, spelling)
    pairs = {frozenset(pair.between): pair.ask for pair in _read(folder / "pairs.yaml", PairsFile).pairs}
    told = {path.stem: _told(path, intents) for path in sorted((folder / TOLD).glob("*.yaml"))}
    return Catalogue(intents, concepts, spelling, pairs, told)


def told_file(flows: Path, writer: str) -> Path:
    return flows / FOLDER / TOLD / f"{writer}.yaml"


def _told(path: Path, intents: Mapping[str, Intent]) -> Mapping[str, tuple[str, ...]]:
    told = _read(path, ToldFile).root
    for name in told:
        if name not in intents:
            line = read_yaml(path).line_of(name)
            raise ContentError(path.name, line, f"there is no intent `{name}`", "Label these lines anew")
    return told


def _spelling(file: SpellingFile) -> Spelling:
    phrases = {
        tuple(word_of(part).plain for part in wording.split()): one
        for one, wordings in file.phrases.items()
        for wording in wordings
    }
    return Spelling(
        {nfc(typed): nfc(meant) for typed, meant in file.slang.items()},
        phrases,
        frozenset(word_of(filler).marked for filler in file.fillers),
    )


def _read(path: Path, model: type[M]) -> M:
    document = read_yaml(path)
    try:
        return model.model_validate(document.values)
    except ValidationError as error:
        found = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(map(str, found["loc"]))
        line = document.line_of(*found["loc"])
        raise ContentError(path.name, line, f"{where}: {found['msg']}", "Correct it") from error
