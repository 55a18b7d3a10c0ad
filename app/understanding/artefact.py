"""The trained reader as one file, named by what it was made of, so that a stale one is never taken."""

import hashlib
import json
import os
import tempfile
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from app.understanding.catalogue import FOLDER, TOLD
from app.understanding.features import Concepts
from app.understanding.model import Model
from app.understanding.normalise import Spelling
from app.understanding.policy import Guide
from app.understanding.reader import Reader, Signpost
from app.understanding.vocabulary import Vocabulary

KEPT = 3
"""Artefacts that stay, the newest; a running process may still hold an older one open."""
SHAPING = (
    "artefact",
    "catalogue",
    "features",
    "keyboards",
    "model",
    "normalise",
    "policy",
    "reader",
    "training",
    "vocabulary",
)
"""The modules of this room that a trained reader depends on."""
_OF_VOCABULARY = ("numbers", "columns", "starts", "rarity")
_OF_MODEL = ("margins", "bias", "hidden", "hidden_bias", "voice", "voice_bias")
_ALIGNED = 64
"""Bytes; an array that begins elsewhere is copied at each use."""


def fingerprint(flows: Path) -> str:
    """Changes with every phrase, told line, concept, pair and line of the code that a reader is made by."""
    digest = hashlib.sha256()
    folder = flows / FOLDER
    code = [Path(__file__).parent / f"{name}.py" for name in SHAPING]
    for path in (*sorted(folder.glob("*.yaml")), *sorted((folder / TOLD).glob("*.yaml")), *code):
        digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()[:20]


def artefact_path(cache: Path, mark: str) -> Path:
    return cache / f"understanding-{mark}.arrays"


def store(reader: Reader, path: Path) -> None:
    """Written beside and moved into place: whoever reads finds a whole file or none."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, suffix=".part")
    try:
        with os.fdopen(handle, "wb") as file:
            _write(file, _packed(reader))
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    _tidy(path)


def load(path: Path) -> Reader | None:
    """None when there is no such file or it cannot be read.

    The arrays stay in the file and are mapped: of the weights only what people's words touch is in memory.
    """
    try:
        with path.open("rb") as file:
            return _unpacked(_mapped(file))
    except (OSError, ValueError, KeyError, EOFError):
        return None


def _write(file: BinaryIO, arrays: Mapping[str, NDArray[Any]]) -> None:
    file.write(json.dumps([*arrays]).encode() + b"\n")
    for array in arrays.values():
        file.write(bytes(-file.tell() % _ALIGNED))
        np.lib.format.write_array(file, array, version=(1, 0), allow_pickle=False)


def _mapped(file: BinaryIO) -> dict[str, NDArray[Any]]:
    arrays: dict[str, NDArray[Any]] = {}
    for name in json.loads(file.readline()):
        file.seek(-file.tell() % _ALIGNED, os.SEEK_CUR)
        np.lib.format.read_magic(file)
        shape, _, kind = np.lib.format.read_array_header_1_0(file)
        begin = file.tell()
        mapped = np.memmap(file, kind, "r", begin, shape)
        arrays[name] = np.asarray(mapped)
        file.seek(begin + mapped.nbytes)
    return arrays


def _tidy(newest: Path) -> None:
    others = [path for path in newest.parent.glob("understanding-*") if path != newest]
    for path in sorted(others, key=lambda one: one.stat().st_mtime, reverse=True)[KEPT - 1 :]:
        path.unlink(missing_ok=True)


def _packed(reader: Reader) -> dict[str, NDArray[Any]]:
    model = reader.model
    concepts = model.concepts
    words = {
        "intents": model.intents,
        "known": sorted(model.known),
        "slang": dict(model.spelling.slang),
        "phrases": [[" ".join(span), one] for span, one in model.spelling.phrases.items()],
        "fillers": sorted(model.spelling.fillers),
        "plain": [[" ".join(span), sorted(names)] for span, names in concepts.by_plain.items()],
        "marked": [[" ".join(span), sorted(names)] for span, names in concepts.by_marked.items()],
        "outside": sorted(reader.guide.outside),
        "silent": sorted(reader.guide.silent),
        "pairs": [[sorted(pair), question] for pair, question in reader.guide.pairs.items()],
        "signposts": {name: asdict(signpost) for name, signpost in reader.signposts.items()},
    }
    arrays = {name: getattr(model.vocabulary, name) for name in _OF_VOCABULARY}
    arrays |= {name: getattr(model, name) for name in _OF_MODEL}
    text = np.frombuffer(json.dumps(words, ensure_ascii=False).encode(), dtype=np.uint8)
    return {"words": text, **arrays}


def _unpacked(arrays: Mapping[str, NDArray[Any]]) -> Reader:
    words = json.loads(arrays["words"].tobytes())
    spelling = Spelling(
        words["slang"],
        {tuple(span.split(" ")): one for span, one in words["phrases"]},
        frozenset(words["fillers"]),
    )
    concepts = Concepts(_spans(words["plain"]), _spans(words["marked"]))
    vocabulary = Vocabulary(**{name: arrays[name] for name in _OF_VOCABULARY})
    weights = {name: arrays[name] for name in _OF_MODEL}
    known = frozenset(words["known"])
    model = Model(tuple(words["intents"]), vocabulary, spelling, concepts, known, **weights)
    pairs = {frozenset(pair): question for pair, question in words["pairs"]}
    guide = Guide(frozenset(words["outside"]), frozenset(words["silent"]), pairs)
    return Reader(model, guide, {name: _signpost(one) for name, one in words["signposts"].items()})


def _signpost(stored: dict[str, Any]) -> Signpost:
    within, commands = tuple(stored.pop("within")), tuple(stored.pop("commands"))
    parts = tuple((concept, title, node) for concept, title, node in stored.pop("parts"))
    return Signpost(within=within, parts=parts, commands=commands, **stored)


def _spans(listed: list[list[Any]]) -> dict[tuple[str, ...], frozenset[str]]:
    return {tuple(span.split(" ")): frozenset(names) for span, names in listed}
