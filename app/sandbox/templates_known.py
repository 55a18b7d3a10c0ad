"""ZBS templates that the pretend OA has had approved."""

from dataclasses import dataclass
from enum import IntEnum


class TemplateTag(IntEnum):
    TRANSACTION = 1
    CARE = 2
    PROMOTION = 3


@dataclass(frozen=True, slots=True)
class Parameter:
    name: str
    longest: int = 100
    required: bool = True


@dataclass(frozen=True, slots=True)
class Template:
    """`by_user_id` is false for templates made before 2025-12-10: they go to phone numbers only."""

    template_id: str
    name: str
    tag: TemplateTag
    parameters: tuple[Parameter, ...]
    wording: str
    """What the person reads; `<name>` stands for a parameter, as on Zalo's own template page."""
    by_user_id: bool = True
    price: int = 200

    def fill(self, values: dict[str, str]) -> str:
        text = self.wording
        for parameter in self.parameters:
            text = text.replace(f"<{parameter.name}>", values.get(parameter.name, ""))
        return text


DEMO_TEMPLATES = (
    Template(
        "300101",
        "Nhắc danh sách chưa cài VssID",
        TemplateTag.CARE,
        (
            Parameter("ten_dau_moi", 60),
            Parameter("ten_don_vi", 120),
            Parameter("so_nguoi", 10),
            Parameter("han", 20),
        ),
        "Kính gửi Anh/Chị <ten_dau_moi>, đơn vị <ten_don_vi> còn <so_nguoi> người lao động "
        "chưa đăng ký VssID. Anh/Chị vui lòng hỗ trợ hoàn thành trước ngày <han>.",
    ),
    Template(
        "300102",
        "Cán bộ đã trả lời",
        TemplateTag.TRANSACTION,
        (Parameter("ten_nguoi_nhan", 60), Parameter("noi_dung", 200)),
        "Kính gửi Anh/Chị <ten_nguoi_nhan>, cán bộ BHXH đã trả lời câu hỏi của Anh/Chị: <noi_dung>",
    ),
    Template(
        "300103",
        "Giới thiệu tiện ích VssID",
        TemplateTag.PROMOTION,
        (Parameter("ten_nguoi_nhan", 60),),
        "Anh/Chị <ten_nguoi_nhan> có thể xem quá trình đóng BHXH ngay trên VssID.",
    ),
    Template(
        "200900",
        "Nhắc danh sách (mẫu cũ)",
        TemplateTag.CARE,
        (Parameter("ten_dau_moi", 60), Parameter("so_nguoi", 10)),
        "Kính gửi Anh/Chị <ten_dau_moi>, còn <so_nguoi> người lao động chưa đăng ký VssID.",
        by_user_id=False,
    ),
)
