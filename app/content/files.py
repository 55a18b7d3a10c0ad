"""The files that stand beside the flows: what each may say."""

from collections.abc import Mapping
from datetime import date

from pydantic import BaseModel, ConfigDict

from app.engine.flow import Consent, Guide, Name, Target
from app.engine.words import Wording


class _File(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)


class GuidesFile(_File):
    guides: Mapping[Name, Guide]


class ConsentsFile(_File):
    consents: Mapping[Name, Consent]


class OfficeFact(_File):
    """What only the office can know; `known: false` marks a text that stands in until it is known."""

    value: Wording
    known: bool
    certainty: str
    checked_on: date


class OfficeFile(_File):
    office: Mapping[Name, OfficeFact]


class PhrasesFile(_File):
    phrases: Mapping[Target, tuple[Wording, ...]]


class ValuesFile(_File):
    values: Mapping[Name, Wording]
