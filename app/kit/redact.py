"""What must not be kept or shown whole: secrets in people's messages, personal data in logs."""

import re
from collections.abc import Mapping, MutableMapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

MASK = "••••••"


class SecretKind(StrEnum):
    OTP = "otp"
    ID_NUMBER = "id_number"
    PASSWORD = "password"  # noqa: S105 - the name of a kind


@dataclass(frozen=True, slots=True)
class Masked:
    text: str
    kinds: frozenset[SecretKind] = frozenset()


# A citizen's number (căn cước) has 12 digits, often written in groups of three or four.
_ID_NUMBER = re.compile(
    r"(?<![\d.])\d{3}[ .-]?\d{3}[ .-]?\d{3}[ .-]?\d{3}(?![\d-])|(?<!\d)\d{4} \d{4} \d{4}(?!\d)"
)
_LONE_CODE = re.compile(r"\s*\d{3}[ -]?\d{3}\s*")
_SAID_CODE = re.compile(r"(?i)((?:\botp\b|m[ãa] x[áa]c (?:th[ựu]c|nh[ậa]n|minh))\D{0,24})(\d{4,8})(?!\d)")
_SAID_PASSWORD = re.compile(
    r"(?i)((?:m[ậa]t kh[ẩa]u|\bmk\b|\bpass(?:word)?\b)[^\S\n]*(?:c[ủu]a \w+[^\S\n]*)?"
    r"(?:l[àa]|:|=)[^\S\n]*)(\S*[\d@#$!_]\S*)"
)


def mask_secrets(text: str) -> Masked:
    """The text without one-time codes, citizen numbers and passwords, and which of them it held.

    Errs on the side of masking: a lone number of six digits is taken for a one-time code.
    """
    kinds: set[SecretKind] = set()

    def hide(kind: SecretKind, pattern: re.Pattern[str], replacement: str, given: str) -> str:
        changed, count = pattern.subn(replacement, given)
        if count:
            kinds.add(kind)
        return changed

    if _LONE_CODE.fullmatch(text):
        return Masked(MASK, frozenset({SecretKind.OTP}))
    kept = hide(SecretKind.PASSWORD, _SAID_PASSWORD, rf"\g<1>{MASK}", text)
    kept = hide(SecretKind.OTP, _SAID_CODE, rf"\g<1>{MASK}", kept)
    kept = hide(SecretKind.ID_NUMBER, _ID_NUMBER, MASK, kept)
    return Masked(kept, frozenset(kinds))


def mask_phone(phone: str) -> str:
    """0912345678 becomes 0912•••678."""
    return phone if len(phone) < 8 else f"{phone[:4]}•••{phone[-3:]}"


def mask_email(address: str) -> str:
    """an.nguyen@coquan.vn becomes a•••@coquan.vn."""
    name, at, domain = address.partition("@")
    return f"{name[:1]}•••{at}{domain}"


_PHONE_IN_TEXT = re.compile(r"(?<!\d)(?:\+?84|0)(?:[ .-]?\d){8,9}(?!\d)")
_EMAIL_IN_TEXT = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_SECRET_FIELDS = re.compile(r"(?i)token|secret|password|authorization|cookie|verifier|refresh")
_PERSONAL_FIELDS = frozenset({"text", "body", "name", "full_name", "display_name"})


def redact_log(_logger: object, _method: str, entry: MutableMapping[str, Any]) -> Mapping[str, Any]:
    """A log entry without tokens, phones, addresses and people's words; ids and codes stay."""
    for field, value in entry.items():
        if _SECRET_FIELDS.search(field) or field in _PERSONAL_FIELDS:
            entry[field] = "[…]"
        elif isinstance(value, str):
            entry[field] = scrub(value)
    return entry


_KEY_IN_PATH = re.compile(r"(/ds/)[\w-]{16,}")
"""A liaison's link: its path is the key."""


def scrub(text: str) -> str:
    """Text for logs and error notes: phones, addresses, citizen numbers and liaisons' links are masked."""
    text = _KEY_IN_PATH.sub(rf"\g<1>{MASK}", text)
    text = _ID_NUMBER.sub(MASK, _EMAIL_IN_TEXT.sub(lambda found: mask_email(found[0]), text))
    return _PHONE_IN_TEXT.sub(lambda found: mask_phone(found[0]), text)
