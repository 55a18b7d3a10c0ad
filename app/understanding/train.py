"""The training process: `python -m app.understanding.train FLOWS CACHE` leaves an artefact in the cache."""

import fcntl
import sys
from pathlib import Path

from app.content.yaml_text import ContentError
from app.understanding.artefact import artefact_path, fingerprint, store
from app.understanding.catalogue import read_catalogue
from app.understanding.training import train_reader


def make_artefact(flows: Path, cache: Path) -> Path:
    """The artefact of this content; trains only when there is none yet. Raises `ContentError`."""
    path = artefact_path(cache, fingerprint(flows))
    cache.mkdir(parents=True, exist_ok=True)
    with (cache / "training.lock").open("a") as lock:
        # Processes that start together: one trains, the others find its work done.
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not path.exists():
            store(train_reader(read_catalogue(flows)), path)
    return path


if __name__ == "__main__":
    try:
        make_artefact(Path(sys.argv[1]), Path(sys.argv[2]))
    except ContentError as refusal:
        sys.exit(str(refusal))
