"""What a cell means in its column: the value as it is kept, or why it cannot be."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import assert_never

from app.directory.columns import Column, Meaning
from app.directory.sheet_shapes import Cell, CellKind
from app.kit.email_address import parse_email
from app.kit.phone import parse_any_phone, parse_phone
from app.kit.unit_code import UnitCode, UnitCodeKind, parse_unit_code
from app.kit.vietnamese import fold

ZERO_PUT_BACK = "đã thêm lại số 0 ở đầu mà Excel bỏ mất"
WAITING = "Chờ xác minh"
VERIFIED = "Đã xác minh"
ANNOUNCED = "Đã báo trước"

_SHORTENED = re.compile(r"[0-9]+(?:[.,][0-9]+)?E\+?[0-9]+", re.IGNORECASE)
_FLOAT = re.compile(r"([0-9]{7,})[.,]0")
_CODE = re.compile(r"[^\W_][\w./-]*")
_FIFTEEN_DIGITS = 10**15
# Letters of TCVN3 fonts (symbols inside words) and of VNI fonts (pairs that Vietnamese does not have).
_OLD_FONT = re.compile(r"[^\W\d_][¨ªµ¶¸¹¼½¾]|[¨ªµ¶¸¹¼½¾][^\W\d_]|aâ|eâ|oâ|öô", re.IGNORECASE)
_AS_TEXT = "Anh/Chị định dạng cột là Văn bản (Text) rồi nhập lại ô này"

_KINDS: Mapping[Meaning, tuple[UnitCodeKind, ...]] = {
    Meaning.OLD_CODE: (UnitCodeKind.OLD,),
    Meaning.NEW_CODE: (UnitCodeKind.NEW,),
    Meaning.TAX_CODE: (UnitCodeKind.TAX,),
    Meaning.BUDGET_CODE: (UnitCodeKind.BUDGET,),
    Meaning.ROOT_CODE: (UnitCodeKind.TAX, UnitCodeKind.BUDGET),
    Meaning.UNIT_CODE: tuple(UnitCodeKind),
}
_EXAMPLES: Mapping[Meaning, str] = {
    Meaning.OLD_CODE: "mã đơn vị cũ (ví dụ TA0001A)",
    Meaning.NEW_CODE: "mã đơn vị mới (ví dụ 0123456789DNA03)",
    Meaning.TAX_CODE: "mã số thuế (10 số, hoặc 13 số dạng 0123456789-001)",
    Meaning.BUDGET_CODE: "mã quan hệ ngân sách (7 số)",
    Meaning.ROOT_CODE: "mã số thuế (10 số, hoặc 13 số dạng 0123456789-001) hay mã QHNS (7 số)",
    Meaning.UNIT_CODE: "mã đơn vị, mã số thuế hay mã QHNS",
}


class WrongCell(Exception):
    """The cell does not hold what its column is for."""


@dataclass(frozen=True, slots=True)
class Value:
    text: str
    note: str = ""
    """What was put right on the way."""


def read_cell(column: Column, cell: Cell) -> Value:
    """The cell's value as it is kept. Raises `WrongCell`, whose message is the reason in Vietnamese."""
    if cell.kind is CellKind.FORMULA:
        raise WrongCell("công thức chưa được tính: Anh/Chị mở tệp bằng Excel, lưu lại rồi nhập")
    if not cell.text:
        if column.required:
            raise WrongCell("ô này còn trống")
        return Value("")
    if cell.kind is CellKind.DATE:
        raise WrongCell(f"Excel đã đổi ô này thành ngày giờ. {_AS_TEXT}")
    value = _READERS[column.meaning](cell)
    if len(value.text) > column.longest:
        raise WrongCell(f"dài quá {column.longest} ký tự")
    return value


def kept_office_phone(text: str) -> str:
    """Digits alone when the text is but a number; as written when it says more (an extension, hours)."""
    number = parse_any_phone(text)
    is_bare = re.fullmatch(r"[0-9+ .()_\-‐‑–—]+", text) is not None
    return number if number is not None and is_bare else text


def _text(cell: Cell) -> Value:
    _check_font(cell.text)
    return Value(cell.text)


def _name(cell: Cell) -> Value:
    name = " ".join(cell.text.split())
    _check_font(name)
    if not any(letter.isalpha() for letter in name):
        raise WrongCell("tên không có chữ cái nào")
    return Value(name)


def _person_name(cell: Cell) -> Value:
    name = _name(cell).text
    if re.search(r"[0-9@]", name):
        raise WrongCell("họ tên có chữ số hoặc ký hiệu lạ")
    return Value(name)


def _check_font(text: str) -> None:
    if _OLD_FONT.search(text):
        raise WrongCell("chữ theo phông cũ (TCVN3 hoặc VNI): Anh/Chị chuyển sang Unicode rồi nhập lại")


def _code(cell: Cell) -> Value:
    code = _digits_whole(cell).upper()
    if not _CODE.fullmatch(code):
        raise WrongCell("mã chỉ gồm chữ, số và các dấu . - / _, không có khoảng trắng")
    return Value(code)


def _office_phone(cell: Cell) -> Value:
    text = " ".join(_digits_whole(cell).split())
    number = parse_any_phone(text)
    if number is None:
        raise WrongCell(_phone_reason(text))
    return Value(kept_office_phone(text), _zero_note(text, number))


