import errno
import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from app.inbox.ledger import NewEvent
from app.webhook.spool import Spool, SpoolFull, Waiting

AT = datetime(2026, 11, 24, 9, tzinfo=UTC)


@pytest.fixture
def spool(tmp_path: Path) -> Iterator[Spool]:
    spool = Spool(tmp_path)
    yield spool
    spool.close()


def event(name: str) -> Waiting:
    return Waiting(
        NewEvent(name, "contact", "user_send_text", f"sealed {name} \xff".encode("latin-1"), "otp"), AT
    )


def test_events_come_out_as_they_went_in_and_in_order(spool: Spool) -> None:
    for name in "abc":
        spool.keep(event(name))
    assert spool.oldest(2) == [event("a"), event("b")]
    spool.done(2)
    assert spool.oldest(2) == [event("c")]
    spool.done(1)
    assert spool.empty
    assert spool.oldest(2) == []


def test_what_a_dead_process_left_is_there_for_the_next(tmp_path: Path) -> None:
    dead = Spool(tmp_path)
    dead.keep(event("a"))
    dead.close()
    assert Spool(tmp_path).oldest(9) == [event("a")]


def test_the_files_of_two_living_processes_are_two(tmp_path: Path) -> None:
    one, two = Spool(tmp_path), Spool(tmp_path)
    one.keep(event("a"))
    two.keep(event("b"))
    assert (one.oldest(9), two.oldest(9)) == ([event("a")], [event("b")])


def test_one_process_takes_over_from_several_dead_ones_once(tmp_path: Path) -> None:
    dead = [Spool(tmp_path) for _ in range(3)]
    for number, spool in enumerate(dead):
        spool.keep(event(str(number)))
    for spool in dead:
        spool.close()
    heir = Spool(tmp_path)
    assert heir.oldest(9) == [event("0"), event("1"), event("2")]
    assert Spool(tmp_path).empty


def test_a_line_that_a_crash_cut_off_was_never_promised_and_spoils_nothing(tmp_path: Path) -> None:
    first = Spool(tmp_path)
    first.keep(event("a"))
    first.close()
    with (tmp_path / "0.spool").open("ab") as file:
        file.write(b'{"dedupe_key": "b", "bo')
    second = Spool(tmp_path)
    second.keep(event("c"))
    assert second.oldest(9) == [event("a"), event("c")]


def test_after_a_crash_before_the_file_was_emptied_its_events_come_again(tmp_path: Path) -> None:
    first = Spool(tmp_path)
    first.keep(event("a"))
    first.keep(event("b"))
    first.done(1)
    first.close()
    assert Spool(tmp_path).oldest(9) == [event("a"), event("b")]


def test_a_full_spool_refuses_and_keeps_what_it_has(tmp_path: Path) -> None:
    spool = Spool(tmp_path, most_bytes=250)
    spool.keep(event("a"))
    with pytest.raises(SpoolFull):
        spool.keep(event("b"))
    assert spool.oldest(9) == [event("a")]


def test_a_full_disk_is_refused_and_half_a_line_does_not_stay(
    spool: Spool, monkeypatch: pytest.MonkeyPatch
) -> None:
    spool.keep(event("a"))
    write = os.pwrite

    def half(file: int, content: bytes, place: int) -> int:
        monkeypatch.setattr(os, "pwrite", refuse)
        return write(file, content[: len(content) // 2], place)

    def refuse(_file: int, _content: bytes, _place: int) -> int:
        raise OSError(errno.ENOSPC, "no space left on device")

    monkeypatch.setattr(os, "pwrite", half)
    with pytest.raises(OSError, match="no space"):
        spool.keep(event("b"))
    monkeypatch.setattr(os, "pwrite", write)
    spool.keep(event("c"))
    assert spool.oldest(9) == [event("a"), event("c")]
