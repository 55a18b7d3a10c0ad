"""The columns of each kind of list, the names people give them, and where a sheet has them."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from app.directory.sheet_shapes import column_letter


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
    TAX_CODE = "tax_code"
    BUDGET_CODE = "budget_code"
    ROOT_CODE = "root_code"
    """Either of the two, in one column."""
    UNIT_CODE = "unit_code"
    STANDING = "standing"
    DIGITS = "digits"
    """A person's number, of which nothing but the digits counts."""


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
    """The last one, where there are two."""
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
            "tax_code", "Mã số thuế", Meaning.TAX_CODE, ("mst", "mã thuế", "mã số doanh nghiệp", "mã số dn")
        ),
        Column(
            "budget_code",
            "Mã QHNS",
            Meaning.BUDGET_CODE,
            ("mã quan hệ ngân sách", "mã qh ngân sách", "mã đv qhns", "mã đơn vị qhns"),
        ),
        Column(
            "root_code",
            "Mã số thuế / mã QHNS",
            Meaning.ROOT_CODE,
            ("mã số thuế hoặc mã qhns", "mã số thuế / mã quan hệ ngân sách", "mst / mã qhns"),
            exported=False,
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

ONE_OF: Mapping[Kind, tuple[str, ...]] = {
    Kind.EMPLOYERS: ("old_code", "new_code", "tax_code", "budget_code", "root_code", "unit_code")
}
"""Columns of which a file has at least one, and each row at least one filled."""


@dataclass(frozen=True, slots=True)
class ListShape:
    """What a kind of list looks like: its columns, and those of which a row needs at least one."""

    columns: tuple[Column, ...]
    one_of: tuple[str, ...] = ()


SHAPES: Mapping[Kind, ListShape] = {
    kind: ListShape(columns, ONE_OF.get(kind, ())) for kind, columns in COLUMNS.items()
}


def kind_of(text: str) -> Kind | None:
    return next((kind for kind in Kind if kind == text.strip().lower()), None)


def exported_columns(kind: Kind) -> list[Column]:
    return [column for column in COLUMNS[kind] if column.exported]
