from pathlib import Path

import pytest

from app.kit.alone import AloneWith, AlreadyRunning


def test_a_second_process_on_the_same_file_is_refused_by_name(tmp_path: Path) -> None:
    first = AloneWith(tmp_path / "daumoi.db")
    with pytest.raises(AlreadyRunning, match="in use by process"):
        AloneWith(tmp_path / "daumoi.db")
    first.close()
    AloneWith(tmp_path / "daumoi.db").close()
