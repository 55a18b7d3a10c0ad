from typing import Any

import pytest

from app.kit.clock import FixedClock
from tests.sandbox.fake_bot import FakeBot
from tests.sandbox.harness import Json, Zalo, config

PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 100
GIF = b"GIF89a" + b"0" * 100
PDF = b"%PDF-1.7 " + b"0" * 100
MEGABYTE = 1024 * 1024


async def upload(zalo: Zalo, kind: str, name: str, content: bytes) -> Json:
    headers, files = {"access_token": zalo.token}, {"file": (name, content)}
    answer = await zalo.raw("POST", f"/v2.0/oa/upload/{kind}", files=files, headers=headers)
    body: Json = answer.json()
    return body


async def test_an_uploaded_picture_can_be_sent_and_seen(zalo: Zalo) -> None:
    user_id = await zalo.person()
    key = (await upload(zalo, "image", "a.png", PNG))["data"]["attachment_id"]
    element = {"media_type": "image", "attachment_id": key}
    payload = {"template_type": "media", "elements": [element]}
    assert (await zalo.cs(user_id, {"attachment": {"type": "template", "payload": payload}}))["error"] == 0
    shown = zalo.sandbox.thread(user_id)[-1].attachments[0]
    assert shown.media_id == key
    stored = zalo.sandbox.world.assets.find(key)
    assert stored is not None
    assert (stored.content, stored.mime) == (PNG, "image/png")


async def test_an_uploaded_file_is_sent_by_its_token_and_echoes_its_name(zalo: Zalo, bot: FakeBot) -> None:
    user_id = await zalo.person()
    token = (await upload(zalo, "file", "huong-dan.pdf", PDF))["data"]["token"]
    message = {"attachment": {"type": "file", "payload": {"token": token}}}
    assert (await zalo.cs(user_id, message))["error"] == 0
    echo = (await bot.until(1, "oa_send_file"))[0].event["message"]["attachments"][0]
    assert (echo["type"], echo["payload"]["name"], echo["payload"]["size"]) == (
        "file",
        "huong-dan.pdf",
        str(len(PDF)),
    )


async def test_a_file_token_is_no_picture_and_the_other_way_round(zalo: Zalo) -> None:
    user_id = await zalo.person()
    key = (await upload(zalo, "image", "a.png", PNG))["data"]["attachment_id"]
    message = {"attachment": {"type": "file", "payload": {"token": key}}}
    assert (await zalo.cs(user_id, message))["error"] == -201


async def test_an_asset_expires_after_a_week(zalo: Zalo) -> None:
    user_id = await zalo.person()
    token = (await upload(zalo, "file", "a.pdf", PDF))["data"]["token"]
    zalo.later(days=7, seconds=1)
    zalo.sandbox.phone.say(user_id, "tôi đây")
    message = {"attachment": {"type": "file", "payload": {"token": token}}}
    assert (await zalo.cs(user_id, message))["error"] == -100


@pytest.mark.parametrize(
    ("kind", "name", "content", "code"),
    [
        ("image", "a.jpg", b"\xff\xd8\xff" + b"0" * 50, 0),
        ("gif", "a.gif", GIF, 0),
        ("file", "a.csv", "họ tên;số\n".encode(), 0),
        ("file", "a.docx", b"PK" + b"0" * 50, 0),
        ("image", "a.gif", GIF, -201),
        ("image", "a.png", b"not a picture", -201),
        ("image", "a.png", b"", -201),
        ("image", "a.png", PNG + b"0" * MEGABYTE, -210),
        ("gif", "a.gif", GIF + b"0" * 5 * MEGABYTE, -210),
        ("file", "a.exe", b"MZ", -201),
        ("file", "a.pdf", b"no pdf", -201),
        ("file", "a.xlsx", b"PK" + b"0" * 50, -201),
    ],
)
async def test_size_and_type_decide(zalo: Zalo, kind: str, name: str, content: bytes, code: int) -> None:
    assert (await upload(zalo, kind, name, content))["error"] == code


async def test_a_month_has_so_many_uploads(bot: FakeBot, clock: FixedClock) -> None:
    zalo = Zalo(config(bot.url, uploads_per_month=1), clock)
    assert (await upload(zalo, "image", "a.png", PNG))["error"] == 0
    assert (await upload(zalo, "image", "a.png", PNG))["error"] == -211
    zalo.later(days=31)
    assert (await upload(zalo, "image", "a.png", PNG))["error"] == 0
    await zalo.close()


async def test_no_file_is_invalid(zalo: Zalo) -> None:
    headers: dict[str, Any] = {"access_token": zalo.token}
    answer = await zalo.raw("POST", "/v2.0/oa/upload/image", data={"x": "y"}, headers=headers)
    assert answer.json()["error"] == -201
