"""Transcripts played against the flows, and a talk in the terminal."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from difflib import unified_diff
from pathlib import Path

from app.content.coverage import Coverage, coverage_of
from app.content.transcript import (
    Bubble,
    Says,
    Taps,
    Transcript,
    TranscriptError,
    read_transcript,
    write_transcript,
)
from app.conversations.means import Means
from app.conversations.rehearsal import Cast, NoSuchButton, cast_of, rehearsal


@dataclass(frozen=True, slots=True)
class Played:
    transcript: Transcript
    """With the bubbles that the bot said this time."""
    visited: frozenset[str]


@dataclass(frozen=True, slots=True)
class Report:
    text: str
    passed: bool
    coverage: Coverage


def play(means: Means, transcript: Transcript) -> Played:
    """Plays one conversation from its beginning. Raises `NoSuchButton`."""
    heard = []
    with rehearsal(means, cast_of(transcript.contact), transcript.starts_at) as talk:
        for exchange in transcript.exchanges:
            bubbles = talk.do(exchange.doing)
            heard.append(type(exchange)(exchange.line, exchange.written, exchange.doing, bubbles))
        visited = frozenset(talk.visited)
    again = Transcript(transcript.title, transcript.starts_at, transcript.contact, tuple(heard))
    return Played(again, visited)


def play_files(means: Means, files: Sequence[Path], *, record: bool) -> Report:
    """Plays every file and compares; with `record` writes down what the bot says now instead."""
    lines, passed = list[str](), True
    visited: set[str] = set()
    for file in files:
        try:
            played = play(means, read_transcript(file))
        except (NoSuchButton, TranscriptError) as error:
            lines.append(str(error) if isinstance(error, TranscriptError) else f"{file.name}: {error}")
            passed = False
            continue
        visited |= played.visited
        difference = _compare(file, played.transcript, record=record)
        lines += difference or [f"{file.name}: ok"]
        passed = passed and (record or not difference)
    coverage = coverage_of(means.library, visited)
    return Report("\n".join([*lines, str(coverage)]), passed, coverage)


def terminal_chat(means: Means, lines: Iterable[str], show: Callable[[str], None]) -> None:
    """Talks with whoever sits at the terminal; "/" before a label taps that button."""
    with rehearsal(means, Cast.FOLLOWER, datetime.now(UTC)) as talk:
        for bubble in talk.do(Says("menu")):
            show(drawn(bubble))
        for line in lines:
            try:
                bubbles = talk.do(Taps(line[1:].strip()) if line.startswith("/") else Says(line))
            except NoSuchButton as error:
                show(str(error))
                continue
            for bubble in bubbles:
                show(drawn(bubble))


def drawn(bubble: Bubble) -> str:
    buttons = " ".join(f"[{button}]" for button in bubble.buttons)
    return f"\n{bubble.text}" + (f"\n{buttons}" if buttons else "")


def _compare(file: Path, said: Transcript, *, record: bool) -> list[str]:
    before = file.read_text(encoding="utf-8")
    comments = [line for line in before.splitlines()[1:] if line.startswith("#")]
    after = write_transcript(said, comments)
    if record:
        file.write_text(after, encoding="utf-8")
        return []
    return list(unified_diff(before.splitlines(), after.splitlines(), file.name, "now", lineterm="", n=1))
