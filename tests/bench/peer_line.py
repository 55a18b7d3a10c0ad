"""A peer: the menu turn with line-bot-sdk on FastAPI; the SDK keeps no state of its own."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import uvicorn
from fastapi import FastAPI, Request, Response
from linebot.v3.exceptions import InvalidSignatureError
from linebot.v3.messaging import (
    AsyncApiClient,
    AsyncMessagingApi,
    Configuration,
    MessageAction,
    QuickReply,
    QuickReplyItem,
    ReplyMessageRequest,
    TextMessage,
)
from linebot.v3.webhook import WebhookParser
from linebot.v3.webhooks import MessageEvent

from tests.bench.menu import ASK, CHOICES, Seen, answer_to, choice
from tests.bench.platforms import LINE, SECRET


def peer_app(line: str) -> FastAPI:
    asked: set[str] = set()
    seen, parser = Seen(), WebhookParser(SECRET)
    running: set[asyncio.Task[None]] = set()

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with AsyncApiClient(Configuration(access_token=SECRET, host=line)) as client:
            app.state.line = AsyncMessagingApi(client)
            yield

    app = FastAPI(lifespan=lifespan, openapi_url=None)

    def answer(user: str, text: str) -> TextMessage:
        chosen = choice(text)
        if chosen and user in asked:
            return TextMessage(text=answer_to(chosen))
        asked.add(user)
        items = [QuickReplyItem(action=MessageAction(label=title[:20], text=title)) for title in CHOICES]
        return TextMessage(text=ASK, quick_reply=QuickReply(items=items))

    async def turn(event: MessageEvent) -> None:
        message = answer(event.source.user_id, event.message.text)
        await app.state.line.reply_message(
            ReplyMessageRequest(reply_token=event.reply_token, messages=[message])
        )

    @app.post(LINE.path)
    async def receive(request: Request) -> Response:
        body = (await request.body()).decode()
        try:
            events = parser.parse(body, request.headers.get(LINE.header, ""))
        except InvalidSignatureError:
            return Response(status_code=400)
        for event in events:
            if not seen.is_repeat(event.webhook_event_id):
                task = asyncio.create_task(turn(event))
                running.add(task)
                task.add_done_callback(running.discard)
        return Response()

    @app.get("/healthz")
    async def lives() -> dict[str, str]:
        return {"status": "ok"}

    return app


if __name__ == "__main__":
    uvicorn.run(
        peer_app(os.environ["PEER_PLATFORM"]), port=int(sys.argv[1]), log_level="warning", access_log=False
    )
