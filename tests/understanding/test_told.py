"""Writers kept aside: people who told what happened to them, and whose lines nobody trains on.

Each line was labelled by two readers who did not see each other's labels; what either of them chose counts as
right. Their first choices are the same for 86 lines in a hundred: there a reader of any kind ends.
"""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from app.content.load import load_library
from app.understanding.catalogue import read_catalogue
from app.understanding.lint import lint
from app.understanding.opening import open_reader
from app.understanding.scoring import read_labelled, score
from app.understanding.whole import WholePolicy

ROOT = Path(__file__).parents[2]
FLOWS = ROOT / "flows"
KEPT_ASIDE = sorted((Path(__file__).parent / "told").glob("*.jsonl"))

AT_LEAST = {"top1": 79.0, "top3": 93.0, "answered_rate": 45.0}
AT_MOST = {"wrong_answer_rate": 2.5, "oos_answered_rate": 4.5}
"""A little under what was measured: the last digits of a training differ between machines."""


@pytest.mark.timeout(300)
@pytest.mark.parametrize("file", KEPT_ASIDE, ids=lambda file: file.stem)
def test_a_writer_kept_aside_is_understood_no_worse_than_before(
    file: Path, record_property: Callable[[str, object], None]
) -> None:
    policy = WholePolicy(open_reader(FLOWS, ROOT / "data" / "understanding"), load_library(FLOWS))
    figures = score(policy, read_labelled(file))
    record_property(file.stem, json.dumps(figures))
    assert {name: figures[name] for name, bar in AT_LEAST.items() if figures[name] < bar} == {}
    assert {name: figures[name] for name, bar in AT_MOST.items() if figures[name] > bar} == {}


def test_no_line_kept_aside_is_trained_on() -> None:
    lines = [line.text for file in KEPT_ASIDE for line in read_labelled(file)]
    remarks = lint(read_catalogue(FLOWS), load_library(FLOWS), lines)
    assert [str(remark) for remark in remarks if remark.is_error] == []
