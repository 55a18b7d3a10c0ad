"""Who may do what, what a password must be, how long a session lives, how long one waits after mistakes."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from app.kit.vietnamese import fold


class Role(StrEnum):
    VIEWER = "viewer"
    OFFICER = "officer"
    LEAD = "lead"
    EDITOR = "editor"
    ADMIN = "admin"

    @property
    def label(self) -> str:
        return _LABELS[self]


_LABELS = {
    Role.VIEWER: "Xem",
    Role.OFFICER: "Cán bộ",
    Role.LEAD: "Phụ trách",
    Role.EDITOR: "Nội dung",
    Role.ADMIN: "Quản trị",
}


class Right(StrEnum):
    """What a route asks for. A new page takes one of these, or adds one here and to the table below."""

    OWN_ACCOUNT = "own_account"
    SEE_BOARD = "see_board"
    SEE_HEALTH = "see_health"
    SEE_DIRECTORY = "see_directory"
    EDIT_DIRECTORY = "edit_directory"
    """Add and change entries, verify or end a liaison, merge duplicates."""
    ASSIGN_OFFICERS = "assign_officers"
    EXPORT = "export"
    """Take personal data out as a file; every export is recorded."""
    IMPORT = "import"
    APPROVE_IMPORT = "approve_import"
    SEE_WORKERS = "see_workers"
    """The lists of unregistered workers; officers see those of their units."""
    EDIT_WORKERS = "edit_workers"
    ANSWER = "answer"
    """Read conversations and write to people."""
    SEE_SENDS = "see_sends"
    SEND = "send"
    """Broadcasts and reminders."""
    APPROVE_SEND = "approve_send"
    SEE_CONTENT = "see_content"
    EDIT_CONTENT = "edit_content"
    """Questions that the bot could not answer, and the words of its answers."""
    SEE_TRAIL = "see_trail"
    LINK_OA = "link_oa"
    MANAGE_STAFF = "manage_staff"


_EVERYBODY = frozenset({Right.OWN_ACCOUNT, Right.SEE_BOARD, Right.SEE_HEALTH})
_VIEWER = _EVERYBODY | {Right.SEE_DIRECTORY, Right.SEE_WORKERS, Right.SEE_SENDS, Right.SEE_CONTENT}
_OFFICER = _VIEWER | {Right.EDIT_DIRECTORY, Right.EXPORT, Right.IMPORT, Right.EDIT_WORKERS, Right.ANSWER}
_LEAD = _OFFICER | {
    Right.ASSIGN_OFFICERS,
    Right.APPROVE_IMPORT,
    Right.SEND,
    Right.APPROVE_SEND,
    Right.SEE_TRAIL,
}

RIGHTS: dict[Role, frozenset[Right]] = {
    Role.VIEWER: _VIEWER,
    Role.OFFICER: _OFFICER,
    Role.LEAD: _LEAD,
    Role.EDITOR: _EVERYBODY | {Right.SEE_CONTENT, Right.EDIT_CONTENT},
    Role.ADMIN: frozenset(Right),
}
"""The one table of who may do what."""

OWN_UNITS_ONLY = frozenset({Role.OFFICER})


def may(role: Role, right: Right) -> bool:
    return right in RIGHTS[role]


def roles_with(right: Right) -> list[Role]:
    """Whom to ask for something: the roles that have the right, the lowest first."""
    return [role for role in Role if may(role, right)]


def role_of(text: str) -> Role | None:
    """A role by its name here or by the word that people use: "lead", "phụ trách", "quan tri"."""
    wanted = fold(text)
    return next((role for role in Role if wanted in (role.value, fold(role.label))), None)


# Signing in


class Step(StrEnum):
    """What still stands between a session and the pages."""

    CODE = "code"
    NEW_PASSWORD = "new_password"  # noqa: S105 - the name of a step
    SECOND_FACTOR = "second_factor"
    DONE = "done"


NEEDS_SECOND_FACTOR = frozenset({Role.LEAD, Role.ADMIN})


def next_step(role: Role, *, code_given: bool, must_change: bool, has_totp: bool, demo: bool) -> Step:
    """First the code, then a password of one's own, then the second factor where the role needs it."""
    if has_totp and not code_given:
        return Step.CODE
    if must_change:
        return Step.NEW_PASSWORD
    if role in NEEDS_SECOND_FACTOR and not has_totp and not demo:
        return Step.SECOND_FACTOR
    return Step.DONE


IDLE = timedelta(hours=2)
LONGEST_SESSION = timedelta(hours=12)
LONGEST_HALF_SESSION = timedelta(minutes=10)
"""Between password and code."""


def is_alive(opened_at: datetime, seen_at: datetime, code_given: bool, now: datetime) -> bool:
    longest = LONGEST_SESSION if code_given else LONGEST_HALF_SESSION
    return now - opened_at < longest and now - seen_at < IDLE


@dataclass(frozen=True, slots=True)
class Patience:
    """How many mistakes cost nothing, and the longest wait after more of them."""

    free: int
    longest: timedelta


PER_ACCOUNT = Patience(5, timedelta(minutes=5))
"""Not longer: whoever knows a name must not be able to keep its owner out for the day."""
PER_ADDRESS = Patience(20, timedelta(minutes=15))
FORGOTTEN_AFTER = timedelta(hours=1)


def wait_until(count: int, last_at: datetime, patience: Patience) -> datetime:
    """From when the next attempt is heard: the wait doubles with every mistake after the free ones."""
    over = count - patience.free
    if over < 0:
        return last_at
    return last_at + min(timedelta(seconds=2 ** min(over + 1, 20)), patience.longest)


SHORTEST_PASSWORD, LONGEST_PASSWORD = 10, 128


def password_fault(password: str, login: str) -> str | None:
    """Why a password is not good enough, in words for its owner; None when it is."""
    if len(password) < SHORTEST_PASSWORD:
        return f"Mật khẩu cần ít nhất {SHORTEST_PASSWORD} ký tự."
    if len(password) > LONGEST_PASSWORD:
        return f"Mật khẩu dài quá {LONGEST_PASSWORD} ký tự."
    if fold(password) == fold(login) or (len(login) >= 4 and fold(login) in fold(password)):
        return "Mật khẩu không nên chứa tên đăng nhập."
    if len(set(password)) < 5 or password in _TOO_COMMON:
        return "Mật khẩu này dễ đoán quá, Anh/Chị chọn câu khác giúp."
    return None


_TOO_COMMON = frozenset(
    {"1234567890", "0123456789", "qwertyuiop", "matkhau123", "password123", "baohiemxahoi"}
)
