"""Every intent and every neighbouring matter is asked about in free words and answered in its place."""

from pathlib import Path

import pytest

from app.content.load import load_library
from app.content.transcript import Says, read_transcript
from app.conversations.means import Means
from app.conversations.playing import play, play_files
from app.kit.seal import Sealer
from app.understanding.catalogue import read_catalogue
from app.understanding.matcher import TrainedMatcher
from app.understanding.opening import open_reader

ROOT = Path(__file__).parents[2]
FLOWS = ROOT / "flows"
FOLDER = ROOT / "tests" / "transcripts" / "understood"
INTENTS = read_catalogue(FLOWS).intents
PLACES = {name: intent.leads_to for name, intent in INTENTS.items()} | {
    part.leads_to.replace(".", "_"): part.leads_to for intent in INTENTS.values() for part in intent.parts
}

WELCOME = {"welcome.start", "welcome.start > welcome.menu", "welcome.menu"}


@pytest.fixture(scope="module")
def means() -> Means:
    library = load_library(FLOWS)
    matcher = TrainedMatcher(open_reader(FLOWS, ROOT / "data" / "understanding"), library)
    here = "http://127.0.0.1"
    return Means(Sealer("k"), library, matcher, f"{here}/static/share-form.png", here)


@pytest.mark.timeout(300)
@pytest.mark.parametrize("name", sorted(PLACES))
def test_what_is_asked_in_free_words_is_answered_by_its_node(means: Means, name: str) -> None:
    transcript = read_transcript(FOLDER / f"{name}.txt")
    first = transcript.exchanges[0].doing
    assert isinstance(first, Says)
    assert first.text not in {phrase.text for phrase in read_catalogue(FLOWS).phrases()}
    place, visited = PLACES[name], play(means, transcript).visited
    # Idle talk of somebody new leads to the welcome, and nowhere else.
    assert place in visited if place else visited <= WELCOME


@pytest.mark.timeout(300)
def test_the_bot_says_what_is_written(means: Means) -> None:
    report = play_files(means, sorted(FOLDER.glob("*.txt")), record=False)
    assert report.passed, report.text
