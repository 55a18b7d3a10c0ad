"""Every finding about the flows folder, each with file, line and remedy: errors stop start and publish."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from pathlib import Path

from app.content.complaint import Complaint
from app.content.graph import dead_ends, loops_without_input, unreachable
from app.content.limits import oversize
from app.content.links import bad_links, personal_data, stale_guides
from app.content.load import load_library, read_folder
from app.content.names import unknown_names, unknown_places
from app.content.yaml_text import ContentError, Document
from app.engine.acts import ActSpecs
from app.engine.flow import Library


class Severity(StrEnum):
    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Finding:
    file: str
    line: int
    severity: Severity
    message: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.severity}: {self.message}. {self.remedy}"

    @property
    def is_error(self) -> bool:
        return self.severity is Severity.ERROR

    def as_dict(self) -> dict[str, str | int]:
        return {
            "file": self.file,
            "line": self.line,
            "severity": self.severity.value,
            "message": self.message,
            "remedy": self.remedy,
        }


def check_flows(folder: Path, acts: ActSpecs, today: date) -> list[Finding]:
    """All findings, errors first; a file that cannot be read at all is the only finding."""
    try:
        documents, library = read_folder(folder), load_library(folder)
    except ContentError as error:
        return [Finding(error.file, error.line, Severity.ERROR, error.message, error.remedy)]
    findings = [*_errors(library, documents, acts), *_warnings(library, documents, today)]
    return sorted(findings, key=lambda found: (not found.is_error, found.file, found.line))


def check_or_refuse(folder: Path, library: Library, acts: ActSpecs) -> None:
    """Raises `ContentError` with the first error."""
    for error in _errors(library, read_folder(folder), acts):
        raise ContentError(error.file, error.line, error.message, error.remedy)


def _errors(library: Library, documents: dict[str, Document], acts: ActSpecs) -> Iterator[Finding]:
    for rule in (unknown_places, unknown_names, dead_ends, loops_without_input, oversize, bad_links):
        for complaint in rule(library, acts):
            yield _finding(documents, complaint, Severity.ERROR)
    for complaint in personal_data(documents):
        yield _finding(documents, complaint, Severity.ERROR)


def _warnings(library: Library, documents: dict[str, Document], today: date) -> Iterator[Finding]:
    for complaint in (*unreachable(library), *stale_guides(library, today)):
        yield _finding(documents, complaint, Severity.WARNING)


def _finding(documents: dict[str, Document], complaint: Complaint, severity: Severity) -> Finding:
    document = documents[complaint.file]
    line = document.line_of(*complaint.steps)
    return Finding(document.file, line, severity, complaint.message, complaint.remedy)
