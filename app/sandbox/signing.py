"""The bytes of a webhook and the proof over them."""

import hashlib
import json
import random
from collections.abc import Mapping

SEPARATORS = ((",", ":"), (", ", ": "))


def written(body: Mapping[str, object], chance: random.Random | None) -> bytes:
    """The body as JSON. With `chance`, key order, spacing and escapes differ from one webhook to the next.

    Zalo promises none of them: a bot that signs what it has re-serialised must fail here, not there.
    """
    if chance is None:
        return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()
    return json.dumps(
        shuffled(body, chance),
        ensure_ascii=chance.random() < 0.5,
        separators=chance.choice(SEPARATORS),
    ).encode()


def shuffled(value: object, chance: random.Random) -> object:
    """The same value with the keys of every object in another order."""
    if isinstance(value, Mapping):
        keys = list(value)
        chance.shuffle(keys)
        return {key: shuffled(value[key], chance) for key in keys}
    if isinstance(value, list):
        return [shuffled(item, chance) for item in value]
    return value


def mac(app_id: str, body: bytes, timestamp: str, oa_secret: str) -> str:
    """SHA-256 over the concatenation; it is no HMAC (Zalo's webhook page, "MAC")."""
    return hashlib.sha256(app_id.encode() + body + timestamp.encode() + oa_secret.encode()).hexdigest()
