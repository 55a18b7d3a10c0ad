"""Who is meant, as selects of a form: to the rule that people can read, back again, and in plain words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from app.broadcasts.audience import (
    Audience,
    AudienceRefused,
    LastContact,
    Role,
    Standing,
    parse_audience,
)
from app.worker_lists.models import WorkerState

RULE = "quy_tac"
"""The field where a rule is typed as it is; it goes before the selects."""

ROLES = (
    ("liaison", "Đầu mối của đơn vị", "Người đã đăng ký làm đầu mối, chọn thêm đơn vị và danh sách ở dưới"),
    ("worker", "Người lao động và người thân", "Ai đã nhắn cho OA mà không phải đầu mối"),
)
STANDINGS = (("yes", "Đã xác minh"), ("no", "Chờ xác minh"))
LISTS = (
    ("open", "Danh sách còn mở"),
    ("help", "Đã xin hỗ trợ"),
    ("done", "Đã xong"),
    ("none", "Chưa có danh sách"),
)
MARKS = (
    (WorkerState.OPEN, "Còn người chưa cài"),
    (WorkerState.NEEDS_HELP, "Có người cần hỗ trợ"),
    (WorkerState.INSTALLED, "Có người đã cài"),
    (WorkerState.LEFT, "Có người đã nghỉ việc"),
    (WorkerState.WRONG, "Có người sai thông tin"),
)
FOLLOWS = (("yes", "Đang theo dõi OA"), ("no", "Không theo dõi OA"))
CONTACTS = (
    ("<48h", "Đã nhắn trong 48 giờ qua"),
    ("<7d", "Đã nhắn trong 7 ngày qua"),
    (">48h", "Chưa nhắn hơn 48 giờ"),
    (">7d", "Chưa nhắn hơn 7 ngày"),
    (">30d", "Chưa nhắn hơn 30 ngày"),
)
_STANDING_WORDS = {
    Standing.EXPECTED: "chờ kết nối Zalo",
    Standing.PENDING: "chờ xác minh",
    Standing.VERIFIED: "đã xác minh",
}


_VERIFIED: Mapping[tuple[Standing, ...], str] = {(Standing.VERIFIED,): "yes", (Standing.PENDING,): "no"}


@dataclass(frozen=True, slots=True)
class Places:
    """Offices and officers by code, for the selects and for the words."""

    offices: Mapping[str, str]
    officers: Mapping[str, str]

    @property
    def office_options(self) -> Sequence[tuple[str, str]]:
        return tuple(self.offices.items())

    @property
    def officer_options(self) -> Sequence[tuple[str, str]]:
        return tuple(self.officers.items())


def rule_of(form: Mapping[str, str]) -> str:
    """The rule that the selects say, or the one that was typed."""
    typed = " ".join(form.get(RULE, "").split())
    if typed:
        return typed
    role = form.get("vai_tro", "liaison")
    conditions = [f"role={role}"]
    if role != Role.WORKER:
        named = {"verified": "tinh_trang", "office": "co_quan", "officer": "can_bo", "list": "danh_sach"}
        conditions += [f"{key}={form[name]}" for key, name in named.items() if form.get(name)]
        units = ",".join(form.get("don_vi", "").replace(",", " ").split())
        conditions += [f"unit={units}"] if units else []
        conditions += [f"mark={form['dau']}"] if form.get("dau") else []
    conditions += [f"following={form['theo_doi']}"] if form.get("theo_doi") else []
    conditions += [f"last_contact{form['lan_cuoi']}"] if form.get("lan_cuoi") else []
    return " ".join(conditions)


def selects_of(rule: str) -> dict[str, str]:
    """The form that says this rule; one that the selects cannot say comes back as typed."""
    try:
        audience = parse_audience(rule)
    except AudienceRefused:
        return {RULE: rule}
    verified = _VERIFIED.get(audience.standings, "")
    form = {
        "vai_tro": _only(audience.roles),
        "tinh_trang": verified,
        "co_quan": _only(audience.offices),
        "can_bo": _only(audience.officers),
        "don_vi": " ".join(audience.units),
        "danh_sach": _only(audience.lists),
        "dau": _only(audience.marks),
        "theo_doi": {True: "yes", False: "no", None: ""}[audience.following],
        "lan_cuoi": _contact(audience.last_contact[0]) if audience.last_contact else "",
    }
    return form if parse_audience(rule_of(form)) == audience else {RULE: rule}


def audience_words(rule: str, places: Places) -> str:
    """So: "Đầu mối đã xác minh · BHXH Nha Trang · danh sách còn mở"; an unreadable rule as it is."""
    try:
        audience = parse_audience(rule)
    except AudienceRefused:
        return rule
    told = [_who(audience)]
    told += [places.offices.get(code, f"cơ quan {code} (không còn)") for code in audience.offices]
    told += [f"cán bộ {places.officers.get(code, f'{code} (không còn)')}" for code in audience.officers]
    told += [f"đơn vị {code}" for code in audience.units]
    told += [dict(LISTS)[state].lower() for state in audience.lists]
    marks = {str(mark): words for mark, words in MARKS}
    told += [marks.get(mark, mark).lower() for mark in audience.marks]
    if audience.following is not None:
        told.append("đang theo dõi OA" if audience.following else "không theo dõi OA")
    told += [_contact_words(one) for one in audience.last_contact]
    return " · ".join(told)


def _who(audience: Audience) -> str:
    words = {Role.LIAISON: "đầu mối", Role.WORKER: "người lao động, người thân"}
    who = " và ".join(words[role] for role in audience.roles)
    if Role.LIAISON in audience.roles and len(audience.standings) == 1:
        who += f" {_STANDING_WORDS[audience.standings[0]]}"
    return who[0].upper() + who[1:]


def _only(values: Sequence[str]) -> str:
    return str(values[0]) if values else ""


def _contact(one: LastContact) -> str:
    hours = int(one.length.total_seconds()) // 3600
    length = f"{hours // 24}d" if hours % 24 == 0 and hours != 48 else f"{hours}h"
    return f"{'<' if one.within else '>'}{length}"


def _contact_words(one: LastContact) -> str:
    hours = int(one.length.total_seconds()) // 3600
    length = f"{hours // 24} ngày" if hours % 24 == 0 and hours != 48 else f"{hours} giờ"
    return f"đã nhắn trong {length} qua" if one.within else f"chưa nhắn hơn {length}"
