"""Telegram, WhatsApp and LINE as far as the frameworks need them: an event with its proof, an answered reply.

Each event carries what its framework reads, and is proved the platform's own way.
"""

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Awaitable, Callable

from aiohttp import web

from tests.bench.knock import Dialect

SECRET = "a-secret-of-the-benchmark-only"
TELEGRAM_TOKEN = "123456:a-bot-of-the-benchmark-only"
PHONE, BUSINESS = "106540352242922", "102290129340398"

Note = Callable[[str, str, float], Awaitable[None]]


def _by_token(_body: bytes) -> str:
    """Telegram proves no body: it repeats a token agreed on."""
    return SECRET


def _update(user: str, text: str, number: int) -> bytes:
    person = {"id": int(user), "is_bot": False, "first_name": "Chị Lan"}
    chat = {"id": int(user), "type": "private", "first_name": "Chị Lan"}
    message = {"message_id": number, "from": person, "chat": chat, "date": int(time.time()), "text": text}
    return _json({"update_id": number, "message": message})


def _by_hub(body: bytes) -> str:
    return "sha256=" + hmac.digest(SECRET.encode(), body, "sha256").hex()


def _change(user: str, text: str, number: int) -> bytes:
    message = {
        "from": user,
        "from_user_id": f"VN.{user}",
        "id": f"wamid.{number}",
        "timestamp": str(int(time.time())),
    }
    value = {
        "messaging_product": "whatsapp",
        "metadata": {"display_phone_number": "84900000000", "phone_number_id": PHONE},
        "contacts": [{"profile": {"name": "Chị Lan"}, "wa_id": user, "user_id": f"VN.{user}"}],
        "messages": [message | {"type": "text", "text": {"body": text}}],
    }
    entry = {"id": BUSINESS, "changes": [{"field": "messages", "value": value}]}
    return _json({"object": "whatsapp_business_account", "entry": [entry]})


def _by_channel(body: bytes) -> str:
    return base64.b64encode(hmac.digest(SECRET.encode(), body, hashlib.sha256)).decode()


def _line_event(user: str, text: str, number: int) -> bytes:
    event = {
        "type": "message",
        "mode": "active",
        "timestamp": int(time.time() * 1000),
        "webhookEventId": f"{number:026d}",
        "deliveryContext": {"isRedelivery": False},
        "source": {"type": "user", "userId": user},
        "replyToken": f"{user}.{number}",
        "message": {"type": "text", "id": str(number), "quoteToken": "q", "text": text},
    }
    return _json({"destination": "U0", "events": [event]})


def _json(event: dict[str, object]) -> bytes:
    return json.dumps(event, ensure_ascii=False).encode()


TELEGRAM = Dialect("/webhook", "X-Telegram-Bot-Api-Secret-Token", _by_token, _update)
WHATSAPP = Dialect("/webhook", "X-Hub-Signature-256", _by_hub, _change)
LINE = Dialect("/webhook", "X-Line-Signature", _by_channel, _line_event)


def answer_other_platforms(router: web.UrlDispatcher, note: Note) -> None:
    """Each reply is noted, waits as long as Zalo's would, and is answered as its platform answers."""

    async def telegram(request: web.Request) -> web.Response:
        at, sent = time.perf_counter(), await request.post()
        user, text = str(sent["chat_id"]), str(sent["text"])
        await note(user, text, at)
        chat = {"id": int(user), "type": "private"}
        message = {"message_id": 1, "date": int(time.time()), "chat": chat, "text": text}
        return web.json_response({"ok": True, "result": message})

    async def whatsapp(request: web.Request) -> web.Response:
        at, sent = time.perf_counter(), await request.json()
        user = str(sent.get("to") or sent["recipient"]).removeprefix("VN.")
        await note(user, sent["text"]["body"] if "text" in sent else sent["interactive"]["body"]["text"], at)
        answer = {"messaging_product": "whatsapp", "contacts": [{"input": user, "user_id": f"VN.{user}"}]}
        return web.json_response(answer | {"messages": [{"id": "wamid.1"}]})

    async def line(request: web.Request) -> web.Response:
        at, sent = time.perf_counter(), await request.json()
        user = sent["replyToken"].partition(".")[0]
        await note(user, sent["messages"][0]["text"], at)
        return web.json_response({"sentMessages": [{"id": "1", "quoteToken": "q"}]})

    router.add_post(f"/bot{TELEGRAM_TOKEN}/sendMessage", telegram)
    router.add_post(rf"/{{version:v[\d.]+}}/{PHONE}/messages", whatsapp)
    router.add_post("/v2/bot/message/reply", line)
