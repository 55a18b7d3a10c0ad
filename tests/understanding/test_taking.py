"""Lines of further writers become phrases; what would spoil them stays out."""

from pathlib import Path

import pytest

from app.content.yaml_text import ContentError
from app.understanding.artefact import fingerprint
from app.understanding.catalogue import Catalogue, read_catalogue, told_file
from app.understanding.left_out import score_left_out
from app.understanding.scoring import Labelled
from app.understanding.taking import choose, write_told


def test_told_lines_are_phrases_of_their_writer(flows: Path) -> None:
    before = fingerprint(flows)
    write_told(flows, "w07", {"otp_not_received": ["máy có báo số nào về đâu", "no: # 'đâu' \"về\""]})
    told = [one.text for one in read_catalogue(flows).phrases() if one.author == "w07"]
    assert told == ["máy có báo số nào về đâu", "no: # 'đâu' \"về\""]
    assert fingerprint(flows) != before


def test_an_unknown_intent_is_named_with_its_line(flows: Path) -> None:
    write_told(flows, "w07", {"otp_not_received": ["a b"], "zebra": ["c d"]})
    with pytest.raises(ContentError, match=r"w07\.yaml:4: there is no intent `zebra`"):
        read_catalogue(flows)


def test_a_told_file_that_is_no_yaml_is_named(flows: Path) -> None:
    path = told_file(flows, "w07")
    path.parent.mkdir()
    path.write_text("otp: [", "utf-8")
    with pytest.raises(ContentError, match=r"w07\.yaml"):
        read_catalogue(flows)


def test_what_would_spoil_the_phrases_stays_out(catalogue: Catalogue) -> None:
    taken = choose(
        [
            Labelled("bữa giờ chờ số về máy hoài", "otp_not_received"),
            Labelled("Bữa giờ chờ số về máy hoài!", "otp_not_received"),
            Labelled("em quên mk rồi", "otp_not_received"),
            Labelled("gọi em số 0905 123 456 nha", "otp_not_received"),
            Labelled("ngồi chờ cả buổi không thấy", "otp_not_received"),
            Labelled("?!", "otp_not_received"),
            Labelled("con mèo nhà em", "zebra"),
        ],
        catalogue,
        ["ngồi chờ cả buổi không thấy ạ"],
    )
    assert taken.lines == {"otp_not_received": ["bữa giờ chờ số về máy hoài"]}
    assert [reason.rpartition(": ")[2] for reason in taken.left_out] == [
        "it is said of forgot_password already",
        "it holds a number or an address of somebody",
        "it is a line of a test",
        "it has no words",
        "there is no such intent",
    ]


def test_each_author_is_scored_by_what_the_others_taught(catalogue: Catalogue) -> None:
    ((author, figures),) = score_left_out(catalogue, ["two"])
    assert author == "two"
    assert figures["n"] == 13
    assert figures["top1"] > 50
