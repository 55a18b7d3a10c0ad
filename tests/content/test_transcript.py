"""Transcripts read as conversations and are written the way they are read."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as some

from app.content.transcript import (
    Bubble,
    Does,
    Exchange,
    Says,
    Shares,
    Taps,
    Transcript,
    TranscriptError,
    Waits,
    read_transcript,
    write_transcript,
)
from app.kit.clock import VIETNAM
from tests.content.folder import ROOT

WRITTEN = """\
# A worker asks
# twice
clock: 2026-11-23 08:30
contact: follower

> cài vssid
< Bước một:

  • tải
  [Đã có] [Chưa có, ↗]
< Tin hai.

> [bấm: Đã có]
< Dạ.

> [chờ 3 ngày]

> [chia sẻ: Nguyễn Văn An, 0912345678]

> [ảnh]
< Dạ, [không] đọc được ảnh.
"""


def read(folder: Path, text: str) -> Transcript:
    file = folder / "talk.txt"
    file.write_text(text, encoding="utf-8")
    return read_transcript(file)


def test_a_transcript_is_read_as_people_read_it(tmp_path: Path) -> None:
    talk = read(tmp_path, WRITTEN)
    assert talk.title == "A worker asks"
    assert talk.contact == "follower"
    assert talk.starts_at.astimezone(UTC) == datetime(2026, 11, 23, 1, 30, tzinfo=UTC)
    assert [exchange.doing for exchange in talk.exchanges] == [
        Says("cài vssid"),
        Taps("Đã có"),
        Waits(timedelta(days=3)),
        Shares("Nguyễn Văn An", "0912345678"),
        Does("ảnh"),
    ]
    assert talk.exchanges[0].bubbles == [
        Bubble("Bước một:\n\n• tải", ("Đã có", "Chưa có, ↗")),
        Bubble("Tin hai."),
    ]
    assert talk.exchanges[4].bubbles == [Bubble("Dạ, [không] đọc được ảnh.")]
    assert talk.exchanges[1].line == 13


def test_a_transcript_is_written_the_way_it_was_read(tmp_path: Path) -> None:
    assert write_transcript(read(tmp_path, WRITTEN), ["# twice"]) == WRITTEN


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("> [bay lên trời]\n", "talk.txt:1: nobody knows how to do"),
        ("> xin chào\nlời lạc lõng\n", "talk.txt:2: neither"),
        ("< Tôi nói trước.\n", "talk.txt:1: neither"),
        ("clock: hôm nay\n> xin chào\n", "the clock is no"),
    ],
)
def test_what_does_not_read_as_a_transcript_is_refused_with_its_line(
    tmp_path: Path, text: str, why: str
) -> None:
    with pytest.raises(TranscriptError, match=why):
        read(tmp_path, text)


def test_a_file_that_is_not_there_or_not_text_is_refused(tmp_path: Path) -> None:
    with pytest.raises(TranscriptError, match="cannot be read"):
        read_transcript(tmp_path / "none.txt")
    (tmp_path / "bad.txt").write_bytes(b"\xff\xfe")
    with pytest.raises(TranscriptError, match="cannot be read"):
        read_transcript(tmp_path / "bad.txt")


line = some.text("abc ăđ•:{}<>#", min_size=1, max_size=12).map(str.strip).filter(bool)
label = some.text("abc ăđ,?", min_size=1, max_size=8).map(str.strip).filter(bool)
bubble = some.builds(
    Bubble,
    some.builds(lambda first, rest: "\n".join([first, *rest]), line, some.lists(line, max_size=3)),
    some.lists(label, max_size=5).map(tuple),
)
exchange = some.builds(
    lambda words, bubbles: Exchange(0, words, Says(words), bubbles), line, some.lists(bubble, max_size=3)
)


@given(some.lists(exchange, min_size=1, max_size=4))
def test_any_conversation_survives_being_written_and_read(
    tmp_path_factory: pytest.TempPathFactory, exchanges: list[Exchange]
) -> None:
    talk = Transcript("Talk", datetime(2026, 11, 24, 9, 0, tzinfo=VIETNAM), "new", tuple(exchanges))
    again = read(tmp_path_factory.mktemp("talk"), write_transcript(talk))
    assert [(one.doing, one.bubbles) for one in again.exchanges] == [
        (one.doing, one.bubbles) for one in exchanges
    ]


def test_every_transcript_of_the_project_reads_and_is_written_as_it_stands() -> None:
    for file in sorted((ROOT / "tests/transcripts").glob("*.txt")):
        text = file.read_text(encoding="utf-8")
        comments = [line for line in text.splitlines()[1:] if line.startswith("#")]
        assert write_transcript(read_transcript(file), comments) == text, file.name
