"""A person talking to the small flows; the session is written out and read back before every turn."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from app.engine.effects import AskUserInfo, Choice, Link, RunAct, Say, SayEffect
from app.engine.flow import Library
from app.engine.inputs import ActDone, Input, Tapped, input_from_text
from app.engine.matching import Matcher
from app.engine.session import Session
from app.engine.turn import take_turn
from tests.content.folder import small_library

START = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)

FOUND = ActDone("found", {"unit_name": "Công ty Biển (ví dụ)"})
ANSWERS = {
    "my_place": ActDone("none"),
    "give_consent": ActDone("given"),
    "find_unit": FOUND,
    "take_place": ActDone("saved"),
    "leave_place": ActDone("left"),
    "request_person": ActDone("open"),
    "stop_messages": ActDone("stopped"),
    "resume_messages": ActDone("resumed"),
    "delete_my_data": ActDone("deleted", forget=True),
}


class Talk:
    def __init__(self, matcher: Matcher | None = None) -> None:
        self.library: Library = small_library()
        self.session = Session.fresh(START)
        self.now = START
        self.answers: dict[str, ActDone] = dict(ANSWERS)
        self.acts: list[tuple[str, Mapping[str, str]]] = []
        self.said: list[SayEffect] = []
        self.visited: list[str] = []
        self.payloads: dict[str, str] = {}
        self._matcher = matcher

    def says(self, *texts: str) -> str:
        for text in texts:
            self.does(input_from_text(text))
        return self.text

    def taps(self, *labels: str) -> str:
        """Taps buttons by the label they had when they were shown last."""
        for label in labels:
            self.does(Tapped(self.payloads[label]))
        return self.text

    def waits(self, **span: float) -> None:
        self.now += timedelta(**span)

    def does(self, given: Input) -> str:
        """Takes the turn and the acts it asks for; the bubbles are in `said`."""
        self.said = []
        for _ in range(10):
            session = Session.from_json(json.loads(json.dumps(self.session.to_json())))
            turn = take_turn(self.library, session, given, self.now, self._matcher)
            self.session = turn.session
            self.visited += turn.visited
            acts = [effect for effect in turn.effects if isinstance(effect, RunAct)]
            self._hear([effect for effect in turn.effects if not isinstance(effect, RunAct)])
            if not acts:
                return self.text
            assert acts == [turn.effects[-1]], "an act is the last effect, and there is one"
            self.acts.append((acts[0].name, dict(acts[0].args)))
            given = self.answers[acts[0].name]
        raise AssertionError("the acts run in a circle")

    @property
    def text(self) -> str:
        return "\n".join(bubble.text for bubble in self.said if isinstance(bubble, Say))

    @property
    def labels(self) -> list[str]:
        """The buttons of all bubbles of this turn."""
        buttons = [button for bubble in self.said if isinstance(bubble, Say) for button in bubble.buttons]
        return [button.label for button in buttons]

    @property
    def place(self) -> str:
        return str(self.session.place)

    def slots(self, flow: str = "course") -> dict[str, str]:
        return self.session.of(flow)

    def _hear(self, effects: list[SayEffect]) -> None:
        self.said += effects
        for bubble in effects:
            if isinstance(bubble, AskUserInfo):
                continue
            assert bubble.text.strip()
            assert len(bubble.buttons) <= 5
            for button in bubble.buttons:
                if isinstance(button, Choice):
                    assert button.payload.isascii()
                    assert len(button.payload) <= 1000
                    self.payloads[button.label] = button.payload
                else:
                    assert isinstance(button, Link)


def at_review() -> Talk:
    """Somebody who has filled the whole form and looks at it."""
    talk = Talk()
    talk.says("đăng ký lớp học", "đồng ý", "TX0001A", "đúng rồi", "Nguyễn Thị Mai", "0912345678")
    talk.says("mai@congty.vn", "24/12/2026", "có", "kế toán")
    assert talk.place == "course.review"
    return talk
