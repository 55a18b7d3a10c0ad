"""A few words said after an answer: what was answered before, what is said, what is meant by it."""

from collections import Counter
from pathlib import Path

import pytest

from app.understanding.opening import open_reader
from app.understanding.policy import Zone

ROOT = Path(__file__).parents[2]
LINES = (Path(__file__).parent / "follow-ups.tsv").read_text("utf-8").splitlines()

# Read by themselves, 27 of the 54 are answered rightly and 2 wrongly; after their topic 33 and 4. Before so
# many stories were learnt it was 38 and 1 after the topic: a few words weigh less beside them.
RIGHT_AT_LEAST, WRONG_AT_MOST = 32, 4


@pytest.mark.timeout(300)
def test_more_is_answered_when_it_is_known_what_was_asked_before() -> None:
    reader = open_reader(ROOT / "flows", ROOT / "data" / "understanding")
    came: Counter[str] = Counter()
    for line in LINES:
        before, words, meant = line.split("\t")
        alone, after = reader.read(words).decision, reader.read_after(words, before).decision
        for name, decision in (("alone", alone), ("after", after)):
            if decision.zone is Zone.ANSWER:
                came[f"{name} right" if decision.intents[0] == meant else f"{name} wrong"] += 1
    assert came["after right"] >= max(RIGHT_AT_LEAST, came["alone right"]), came
    assert came["after wrong"] <= WRONG_AT_MOST, came
