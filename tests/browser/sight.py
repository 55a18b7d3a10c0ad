"""What a browser tells about a page: what it complains of, who could not use it, whether it fits."""

import os

import pytest
from axe_playwright_python.async_playwright import Axe  # type: ignore[import-untyped]
from playwright.async_api import Page

RULES = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    "resultTypes": ["violations"],  # what passes is not described, which takes longer than finding it
}

EVERY_CORNER = "EVERY_CORNER" in os.environ
"""`EVERY_CORNER=1 make test` looks at each page in both widths and themes; without it at opposite corners."""
CORNERS = pytest.mark.parametrize(
    ("width", "theme"),
    [(1440, "light"), (390, "dark"), *([(1440, "dark"), (390, "light")] if EVERY_CORNER else [])],
)


def watch(page: Page) -> list[str]:
    """Everything the page complains about: breaches of its policy, failed files, errors in scripts."""
    complaints: list[str] = []
    page.on(
        "console", lambda said: complaints.append(said.text) if said.type in ("error", "warning") else None
    )
    page.on("pageerror", lambda error: complaints.append(str(error)))
    return complaints


async def violations(page: Page) -> list[str]:
    """What axe finds, a line each."""
    found = await Axe().run(page, options=RULES)
    return [f"{one['id']}: {one['nodes'][0]['html'][:200]}" for one in found.response["violations"]]


async def width_of(page: Page) -> int:
    """The pixels its content takes; more than the window has is a sideways scroll."""
    return int(await page.evaluate("document.documentElement.scrollWidth"))
