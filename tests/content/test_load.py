"""The flows folder becomes a library."""

import unicodedata
from datetime import date
from pathlib import Path

import pytest

from app.content.coverage import coverage_of
from app.content.load import load_library
from app.content.schema import publish_schema, schema_text
from app.content.yaml_text import read_yaml
from app.engine.flow import GuideStatus, Place
from tests.content.folder import ROOT, lay_out, small_library, spoil


def test_a_library_holds_what_the_files_say() -> None:
    library = small_library()
    node = library.node(Place("help", "two"))
    assert node is not None
    assert node.say == ("Đây là việc hai.",)
    assert library.guides["down"].status is GuideStatus.UNREACHABLE
    assert library.guides["portal"].checked_on == date(2026, 11, 1)
    assert library.facts["hotline"] == "1900 9068"
    assert library.facts["consent_course"] == "Kênh lưu họ tên và số điện thoại."
    assert library.phrases["quen mat khau"] == Place("help", "one")
    assert library.node(Place("help", "gone")) is None


def test_decomposed_letters_in_a_file_mean_the_same(tmp_path: Path) -> None:
    folder = lay_out(tmp_path)
    file = folder / "help.yaml"
    file.write_text(unicodedata.normalize("NFD", file.read_text(encoding="utf-8")), encoding="utf-8")
    assert load_library(folder).flows == small_library().flows


def test_the_fingerprint_follows_the_content(tmp_path: Path) -> None:
    folder = lay_out(tmp_path)
    before = load_library(folder).fingerprint
    assert before == load_library(folder).fingerprint
    spoil(folder, "help.yaml", "việc hai.", "việc hai!")
    assert load_library(folder).fingerprint != before


def test_scalars_stay_as_they_are_written(tmp_path: Path) -> None:
    file = tmp_path / "one.yaml"
    file.write_text("at: 22:00\nno: 0912345678\nday: 2026-11-24\nlist: [on, ~]\n", encoding="utf-8")
    document = read_yaml(file)
    assert document.values == {
        "at": "22:00",
        "no": "0912345678",
        "day": "2026-11-24",
        "list": ["on", "~"],
    }
    assert document.line_of("day") == 3
    assert document.line_of("list", 1) == 4
    assert document.line_of("list", 7, "x") == 4
    assert document.line_of("nothing") == 1


def test_the_published_schema_is_current(tmp_path: Path) -> None:
    publish_schema(tmp_path)
    assert (tmp_path / "schema.json").read_text(encoding="utf-8") == schema_text()
    current = (ROOT / "flows/schema.json").read_text(encoding="utf-8")
    assert current == schema_text(), "flows/schema.json is behind app/engine/flow.py: publish it anew"


def test_coverage_names_what_nobody_walked() -> None:
    library = small_library()
    everything = coverage_of(library, [])
    assert everything.nodes == len(everything.missed_nodes)
    assert not everything.complete
    visited = [*everything.missed_nodes, *everything.missed_ways]
    assert coverage_of(library, visited).complete
    one_less = coverage_of(library, [name for name in visited if name != "help.two > help.three"])
    assert one_less.missed_ways == ("help.two > help.three",)
    assert "never visited: help.two > help.three" in str(one_less)


def test_a_folder_that_is_not_there_says_so(tmp_path: Path) -> None:
    with pytest.raises(Exception, match="the file is missing"):
        load_library(tmp_path / "none")
