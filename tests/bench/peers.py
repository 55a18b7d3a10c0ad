"""The frameworks that do the same menu turn, in a virtual environment of their own: no part of us."""

import hashlib
import subprocess
import sys
from pathlib import Path

from tests.bench.platforms import LINE, TELEGRAM, WHATSAPP
from tests.bench.subjects import ROOT, Subject

HOME = ROOT / ".make" / "bench"
LOCK = Path(__file__).with_name("requirements.txt")
PATIENCE = 600.0
"""Seconds for a package index on a slow line."""
PEERS = (
    ("aiogram, memory store", "peer_aiogram", TELEGRAM),
    ("pywa, memory store", "peer_pywa", WHATSAPP),
    ("line-bot-sdk, memory store", "peer_line", LINE),
)


class NotInstalled(Exception):
    """The frameworks could not be brought in: no package index, or a version that is not there."""


def peers(stub: str) -> list[Subject]:
    """Installs them when the lock has changed. Raises `NotInstalled`."""
    python = str(_installed() / "bin" / "python")
    return [
        Subject(name, (python, "-m", f"tests.bench.{app}"), {"PEER_PLATFORM": stub}, dialect=dialect)
        for name, app, dialect in PEERS
    ]


def _installed() -> Path:
    stamp, lock = HOME / "locked", hashlib.sha256(LOCK.read_bytes()).hexdigest()
    if stamp.exists() and stamp.read_text() == lock:
        return HOME
    _run(sys.executable, "-m", "venv", "--clear", str(HOME))
    pip = (str(HOME / "bin" / "python"), "-m", "pip", "--disable-pip-version-check", "--quiet")
    _run(*pip, "install", "--require-hashes", "--requirement", str(LOCK))
    stamp.write_text(lock)
    return HOME


def _run(*command: str) -> None:
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE)  # noqa: S603
    except subprocess.TimeoutExpired:
        raise NotInstalled(f"{command[-1]} took longer than {PATIENCE:.0f} seconds") from None
    if done.returncode:
        raise NotInstalled((done.stderr or done.stdout).strip().rpartition("\n")[2])
