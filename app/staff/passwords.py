"""Passwords as Argon2id: slow on purpose, so in threads of their own and never more than two at once."""

import asyncio
import secrets
import unicodedata
from concurrent.futures import ThreadPoolExecutor
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

AT_ONCE = 2
"""Each costs 19 MiB for its time: a storm of attempts must not eat the machine."""

# OWASP's profile for servers with little memory, with one round more.
_HASHER = PasswordHasher(time_cost=3, memory_cost=19 * 1024, parallelism=1)
_THREADS = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="argon2")

# No 0, 1, l, o: a first password is read from paper.
_LETTERS = "23456789abcdefghjkmnpqrstuvwxyz"


def hash_password(password: str) -> str:
    return _HASHER.hash(_plain(password))


@cache
def nobodys() -> str:
    """Checked when the account does not exist, so that the answer takes as long."""
    return hash_password(secrets.token_hex(8))


def matches(password: str, stored: str) -> bool:
    try:
        return _HASHER.verify(stored, _plain(password))
    except (VerificationError, InvalidHashError):
        return False


async def hash_aside(password: str) -> str:
    return await asyncio.get_running_loop().run_in_executor(_THREADS, hash_password, password)


async def matches_aside(password: str, stored: str | None) -> bool:
    """False when nothing is stored, after as long a time."""
    return await asyncio.get_running_loop().run_in_executor(_THREADS, _matches_any, password, stored)


def _matches_any(password: str, stored: str | None) -> bool:
    return matches(password, nobodys() if stored is None else stored) and stored is not None


def first_password() -> str:
    """Three groups of four to be read out and typed once: about 59 bits."""
    return "-".join("".join(secrets.choice(_LETTERS) for _ in range(4)) for _ in range(3))


def _plain(password: str) -> str:
    """One keyboard writes "ệ" as one sign, another as three."""
    return unicodedata.normalize("NFC", password)
