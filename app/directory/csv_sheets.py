"""CSV as Excel saves it here: several delimiters, several encodings, one sheet of text cells out."""

import csv
import re
import unicodedata
from collections import Counter
from io import StringIO
from itertools import islice

from app.directory.old_fonts import READERS, is_syllable, marked_words
from app.directory.refusals import ImportRefused
from app.directory.sheet_shapes import Cell, Remark, Row, Sheet, filled_rows

_DELIMITERS = ";,\t"
_SNIFFED_ROWS = 50
_JUDGED = 20_000
"""Letters that are looked at to tell an encoding."""
_BELIEVED = 0.6
"""Share of words that can be Vietnamese; headers are full of shortenings that cannot."""
_QUOTED_FORMULA = re.compile(r"'+[=+\-@\t\r]")
SAVE_AGAIN = "Anh/Chị mở tệp bằng Excel, chọn Lưu thành (Save As) kiểu CSV UTF-8 hoặc .xlsx rồi nhập lại"


def read_csv(name: str, content: bytes) -> Sheet:
    """Raises `ImportRefused`."""
    text, remarks = _decoded(name, content)
    first, _, rest = text.partition("\n")
    if told := re.fullmatch(r"sep=(.)\r?", first):
        rows = _rows(name, rest, told[1], first_number=2)
    else:
        rows = _rows(name, text, _sniffed(text), first_number=1)
    return Sheet(rows, name=name, remarks=remarks)


def _decoded(name: str, content: bytes) -> tuple[str, tuple[Remark, ...]]:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\0" in content:
        raise ImportRefused(f"Tệp {name} được lưu theo mã UTF-16. {SAVE_AGAIN}")
    try:
        return content.decode("utf-8-sig"), ()
    except UnicodeDecodeError:
        return _decoded_by_sight(name, content)


def _decoded_by_sight(name: str, content: bytes) -> tuple[str, tuple[Remark, ...]]:
    """Windows-1258, or bytes of an old font, whichever gives more words that can be Vietnamese."""
    latin = content.decode("latin-1")
    readings = {str(font): _share(read(latin[:_JUDGED])) for font, read in READERS.items()}
    try:
        windows = unicodedata.normalize("NFC", content.decode("cp1258"))
        readings["Windows-1258"] = _share(windows[:_JUDGED])
    except UnicodeDecodeError:
        windows = ""
    best = max(readings, key=lambda reading: readings[reading])
    if readings[best] < _BELIEVED:
        raise ImportRefused(f"Tệp {name} không theo mã UTF-8 và không nhận ra mã khác. {SAVE_AGAIN}")
    if best != "Windows-1258":
        return latin, ()  # the cells are converted, and it is said, column by column
    remark = Remark("Tệp", "theo mã Windows-1258, đã chuyển sang Unicode: Anh/Chị xem lại chữ có dấu")
    return windows, (remark,)


def _share(text: str) -> float:
    words = marked_words(text)
    return sum(map(is_syllable, words)) / len(words) if words else 0.0


def _sniffed(text: str) -> str:
    """The delimiter that cuts most of the first rows into the same number of cells, and into most cells."""
    return max(_DELIMITERS, key=lambda delimiter: _evenness(text, delimiter))


def _evenness(text: str, delimiter: str) -> int:
    rows = islice(csv.reader(StringIO(text, newline=""), delimiter=delimiter), _SNIFFED_ROWS)
    try:
        widths = Counter(len(cells) for cells in rows)
    except csv.Error:
        return 0
    return max(((width - 1) * times for width, times in widths.items()), default=0)


def _rows(name: str, text: str, delimiter: str, first_number: int) -> tuple[Row, ...]:
    lines: list[tuple[int, list[Cell]]] = []
    # Strict: a quote that is never closed would otherwise swallow the rest of the file into one cell.
    reader = csv.reader(StringIO(text, newline=""), delimiter=delimiter, strict=True)
    number = first_number
    try:
        for number, texts in enumerate(reader, first_number):
            lines.append((number, [Cell(_unquoted(text)) for text in texts]))
    except csv.Error as error:
        raise ImportRefused(
            f"Tệp {name}, sau dòng {number}: dấu nháy kép đặt sai chỗ hoặc không có dấu đóng"
        ) from error
    return filled_rows(lines)


def _unquoted(text: str) -> str:
    """Without the sign that keeps Excel from taking a text for a formula."""
    return text[1:] if _QUOTED_FORMULA.match(text) else text
