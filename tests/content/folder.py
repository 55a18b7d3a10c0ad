"""A small flows folder for tests: every kind of node and slot; the engine's own words are the real ones."""

import shutil
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory

from app.content.load import load_library
from app.engine.flow import Library

ROOT = Path(__file__).parents[2]


def lay_out(folder: Path) -> Path:
    """Copies the small flows into a folder where a test may spoil them."""
    for file in [*(ROOT / "tests/content/flows").glob("*.yaml"), ROOT / "flows/words.yaml"]:
        shutil.copy(file, folder / file.name)
    return folder


def spoil(folder: Path, file: str, before: str, after: str) -> None:
    """Changes one place of a file."""
    text = (folder / file).read_text(encoding="utf-8")
    assert text.count(before) == 1, f"{file} has {text.count(before)} times: {before}"
    (folder / file).write_text(text.replace(before, after), encoding="utf-8")


@lru_cache
def small_library() -> Library:
    with TemporaryDirectory() as folder:
        return load_library(lay_out(Path(folder)))
