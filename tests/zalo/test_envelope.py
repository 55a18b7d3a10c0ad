from pathlib import Path
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.zalo.envelope import Unreadable, read_envelope, timestamp_of

WEBHOOKS = Path(__file__).parents[1] / "wire" / "webhooks"
APP, OA, PERSON = "360846524940903967", "388613280878808645", "246845883529197922"
SAMPLES = sorted(path.stem for path in WEBHOOKS.glob("*.json"))


def sample(name: str) -> dict[str, Any]:
    read: dict[str, Any] = orjson.loads((WEBHOOKS / f"{name}.json").read_bytes())
    return read


def keyed(event: dict[str, Any]) -> str:
    return read_envelope(orjson.dumps(event)).dedupe_key


@pytest.mark.parametrize("name", [name for name in SAMPLES if name != "webhook_url_check"])
def test_every_sample_says_which_app_and_account_it_is_for(name: str) -> None:
    envelope = read_envelope((WEBHOOKS / f"{name}.json").read_bytes())
    assert (envelope.app_id, envelope.oa_id) == (APP, OA)
    assert envelope.timestamp_text == envelope.data["timestamp"]


@pytest.mark.parametrize(
    "name",
    [
        "user_send_text",
        "user_send_image_multi",
        "user_submit_info",
        "user_reacted_message",
        "oa_send_text",
        "oa_send_text_by_admin",
        "oa_reacted_message",
        "user_received_message",
        "user_seen_message",
        "follow",
        "unfollow",
        "user_click_chatnow",
        "user_withdraw",
        "user_call_oa",
        "widget_interaction_accepted",
    ],
)
def test_what_happens_in_a_chat_names_the_person_wherever_zalo_puts_the_id(name: str) -> None:
    assert read_envelope((WEBHOOKS / f"{name}.json").read_bytes()).user_id == PERSON


@pytest.mark.parametrize(
    "name",
    [
        "user_send_group_text",
        "oa_send_group_text",
        "create_group",
        "add_user_to_tag",
        "permission_revoked",
        "change_oa_daily_quota",
        "user_feedback",
        "oa_send_consent",
        "zns_user_received_message",
    ],
)
def test_what_concerns_the_account_a_group_or_a_phone_number_is_in_nobodys_chat(name: str) -> None:
    assert read_envelope((WEBHOOKS / f"{name}.json").read_bytes()).user_id is None


def test_all_samples_are_different_events_except_the_texts_with_one_message_id() -> None:
    keys = {name: read_envelope((WEBHOOKS / f"{name}.json").read_bytes()).dedupe_key for name in SAMPLES}
    same = {"user_send_image", "user_send_image_multi"}, {"oa_send_text", "oa_send_text_by_admin"}
    assert len(set(keys.values())) == len(SAMPLES) - len(same)
    for names in same:
        assert len({keys[name] for name in names}) == 1


def test_a_redelivery_written_differently_is_the_same_message() -> None:
    event = sample("user_send_text")
    turned = orjson.dumps(dict(reversed(event.items())), option=orjson.OPT_INDENT_2)
    assert read_envelope(turned).dedupe_key == keyed(event)


def test_the_id_that_a_message_shares_with_its_echo_and_receipt_does_not_make_them_one_event() -> None:
    names = ["oa_send_text", "user_received_message", "user_send_text"]
    assert len({keyed(sample(name)) for name in names}) == 3


def test_seen_counts_by_which_messages_and_when_not_by_their_order() -> None:
    event = sample("user_seen_message")
    turned = {**event, "message": {"msg_ids": event["message"]["msg_ids"][::-1]}}
    later = {**event, "timestamp": "1543908534748"}
    assert keyed(turned) == keyed(event) != keyed(later)


def test_two_reactions_to_one_message_are_two_events() -> None:
    event = sample("user_reacted_message")
    other = {**event, "message": {**event["message"], "react_icon": "/-strong"}}
    assert keyed(event) != keyed(other)


def test_keys_and_ids_stay_short_enough_to_be_stored() -> None:
    event = sample("user_seen_message")
    many = {**event, "message": {"msg_ids": [f"96d3cdf3af1504609{n:02}" for n in range(50)]}}
    assert len(keyed(many)) <= 200
    with pytest.raises(Unreadable):
        read_envelope(orjson.dumps({**event, "recipient": {"id": "9" * 65}}))
    with pytest.raises(Unreadable):
        read_envelope(orjson.dumps({**sample("follow"), "event_name": "x" * 65}))


def test_ids_and_timestamp_written_as_numbers_are_read_as_text() -> None:
    event = sample("user_send_text")
    event["sender"]["id"] = int(PERSON)
    event["timestamp"] = 1543908534747
    envelope = read_envelope(orjson.dumps(event))
    assert envelope.user_id == PERSON
    assert envelope.timestamp_text == "1543908534747"


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"null",
        b"[]",
        b'"user_send_text"',
        b"{}",
        b'{"event_name": 7}',
        b'{"event_name": ""}',
        b'{"event_name": "follow", "oa_id": {}}',
        b'{"event_name": "follow", "follower": {"id": "a\\u0000b"}}',
        b'{"event_name": "follow", "app_id": true}',
        b"{" * 100_000,
        b"\xff\xfe",
        b'{"event_name": "follow", "x": "\\ud800"}',
    ],
)
def test_what_is_no_event_is_called_unreadable(body: bytes) -> None:
    with pytest.raises(Unreadable):
        read_envelope(body)


def test_the_sender_of_an_unreadable_body_can_still_be_checked() -> None:
    assert timestamp_of(b'{"timestamp" : "1543908534747", "event_name": ') == "1543908534747"
    assert timestamp_of(b'{"timestamp":1543908534747}') == "1543908534747"
    assert timestamp_of(b"nothing here") == ""


@given(st.binary())
def test_no_bytes_do_worse_than_unreadable(body: bytes) -> None:
    timestamp_of(body)
    try:
        read_envelope(body)
    except Unreadable:
        return


@given(
    st.sampled_from(SAMPLES),
    st.dictionaries(
        st.sampled_from(
            ["message", "sender", "recipient", "follower", "data", "oa_id", "timestamp", "user_id"]
        ),
        st.recursive(
            st.none() | st.booleans() | st.integers(-(2**63), 2**63) | st.text() | st.floats(),
            lambda inner: (
                st.lists(inner) | st.dictionaries(st.sampled_from(["id", "msg_id", "msg_ids"]), inner)
            ),
            max_leaves=8,
        ),
    ),
)
def test_no_value_in_an_unexpected_place_does_worse_than_unreadable(name: str, odd: dict[str, Any]) -> None:
    try:
        body = orjson.dumps({**sample(name), **odd})
    except (TypeError, orjson.JSONEncodeError):
        return
    try:
        envelope = read_envelope(body)
    except Unreadable:
        return
    assert 0 < len(envelope.dedupe_key) <= 200
