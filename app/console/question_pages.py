"""What the bot could not answer: similar messages together, given a topic or set aside."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from fastapi import Response

from app.console.forms import row_number
from app.console.gate import Pages
from app.console.visit import Visit, Visiting
from app.staff.rules import Right
from app.understanding.ledger import ignore, teach
from app.understanding.matcher import TrainedMatcher
from app.understanding.normalise import Spelling
from app.understanding.queries import count_open, open_groups
from app.understanding.reader import Reader

if TYPE_CHECKING:
    from sqlalchemy import Connection

PLACE = "/cau-hoi"
GROUPS = 30
SHOWN = 5
"""Messages of a group that are shown; the rest is counted."""
MOST_PICKED = 5000


def add_question_pages(pages: Pages) -> None:
    pages.desk.counts[PLACE] = lambda db, _visitor: count_open(db)

    @pages.get(PLACE, Right.EDIT_CONTENT)
    async def questions(visit: Visiting) -> Response:
        return await _page(visit)

    @pages.post(f"{PLACE}/chu-de", Right.EDIT_CONTENT)
    async def give_topic(visit: Visiting) -> Response:
        form = await visit.form()
        numbers, intent = _numbers(form), form.get("chu_de", "")
        if intent not in topics(visit):
            return visit.done("Anh/Chị chọn một chủ đề giúp.", PLACE)
        actor, now = visit.visitor.actor, visit.now
        done = await visit.write(lambda db: teach(db, numbers, intent, actor, now)) if numbers else 0
        return visit.done(f"Đã xếp {done} câu vào chủ đề “{topics(visit)[intent]}”.", PLACE)

    @pages.post(f"{PLACE}/bo-qua", Right.EDIT_CONTENT)
    async def set_aside(visit: Visiting) -> Response:
        numbers = _numbers(await visit.form())
        actor, now = visit.visitor.actor, visit.now
        done = await visit.write(lambda db: ignore(db, numbers, actor, now)) if numbers else 0
        return visit.done(f"Đã bỏ qua {done} câu.", PLACE)


async def _page(visit: Visit) -> Response:
    reader, sealer = reader_of(visit), visit.desk.runtime.sealer
    spelling = Spelling() if reader is None else reader.model.spelling

    def read(db: "Connection") -> tuple[object, int]:
        return open_groups(db, sealer, spelling), count_open(db)

    groups, total = await visit.read(read)
    return visit.page(
        "questions/questions.html",
        title="Câu hỏi chưa trả lời",
        here=PLACE,
        groups=groups,
        total=total,
        most_groups=GROUPS,
        shown=SHOWN,
        topics=topics(visit),
        outcomes=OUTCOMES,
    )


def reader_of(visit: Visit) -> Reader | None:
    """None where no model is trained: then whole phrases are all that the bot knows."""
    matcher = visit.desk.runtime.means.matcher
    return matcher.reader if isinstance(matcher, TrainedMatcher) else None


def topics(visit: Visit) -> Mapping[str, str]:
    """Intent and title, by title."""
    reader = reader_of(visit)
    if reader is None:
        return {}
    titles = {name: sign.title for name, sign in reader.signposts.items()}
    return dict(sorted(titles.items(), key=lambda pair: pair[1]))


def _numbers(form: Mapping[str, str]) -> list[int]:
    parts = form.get("so", "").split(",")[:MOST_PICKED]
    return [number for part in parts if (number := row_number(part)) is not None]


OUTCOMES = {
    "nothing": "không làm gì thêm",
    "tapped": "bấm một gợi ý",
    "rejected": "nói không đúng ý",
    "person": "xin gặp cán bộ",
    "went_on": "viết câu khác",
}
