"""Prints who may use which route, as the gate has it: `python -m tests.console.role_table`."""

import asyncio
import tempfile
from pathlib import Path

from pydantic import SecretStr

from app.console.door import open_pages
from app.console.gate import Pages
from app.runtime import open_runtime
from app.schema import upgrade
from app.settings import Settings
from app.staff.rules import Role, may


def role_table(pages: Pages) -> str:
    """A line for each route: its method and path, its right, and a mark under every role that has it."""
    lines = [f"| route | right | {' | '.join(Role)} |", f"|---|---|{'---|' * len(Role)}"]
    for (method, path), right in sorted(pages.rights.items(), key=lambda one: (one[0][1], one[0][0])):
        marks = ["x" if right is None or may(role, right) else "" for role in Role]
        lines.append(f"| {method} /console{path} | {right or 'nobody signed in'} | {' | '.join(marks)} |")
    return "\n".join(lines)


async def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{Path(folder) / 'roles.db'}"
        upgrade(url)
        runtime = open_runtime(Settings(demo=True, database_url=url, secret_key=SecretStr("k" * 20)))
        print(role_table(open_pages(runtime)))  # noqa: T201 - a table is what was asked for
        await runtime.close()


if __name__ == "__main__":
    asyncio.run(main())
