"""The trained model as a file: made once, taken again, never a stale one."""

import subprocess
import sys
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from app.content.load import load_library
from app.engine.matching import PhraseMatcher
from app.understanding import opening
from app.understanding.artefact import KEPT, SHAPING, artefact_path, fingerprint, load, store
from app.understanding.matcher import TrainedMatcher
from app.understanding.opening import TrainingFailed, open_matcher, open_reader
from app.understanding.reader import Reader

FLOWS = Path(__file__).parents[2] / "flows"
MESSAGES = ("quên mk", "otp ko về", "bhxh ở đâu", "giá vàng", "lương hưu", "...", "")


def test_what_is_loaded_reads_as_what_was_stored(reader: Reader, tmp_path: Path) -> None:
    path = tmp_path / "understanding-a.arrays"
    store(reader, path)
    again = load(path)
    assert again is not None
    assert [again.read(text) for text in MESSAGES] == [reader.read(text) for text in MESSAGES]


def test_only_the_newest_files_stay(reader: Reader, tmp_path: Path) -> None:
    for number in range(KEPT + 2):
        store(reader, artefact_path(tmp_path, str(number)))
    assert len(list(tmp_path.iterdir())) == KEPT
    assert artefact_path(tmp_path, str(KEPT + 1)).exists()


@pytest.mark.parametrize("damage", [b"", b"PK\x03\x04 cut", b"not a file of arrays"])
def test_a_damaged_file_is_as_good_as_none(tmp_path: Path, damage: bytes) -> None:
    path = tmp_path / "understanding-a.arrays"
    path.write_bytes(damage)
    assert load(path) is None
    assert load(tmp_path / "missing.arrays") is None


def test_a_changed_phrase_changes_the_fingerprint(flows: Path) -> None:
    before = fingerprint(flows)
    assert fingerprint(flows) == before
    file = flows / "intents" / "all.yaml"
    file.write_text(file.read_text("utf-8").replace("xổ số", "xổ số miền trung"), "utf-8")
    assert fingerprint(flows) != before


def test_the_fingerprint_covers_all_code_that_a_training_runs() -> None:
    program = "import sys, app.understanding.training, app.understanding.artefact; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)  # noqa: S603
    room = "app.understanding."
    loaded = {name.removeprefix(room) for name in done.stdout.split() if name.startswith(room)}
    assert loaded == set(SHAPING)


def test_the_first_opening_trains_in_another_process_and_the_second_does_not(
    flows: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = open_reader(flows, tmp_path / "cache")
    monkeypatch.setattr(opening, "_train_apart", None)
    assert open_reader(flows, tmp_path / "cache").read("quên mk") == first.read("quên mk")


def test_a_wrong_file_is_named_by_the_failed_training(flows: Path, tmp_path: Path) -> None:
    (flows / "intents" / "pairs.yaml").write_text("pears: []\n", "utf-8")
    with pytest.raises(TrainingFailed, match=r"pairs\.yaml"):
        open_reader(flows, tmp_path)


def test_without_a_model_whole_phrases_are_known_and_the_log_says_what_to_do(tmp_path: Path) -> None:
    with capture_logs() as said:
        matcher = open_matcher(load_library(FLOWS), FLOWS, tmp_path)
    assert isinstance(matcher, PhraseMatcher)
    assert "daumoi intents train" in said[0]["event"]


def test_a_model_that_is_there_is_taken(reader: Reader, flows: Path, tmp_path: Path) -> None:
    store(reader, artefact_path(tmp_path, fingerprint(flows)))
    assert isinstance(open_matcher(load_library(FLOWS), flows, tmp_path), TrainedMatcher)


def test_without_a_teacher_no_model_can_be_made(
    flows: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(opening, "find_spec", lambda _name: None)
    with pytest.raises(TrainingFailed, match="scikit-learn"):
        open_reader(flows, tmp_path)


def test_running_needs_numpy_only(reader: Reader, tmp_path: Path) -> None:
    path = tmp_path / "understanding-a.arrays"
    store(reader, path)
    program = (
        "import sys; from pathlib import Path; from app.understanding.artefact import load;"
        f"print(load(Path({str(path)!r})).read('quên mk').decision.zone);"
        "sys.exit(any(name in sys.modules for name in ('sklearn', 'scipy')))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)  # noqa: S603
    assert done.returncode == 0, done.stderr
