"""Encryption at rest with keys that can be changed, and keyed fingerprints for looking sealed things up."""

import base64
import hashlib
import hmac
from collections import OrderedDict
from threading import Lock

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

REMEMBERED = 500
"""What was sealed last: an event, a session or a message comes back within the second. Some megabytes."""


class BrokenSeal(Exception):
    """The bytes were sealed with a key that is not among those configured, or were altered."""


class Sealer:
    """Seals with the newest key; opens what any of the keys sealed.

    Fingerprints use the newest key only: after a rotation they are rewritten while rows are re-sealed.
    """

    def __init__(self, secret_key: str, *older: str) -> None:
        self._fernet = MultiFernet([Fernet(_derive(key, b"seal")) for key in (secret_key, *older)])
        self._print_key = _derive(secret_key, b"fingerprint")
        self._lately: OrderedDict[bytes, bytes] = OrderedDict()
        self._lock = Lock()

    def seal(self, plain: bytes) -> bytes:
        sealed = self._fernet.encrypt(plain)
        with self._lock:
            self._lately[sealed] = plain
            if len(self._lately) > REMEMBERED:
                self._lately.popitem(last=False)
        return sealed

    def seal_away(self, plain: bytes) -> bytes:
        """Like `seal`, for what is not wanted again soon: it pushes nothing out of what is remembered."""
        return self._fernet.encrypt(plain)

    def open(self, sealed: bytes) -> bytes:
        """Raises `BrokenSeal`. What this very process sealed a moment ago is not deciphered again."""
        plain = self._lately.get(sealed)
        if plain is not None:
            return plain
        try:
            return self._fernet.decrypt(sealed)
        except InvalidToken as error:
            raise BrokenSeal("sealed with another key, or altered") from error

    def seal_text(self, plain: str) -> bytes:
        return self.seal(plain.encode())

    def open_text(self, sealed: bytes) -> str:
        return self.open(sealed).decode()

    def fingerprint(self, plain: str) -> str:
        """The same text gives the same 32 hex digits, which say nothing to who lacks the key."""
        return hmac.digest(self._print_key, plain.encode(), "sha256").hex()[:32]


def _derive(secret_key: str, purpose: bytes) -> bytes:
    digest = hmac.new(secret_key.encode(), b"daumoi/" + purpose, hashlib.sha256).digest()
    return base64.urlsafe_b64encode(digest)
