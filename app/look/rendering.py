"""The Jinja environment of every page: values escaped, a missing value is an error, one set of formats."""

from collections.abc import Iterable
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from app.look import formats
from app.look.assets import Assets

LOOK_TEMPLATES = Path(__file__).parent / "templates"


def make_environment(folders: Iterable[Path], assets: Assets) -> Environment:
    """Templates of the given folders beside those of the design system (`look/…`).

    `static("css/base.css")` gives an address that changes when the file does.
    """
    environment = Environment(
        loader=FileSystemLoader([*folders, LOOK_TEMPLATES]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    environment.globals["static"] = assets.url
    environment.filters.update(
        number=formats.number,
        decimal=formats.decimal,
        percent=formats.percent,
        day=formats.day,
        iso_day=formats.iso_day,
        hour=formats.hour,
        hour_exact=formats.hour_exact,
        weekday=formats.weekday,
        long_day=formats.long_day,
        day_name=formats.day_name,
        span=formats.span,
        ago=formats.ago,
        phone=formats.phone,
        initials=formats.initials,
        hue=formats.hue,
        chat_text=formats.chat_text,
    )
    return environment
