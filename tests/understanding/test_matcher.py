"""What the engine is told about a message, by a reader trained on a few phrases and the real flows."""

from pathlib import Path

import pytest

from app.content.load import load_library
from app.engine.flow import Place
from app.engine.matching import Answer, Suggest, Topic
from app.understanding.matcher import TrainedMatcher
from app.understanding.policy import Zone
from app.understanding.reader import Reader
from app.understanding.whole import WholePolicy

FLOWS = Path(__file__).parents[2] / "flows"
PASSWORD = Topic("Quên mật khẩu", Place("troubles", "password"))
HOURS = Topic("Địa chỉ", Place("contact", "hours"))


@pytest.fixture(scope="module")
def matcher(reader: Reader) -> TrainedMatcher:
    return TrainedMatcher(reader, load_library(FLOWS))


@pytest.fixture(scope="module")
def whole(reader: Reader) -> WholePolicy:
    return WholePolicy(reader, load_library(FLOWS))


def test_a_clear_message_is_answered_with_its_topic_and_two_neighbours(matcher: TrainedMatcher) -> None:
    understood = matcher.understand("ad ơi em quên mất mật khẩu rồi", None)
    assert isinstance(understood, Answer)
    assert (understood.title, understood.place) == (PASSWORD.title, PASSWORD.place)
    assert len(understood.others) == 2
    assert PASSWORD not in understood.others
    assert not understood.upset


def test_a_whole_phrase_goes_before_the_model(matcher: TrainedMatcher) -> None:
    assert matcher.understand("vssid là gì", None) == Answer(Place("install", "about"))


def test_what_is_done_elsewhere_is_told_where(matcher: TrainedMatcher) -> None:
    understood = matcher.understand("hồ sơ thai sản cần gì, trợ cấp thất nghiệp bao lâu", None)
    assert isinstance(understood, Answer)
    assert understood.place == Place("elsewhere", "other")


def test_idle_talk_is_not_understood(matcher: TrainedMatcher) -> None:
    assert matcher.understand("giá vàng hôm nay", None) is None
    assert matcher.understand("🙂🙂", None) is None


def test_of_two_questions_the_first_is_answered_and_the_second_is_a_button(matcher: TrainedMatcher) -> None:
    both = "em quên mất mật khẩu rồi, lấy lại mật khẩu sao ạ? Địa chỉ cơ quan bảo hiểm xã hội ở đâu ạ?"
    understood = matcher.understand(both, None)
    assert isinstance(understood, Answer | Suggest)
    offered = understood.topics if isinstance(understood, Suggest) else understood.others
    answered = [understood.place] if isinstance(understood, Answer) else []
    assert {PASSWORD.place, HOURS.place} <= {*answered, *(topic.place for topic in offered)}


def test_a_story_after_an_answer_stands_for_itself(matcher: TrainedMatcher) -> None:
    story = "hôm qua em có ghé mà chú bảo vệ nói là cơ quan nghỉ rồi không biết bữa nào làm"
    assert matcher.understand(story, PASSWORD.place) == matcher.understand(story, None)


@pytest.mark.parametrize(
    ("text", "intent"),
    [("em quên mật khẩu ạ", "forgot_password"), ("bhxh ở đâu", "office_address_hours")],
)
def test_the_whole_policy_counts_exact_phrases(whole: WholePolicy, text: str, intent: str) -> None:
    reading = whole.read(text)
    assert reading.decision.zone is Zone.ANSWER
    assert reading.decision.intents == (intent,)
    assert reading.ranked[0].intent == intent
