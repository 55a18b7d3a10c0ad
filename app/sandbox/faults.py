"""Faults that can be switched on by name, each by a rule that says when it strikes.

A name that is a negative number ("-213") is one of Zalo's refusals: sends are answered with that code.
"""

import random
import re
from collections import Counter
from dataclasses import dataclass
from enum import StrEnum
from typing import assert_never

from app.kit.ids import UserId


class FaultName(StrEnum):
    EXPIRED_TOKEN = "expired_token"  # noqa: S105  the name of a fault
    REFRESH_USED = "refresh_used"
    RATE_LIMIT = "rate_limit"
    QUOTA_GONE = "quota_gone"
    SERVER_ERROR = "server_error"
    HTML_ERROR = "html_error"
    HANG = "hang"
    CUT = "cut"
    ANSWER_LOST = "answer_lost"
    OUT_OF_WINDOW = "out_of_window"
    BLOCKED = "blocked"
    NIGHT = "night"
    WEBHOOK_DUPLICATE = "webhook_duplicate"
    WEBHOOK_DELAY = "webhook_delay"
    WEBHOOK_REORDER = "webhook_reorder"
    BAD_SIGNATURE = "bad_signature"
    CLOCK_SKEW = "clock_skew"


class RuleRefused(ValueError):
    """A fault or a rule that does not exist."""


class When(StrEnum):
    ALWAYS = "always"
    NEXT = "next"
    EVERY = "every"
    PERCENT = "percent"


@dataclass(frozen=True, slots=True)
class Rule:
    """When a fault strikes; `user` narrows it to one person, `path` to calls whose path holds that text."""

    when: When
    amount: float = 0
    user: UserId | None = None
    path: str = ""
    seconds: float | None = None
    status: int | None = None

    def to_json(self) -> object:
        extra = {
            key: value
            for key, value in (
                ("user", self.user),
                ("path", self.path),
                ("seconds", self.seconds),
                ("status", self.status),
            )
            if value
        }
        if self.when is When.ALWAYS:
            return {"always": True, **extra} if extra else "always"
        return {self.when.value: self.amount if self.amount % 1 else int(self.amount), **extra}


@dataclass(frozen=True, slots=True)
class Strike:
    """A fault that hits this very call or webhook."""

    name: str
    rule: Rule


_CODE = re.compile(r"-[0-9]{1,6}", re.ASCII)


def read_rule(given: object) -> Rule | None:
    """A rule as the control API writes it; None switches the fault off. Raises `RuleRefused`."""
    if given in ("off", None, False):
        return None
    if given in ("always", True):
        return Rule(When.ALWAYS)
    if not isinstance(given, dict):
        raise RuleRefused(f"no such rule: {given!r}")
    left = dict(given)
    extras = {key: left.pop(key, None) for key in ("user", "path", "seconds", "status")}
    if not left:
        left = {"always": True}
    if len(left) != 1:
        raise RuleRefused(f"one of always, next, every, percent is wanted, not {sorted(left)}")
    when, amount = next(iter(left.items()))
    if when not in set(When):
        raise RuleRefused(f"no such rule: {when!r}; there are {[str(known) for known in When]}")
    if not isinstance(amount, int | float) or amount < 0:
        raise RuleRefused(f"{when} needs a number, not {amount!r}")
    try:
        seconds = None if extras["seconds"] is None else float(extras["seconds"])
        status = None if extras["status"] is None else int(extras["status"])
    except (TypeError, ValueError):
        raise RuleRefused("seconds and status are numbers") from None
    user = UserId(str(extras["user"])) if extras["user"] else None
    return Rule(When(when), float(amount), user, str(extras["path"] or ""), seconds, status)


class Faults:
    """The switchboard: which faults are on, and how often each has struck."""

    def __init__(self, chance: random.Random) -> None:
        self._chance = chance
        self._rules: dict[str, Rule] = {}
        self._met: Counter[str] = Counter()
        self.struck: Counter[str] = Counter()

    def set(self, rules: dict[str, object]) -> None:
        """All of the rules or none. Raises `RuleRefused`."""
        read = {}
        for name, given in rules.items():
            if name not in set(FaultName) and _CODE.fullmatch(name) is None:
                known = [str(one) for one in FaultName]
                raise RuleRefused(f"no fault {name!r}; there are {known} and codes like -213")
            read[name] = read_rule(given)
        for fault, rule in read.items():
            self._met[fault] = 0
            if rule is None:
                self._rules.pop(fault, None)
            else:
                self._rules[fault] = rule

    def clear(self) -> None:
        self._rules.clear()
        self._met.clear()
        self.struck.clear()

    def rules(self) -> dict[str, object]:
        """Every fault by name with its rule, "off" included; of the codes those that are on."""
        off: dict[str, object] = dict.fromkeys((name.value for name in FaultName), "off")
        return off | {str(name): rule.to_json() for name, rule in self._rules.items()}

    def codes(self) -> list[int]:
        """The refusals that are switched on."""
        return [int(name) for name in self._rules if _CODE.fullmatch(name)]

    def rule(self, name: str) -> Rule | None:
        return self._rules.get(name)

    def strike(self, name: str, user_id: UserId | None = None, path: str = "") -> Strike | None:
        """Whether the fault hits now; asking counts."""
        rule = self._rules.get(name)
        if rule is None or (rule.user and rule.user != user_id) or rule.path not in path:
            return None
        self._met[name] += 1
        if not self._hits(name, rule):
            return None
        self.struck[name] += 1
        return Strike(name, rule)

    def _hits(self, name: str, rule: Rule) -> bool:
        match rule.when:
            case When.ALWAYS:
                return True
            case When.NEXT:
                left = rule.amount - self._met[name]
                if left <= 0:
                    del self._rules[name]
                return left >= 0
            case When.EVERY:
                return rule.amount > 0 and self._met[name] % rule.amount == 0
            case When.PERCENT:
                return self._chance.random() * 100 < rule.amount
            case _:
                assert_never(rule.when)
