"""The figures of a labelled file, and what the phrases may not contain."""

from pathlib import Path

import pytest

from app.content.load import load_library
from app.understanding.catalogue import Catalogue, Intent
from app.understanding.lint import lint
from app.understanding.reader import Reader
from app.understanding.scoring import Labelled, LabelledFileWrong, read_labelled, score

FLOWS = Path(__file__).parents[2] / "flows"


def test_each_figure_counts_what_it_names(reader: Reader) -> None:
    messages = [
        Labelled("quên mật khẩu vssid", "forgot_password"),
        Labelled("không nhận được mã otp", "login_error", frozenset({"otp_not_received"})),
        Labelled("giá vàng hôm nay", "out_of_scope"),
        Labelled("lương hưu tính thế nào", "out_of_scope"),
        Labelled("ừm cái đó đó", "ambiguous"),
    ]
    figures = score(reader, messages, 0.1)
    assert figures["n"] == 5
    assert figures["top1"] == figures["top3"] == figures["macro_f1"] == 100
    assert figures["wrong_answer_rate"] == figures["oos_answered_rate"] == 0
    assert figures["load_s"] == 0.1


def test_an_empty_file_scores_nothing(reader: Reader) -> None:
    assert score(reader, [])["n"] == 0


def test_a_bad_line_is_named(tmp_path: Path) -> None:
    file = tmp_path / "lines.jsonl"
    file.write_text('{"text": "a", "intent": "b", "accept": ["c"]}\n\n{"text": "a"}\n', "utf-8")
    with pytest.raises(LabelledFileWrong, match=":3:"):
        read_labelled(file)


def test_a_wording_of_two_intents_is_an_error(catalogue: Catalogue) -> None:
    twice = Intent(title="x", meaning="x", leads_to="troubles.otp", phrases={"one": ("Em quên mk rồi!",)})
    remarks = lint(catalogue._replace(intents={**catalogue.intents, "twice": twice}), load_library(FLOWS))
    assert any(remark.is_error and "forgot_password and of twice" in remark.message for remark in remarks)


def test_intents_must_lead_somewhere(catalogue: Catalogue) -> None:
    lost = Intent(title="x", meaning="x", leads_to="nowhere.at_all", phrases={})
    silent = Intent(title="x", meaning="x", phrases={})
    remarks = lint(
        catalogue._replace(intents={**catalogue.intents, "lost": lost, "silent": silent}), load_library(FLOWS)
    )
    errors = [remark.message for remark in remarks if remark.is_error]
    assert "lost leads to nowhere.at_all, which does not exist" in errors
    assert "silent leads nowhere" in errors


def test_lines_of_the_test_are_not_trained_on(catalogue: Catalogue) -> None:
    remarks = lint(catalogue, load_library(FLOWS), ["Làm sao lấy lại mật khẩu ạ??"])
    assert any("is a line of the test" in remark.message for remark in remarks)
