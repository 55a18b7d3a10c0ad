"""E-mail addresses as people type them, and what they probably meant."""

import re
import unicodedata
from dataclasses import dataclass

from app.kit.vietnamese import fold, nfc


@dataclass(frozen=True, slots=True)
class EmailGuess:
    """`address` is usable as typed; `suggestion` was probably meant and is asked about before it is kept."""

    address: str | None = None
    suggestion: str | None = None


_LOCAL = r"[a-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
_DOMAIN = r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,24}"
_ADDRESS = re.compile(rf"(?i)({_LOCAL})@({_DOMAIN})")

_POPULAR = (
    "gmail.com",
    "yahoo.com",
    "yahoo.com.vn",
    "outlook.com",
    "outlook.com.vn",
    "hotmail.com",
    "icloud.com",
    "vss.gov.vn",
)
_NOT_SLIPS = frozenset({"mail.com", "ymail.com", "email.com", "fmail.com", "live.com"})
"""Real providers one letter away from a popular one."""
_WRONG_ENDINGS = {
    **dict.fromkeys(("con", "cmo", "ocm", "vom", "xom", "cpm", "cim", "coom", "comm", "ccom", "com,"), "com"),
    **dict.fromkeys(("vm", "vnn", "vvn", "nv", "bn"), "vn"),
    **dict.fromkeys(("nte", "nett", "met"), "net"),
    **dict.fromkeys(("ogr", "orgg"), "org"),
}
"""Endings that no registry sells; "bn" is Brunei, but beside "vn" on the keyboard it is a slip here."""
_WRONG_DOMAINS = {
    "gmail.com.vn": "gmail.com",
    "gmail.vn": "gmail.com",
    "gmail": "gmail.com",
    "yahoo": "yahoo.com",
}
_AT_IN_WORDS = re.compile(r"\s*(?:\(a\)|\[a\]|\(at\)|\[at\]|\ba\s?còng\b|\ba\s?cong\b)\s*", re.IGNORECASE)
_TRIMMED = " \t\n.,;:!?<>()[]\"'“”"
_LOOSE_ENDING = re.compile(r"(?i)\s*[.,]\s*([a-z]{2,3}(?:\s*[.,]\s*vn)?)\b")
_LONGEST = 254


def parse_email(text: str) -> EmailGuess:
    """What address `text` holds; words around it are left out, the domain is lower-cased."""
    # Single spaces also keep the patterns below linear: a page of empty lines took them seconds.
    typed = _candidate(" ".join(nfc(unicodedata.normalize("NFKC", text)).split()))
    if typed is None:
        return EmailGuess()
    address = _checked(typed)
    meant = _checked(_mended(typed))
    if address is not None and _ending(address) in _WRONG_ENDINGS:
        address = None
    return EmailGuess(address, meant if meant != address else None)


def _candidate(text: str) -> str | None:
    """The part of the text that is to be an address, as typed."""
    text = _AT_IN_WORDS.sub("@", text)
    text = re.sub(r"(?i)mailto:", "", re.sub(r"\s*@\s*", "@", text))
    words = [word.strip(_TRIMMED) for word in text.split()]
    with_at = [word for word in words if "@" in word.strip("@")]
    if len(with_at) == 1:
        return _with_loose_ending(text, with_at[0])
    if with_at:
        return None
    return next((word for word in words if _missing_at(word)), None)


def _with_loose_ending(text: str, word: str) -> str:
    """Joins "an@gmail .com" and "an@gmail. com"."""
    found = _LOOSE_ENDING.match(text.partition(word)[2])
    if "." in word.partition("@")[2] or found is None:
        return word
    ending = re.sub(r"[\s.,]+", ".", found[1])
    return f"{word}.{ending}"


def _missing_at(word: str) -> str | None:
    for domain in _POPULAR:
        name = word.lower().removesuffix(domain).rstrip(".")
        if word.lower().endswith(domain) and name:
            return f"{name}@{domain}"
    return None


def _mended(typed: str) -> str:
    typed = _missing_at(typed) or typed if "@" not in typed else typed
    name, _, domain = fold(typed).replace(" ", "").replace(",", ".").replace(";", ".").rpartition("@")
    kept = typed.rpartition("@")[0]
    name = kept if kept.isascii() and not re.search(r"[,;]", kept) else name
    single_dots = re.sub(r"\.{2,}", ".", name).strip(".")
    return f"{single_dots}@{_mended_domain(domain)}"


def _mended_domain(domain: str) -> str:
    if domain in _POPULAR or domain in _NOT_SLIPS:
        return domain
    head, dot, ending = domain.rpartition(".")
    domain = head + dot + _WRONG_ENDINGS.get(ending, ending)
    if domain in _WRONG_DOMAINS:
        return _WRONG_DOMAINS[domain]
    if domain in _NOT_SLIPS:
        return domain
    return next((popular for popular in _POPULAR if _one_slip_apart(domain, popular)), domain)


def _single_dots(text: str) -> str:
    return re.sub(r"\.{2,}", ".", text).strip(".")


def _checked(typed: str) -> str | None:
    found = _ADDRESS.fullmatch(typed)
    if found is None or len(typed) > _LONGEST or len(found[1]) > 64:
        return None
    return f"{found[1]}@{found[2].lower()}"


def _ending(address: str) -> str:
    return address.rpartition(".")[2]


def _one_slip_apart(typed: str, meant: str) -> bool:
    """One letter too many, too few, wrong, or two letters swapped."""
    if typed == meant or abs(len(typed) - len(meant)) > 1:
        return typed == meant
    start = next((i for i, (a, b) in enumerate(zip(typed, meant, strict=False)) if a != b), None)
    if start is None:
        return True
    rest, wanted = typed[start:], meant[start:]
    swapped = rest[:2] == wanted[1::-1] and rest[2:] == wanted[2:]
    return swapped or rest[1:] == wanted[1:] or rest[1:] == wanted or rest == wanted[1:]
