"""A peer: the menu turn as a pywa webhook app on FastAPI; pywa refuses repeats itself and keeps no state."""

import os
import sys

import httpx
import uvicorn
from fastapi import FastAPI
from pywa_async import WhatsApp, types
from pywa_async.handlers import MessageHandler

from tests.bench.menu import ASK, CHOICES, answer_to, choice
from tests.bench.platforms import PHONE, SECRET, WHATSAPP

VERSION = 23.0


def peer_app(graph: str) -> FastAPI:
    app = FastAPI(openapi_url=None)
    asked: set[str] = set()

    async def turn(_client: WhatsApp, message: types.Message) -> None:
        person, chosen = message.from_user.wa_id, choice(message.text or "")
        if chosen and person in asked:
            await message.reply_text(answer_to(chosen))
            return
        asked.add(person)
        rows = [types.SectionRow(title=title[:24], callback_data=str(at)) for at, title in enumerate(CHOICES)]
        menu = types.SectionList("Chọn", sections=[types.Section(title="Việc", rows=rows)])
        await message.reply_text(ASK, buttons=menu)

    async def lives() -> dict[str, str]:
        return {"status": "ok"}

    http = httpx.AsyncClient()
    whatsapp = WhatsApp(
        phone_id=PHONE,
        token=SECRET,
        session=http,
        server=app,
        webhook_endpoint=WHATSAPP.path,
        verify_token=SECRET,
        app_secret=SECRET,
        api_version=VERSION,
    )
    http.base_url = httpx.URL(f"{graph}/v{VERSION}")  # pywa has just set Meta's own
    whatsapp.add_handlers(MessageHandler(turn))
    app.add_api_route("/healthz", lives)
    return app


if __name__ == "__main__":
    uvicorn.run(
        peer_app(os.environ["PEER_PLATFORM"]), port=int(sys.argv[1]), log_level="warning", access_log=False
    )
