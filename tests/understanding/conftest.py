"""A reader trained on a few phrases, once for all tests of this room."""

from pathlib import Path

import pytest

from app.understanding.catalogue import Catalogue, read_catalogue
from app.understanding.reader import Reader
from app.understanding.training import train_reader
from tests.understanding.small import write_small


@pytest.fixture(scope="session")
def catalogue(tmp_path_factory: pytest.TempPathFactory) -> Catalogue:
    return read_catalogue(write_small(tmp_path_factory.mktemp("flows")))


@pytest.fixture(scope="session")
def reader(catalogue: Catalogue) -> Reader:
    return train_reader(catalogue)


@pytest.fixture
def flows(tmp_path: Path) -> Path:
    return write_small(tmp_path / "flows")
