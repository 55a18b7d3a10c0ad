"""A reader for this content: from the cache, else trained in a process of its own, else none."""

import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import structlog

from app.engine.flow import Library
from app.engine.matching import Matcher, default_matcher
from app.understanding.artefact import artefact_path, fingerprint, load
from app.understanding.matcher import TrainedMatcher
from app.understanding.reader import Reader

LONGEST_TRAINING = 300
"""Seconds."""

log = structlog.get_logger()


class TrainingFailed(Exception):
    """The phrases could not be turned into a model; says what the training said last."""


def open_matcher(library: Library, flows: Path, cache: Path) -> Matcher:
    """The trained matcher when its model is there, else the one that knows whole phrases.

    It never trains: a start must not wait for a minute of work that `make install` does.
    """
    reader = load(artefact_path(cache, fingerprint(flows)))
    if reader is None:
        log.warning(
            "no trained model: free messages are matched by whole phrases; run `daumoi intents train`"
        )
        return default_matcher(library)
    return TrainedMatcher(reader, library)


def open_reader(flows: Path, cache: Path) -> Reader:
    """Raises `TrainingFailed`."""
    path = artefact_path(cache, fingerprint(flows))
    reader = load(path)
    if reader is not None:
        return reader
    if find_spec("sklearn") is None:
        raise TrainingFailed("no trained model, and scikit-learn is missing: run `daumoi intents train`")
    _train_apart(flows, cache)
    reader = load(path)
    if reader is None:
        raise TrainingFailed(f"the training left no {path}")
    return reader


def _train_apart(flows: Path, cache: Path) -> None:
    command = [sys.executable, "-m", "app.understanding.train", str(flows), str(cache)]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=LONGEST_TRAINING, check=False)  # noqa: S603
    except (OSError, subprocess.TimeoutExpired) as error:
        raise TrainingFailed(str(error)) from error
    if done.returncode != 0:
        raise TrainingFailed((done.stderr.strip().splitlines() or ["the training ended without a word"])[-1])
