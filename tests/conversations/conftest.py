"""The flows as they are published, and everything else that handling a message needs."""

from pathlib import Path

import pytest

from app.content.load import load_library
from app.conversations.means import Means
from app.engine.matching import default_matcher
from app.kit.seal import Sealer

FLOWS = Path(__file__).parents[2] / "flows"


@pytest.fixture(scope="session")
def means() -> Means:
    library = load_library(FLOWS)
    here = "http://127.0.0.1"
    return Means(Sealer("k"), library, default_matcher(library), f"{here}/static/share-form.png", here)
