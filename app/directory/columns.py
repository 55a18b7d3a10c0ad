"""The columns of each kind of list, the names people give them, and where a sheet has them."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from app.directory.refusals import ImportRefused
from app.directory.sheet_shapes import Row, Sheet, column_letter
from app.kit.vietnamese import fold

_HEADER_IS_WITHIN = 30
"""Rows of title, decree and date that may stand above the header."""


class Kind(StrEnum):
    OFFICES = "offices"
    OFFICERS = "officers"
    EMPLOYERS = "employers"
    LIAISONS = "liaisons"


class Meaning(StrEnum):
    TEXT = "text"
    NAME = "name"
    PERSON_NAME = "person_name"
    CODE = "code"
    OFFICE_PHONE = "office_phone"
    MOBILE = "mobile"
    EMAIL = "email"
    OLD_CODE = "old_code"
    NEW_CODE = "new_code"
    ROOT_CODE = "root_code"
    UNIT_CODE = "unit_code"
    STANDING = "standing"


@dataclass(frozen=True, slots=True)
class Column:
    key: str
    header: str
    """As it is written when a list is exported."""
    meaning: Meaning
    also: tuple[str, ...] = ()
    required: bool = False
    """The column has to be there, and filled in every row."""
    longest: int = 200
    exported: bool = True


@dataclass(frozen=True, slots=True)
class Header:
    row: int
    columns: Mapping[str, int]
    """Where each known column is."""
    written: Mapping[str, str]
    """What the file itself calls it."""
    ignored: tuple[str, ...]
    width: int
    """How many columns have a name, known or not."""

    def place(self, row: int, key: str) -> str:
        """As people point at a cell: D17 (Số điện thoại)."""
        return f"{column_letter(self.columns[key])}{row} ({self.written[key]})"


_OFFICE_CODE = ("mã cơ quan", "mã cơ quan bảo hiểm xã hội", "mã bhxh cơ sở", "mã cqbhxh")
_PHONES = ("điện thoại", "sđt", "sdt", "đt", "số đt", "di động", "số di động", "điện thoại di động", "phone")
_EMAILS = ("e-mail", "thư điện tử", "địa chỉ email", "địa chỉ thư điện tử", "hộp thư", "mail")
_UNIT_CODES = ("mã đv", "mã số đơn vị", "mã đơn vị bhxh", "mã đơn vị tham gia bhxh", "madv", "mdv")

COLUMNS: Mapping[Kind, tuple[Column, ...]] = {
    Kind.OFFICES: (
        Column(
            "code",
            "Mã cơ quan BHXH",
            Meaning.CODE,
            ("mã", *_OFFICE_CODE),
            required=True,
            longest=32,
        ),
        Column(
            "name",
            "Tên cơ quan BHXH",
            Meaning.NAME,
            ("tên", "tên cơ quan", "cơ quan bhxh", "bhxh cơ sở", "tên cơ quan bảo hiểm xã hội"),
            required=True,
        ),
        Column("address", "Địa chỉ", Meaning.TEXT, ("địa chỉ trụ sở", "trụ sở"), longest=500),
        Column("phone", "Số điện thoại", Meaning.OFFICE_PHONE, (*_PHONES, "đường dây nóng"), longest=32),
        Column("hours", "Giờ làm việc", Meaning.TEXT, ("thời gian làm việc", "giờ tiếp"), longest=500),
    ),
    Kind.OFFICERS: (
        Column(
            "code",
            "Mã chuyên quản",
            Meaning.CODE,
            ("mã", "mã cán bộ", "mã cán bộ chuyên quản", "mã chuyên quản thu", "mã cb"),
            required=True,
            longest=32,
        ),
        Column(
            "name",
            "Họ và tên",
            Meaning.PERSON_NAME,
            ("họ tên", "tên", "tên cán bộ", "họ tên cán bộ", "cán bộ chuyên quản", "chuyên quản"),
            required=True,
        ),
        Column("phone", "Số điện thoại", Meaning.OFFICE_PHONE, _PHONES, longest=32),
        Column("email", "Email", Meaning.EMAIL, _EMAILS),
        Column("hours", "Giờ làm việc", Meaning.TEXT, ("thời gian làm việc", "giờ tiếp"), longest=500),
        Column("office", "Mã cơ quan BHXH", Meaning.CODE, _OFFICE_CODE, required=True, longest=32),
    ),
    Kind.EMPLOYERS: (
        Column(
            "name",
            "Tên đơn vị",
            Meaning.NAME,
            ("tên đv", "đơn vị", "tên đơn vị sử dụng lao động", "tên doanh nghiệp", "tên công ty"),
            required=True,
            longest=300,
        ),
        Column("old_code", "Mã đơn vị cũ", Meaning.OLD_CODE, ("mã cũ", "mã đv cũ", "mã đơn vị bhxh cũ")),
        Column("new_code", "Mã đơn vị mới", Meaning.NEW_CODE, ("mã mới", "mã đv mới", "mã đơn vị bhxh mới")),
        Column(
            "root_code",
            "Mã số thuế / mã QHNS",
            Meaning.ROOT_CODE,
            (
                "mã số thuế",
                "mst",
                "mã thuế",
                "mã qhns",
                "mã quan hệ ngân sách",
                "mã số thuế hoặc mã qhns",
                "mã số thuế / mã quan hệ ngân sách",
                "mst / mã qhns",
                "mã số doanh nghiệp",
            ),
        ),
        Column("unit_code", "Mã đơn vị", Meaning.UNIT_CODE, _UNIT_CODES, exported=False),
        Column("office", "Mã cơ quan BHXH", Meaning.CODE, _OFFICE_CODE, longest=32),
        Column(
            "officer",
            "Mã chuyên quản",
            Meaning.CODE,
            ("mã cán bộ", "mã cán bộ chuyên quản", "mã chuyên quản thu", "mã cb"),
            longest=32,
        ),
    ),
    Kind.LIAISONS: (
        Column(
            "name",
            "Họ và tên",
            Meaning.PERSON_NAME,
            (
                "họ tên",
                "tên",
                "tên đầu mối",
                "họ tên đầu mối",
                "họ và tên đầu mối",
                "đầu mối",
                "người liên hệ",
            ),
            required=True,
        ),
        Column(
            "phone",
            "Số điện thoại",
            Meaning.MOBILE,
            (*_PHONES, "số zalo", "zalo", "số điện thoại zalo", "số điện thoại đăng ký zalo"),
            required=True,
        ),
        Column("email", "Email", Meaning.EMAIL, _EMAILS),
        Column(
            "unit_code",
            "Mã đơn vị",
            Meaning.UNIT_CODE,
            (*_UNIT_CODES, "mã đơn vị cũ", "mã đơn vị mới", "mã số thuế"),
            required=True,
        ),
        Column("unit_name", "Tên đơn vị", Meaning.TEXT, ("đơn vị", "tên đv"), longest=300),
        Column("standing", "Trạng thái", Meaning.STANDING, ("tình trạng",)),
    ),
}

ONE_OF: Mapping[Kind, tuple[str, ...]] = {Kind.EMPLOYERS: ("old_code", "new_code", "root_code", "unit_code")}
"""Columns of which a file has at least one, and each row at least one filled."""


def kind_of(text: str) -> Kind | None:
    return next((kind for kind in Kind if kind == text.strip().lower()), None)


def exported_columns(kind: Kind) -> list[Column]:
    return [column for column in COLUMNS[kind] if column.exported]


def find_header(sheet: Sheet, kind: Kind) -> Header:
    """The first row that names every required column. Raises `ImportRefused`, naming what is missing."""
    candidates = [_header(row, kind) for row in sheet.rows if row.number <= _HEADER_IS_WITHIN]
    complete = next((header for header in candidates if not _missing(header, kind)), None)
    header = complete or max(candidates, key=lambda each: len(each.columns), default=None)
    if header is None or not header.columns:
        wanted = ", ".join(_missing(None, kind))
        raise ImportRefused(f"Không thấy dòng tiêu đề. Tệp cần có các cột: {wanted}")
    if missing := _missing(header, kind):
        raise ImportRefused(f"Dòng tiêu đề (dòng {header.row}) thiếu cột: {', '.join(missing)}")
    _check_once(sheet, header, kind)
    return header


def _header(row: Row, kind: Kind) -> Header:
    columns: dict[str, int] = {}
    written: dict[str, str] = {}
    ignored: list[str] = []
    for place, cell in enumerate(row.cells):
        key = _NAMED[kind].get(_plain(cell.text))
        if key is not None and key not in columns:
            columns[key], written[key] = place, " ".join(cell.text.split())
        elif key is None and cell.text:
            ignored.append(" ".join(cell.text.split()))
    width = max((place + 1 for place, cell in enumerate(row.cells) if cell.text), default=0)
    return Header(row.number, columns, written, tuple(ignored), width)


def _missing(header: Header | None, kind: Kind) -> list[str]:
    there = {} if header is None else header.columns
    missing = [column.header for column in COLUMNS[kind] if column.required and column.key not in there]
    choice = ONE_OF.get(kind, ())
    if choice and not any(key in there for key in choice):
        names = [column.header for column in COLUMNS[kind] if column.key in choice]
        missing.append("một trong các cột " + ", ".join(f"“{name}”" for name in names))
    return missing


def _check_once(sheet: Sheet, header: Header, kind: Kind) -> None:
    row = next(row for row in sheet.rows if row.number == header.row)
    for place, cell in enumerate(row.cells):
        key = _NAMED[kind].get(_plain(cell.text))
        if key is not None and header.columns[key] != place:
            one, other = column_letter(header.columns[key]), column_letter(place)
            raise ImportRefused(
                f"Cột {one} ({header.written[key]}) và cột {other} ({cell.text}) cùng một nghĩa: "
                "Anh/Chị bỏ bớt hoặc đổi tên một cột"
            )


def _plain(text: str) -> str:
    """Without accents, signs and remarks in brackets."""
    return " ".join(re.sub(r"[^a-z0-9]+", " ", re.sub(r"\([^)]*\)", " ", fold(text))).split())


def _names(kind: Kind) -> Iterator[tuple[str, str]]:
    for column in COLUMNS[kind]:
        for name in (column.header, *column.also):
            yield _plain(name), column.key


_NAMED: Mapping[Kind, Mapping[str, str]] = {kind: dict(_names(kind)) for kind in Kind}
