"""How well labelled messages are understood, in the figures that the bars name."""

import json
import time
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np

from app.understanding.policy import Guide, Zone
from app.understanding.reader import Reading

OUTSIDE = "out_of_scope"
AMBIGUOUS = "ambiguous"
TOP = 3
Figures = dict[str, float | int]


class Reads(Protocol):
    """The model alone, or the whole policy around it."""

    @property
    def guide(self) -> Guide: ...

    def read(self, text: str) -> Reading: ...


class LabelledFileWrong(Exception):
    """A line of a labelled file cannot be read; says which."""


@dataclass(frozen=True, slots=True)
class Labelled:
    text: str
    intent: str
    accept: frozenset[str] = frozenset()
    """Other right intents."""

    @property
    def right(self) -> frozenset[str]:
        return self.accept | {self.intent}


@dataclass(frozen=True, slots=True)
class Result:
    """One message: its label, what was made of it. All intents outside count as one."""

    labelled: Labelled
    top: str
    top3: tuple[str, ...]
    answered: str | None
    """The in-scope intent that was answered directly."""

    @property
    def inside(self) -> bool:
        return self.labelled.intent not in (OUTSIDE, AMBIGUOUS)


def read_labelled(path: Path) -> list[Labelled]:
    """One JSON object a line: text, intent, optional accept. Raises `LabelledFileWrong`."""
    labelled: list[Labelled] = []
    for number, line in enumerate(path.read_text(encoding="utf-8-sig").splitlines(), 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
            labelled.append(Labelled(str(row["text"]), str(row["intent"]), _accepted(row.get("accept"))))
        except (ValueError, KeyError, TypeError) as error:
            raise LabelledFileWrong(f"{path}:{number}: not a line with text and intent: {error}") from error
    return labelled


def judge(reader: Reads, labelled: Labelled, reading: Reading) -> Result:
    outside = reader.guide.outside
    labelled = _as_one(labelled, outside)
    names = [OUTSIDE if scored.intent in outside else scored.intent for scored in reading.ranked]
    inside = tuple(name for name in names if name != OUTSIDE)[:TOP]
    decision = reading.decision
    answered = decision.intents[0] if decision.zone is Zone.ANSWER else None
    return Result(
        labelled, _top(reader, reading), inside, None if answered is None or answered in outside else answered
    )


def score(reader: Reads, messages: Sequence[Labelled], load_seconds: float = 0.0) -> Figures:
    """The figures of `daumoi intents score`; shares are percentages."""
    results: list[Result] = []
    times: list[float] = []
    for labelled in messages:
        begun = time.perf_counter()
        reading = reader.read(labelled.text)
        times.append(time.perf_counter() - begun)
        results.append(judge(reader, labelled, reading))
    inside = [result for result in results if result.inside]
    outside = [result for result in results if result.labelled.intent == OUTSIDE]
    unclear = [result for result in results if result.labelled.intent == AMBIGUOUS]
    wrong = [one for one in inside if one.answered and one.answered not in one.labelled.right]
    clarified = [one for one in unclear if one.answered is None or one.answered in one.labelled.accept]
    milliseconds = np.array(times or [0.0]) * 1000
    return {
        "n": len(results),
        "top1": _share([one for one in inside if one.top in one.labelled.right], inside),
        "top3": _share([one for one in inside if one.labelled.right & set(one.top3)], inside),
        "macro_f1": _macro_f1([one for one in results if one.labelled.intent != AMBIGUOUS]),
        "answered_rate": _share([one for one in inside if one.answered], inside),
        "wrong_answer_rate": _share(wrong, inside),
        "oos_answered_rate": _share([one for one in outside if one.answered], outside),
        "clarify_rate": _share(clarified, unclear),
        "p50_ms": round(float(np.percentile(milliseconds, 50)), 3),
        "p99_ms": round(float(np.percentile(milliseconds, 99)), 3),
        "load_s": round(load_seconds, 3),
    }


def _as_one(labelled: Labelled, outside: frozenset[str]) -> Labelled:
    """What lies outside is one class, whichever of our own names a line carries."""

    def told(name: str) -> str:
        return OUTSIDE if name in outside else name

    return Labelled(labelled.text, told(labelled.intent), frozenset(map(told, labelled.accept)))


def _accepted(given: object) -> frozenset[str]:
    if given is None:
        return frozenset()
    return frozenset([given] if isinstance(given, str) else map(str, given))  # type: ignore[call-overload]


def _top(reader: Reads, reading: Reading) -> str:
    """What stands first in what the person reads; with no answer and no button, the likeliest intent."""
    shown = (*reading.decision.intents, *(scored.intent for scored in reading.ranked[:1]), OUTSIDE)
    return OUTSIDE if shown[0] in reader.guide.outside else shown[0]


def _share(part: Sequence[Result], whole: Sequence[Result]) -> float:
    return round(100 * len(part) / len(whole), 2) if whole else 0.0


def _macro_f1(results: Iterable[Result]) -> float:
    """The mean over intents of how many are found and how many found are right; in percent."""
    hits, said, meant = Counter[str](), Counter[str](), Counter[str]()
    for one in results:
        label = one.top if one.top in one.labelled.right else one.labelled.intent
        meant[label] += 1
        said[one.top] += 1
        hits[label] += one.top == label
    if not meant:
        return 0.0
    return round(100 * sum(2 * hits[name] / (meant[name] + said[name]) for name in meant) / len(meant), 2)