def _mobile(cell: Cell) -> Value:
    text = _digits_whole(cell)
    number = parse_phone(text)
    if number is None:
        raise WrongCell("cần số di động, đây là số cố định" if parse_any_phone(text) else _phone_reason(text))
    return Value(number, _zero_note(text, number))


def _zero_note(text: str, number: str) -> str:
    return ZERO_PUT_BACK if number == f"0{text}" else ""


def _phone_reason(text: str) -> str:
    digits = re.sub(r"[^0-9]", "", text)
    if not digits:
        return "không thấy số điện thoại"
    if re.search(r"[0-9][^0-9]*[/,;][^0-9]*[0-9]", text) and len(digits) > 11:
        return "có nhiều số, chỉ ghi một số"
    if len(digits) < (10 if digits.startswith("0") else 9):
        return "thiếu chữ số"
    if len(digits) > 11:
        return "thừa chữ số"
    return "không đúng đầu số hoặc độ dài của số điện thoại Việt Nam"


def _email(cell: Cell) -> Value:
    guess = parse_email(cell.text)
    if guess.address is None or fold(guess.address) != fold(cell.text.removeprefix("mailto:")):
        maybe = f"; có phải {guess.suggestion} không?" if guess.suggestion else ""
        raise WrongCell(f"không phải một địa chỉ email{maybe}")
    doubt = (
        f"có thể gõ nhầm, vẫn giữ như tệp ghi; có phải {guess.suggestion} không?" if guess.suggestion else ""
    )
    return Value(guess.address, doubt)


def _unit_code(meaning: Meaning) -> Callable[[Cell], Value]:
    def read(cell: Cell) -> Value:
        text = _digits_whole(cell)
        lost_zero = re.fullmatch(r"[1-9][0-9]{8}", text) is not None
        code = parse_unit_code(f"0{text}" if lost_zero else text)
        if code is None or not _is_alone(code, text) or code.kind not in _KINDS[meaning]:
            raise WrongCell(_unit_code_reason(meaning, text))
        return Value(code.value, ZERO_PUT_BACK if lost_zero else "")

    return read


def _is_alone(code: UnitCode, text: str) -> bool:
    """Whether the cell holds the code and nothing else that might have been meant."""
    written = re.sub(r"[^a-z0-9]", "", fold(text)).upper()
    return written.removeprefix("0") == code.value.replace("-", "").removeprefix("0")


def _unit_code_reason(meaning: Meaning, text: str) -> str:
    if re.fullmatch(r"[0-9]{12}", text):
        return "12 chữ số là số căn cước, không phải mã đơn vị; mã số thuế 13 số ghi dạng 0123456789-001"
    return f"không phải {_EXAMPLES[meaning]}"


def _digits_whole(cell: Cell) -> str:
    """The text of a code or number, unless Excel has changed it for good."""
    if _SHORTENED.fullmatch(cell.text):
        raise WrongCell(f"Excel đã viết gọn số này, không đọc lại được. {_AS_TEXT}")
    if cell.kind is CellKind.NUMBER and float(cell.text) >= _FIFTEEN_DIGITS:
        raise WrongCell(f"Excel đã làm tròn số dài hơn 15 chữ số. {_AS_TEXT}")
    if float_text := _FLOAT.fullmatch(cell.text):
        return float_text[1]
    return cell.text


def _person_number(cell: Cell) -> Value:
    """Ten digits (social insurance) or twelve (citizen); a zero that Excel ate is put back."""
    digits = re.sub(r"[\s.\-]", "", _digits_whole(cell))
    if re.fullmatch(r"[1-9](?:[0-9]{8}|[0-9]{10})", digits):
        return Value(f"0{digits}", ZERO_PUT_BACK)
    if not re.fullmatch(r"[0-9]{10}|[0-9]{12}", digits):
        raise WrongCell("cần mã số BHXH 10 số hoặc số căn cước 12 số")
    return Value(digits)


def _standing(cell: Cell) -> Value:
    known = {fold(word): word for word in (WAITING, VERIFIED, ANNOUNCED)}
    standing = known.get(fold(cell.text))
    if standing is None:
        raise WrongCell(f"chỉ nhận “{WAITING}”, “{VERIFIED}”, “{ANNOUNCED}” hoặc để trống")
    return Value(standing)


def _reader(meaning: Meaning) -> Callable[[Cell], Value]:
    match meaning:
        case Meaning.TEXT:
            return _text
        case Meaning.NAME:
            return _name
        case Meaning.PERSON_NAME:
            return _person_name
        case Meaning.CODE:
            return _code
        case Meaning.OFFICE_PHONE:
            return _office_phone
        case Meaning.MOBILE:
            return _mobile
        case Meaning.EMAIL:
            return _email
        case (
            Meaning.OLD_CODE
            | Meaning.NEW_CODE
            | Meaning.TAX_CODE
            | Meaning.BUDGET_CODE
            | Meaning.ROOT_CODE
            | Meaning.UNIT_CODE
        ):
            return _unit_code(meaning)
        case Meaning.STANDING:
            return _standing
        case Meaning.DIGITS:
            return _person_number
        case _:
            assert_never(meaning)


_READERS = {meaning: _reader(meaning) for meaning in Meaning}
