"""People with phones: what they do, and what they then read."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from app.content.transcript import Does, Doing, Says, Shares, Taps, Waits
from app.kit.ids import UserId
from tests.journeys.processes import Json, Stage, until

REPORTS = ("user_received_message", "user_seen_message", "oa_send_")


@dataclass(frozen=True, slots=True)
class Bubble:
    """A message of the account as the phone shows it."""

    text: str
    buttons: tuple[str, ...]
    msg_id: str = field(compare=False)
    admin_id: str | None = field(compare=False)


@dataclass(slots=True)
class Person:
    """Someone new to the account, or one of the demo's people."""

    stage: Stage
    user_id: UserId
    _logged: int = 0
    _read: int = 0

    @classmethod
    def new(cls, stage: Stage, name: str = "Lê Văn Minh (ví dụ)") -> "Person":
        return cls(stage, UserId(stage.call("POST", "/users", {"display_name": name})["user_id"]))

    @classmethod
    def known(cls, stage: Stage, user_id: UserId) -> "Person":
        """One of the demo's people, with whatever another test has made them do and read before."""
        person = cls(stage, user_id)
        person.wait(acts=0)
        person.read()
        return person

    def say(self, text: str) -> list[Bubble]:
        """Writes and waits; these are the answers."""
        return self.do(Says(text))

    def tap(self, label: str) -> list[Bubble]:
        return self.do(Taps(label))

    def share(self, name: str, phone: str) -> list[Bubble]:
        return self.do(Shares(name, phone))

    def follow(self) -> list[Bubble]:
        return self.do(Does("theo dõi"))

    def do(self, doing: Doing) -> list[Bubble]:
        """Acts, waits until the bot has nothing more to say to it, and reads what is new."""
        self.begin(doing)
        self.wait()
        return self.read()

    def walk(self, script: Iterable[Doing]) -> list[Bubble]:
        return [bubble for doing in script for bubble in self.do(doing)]

    def begin(self, doing: Doing) -> None:
        """Acts and waits for nothing."""
        match doing:
            case Says(text):
                self._act("messages", {"text": text})
            case Taps(label):
                self._act("messages", {"tap": label})
            case Shares(name, phone):
                self._act("submit-info", {"name": name, "phone": phone})
            case Does("theo dõi"):
                self._act("follow")
            case Does("bỏ theo dõi"):
                self._act("unfollow")
            case Does("mở khung chat"):
                self._act("open")
            case Does("nhãn dán"):
                self._act("messages", {"attachment": {"type": "sticker"}})
            case Does(_):
                self._act("messages", {"attachment": {"type": "image"}})
            case Waits():
                raise NotImplementedError("journeys do not wait; their clock may run fast")

    def wait(self, acts: int = 1) -> None:
        """Until the bot has taken that many acts and owes this person nothing."""
        until(lambda: self.acknowledged() >= acts, f"the bot takes {acts} act(s) of {self.user_id}")
        self.wait_for_answers()
        self._logged = max((entry["number"] for entry in self._log()), default=self._logged)

    def wait_for_answers(self) -> None:
        until(lambda: self.stage.open_ends(self.user_id) == 0, f"the bot has answered {self.user_id}")

    def until_told(self, bubbles: int) -> None:
        """Until the account has said that much to this person, since ever."""
        until(lambda: len(self.everything()) >= bubbles, f"{self.user_id} is told {bubbles} bubbles")

    def read(self) -> list[Bubble]:
        """What has come since the last reading."""
        everything = self.everything()
        new, self._read = everything[self._read :], len(everything)
        return new

    def everything(self) -> list[Bubble]:
        """All that the account ever said to this person, in order."""
        thread = self.stage.call("GET", f"/users/{self.user_id}/thread")
        return [_bubble(message) for message in thread if message["from"] == "oa"]

    def is_answered_by_colleague(self, text: str) -> None:
        self._act("colleague", {"text": text})

    def asks_zalo_to_be_forgotten(self) -> None:
        self._act("withdraw")

    def _act(self, act: str, body: object = None) -> None:
        self.stage.call("POST", f"/users/{self.user_id}/{act}", body)

    def acknowledged(self) -> int:
        """Webhooks of what this person did since the last wait, each counted once however often it came."""
        bodies = {entry["body"] for entry in self._log() if entry["status"] == 200}
        return len(bodies)

    def _log(self) -> list[Json]:
        log: list[Json] = self.stage.call("GET", "/log", user_id=self.user_id, after=self._logged, limit=500)
        return [
            entry
            for entry in log
            if entry["direction"] == "webhook"
            and entry["user_id"] == self.user_id
            and not entry["name"].startswith(REPORTS)
        ]


def _bubble(message: Json) -> Bubble:
    text = "\n".join(filter(None, (message["title"], message["text"])))
    titles = tuple(button["title"] for button in message["buttons"])
    return Bubble(text, titles, message["msg_id"], message["admin_id"])
