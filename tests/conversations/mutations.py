"""Webhook bodies as a broken or hostile sender might write them: the golden samples, bent."""

import copy
import json
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

SAMPLES = Path(__file__).parents[1] / "wire" / "webhooks"

ODD: tuple[Any, ...] = (
    None,
    True,
    -1,
    0,
    1e308,
    2**63,
    2**70,
    "",
    " ",
    "0",
    "\x00",
    "a\x00b",
    "x" * 300,
    "m" * 5_000,
    "menu",
    "#dm/",
    "#dm/liaison.save/0",
    "#dm/install.account/99999999999999999999",
    "#dm/../../etc/passwd/1",
    "đồng ý",
    "đăng ký đầu mối",
    "Nguye\u0302\u0303n Va\u0306n An",
    "\u202eđảo ngược\u202c",
    "👩‍👩‍👧‍👦" * 50,
    "'; DROP TABLE inbox; --",
    "{{ 7*7 }}",
    "0912345678",
    "1543908534747",
    "99999999999999999999",
    "-5",
    "1e9",
    [],
    {},
    [[[[[[]]]]]],
    {"id": {"id": {"id": "1"}}},
    ["msg-1", None, 5],
)


def mutated_bodies(count: int, chance: random.Random) -> Iterator[bytes]:
    samples = [file.read_bytes() for file in sorted(SAMPLES.glob("*.json"))]
    for _ in range(count):
        body = chance.choice(samples)
        yield _bent_bytes(body, chance) if chance.random() < 0.15 else _bent_json(body, chance)


def _bent_json(body: bytes, chance: random.Random) -> bytes:
    """Still JSON, with one to three values replaced, removed, doubled or exchanged."""
    event = json.loads(body)
    for _ in range(chance.randint(1, 3)):
        place, key = chance.choice(list(_places(event)))
        match chance.randrange(4):
            case 0 | 1:
                place[key] = copy.deepcopy(chance.choice(ODD))
            case 2:
                del place[key]
            case _:
                other, there = chance.choice(list(_places(event)))
                place[key] = copy.deepcopy(other[there])
        if not event:
            break
    return json.dumps(event, ensure_ascii=chance.random() < 0.5).encode()


def _places(value: Any) -> Iterator[tuple[Any, Any]]:
    """Every value inside, as the container and the key that lead to it."""
    keys = range(len(value)) if isinstance(value, list) else value
    for key in keys:
        yield value, key
        if isinstance(value[key], (dict, list)):
            yield from _places(value[key])


def _bent_bytes(body: bytes, chance: random.Random) -> bytes:
    """Perhaps no JSON any more: bytes flipped, cut out, put in, or the end missing."""
    raw = bytearray(body)
    for _ in range(chance.randint(1, 4)):
        at = chance.randrange(len(raw) or 1)
        match chance.randrange(4):
            case 0:
                raw[at : at + 1] = bytes([chance.randrange(256)])
            case 1:
                del raw[at : at + chance.randint(1, 20)]
            case 2:
                raw[at:at] = chance.choice(
                    (b'"', b"}", b"\x00", b"\xff\xfe", b"\\u0000", b"\\ud800", b"[" * 200)
                )
            case _:
                del raw[at:]
    return bytes(raw)
