import pytest

from app.directory.cell_values import ZERO_PUT_BACK, Value, WrongCell, kept_office_phone, read_cell
from app.directory.columns import Column, Meaning
from app.directory.sheet_shapes import Cell, CellKind


def read(meaning: Meaning, text: str, kind: CellKind = CellKind.TEXT) -> Value:
    return read_cell(Column("key", "Cột", meaning), Cell(text, kind))


def refused(meaning: Meaning, text: str, kind: CellKind = CellKind.TEXT) -> str:
    with pytest.raises(WrongCell) as wrong:
        read(meaning, text, kind)
    return str(wrong.value)


@pytest.mark.parametrize(
    ("meaning", "text", "kept"),
    [
        (Meaning.MOBILE, "912345678", "0912345678"),
        (Meaning.MOBILE, "912345678.0", "0912345678"),
        (Meaning.ROOT_CODE, "123456789", "0123456789"),
        (Meaning.ROOT_CODE, "123456789.0", "0123456789"),
        (Meaning.UNIT_CODE, "123456789", "0123456789"),
        (Meaning.OFFICE_PHONE, "912345678", "0912345678"),
    ],
)
@pytest.mark.parametrize("kind", [CellKind.TEXT, CellKind.NUMBER])
def test_a_zero_that_excel_ate_comes_back_where_the_meaning_says_so(
    meaning: Meaning, text: str, kept: str, kind: CellKind
) -> None:
    assert read(meaning, text, kind) == Value(kept, ZERO_PUT_BACK)


def test_no_zero_is_put_before_other_numbers() -> None:
    assert read(Meaning.CODE, "123456789", CellKind.NUMBER) == Value("123456789")
    assert read(Meaning.ROOT_CODE, "1234567", CellKind.NUMBER) == Value("1234567")
    assert "không phải mã số thuế" in refused(Meaning.ROOT_CODE, "12345678", CellKind.NUMBER)


@pytest.mark.parametrize("meaning", [Meaning.MOBILE, Meaning.ROOT_CODE, Meaning.CODE, Meaning.UNIT_CODE])
def test_digits_that_excel_threw_away_are_not_guessed(meaning: Meaning) -> None:
    assert "viết gọn" in refused(meaning, "1.2E+11")
    assert "viết gọn" in refused(meaning, "9,12345E+08")
    assert "làm tròn" in refused(meaning, "1234567890123456800", CellKind.NUMBER)
    assert "ngày giờ" in refused(meaning, "2026-03-01", CellKind.DATE)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("091234567", "thiếu chữ số"),
        ("09123456", "thiếu chữ số"),
        ("091234567890", "thừa chữ số"),
        ("0412345678", "không đúng đầu số hoặc độ dài của số điện thoại Việt Nam"),
        ("không có", "không thấy số điện thoại"),
        ("0912345678; 0987654321", "có nhiều số, chỉ ghi một số"),
        ("0258 3822822", "cần số di động, đây là số cố định"),
    ],
)
def test_a_wrong_phone_hears_what_is_wrong(text: str, reason: str) -> None:
    assert refused(Meaning.MOBILE, text) == reason


def test_an_offices_phone_keeps_the_words_that_say_more() -> None:
    assert read(Meaning.OFFICE_PHONE, "0258.3822.822").text == "02583822822"
    assert read(Meaning.OFFICE_PHONE, "0258 3822822 máy lẻ 12").text == "0258 3822822 máy lẻ 12"
    assert kept_office_phone("0258 000 0001") == "02580000001"
    assert refused(Meaning.OFFICE_PHONE, "máy lẻ 12") == "thiếu chữ số"


@pytest.mark.parametrize(
    ("meaning", "text", "kept"),
    [
        (Meaning.OLD_CODE, "ta 0001-a", "TA0001A"),
        (Meaning.NEW_CODE, "0123456789dna03", "0123456789DNA03"),
        (Meaning.NEW_CODE, "1234567HC", "1234567HC"),
        (Meaning.ROOT_CODE, "0123456789001", "0123456789-001"),
        (Meaning.UNIT_CODE, "TA0001A", "TA0001A"),
    ],
)
def test_codes_are_kept_in_one_spelling(meaning: Meaning, text: str, kept: str) -> None:
    assert read(meaning, text) == Value(kept)


@pytest.mark.parametrize(
    ("meaning", "text"),
    [
        (Meaning.OLD_CODE, "0123456789"),
        (Meaning.NEW_CODE, "TA0001A"),
        (Meaning.ROOT_CODE, "TA0001A"),
        (Meaning.OLD_CODE, "TA0001A (đã giải thể)"),
        (Meaning.UNIT_CODE, "Công ty Biển Xanh"),
    ],
)
def test_a_code_of_another_kind_or_with_words_around_is_refused(meaning: Meaning, text: str) -> None:
    assert refused(meaning, text).startswith("không phải mã")


def test_a_citizens_number_is_no_code() -> None:
    assert "số căn cước" in refused(Meaning.ROOT_CODE, "056090001234")


def test_names() -> None:
    assert read(Meaning.PERSON_NAME, "Nguyễn Thị\nVí Dụ").text == "Nguyễn Thị Ví Dụ"
    assert "chữ số" in refused(Meaning.PERSON_NAME, "Nguyễn Văn A 0912345678")
    assert "không có chữ cái" in refused(Meaning.NAME, "123")
    assert read(Meaning.NAME, "Công ty TNHH Björn® 365").text == "Công ty TNHH Björn® 365"
    assert read_cell(Column("key", "Cột", Meaning.NAME, longest=3), Cell("Bốn")).text == "Bốn"
    with pytest.raises(WrongCell, match="dài quá 3 ký tự"):
        read_cell(Column("key", "Cột", Meaning.NAME, longest=3), Cell("Biển"))


@pytest.mark.parametrize("text", ["C«ng ty TNHH BiÓn Xanh Kh¸nh Hßa", "Nguyeãn Vaên Toâi", "B¶o hiÓm x· héi"])
def test_letters_of_old_fonts_are_named_as_such(text: str) -> None:
    assert "phông cũ" in refused(Meaning.NAME, text)


def test_an_email_is_kept_but_a_likely_slip_is_noted() -> None:
    assert read(Meaning.EMAIL, "vidu@Example.VN") == Value("vidu@example.vn")
    kept = read(Meaning.EMAIL, "vidu@gmai.com")
    assert kept.text == "vidu@gmai.com"
    assert "vidu@gmail.com" in kept.note
    assert (
        refused(Meaning.EMAIL, "vidu@gmail.con")
        == "không phải một địa chỉ email; có phải vidu@gmail.com không?"
    )
    assert refused(Meaning.EMAIL, "không có") == "không phải một địa chỉ email"
    assert refused(Meaning.EMAIL, "a@x.vn, b@x.vn") == "không phải một địa chỉ email"


def test_codes_of_offices_have_no_spaces_and_are_capital() -> None:
    assert read(Meaning.CODE, "vd01") == Value("VD01")
    assert "khoảng trắng" in refused(Meaning.CODE, "VD 01")


def test_an_empty_cell_is_wrong_only_where_it_must_be_filled() -> None:
    assert read(Meaning.MOBILE, "") == Value("")
    with pytest.raises(WrongCell, match="trống"):
        read_cell(Column("key", "Cột", Meaning.MOBILE, required=True), Cell(""))


def test_a_standing_is_one_of_those_we_write() -> None:
    assert read(Meaning.STANDING, "CHO XAC MINH").text == "Chờ xác minh"
    assert "chỉ nhận" in refused(Meaning.STANDING, "đang làm")
