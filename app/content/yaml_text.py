"""YAML read as text with line numbers: "22:00" stays a time, "no" a word, 0912345678 keeps its zero."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

Steps = tuple[str | int, ...]

DEEPEST = 12
"""Levels; the flows have six."""


class ContentError(Exception):
    """A content file is wrong; says where and what to do about it."""

    def __init__(self, file: str, line: int, message: str, remedy: str) -> None:
        super().__init__(f"{file}:{line}: {message}. {remedy}")
        self.file, self.line, self.message, self.remedy = file, line, message, remedy


@dataclass(frozen=True, slots=True)
class Document:
    """A file's values, every scalar as text, and the line on which each of them stands."""

    file: str
    values: Any
    lines: dict[Steps, int]

    def line_of(self, *steps: str | int) -> int:
        """The line of a value, or of the nearest one around it."""
        for length in range(len(steps), -1, -1):
            line = self.lines.get(tuple(steps[:length]))
            if line is not None:
                return line
        return 1


def read_yaml(path: Path) -> Document:
    """Raises `ContentError`."""
    try:
        root = yaml.compose(path.read_text(encoding="utf-8"), Loader=yaml.CBaseLoader)
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise _unreadable(path.name, error) from error
    lines: dict[Steps, int] = {}
    if root is None:
        raise ContentError(path.name, 1, "the file is empty", "Write its content or delete it")
    if not isinstance(root, yaml.MappingNode):
        raise ContentError(
            path.name, 1, "the file is not a list of `name: value`", "Begin with a name and a colon"
        )
    return Document(path.name, _value(path.name, root, (), lines), lines)


def _unreadable(file: str, error: yaml.YAMLError | UnicodeDecodeError) -> ContentError:
    if isinstance(error, UnicodeDecodeError):
        return ContentError(file, 1, "the file is not UTF-8", "Save it as UTF-8")
    line, problem = 1, "a character that YAML does not allow"
    if isinstance(error, yaml.MarkedYAMLError):
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        problem = str(error.problem)
    return ContentError(file, line, f"not YAML: {problem}", "Check indentation, colons and quotes")


def _value(file: str, node: yaml.Node, at: Steps, lines: dict[Steps, int]) -> Any:
    lines[at] = node.start_mark.line + 1
    if len(at) > DEEPEST:
        # An anchor inside itself (&a [*a]) would go on for ever.
        raise ContentError(file, lines[at], "nested too deeply", "Write it out flat")
    if isinstance(node, yaml.ScalarNode):
        return node.value
    if isinstance(node, yaml.SequenceNode):
        return [_value(file, item, (*at, number), lines) for number, item in enumerate(node.value)]
    assert isinstance(node, yaml.MappingNode)  # noqa: S101 - compose yields these three kinds
    values: dict[str, Any] = {}
    for key, item in node.value:
        line = key.start_mark.line + 1
        if not isinstance(key, yaml.ScalarNode):
            raise ContentError(file, line, "a name is not a word", "Put quotes around it")
        if key.value in values:
            raise ContentError(file, line, f"`{key.value}` stands here twice", "Keep one of them")
        values[key.value] = _value(file, item, (*at, key.value), lines)
        lines[(*at, key.value)] = line
    return values
