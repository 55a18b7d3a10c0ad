"""The proof that a webhook body comes from Zalo.

SHA-256 over a plain concatenation, not an HMAC: Zalo's documentation of webhook events (November 2026) and
the official Java SDK agree on it.
"""

import hashlib
import hmac
import re
from collections.abc import Sequence

_HEADER = re.compile(r"\s*(?:mac\s*=\s*)?([0-9a-fA-F]{64})\s*")


def signature_of(app_id: str, body: bytes, timestamp: str, secret: str) -> str:
    """The hexadecimal MAC of a body, as it stands behind `mac=` in X-ZEvent-Signature."""
    return hashlib.sha256(b"".join((app_id.encode(), body, timestamp.encode(), secret.encode()))).hexdigest()


def check_signature(
    header: str | None, body: bytes, app_id: str, timestamp: str, secrets: Sequence[str]
) -> bool:
    """Whether one of the secrets made this header; no secret, no entry.

    Two secrets are in force while one is being replaced. All are tried, so that the time taken does not tell
    which one was right.
    """
    found = _HEADER.fullmatch(header or "")
    if found is None:
        return False
    given = found.group(1).lower()
    right = False
    for secret in secrets:
        if secret:
            right |= hmac.compare_digest(given, signature_of(app_id, body, timestamp, secret))
    return right
