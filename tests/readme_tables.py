"""README's tables of commands and settings, from the code itself: `make readme` writes them."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pydantic import SecretStr
from pydantic_core import PydanticUndefined
from typer.core import TyperArgument, TyperGroup, TyperOption
from typer.main import get_command

from app.cli import cli
from app.settings import Settings

README = Path(__file__).parent.parent / "README.md"


def commands_table() -> str:
    group = get_command(cli)
    rows = [f"| `{usage}` | {first_sentence(command)} |" for usage, command in commands(group, "daumoi")]
    return "\n".join(["| command | does |", "|---|---|", *rows])


def commands(command: Any, path: str) -> Iterator[tuple[str, Any]]:
    """Every command that can be run, with the way it is called."""
    if isinstance(command, TyperGroup):
        for name, inner in command.commands.items():
            yield from commands(inner, f"{path} {name}")
        return
    words = [word for parameter in command.params if (word := shown(parameter))]
    yield " ".join([path, *words]), command


def shown(parameter: Any) -> str:
    if isinstance(parameter, TyperArgument):
        name = (parameter.name or "").upper()
        return f"{name.rstrip('S')}…" if parameter.nargs == -1 else name
    if not isinstance(parameter, TyperOption) or parameter.name == "help":
        return ""
    option = parameter.opts[-1]
    if parameter.is_flag:
        return f"[{option}]"
    words = f"{option} {(parameter.name or '').upper().split('_')[-1]}"
    return words if parameter.required else f"[{words}]"


def first_sentence(command: Any) -> str:
    return (command.help or "").strip().split("\n\n")[0].replace("\n", " ")


def settings_table() -> str:
    rows = [
        f"| `{name}` | {default} | {description} |" for name, default, description in described_settings()
    ]
    return "\n".join(["| setting | default | what it is |", "|---|---|---|", *rows])


def described_settings() -> Iterator[tuple[str, str, str]]:
    for name, field in Settings.model_fields.items():
        yield f"DAUMOI_{name.upper()}", shown_default(field.default), field.description or ""


def shown_default(default: object) -> str:
    if isinstance(default, SecretStr):
        default = default.get_secret_value()
    if isinstance(default, bool):
        return "on" if default else "off"
    return "" if default in ("", None, PydanticUndefined) else f"`{default}`"


def with_tables(text: str) -> str:
    """The text with the tables between its markers as they should be."""
    for name, table in (("commands", commands_table()), ("settings", settings_table())):
        marked = re.compile(rf"(<!-- {name}: [^>]*-->\n).*(<!-- /{name} -->)", re.DOTALL)
        text = marked.sub(lambda match, table=table: f"{match[1]}{table}\n{match[2]}", text)  # type: ignore[misc]
    return text


if __name__ == "__main__":
    README.write_text(with_tables(README.read_text(encoding="utf-8")), encoding="utf-8")
