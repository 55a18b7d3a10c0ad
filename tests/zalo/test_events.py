import random
from collections.abc import Mapping
from copy import deepcopy
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.kit.ids import MessageId, UserId
from app.zalo import events as told
from app.zalo.events import MalformedEvent, UnknownEvent, parse_event

WEBHOOKS = Path(__file__).parents[1] / "wire" / "webhooks"
SAMPLES = {path.stem: orjson.loads(path.read_bytes()) for path in sorted(WEBHOOKS.glob("*.json"))}
AT = datetime(2018, 12, 4, 7, 28, 54, 747000, UTC)
PERSON = "246845883529197922"

TYPES: dict[str, type[Any]] = {
    "accept_request_join_group": told.GroupChanged,
    "add_group_admin": told.GroupChanged,
    "add_user_to_tag": told.TagChanged,
    "anonymous_send_file": told.AnonymousMessage,
    "anonymous_send_image": told.AnonymousMessage,
    "anonymous_send_sticker": told.AnonymousMessage,
    "anonymous_send_text": told.AnonymousMessage,
    "change_oa_daily_quota": told.OaQuotaChanged,
    "change_oa_template_tags": told.OaTemplateTagsChanged,
    "change_template_quality": told.TemplateChanged,
    "change_template_quota": told.TemplateChanged,
    "change_template_status": told.TemplateChanged,
    "create_group": told.GroupChanged,
    "delete_group": told.GroupChanged,
    "event_journey_acknowledged": told.JourneyEnded,
    "event_journey_time_out": told.JourneyEnded,
    "extension_purchased": told.ExtensionPurchased,
    "follow": told.Followed,
    "oa_call_user": told.Called,
    "oa_reacted_message": told.Reacted,
    "oa_send_anonymous_text": told.AnonymousMessage,
    "oa_send_consent": told.CallConsentAsked,
    "oa_send_file": told.OaEcho,
    "oa_send_gif": told.OaEcho,
    "oa_send_group_text": told.GroupMessage,
    "oa_send_image": told.OaEcho,
    "oa_send_list": told.OaEcho,
    "oa_send_sticker": told.OaEcho,
    "oa_send_template": told.OaEcho,
    "oa_send_text": told.OaEcho,
    "oa_send_text_by_admin": told.OaEcho,
    "oa_send_text_quote": told.OaEcho,
    "permission_revoked": told.PermissionRevoked,
    "reject_request_join_group": told.GroupChanged,
    "remove_group_admin": told.GroupChanged,
    "remove_tag": told.TagChanged,
    "remove_user_from_tag": told.TagChanged,
    "unfollow": told.Unfollowed,
    "update_group_info": told.GroupChanged,
    "update_user_info": told.UserInfoUpdated,
    "user_call_oa": told.Called,
    "user_click_chatnow": told.ChatOpened,
    "user_click_response_button": told.TemplateButtonTapped,
    "user_feedback": told.Feedback,
    "user_join_group": told.GroupChanged,
    "user_out_group": told.GroupChanged,
    "user_reacted_message": told.Reacted,
    "user_received_message": told.Received,
    "user_reply_consent": told.CallConsentAnswered,
    "user_request_join_group": told.GroupChanged,
    "user_seen_message": told.Seen,
    "user_send_audio": told.UserMedia,
    "user_send_business_card": told.UserMedia,
    "user_send_file": told.UserMedia,
    "user_send_gif": told.UserMedia,
    "user_send_group_text": told.GroupMessage,
    "user_send_image": told.UserMedia,
    "user_send_image_multi": told.UserMedia,
    "user_send_link": told.UserMedia,
    "user_send_location": told.UserMedia,
    "user_send_sticker": told.UserMedia,
    "user_send_text": told.UserText,
    "user_send_text_button_payload": told.UserText,
    "user_send_text_reply": told.UserText,
    "user_send_video": told.UserMedia,
    "user_submit_info": told.UserInfoShared,
    "user_submit_info_legacy": told.UserInfoShared,
    "user_withdraw": told.DataWithdrawn,
    "webhook_url_check": told.UserText,
    "widget_failed_to_sync_user_external_id": told.WidgetNotLinked,
    "widget_interaction_accepted": told.WidgetAccepted,
    "zns_user_received_message": told.PhoneReceipt,
}


def test_there_is_an_expectation_for_every_sample() -> None:
    assert TYPES.keys() == SAMPLES.keys()
    assert len(SAMPLES) == 72


@pytest.mark.parametrize("name", SAMPLES)
def test_every_sample_has_its_type(name: str) -> None:
    assert type(parse_event(SAMPLES[name])) is TYPES[name]


