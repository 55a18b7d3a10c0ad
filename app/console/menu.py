"""The menu: every place of the console in its group, with the right it takes and the icon it wears."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from app.staff.rules import Right
from app.staff.sessions import Visitor


@dataclass(frozen=True, slots=True)
class Place:
    """`key` is what the keyboard goes to after `g`; `urgent` counts are shown in red."""

    path: str
    label: str
    sign: str
    right: Right
    key: str = ""
    urgent: bool = False
    short: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    label: str
    places: tuple[Place, ...]


MENU = (
    Group("Tổng quan", (Place("/", "Bảng tin", "layout-dashboard", Right.SEE_BOARD, "d"),)),
    Group(
        "Hội thoại",
        (
            Place("/hop-thu", "Hộp thư", "messages", Right.ANSWER, "h", urgent=True),
            Place("/cau-hoi", "Câu hỏi chưa trả lời", "message-question", Right.EDIT_CONTENT),
        ),
    ),
    Group(
        "Danh bạ",
        (
            Place("/dau-moi", "Đầu mối", "users", Right.SEE_DIRECTORY, "b", short="Danh bạ"),
            Place("/doanh-nghiep", "Đơn vị", "building", Right.SEE_DIRECTORY),
            Place("/can-bo", "Cán bộ", "id-badge-2", Right.SEE_DIRECTORY),
            Place("/co-quan", "Cơ quan BHXH", "map-pin", Right.SEE_DIRECTORY),
            Place("/nguoi-nhan", "Người nhắn", "message-circle", Right.SEE_DIRECTORY),
        ),
    ),
    Group(
        "Nghiệp vụ",
        (
            Place("/nhap-excel", "Nhập Excel", "file-spreadsheet", Right.IMPORT),
            Place("/chua-dang-ky", "Lao động chưa đăng ký", "user-x", Right.SEE_WORKERS),
            Place("/gui-tin", "Gửi thông báo", "speakerphone", Right.SEE_SENDS, "g", short="Gửi tin"),
        ),
    ),
    Group(
        "Hệ thống",
        (
            Place("/kich-ban", "Kịch bản", "sitemap", Right.SEE_CONTENT, "k"),
            Place("/nhat-ky", "Nhật ký", "history", Right.SEE_TRAIL),
            Place("/zalo", "Kết nối Zalo", "plug-connected", Right.LINK_OA),
            Place("/nguoi-dung", "Người dùng", "users-group", Right.MANAGE_STAFF),
            Place("/thiet-lap", "Thiết lập", "settings", Right.LINK_OA),
            Place("/suc-khoe", "Sức khỏe hệ thống", "heart-rate-monitor", Right.SEE_HEALTH, short="Hệ thống"),
        ),
    ),
)

UNDER_THE_THUMB = ("/", "/hop-thu", "/gui-tin", "/dau-moi", "/chua-dang-ky", "/suc-khoe")
"""The bottom bar of a phone takes the first four of these that the person may use."""


@dataclass(frozen=True, slots=True)
class ShownPlace:
    place: Place
    count: int


@dataclass(frozen=True, slots=True)
class ShownGroup:
    label: str
    places: tuple[ShownPlace, ...]


def shown_menu(visitor: Visitor, known: Collection[str], counts: Mapping[str, int]) -> list[ShownGroup]:
    """What this person may use, of the places that there are; empty groups are left out."""
    shown = [
        ShownGroup(
            group.label,
            tuple(
                ShownPlace(place, counts.get(place.path, 0))
                for place in group.places
                if place.path in known and visitor.may(place.right)
            ),
        )
        for group in MENU
    ]
    return [group for group in shown if group.places]


def thumb_bar(menu: list[ShownGroup]) -> list[ShownPlace]:
    places = {shown.place.path: shown for group in menu for shown in group.places}
    return [places[path] for path in UNDER_THE_THUMB if path in places][:4]
