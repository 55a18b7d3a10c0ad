"""A peer: the menu turn as an aiogram 3 webhook app, its state in aiogram's own memory store."""

import os
import sys
from collections.abc import Awaitable, Callable
from typing import Any

import uvloop
from aiogram import Bot, Dispatcher
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.fsm.context import FSMContext
from aiogram.fsm.storage.memory import MemoryStorage
from aiogram.types import InlineKeyboardButton, InlineKeyboardMarkup, Message, Update
from aiogram.webhook.aiohttp_server import SimpleRequestHandler, setup_application
from aiohttp import web

from tests.bench.menu import ASK, CHOICES, Seen, answer_to, choice
from tests.bench.platforms import SECRET, TELEGRAM, TELEGRAM_TOKEN

Next = Callable[[Update, dict[str, Any]], Awaitable[Any]]


async def turn(message: Message, state: FSMContext) -> None:
    chosen = choice(message.text or "")
    if chosen and await state.get_state() == "asked":
        await message.answer(answer_to(chosen))
        return
    await state.set_state("asked")
    rows = [
        [InlineKeyboardButton(text=title, callback_data=f"menu/{at}")] for at, title in enumerate(CHOICES)
    ]
    await message.answer(ASK, reply_markup=InlineKeyboardMarkup(inline_keyboard=rows))


def peer_app(telegram: str) -> web.Application:
    seen = Seen()

    async def once(handle: Next, update: Update, data: dict[str, Any]) -> Any:
        return None if seen.is_repeat(str(update.update_id)) else await handle(update, data)

    async def lives(_request: web.Request) -> web.Response:
        return web.json_response({"status": "ok"})

    dispatcher = Dispatcher(storage=MemoryStorage())
    dispatcher.message.register(turn)
    dispatcher.update.outer_middleware.register(once)
    app = web.Application()
    app.router.add_get("/healthz", lives)
    bot = Bot(TELEGRAM_TOKEN, session=AiohttpSession(api=TelegramAPIServer.from_base(telegram)))
    SimpleRequestHandler(dispatcher, bot, secret_token=SECRET).register(app, TELEGRAM.path)
    setup_application(app, dispatcher, bot=bot)
    return app


if __name__ == "__main__":
    uvloop.install()
    web.run_app(
        peer_app(os.environ["PEER_PLATFORM"]),
        host="127.0.0.1",
        port=int(sys.argv[1]),
        access_log=None,
        print=None,
    )