def test_a_text_carries_the_message_it_answers() -> None:
    event = parse_event(SAMPLES["user_send_text_reply"])
    assert event == told.UserText(
        user_id=UserId(PERSON),
        message_id=MessageId("97e4dde4ba261571a1a"),
        text="Còn hàng không shop?",
        quoted_id=MessageId("96d3cdf3af150460909"),
        at=AT,
    )


def test_decomposed_vietnamese_is_composed() -> None:
    sample = _changed("user_send_text", message={"text": "Đa\u0306ng ky\u0301", "msg_id": "1"})
    event = parse_event(sample)
    assert isinstance(event, told.UserText)
    assert event.text == "Đăng ký"


def test_several_pictures_come_in_one_event_with_their_caption() -> None:
    event = parse_event(SAMPLES["user_send_image_multi"])
    assert isinstance(event, told.UserMedia)
    assert (event.kind, event.text, len(event.attachments)) == ("image", "Mẫu này còn không?", 2)


def test_a_place_is_read_from_texts_and_from_numbers() -> None:
    place = told.Place(10.7642473, 106.6564314)
    assert _attachments("user_send_location") == (place,)
    numbers = {"coordinates": {"latitude": 10.7642473, "longitude": 106.6564314}}
    assert _attachments("user_send_location", numbers) == (place,)
    assert _attachments("user_send_location", {"coordinates": {"latitude": "nan", "longitude": "1"}}) == ()


def test_the_phone_number_of_a_card_is_taken_out_of_the_json_in_its_description() -> None:
    card = told.Card("Nguyễn Văn A", "84912345678", "https://zaloapp.com/qr/p/0a0000000000")
    assert _attachments("user_send_business_card") == (card,)
    assert _attachments("user_send_business_card", {"description": "no JSON"}) == (
        told.Card("Nguyễn Văn A", "", ""),
    )


def test_a_message_whose_attachment_cannot_be_read_was_sent_all_the_same() -> None:
    event = parse_event(_changed("user_send_file", message={"msg_id": "1", "attachments": "?"}))
    assert isinstance(event, told.UserMedia)
    assert event.attachments == ()


def test_shared_details_are_read_in_the_form_of_today_and_in_the_one_with_districts() -> None:
    today, before = parse_event(SAMPLES["user_submit_info"]), parse_event(SAMPLES["user_submit_info_legacy"])
    assert isinstance(today, told.UserInfoShared)
    assert isinstance(before, told.UserInfoShared)
    assert today.address == "Đường số 13, KCX Tân Thuận Đông, Phường Tân Thuận, Thành phố Hồ Chí Minh"
    assert before.address == "182 Lê Đại Hành, Phường 15, Quận 11, Hồ Chí Minh"
    assert (before.name, before.phone) == ("Nguyễn Văn A", "84912345678")


def test_a_phone_number_written_as_a_number_is_read_as_text() -> None:
    event = parse_event(_changed("user_submit_info", info={"name": "An", "phone": 84912345678}))
    assert isinstance(event, told.UserInfoShared)
    assert event.phone == "84912345678"


def test_an_echo_tells_our_own_message_from_a_colleagues() -> None:
    ours, colleague = parse_event(SAMPLES["oa_send_text"]), parse_event(SAMPLES["oa_send_text_by_admin"])
    assert isinstance(ours, told.OaEcho)
    assert isinstance(colleague, told.OaEcho)
    assert (ours.user_id, ours.text, ours.admin_id) == (PERSON, "message", None)
    assert (colleague.text, colleague.admin_id) == ("Dạ em gửi anh báo giá ạ", "4267886274574868951")


def test_the_echo_of_a_template_carries_its_words() -> None:
    event = parse_event(SAMPLES["oa_send_template"])
    assert isinstance(event, told.OaEcho)
    assert (event.kind, event.text) == (told.EchoKind.TEMPLATE, "Trạng thái đơn hàng")


def test_a_new_kind_of_message_by_a_colleague_is_still_a_colleague_writing() -> None:
    event = parse_event(_changed("oa_send_text_by_admin", event_name="oa_send_poll"))
    assert isinstance(event, told.OaEcho)
    assert (event.kind, event.admin_id) == (told.EchoKind.OTHER, "4267886274574868951")


def test_seen_and_received_take_one_id_or_a_list() -> None:
    one = parse_event(_changed("user_seen_message", message={"msg_id": "a1"}))
    assert isinstance(one, told.Seen)
    assert one.message_ids == ("a1",)
    several = parse_event(_changed("user_received_message", message={"msg_ids": ["a1", "b2"]}))
    assert isinstance(several, told.Received)
    assert several.message_ids == ("a1", "b2")


