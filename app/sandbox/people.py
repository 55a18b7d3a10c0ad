"""The people of the pretend Zalo, as its one OA knows them."""

import hashlib
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from app.kit.ids import UserId

WELCOME_MESSAGES = 3
"""Free messages to a follower who has never written (`welcome_msg`)."""


class Role(StrEnum):
    """What a demo person is there to show; people who are added have none."""

    VERIFIED_LIAISON = "verified_liaison"
    NEW_LIAISON = "new_liaison"
    OFFICER = "officer"
    ELDERLY_WORKER = "elderly_worker"
    STRANGER = "stranger"
    ADDED = "added"


@dataclass(slots=True)
class Person:
    user_id: UserId
    display_name: str
    role: Role = Role.ADDED
    about: str = ""
    phone: str = ""
    suggestions: tuple[str, ...] = ()
    """Things this person would type, in their own spelling."""

    following: bool = False
    blocked: bool = False
    on_zalo: bool = True
    reads: bool = True
    """Looks at what arrives; one who does not leaves messages at "received"."""
    chat_opened: bool = False
    last_interaction_at: datetime | None = None
    welcome_left: int = WELCOME_MESSAGES
    tags: set[str] = field(default_factory=set)
    alias: str = ""
    external_id: str = ""
    shared: dict[str, str] = field(default_factory=dict)

    @property
    def user_id_by_app(self) -> str:
        """The same person as the application knows them: another number."""
        return steady_id("by-app", self.user_id)

    @property
    def never_interacted(self) -> bool:
        return self.last_interaction_at is None


VERIFIED_LIAISON = UserId("2514873906125478301")
NEW_LIAISON = UserId("2514873906125478302")
OFFICER = UserId("2514873906125478303")
ELDERLY_WORKER = UserId("2514873906125478304")
STRANGER = UserId("2514873906125478305")


def steady_id(*parts: str) -> str:
    """A decimal id of 19 digits that is the same on every start."""
    digest = hashlib.sha256("|".join(parts).encode()).digest()
    return str(10**18 + int.from_bytes(digest[:8]) % (8 * 10**18))


def demo_people(now: datetime) -> list[Person]:
    """The five people of the demo; their ids never change, so that demo data may name them."""
    return [
        Person(
            VERIFIED_LIAISON,
            "Trần Thị Mai (ví dụ)",
            Role.VERIFIED_LIAISON,
            "Đầu mối đã xác minh của đơn vị",
            "84905000101",
            ("menu", "Danh sách của đơn vị tôi", "Cán bộ chuyên quản của tôi là ai?"),
            following=True,
            last_interaction_at=now - timedelta(hours=20),
        ),
        Person(
            NEW_LIAISON,
            "Lê Quang Huy (ví dụ)",
            Role.NEW_LIAISON,
            "Đầu mối mới, chưa đăng ký",
            "84905000102",
            ("Tôi muốn đăng ký đầu mối", "Hướng dẫn cài VssID", "Gặp cán bộ"),
            following=True,
        ),
        Person(
            OFFICER,
            "Nguyễn Thanh Bình (ví dụ)",
            Role.OFFICER,
            "Cán bộ chuyên quản, dùng Zalo riêng",
            "84905000103",
            ("menu", "Xin chào"),
            following=True,
            last_interaction_at=now - timedelta(days=3),
        ),
        Person(
            ELDERLY_WORKER,
            "Phan Văn Tư (ví dụ)",
            Role.ELDERLY_WORKER,
            "Người lao động lớn tuổi, gõ không dấu",
            "84905000104",
            ("chao co", "toi quen mat khau vssid", "cai vssid sao vay con", "toi muon gap can bo"),
            following=True,
            last_interaction_at=now - timedelta(days=8),
        ),
        Person(
            STRANGER,
            "Võ Ngọc Hân (ví dụ)",
            Role.STRANGER,
            "Người lạ, chưa quan tâm OA",
            "84905000105",
            ("alo", "Đây có phải BHXH không?"),
        ),
    ]
