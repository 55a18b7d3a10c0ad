"""The trained reader as one file, named by what it was made of, so that a stale one is never taken."""

import hashlib
import json
import os
import tempfile
from dataclasses import asdict
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np

from app.understanding.catalogue import FOLDER, TOLD
from app.understanding.features import Concepts
from app.understanding.model import Model, Vocabulary
from app.understanding.normalise import Spelling
from app.understanding.policy import Guide
from app.understanding.reader import Reader, Signpost

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
)
"""The modules of this room that a trained reader depends on."""
_ARRAYS = ("rarity", "margins", "bias", "hidden", "hidden_bias", "voice", "voice_bias")


def fingerprint(flows: Path) -> str:
    """Changes with every phrase, told line, concept, pair and line of the code that a reader is made by."""
    digest = hashlib.sha256()
    folder = flows / FOLDER
    code = [Path(__file__).parent / f"{name}.py" for name in SHAPING]
    for path in (*sorted(folder.glob("*.yaml")), *sorted((folder / TOLD).glob("*.yaml")), *code):
        digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()[:20]


def artefact_path(cache: Path, mark: str) -> Path:
    return cache / f"understanding-{mark}.npz"


def store(reader: Reader, path: Path) -> None:
    """Written beside and moved into place: whoever reads finds a whole file or none."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, suffix=".part")
    try:
        with os.fdopen(handle, "wb") as file:
            np.savez(file, **_packed(reader))
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    _tidy(path)


def load(path: Path) -> Reader | None:
    """None when there is no such file or it cannot be read."""
    try:
        with path.open("rb") as raw, np.load(raw, allow_pickle=False) as file:
            return _unpacked(file)
    except (OSError, ValueError, KeyError, EOFError, BadZipFile):
        return None


def _tidy(newest: Path) -> None:
    others = [path for path in newest.parent.glob("understanding-*.npz") if path != newest]
    for path in sorted(others, key=lambda one: one.stat().st_mtime, reverse=True)[KEPT - 1 :]:
        path.unlink(missing_ok=True)


def _packed(reader: Reader) -> dict[str, Any]:
    model = reader.model
    concepts = model.concepts
    words = {
        "intents": model.intents,
        "terms": [list(known) for known in model.vocabulary.columns],
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
    arrays = {name: getattr(model, name) for name in _ARRAYS if name != "rarity"}
    text = np.frombuffer(json.dumps(words, ensure_ascii=False).encode(), dtype=np.uint8)
    return {"words": text, "rarity": model.vocabulary.rarity, **arrays}


def _unpacked(file: Any) -> Reader:
    words = json.loads(file["words"].tobytes())
    arrays = {name: file[name] for name in _ARRAYS}
    columns: list[dict[str, int]] = []
    start = 0
    for block in words["terms"]:
        columns.append(dict(zip(block, range(start, start + len(block)), strict=True)))
        start += len(block)
    spelling = Spelling(
        words["slang"],
        {tuple(span.split(" ")): one for span, one in words["phrases"]},
        frozenset(words["fillers"]),
    )
    concepts = Concepts(_spans(words["plain"]), _spans(words["marked"]))
    vocabulary = Vocabulary(tuple(columns), arrays.pop("rarity"))
    model = Model(
        tuple(words["intents"]), vocabulary, spelling, concepts, frozenset(words["known"]), **arrays
    )
    pairs = {frozenset(pair): question for pair, question in words["pairs"]}
    guide = Guide(frozenset(words["outside"]), frozenset(words["silent"]), pairs)
    return Reader(model, guide, {name: _signpost(one) for name, one in words["signposts"].items()})


def _signpost(stored: dict[str, Any]) -> Signpost:
    within, commands = tuple(stored.pop("within")), tuple(stored.pop("commands"))
    parts = tuple((concept, title, node) for concept, title, node in stored.pop("parts"))
    return Signpost(within=within, parts=parts, commands=commands, **stored)


def _spans(listed: list[list[Any]]) -> dict[tuple[str, ...], frozenset[str]]:
    return {tuple(span.split(" ")): frozenset(names) for span, names in listed}
