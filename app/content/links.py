"""What content may hand out: official addresses that somebody has looked at, and nobody's personal data."""

import re
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from urllib.parse import urlsplit

from app.content.complaint import Complaint, at_node
from app.content.graph import nodes
from app.content.names import texts_of
from app.content.yaml_text import Document, Steps
from app.engine.acts import ActSpecs
from app.engine.flow import GuideStatus, Library

STORES = frozenset({"play.google.com", "apps.apple.com"})
CHECK_EVERY = timedelta(days=90)

_LINK = re.compile(r"https?://[^\s)]+")
_PERSONAL = re.compile(r"(?<![\d.])(?:0[35789]\d{8}|\d{12})(?!\d)|[\w.+-]+@(?:gmail|yahoo|outlook)\.\w+")
_ALLOWED_SAMPLES = re.compile(r"09000000\d\d|0123456789")


def allowed(url: str) -> bool:
    """Government addresses over HTTPS, and the two app stores."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    return parts.scheme == "https" and (host == "gov.vn" or host.endswith(".gov.vn") or host in STORES)


def bad_links(library: Library, _acts: ActSpecs) -> Iterator[Complaint]:
    for name, guide in library.guides.items():
        if guide.shown and not allowed(guide.url):
            steps = ("guides", name, "url")
            yield Complaint(
                "guides", steps, f"{guide.url} is not on the list", "Only https://*.gov.vn and stores"
            )
    for place, node in nodes(library):
        for text in texts_of(node):
            for url in _LINK.findall(text):
                yield at_node(
                    place, f"{url} stands in a text", "Name it in guides.yaml and list it in `guides`"
                )


def stale_guides(library: Library, today: date) -> Iterator[Complaint]:
    for name, guide in library.guides.items():
        if guide.status is not GuideStatus.RETIRED and today - guide.checked_on > CHECK_EVERY:
            message = f"`{name}` was last checked on {guide.checked_on}"
            yield Complaint("guides", ("guides", name, "checked_on"), message, "Open it and note the day")


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
