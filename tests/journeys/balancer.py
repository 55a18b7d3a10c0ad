"""A load balancer in one page: hands each connection to the next web process that takes it, as nginx does.

`python -m tests.journeys.balancer PORT PORT_OF_WEB…`
"""

import asyncio
import sys
from collections.abc import Sequence
from contextlib import suppress
from itertools import count


async def balance(port: int, webs: Sequence[int]) -> None:
    turn = count()

    async def pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        first = next(turn)
        for further in range(len(webs)):
            with suppress(OSError):
                there, back = await asyncio.open_connection("127.0.0.1", webs[(first + further) % len(webs)])
                await asyncio.gather(_copy(reader, back), _copy(there, writer))
                return
        writer.close()

    server = await asyncio.start_server(pass_on, "127.0.0.1", port)
    await server.serve_forever()


async def _copy(source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
    with suppress(OSError):
        while piece := await source.read(65536):
            target.write(piece)
            await target.drain()
    target.close()


if __name__ == "__main__":
    asyncio.run(balance(int(sys.argv[1]), [int(port) for port in sys.argv[2:]]))
