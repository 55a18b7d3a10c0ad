"""Thiết lập: every value that decides how the office works, where it is set, and what may be changed here."""

import re
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from fastapi import HTTPException, Response
from pydantic import BaseModel, Field

from app.broadcasts.ground import send_hours
from app.console.forms import EMPTY, Filled, fill
from app.console.gate import Pages
from app.console.visit import Visit, Visiting
from app.content.files import OfficeFile
from app.content.yaml_text import read_yaml
from app.conversations.office_facts import Changed, change_fact, drop_fact, read_changed
from app.handover.rules import EARLIEST, LATE_IN_THE_DAY, LATEST
from app.kit.clock import VIETNAM
from app.look.formats import number
from app.runtime import flows_folder
from app.staff.queries import names_of_staff
from app.staff.rules import Right

if TYPE_CHECKING:
    from sqlalchemy import Connection

PLACE = "/thiet-lap"
NAMES = {
    "office_days": "Ngày tiếp người dân",
    "office_hours": "Giờ tiếp người dân",
    "office_address": "Địa chỉ",
    "office_phone": "Điện thoại cơ quan",
    "hotline": "Tổng đài",
}
NOT_HERE = re.compile(r"https?://|www\.|[{}<>]", re.IGNORECASE)
"""Links have their own list with its check; braces would be taken for a name to fill in."""


class NewFact(BaseModel):
    gia_tri: str = Field(min_length=2, max_length=300)
    ngay: date


@dataclass(frozen=True, slots=True)
class ShownFact:
    name: str
    label: str
    value: str
    known: bool
    checked_on: date
    changed_by: str
    """"" while the text of the file counts."""


@dataclass(frozen=True, slots=True)
class ShownValue:
    label: str
    value: str
    where: str


def add_settings_pages(pages: Pages) -> None:
    @pages.get(PLACE, Right.LINK_OA)
    async def settings(visit: Visiting) -> Response:
        facts = await _facts(visit)
        return visit.page(
            "system/settings.html",
            title="Thiết lập",
            here=PLACE,
            facts=facts,
            unknown=sum(not fact.known for fact in facts),
            times=_times(visit),
            limits=_limits(visit),
        )

    @pages.get(f"{PLACE}/{{name}}", Right.LINK_OA)
    async def one(visit: Visiting, name: str) -> Response:
        return await _form_page(visit, name)

    @pages.post(f"{PLACE}/{{name}}", Right.LINK_OA)
    async def change(visit: Visiting, name: str) -> Response:
        fact = await _fact(visit, name)
        form = fill(NewFact, await visit.form())
        if form.model is None:
            return await _form_page(visit, name, form, 422)
        value, checked_on = form.model.gia_tri.strip(), form.model.ngay
        if NOT_HERE.search(value):
            refused = form.refused("gia_tri", "Không ghi liên kết hay dấu { } < > ở đây.")
            return await _form_page(visit, name, refused, 422)
        if checked_on > visit.now.astimezone(VIETNAM).date():
            return await _form_page(visit, name, form.refused("ngay", "Ngày này chưa tới."), 422)
        entry = visit.entry("office.fact_changed", f"fact:{name}", was=fact.value, now=value)
        await visit.write(lambda db: change_fact(db, name, value, checked_on, entry))
        return visit.done(
            f"Đã lưu. Từ tin nhắn kế tiếp, máy trả lời “{fact.label}” theo nội dung mới.", PLACE
        )

    @pages.post(f"{PLACE}/{{name}}/bo", Right.LINK_OA)
    async def drop(visit: Visiting, name: str) -> Response:
        fact = await _fact(visit, name)
        entry = visit.entry("office.fact_dropped", f"fact:{name}", was=fact.value)
        await visit.write(lambda db: drop_fact(db, name, entry))
        return visit.done("Đã trở về nội dung của tệp flows/office.yaml.", PLACE)


async def _form_page(
    visit: Visit, name: str, form: Filled[NewFact] | Filled[BaseModel] = EMPTY, status: int = 200
) -> Response:
    fact, today = await _fact(visit, name), visit.now.astimezone(VIETNAM).date()
    return visit.page(
        "system/fact.html", title=fact.label, here=PLACE, status=status, fact=fact, form=form, today=today
    )


async def _fact(visit: Visit, name: str) -> ShownFact:
    found = next((fact for fact in await _facts(visit) if fact.name == name), None)
    if found is None:
        raise HTTPException(404)
    return found


async def _facts(visit: Visit) -> list[ShownFact]:
    written = read_yaml(flows_folder(visit.desk.runtime.settings) / "office.yaml")
    file = OfficeFile.model_validate(written.values)

    def read(db: "Connection") -> tuple[dict[str, Changed], dict[str, str]]:
        return read_changed(db), names_of_staff(db)

    changed, people = await visit.read(read)
    shown = []
    for name, fact in file.office.items():
        label, ours = NAMES.get(name, name), changed.get(name)
        if ours is None:
            shown.append(ShownFact(name, label, fact.value, fact.known, fact.checked_on, ""))
        else:
            who = people.get(ours.changed_by, ours.changed_by)
            shown.append(ShownFact(name, label, ours.value, True, ours.checked_on, who))
    return shown


def _times(visit: Visit) -> list[ShownValue]:
    settings = visit.desk.runtime.settings
    today = visit.now.astimezone(VIETNAM).date()
    ahead = sorted(day for day in send_hours(settings.send_hours).holidays if day >= today)[:8]
    hours = f"{EARLIEST:%H:%M} đến {LATEST:%H:%M}"
    desk = f"thứ Hai đến thứ Sáu, {hours}; hẹn trong ngày tới {LATE_IN_THE_DAY:%H:%M}"
    return [
        ShownValue("Giờ gửi hàng loạt", settings.send_hours.replace("-", " đến "), "DAUMOI_SEND_HOURS"),
        ShownValue("Giờ cán bộ trả lời", desk, "app/handover/rules.py"),
        ShownValue(
            "Ngày nghỉ sắp tới",
            ", ".join(f"{day:%d/%m/%Y}" for day in ahead),
            "app/broadcasts/holidays.toml",
        ),
    ]


def _limits(visit: Visit) -> list[ShownValue]:
    settings = visit.desk.runtime.settings
    return [
        ShownValue(
            "Người thứ hai duyệt đợt gửi",
            f"trên {number(settings.second_person_above)} người nhận",
            "DAUMOI_SECOND_PERSON_ABOVE",
        ),
        ShownValue(
            "Người thứ hai duyệt tệp nhập",
            f"trên {number(settings.import_approval_rows)} dòng",
            "DAUMOI_IMPORT_APPROVAL_ROWS",
        ),
        ShownValue(
            "Tự dừng đợt gửi", f"khi {settings.halt_above:.0%} tin gần nhất hỏng", "DAUMOI_HALT_ABOVE"
        ),
        ShownValue(
            "Giá trả lời sau 48 giờ",
            f"{number(settings.price_paid_reply)} đ mỗi tin",
            "DAUMOI_PRICE_PAID_REPLY",
        ),
    ]