def test_a_receipt_for_a_phone_number_is_not_one_for_a_chat() -> None:
    event = parse_event(SAMPLES["zns_user_received_message"])
    assert isinstance(event, told.PhoneReceipt)
    assert (event.phone, event.tracking_id) == ("84912345678", "order-88213")


def test_changes_of_templates_and_quotas_say_before_and_after() -> None:
    status, quota = (
        parse_event(SAMPLES["change_template_status"]),
        parse_event(SAMPLES["change_template_quota"]),
    )
    assert isinstance(status, told.TemplateChanged)
    assert isinstance(quota, told.TemplateChanged)
    assert (status.before, status.after) == ("PENDING_REVIEW", "ENABLE")
    assert (quota.trait, quota.before, quota.after) == (told.TemplateTrait.QUOTA, "500", "100")
    plain = parse_event(_changed("change_template_quality", quality="LOW"))
    assert isinstance(plain, told.TemplateChanged)
    assert plain.after == "LOW"


@pytest.mark.parametrize("name", ["user_click_button", "user_send_contact", "shop_has_order", ""])
def test_a_name_that_nobody_documented_is_kept_as_unknown(name: str) -> None:
    assert parse_event({"event_name": name, "timestamp": "1543908534747"}) == UnknownEvent(name)
    assert parse_event({}) == UnknownEvent("")


@pytest.mark.parametrize(
    ("sample", "lost", "reason"),
    [
        ("user_send_text", "sender", "id is missing"),
        ("user_send_text", "message", "msg_id is missing"),
        ("user_send_text", "timestamp", "timestamp is missing or is no time"),
        ("follow", "follower", "id is missing"),
        ("user_withdraw", "user_id", "user_id is missing"),
        ("create_group", "group_id", "group_id is missing"),
    ],
)
def test_a_known_event_without_what_it_needs_says_what_is_missing(
    sample: str, lost: str, reason: str
) -> None:
    event = {name: value for name, value in SAMPLES[sample].items() if name != lost}
    assert parse_event(event) == MalformedEvent(sample, reason)


ODD_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)


@given(st.sampled_from(sorted(SAMPLES)), st.data())
def test_a_sample_with_anything_in_any_place_is_typed_without_an_exception(
    name: str, data: st.DataObject
) -> None:
    event = _fresh(SAMPLES[name])
    for _ in range(data.draw(st.integers(1, 4))):
        _place_at(event, data.draw(st.sampled_from(_paths(event))), data.draw(ODD_VALUES))
    parse_event(event)


@given(st.dictionaries(st.text(max_size=12), ODD_VALUES, max_size=6))
def test_any_object_is_typed_without_an_exception(event: dict[str, Any]) -> None:
    parse_event(event)


def test_twenty_thousand_mutated_bodies_give_no_exception() -> None:
    chance = random.Random(20261124)  # noqa: S311 - repeatable, nothing secret
    odd: list[Any] = [
        None,
        True,
        -1,
        2**70,
        1e308,
        "",
        "\x00",
        "9" * 5000,
        [],
        {},
        [[]],
        {"id": []},
        "﷽" * 50,
    ]
    names = sorted(SAMPLES)
    for _ in range(20_000):
        event = _fresh(SAMPLES[chance.choice(names)])
        for _ in range(chance.randint(1, 3)):
            _place_at(event, chance.choice(_paths(event)), chance.choice(odd))
        parse_event(event)


def _changed(name: str, **fields: object) -> dict[str, Any]:
    return {**SAMPLES[name], **fields}


def _attachments(name: str, payload: Mapping[str, object] | None = None) -> tuple[told.Attachment, ...]:
    sample = _fresh(SAMPLES[name])
    if payload is not None:
        sample["message"]["attachments"][0]["payload"] = payload
    event = parse_event(sample)
    assert isinstance(event, told.UserMedia)
    return event.attachments


def _fresh(sample: Mapping[str, Any]) -> dict[str, Any]:
    return deepcopy(dict(sample))


Path_ = tuple[str | int, ...]


def _paths(value: object, above: Path_ = ()) -> list[Path_]:
    """Every place of a JSON value where something else could stand."""
    entries: list[tuple[str | int, object]] = []
    if isinstance(value, dict):
        entries = list(value.items())
    if isinstance(value, list):
        entries = list(enumerate(value))
    found: list[Path_] = []
    for key, inner in entries:
        found += [(*above, key), *_paths(inner, (*above, key))]
    return found


def _place_at(event: dict[str, Any], path: Path_, value: object) -> None:
    if path == ("event_name",):
        return
    spot: Any = event
    for key in path[:-1]:
        spot = spot[key]
    spot[path[-1]] = deepcopy(value)
