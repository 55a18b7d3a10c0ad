from pathlib import Path

from sqlalchemy import select

from app.directory.models import Office
from app.importing.at_once import import_file
from app.kit.clock import SystemClock
from app.kit.db import Database
from app.kit.seal import Sealer

HEADER = "Mã cơ quan BHXH,Tên cơ quan,Địa chỉ,Điện thoại,Giờ làm việc"


def test_a_comma_that_moves_the_columns_is_named_and_nothing_is_saved(db: Database, tmp_path: Path) -> None:
    file = tmp_path / "offices.csv"
    file.write_text(f"{HEADER}\n077,BHXH C,1 đường X, phường Y,0258000001,Thứ Hai,thừa\n", encoding="utf-8")
    report = db.write_now(
        lambda tx: import_file(tx, Sealer("k"), "offices", file, SystemClock().now(), dry_run=False)
    )
    assert not report.accepted
    assert "F2: ô nằm ngoài các cột có tiêu đề" in report.text
    assert db.read_now(lambda tx: tx.execute(select(Office.id)).all()) == []
