"""What content may hand out: official addresses that somebody has looked at, and nobody's personal data."""

import re
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from urllib.parse import urlsplit

from app.content.complaint import Complaint, at_node
from app.content.files import OfficeFact
from app.content.graph import nodes
from app.content.yaml_text import Document, Steps
from app.engine.acts import ActSpecs
from app.engine.flow import GuideStatus, Library

STORES = frozenset({"play.google.com", "apps.apple.com"})
CHECK_EVERY = timedelta(days=90)

_LINK = re.compile(r"https?://[^\s)]+")
_HOST = re.compile(
    r"(?<![@\w./-])(?:[a-z0-9-]+\.)+(?:vn|com|net|org|info|io|me|ly|gl|app|link|site|top|vip|xyz)\b",
    re.IGNORECASE,
)
"""An address without "https://": a phone makes a link of it all the same."""
_PERSONAL = re.compile(
    r"(?<![\d.])(?:0[35789]\d{8}|0[35789]\d{1,2}[ .]\d{3}[ .]\d{3,4}|\d{12})(?!\d)"
    r"|[\w.+-]+@(?:gmail|yahoo|outlook)\.\w+"
)
_ALLOWED_SAMPLES = re.compile(r"09000000\d\d|0123456789")


def allowed(url: str) -> bool:
    """Government addresses over HTTPS, and the two app stores."""
    parts = urlsplit(url)
    return parts.scheme == "https" and _official(parts.hostname or "")


def _official(host: str) -> bool:
    return host == "gov.vn" or host.endswith(".gov.vn") or host in STORES


def bad_guides(library: Library, _acts: ActSpecs) -> Iterator[Complaint]:
    """Addresses that are not official, and guides that are out of use but still handed out."""
    for name, guide in library.guides.items():
        if guide.shown and not allowed(guide.url):
            message = f"{guide.url} is not on the list"
            yield Complaint(
                "guides", ("guides", name, "url"), message, "Only https://*.gov.vn and the app stores"
            )
    for place, node in nodes(library):
        for name in node.guides:
            known = library.guides.get(name)
            if known is not None and known.status is GuideStatus.RETIRED:
                yield at_node(place, f"guide `{name}` is retired", "List another one", "guides")


def links_in_texts(documents: Mapping[str, Document]) -> Iterator[Complaint]:
    for name, document in documents.items():
        for steps, text in _scalars(document.values, ()):
            if name == "guides" and steps[-1:] == ("url",):
                continue
            for url in _LINK.findall(text):
                remedy = "Name it in guides.yaml and list it under `guides`"
                yield Complaint(name, steps, f"{url} stands in a text", remedy)
            for host in _HOST.findall(text):
                if not _official(host.lower()):
                    yield Complaint(name, steps, f"{host} is not on the list", "Only *.gov.vn and stores")


def unused_guides(library: Library) -> Iterator[Complaint]:
    used = {name for _, node in nodes(library) for name in node.guides}
    for name, guide in library.guides.items():
        if name not in used and guide.status is not GuideStatus.RETIRED:
            yield Complaint("guides", ("guides", name), f"no node lists `{name}`", "List it, or retire it")


def unknown_facts(facts: Mapping[str, OfficeFact]) -> Iterator[Complaint]:
    """What people are still told "ask the office" about, because the office has not given it yet."""
    for name, fact in facts.items():
        if not fact.known:
            yield Complaint("office", ("office", name), f"`{name}` is not known yet", "Ask the office for it")


def stale_guides(library: Library, today: date) -> Iterator[Complaint]:
    for name, guide in library.guides.items():
        steps = ("guides", name, "checked_on")
        if guide.status is GuideStatus.RETIRED:
            continue
        if today - guide.checked_on > CHECK_EVERY:
            message = f"`{name}` was last checked on {guide.checked_on}"
            yield Complaint("guides", steps, message, "Open it and note the day")
        if guide.checked_on > today:
            message = f"`{name}` was checked on {guide.checked_on}, which is yet to come"
            yield Complaint("guides", steps, message, "Correct the day")


def personal_data(documents: Mapping[str, Document]) -> Iterator[Complaint]:
    """Anything in the texts that looks like somebody's phone, identity number or private address."""
    for name, document in documents.items():
        for steps, text in _scalars(document.values, ()):
            for found in _PERSONAL.findall(text):
                if not _ALLOWED_SAMPLES.fullmatch(found):
                    yield Complaint(name, steps, f"`{found}` looks like personal data", "Take it out")


def _scalars(values: object, at: Steps) -> Iterator[tuple[Steps, str]]:
    if isinstance(values, str):
        yield at, values
    elif isinstance(values, list):
        for number, value in enumerate(values):
            yield from _scalars(value, (*at, number))
    elif isinstance(values, dict):
        for key, value in values.items():
            yield from _scalars(value, (*at, key))
