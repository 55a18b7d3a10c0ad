"""A load balancer in one page: a request goes to the next web process, and to another if that one breaks.

So does nginx with `proxy_next_upstream … non_idempotent`, as compose.yaml has it: a webhook that came twice
is taken once, so it may be tried again. Webhooks go to the first web while it lives, the others are `backup`.
`python -m tests.journeys.balancer PORT PORT_OF_WEB…`
"""

import sys
from collections.abc import Sequence
from itertools import count

from aiohttp import ClientConnectionError, ClientSession, web

WEBHOOK = "/webhook/zalo"
NOT_PASSED_ON = {
    "host",
    "connection",
    "content-length",
    "transfer-encoding",
    "content-encoding",
    "date",
    "server",
}


class Balancer:
    def __init__(self, webs: Sequence[int]) -> None:
        self._webs, self._turn = webs, count()
        self._session: ClientSession | None = None

    async def pass_on(self, request: web.Request) -> web.Response:
        body = await request.read()
        first = 0 if request.path == WEBHOOK else next(self._turn)
        for further in range(len(self._webs)):
            port = self._webs[(first + further) % len(self._webs)]
            try:
                return await self._ask(request, body, f"http://127.0.0.1:{port}{request.path_qs}")
            except ClientConnectionError:
                continue
        return web.Response(status=502)

    async def _ask(self, request: web.Request, body: bytes, url: str) -> web.Response:
        self._session = self._session or ClientSession(auto_decompress=False)
        asked = {name: text for name, text in request.headers.items() if name.lower() not in NOT_PASSED_ON}
        async with self._session.request(
            request.method, url, data=body, headers=asked, allow_redirects=False
        ) as answer:
            told = {name: text for name, text in answer.headers.items() if name.lower() not in NOT_PASSED_ON}
            return web.Response(status=answer.status, headers=told, body=await answer.read())


def balanced(webs: Sequence[int]) -> web.Application:
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", Balancer(webs).pass_on)
    return app


if __name__ == "__main__":
    ports = [int(port) for port in sys.argv[1:]]
    web.run_app(balanced(ports[1:]), host="127.0.0.1", port=ports[0], print=None)
