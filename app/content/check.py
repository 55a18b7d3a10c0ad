"""Every finding about the flows folder, each with file, line and remedy: errors stop start and publish."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from pathlib import Path

from app.content.complaint import Complaint
from app.content.files import OfficeFile
from app.content.graph import dead_ends, loops_without_input, no_way_out, unreachable
from app.content.limits import oversize
from app.content.links import (
    bad_guides,
    links_in_texts,
    personal_data,
    stale_guides,
    unknown_facts,
    unused_guides,
)
from app.content.load import Reading, library_of, read_folder
from app.content.names import unknown_names, unknown_places
from app.content.wordings import clashes
from app.content.yaml_text import ContentError
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
    """All findings, errors first; while files cannot be read, only what is wrong with those."""
    reading = read_folder(folder)
    findings = [_unread(error) for error in reading.errors]
    if not findings:
        library = library_of(folder, reading)
        findings += _errors(library, reading, acts)
        findings += _warnings(library, reading, today)
    return sorted(
        set(findings), key=lambda found: (not found.is_error, found.file, found.line, found.message)
    )


def check_or_refuse(folder: Path, library: Library, acts: ActSpecs) -> None:
    """Raises `ContentError` with the first error."""
    for error in _errors(library, read_folder(folder), acts):
        raise ContentError(error.file, error.line, error.message, error.remedy)


def _errors(library: Library, reading: Reading, acts: ActSpecs) -> Iterator[Finding]:
    for rule in (
        unknown_places,
        unknown_names,
        dead_ends,
        loops_without_input,
        oversize,
        bad_guides,
        clashes,
    ):
        for complaint in rule(library, acts):
            yield _finding(reading, complaint, Severity.ERROR)
    for complaint in (*personal_data(reading.documents), *links_in_texts(reading.documents)):
        yield _finding(reading, complaint, Severity.ERROR)


def _warnings(library: Library, reading: Reading, today: date) -> Iterator[Finding]:
    facts = reading.part("office", OfficeFile).office
    for complaint in (
        *unreachable(library),
        *no_way_out(library),
        *stale_guides(library, today),
        *unused_guides(library),
        *unknown_facts(facts),
    ):
        yield _finding(reading, complaint, Severity.WARNING)


def _unread(error: ContentError) -> Finding:
    return Finding(error.file, error.line, Severity.ERROR, error.message, error.remedy)


def _finding(reading: Reading, complaint: Complaint, severity: Severity) -> Finding:
    document = reading.documents[complaint.file]
    line = document.line_of(*complaint.steps)
    return Finding(document.file, line, severity, complaint.message, complaint.remedy)
