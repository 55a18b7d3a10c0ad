"""Whether the values of a template are all there and short enough."""

from collections.abc import Mapping
from dataclasses import dataclass

from app.sandbox.codes import Refused
from app.sandbox.templates_known import Template


@dataclass(frozen=True, slots=True)
class DataRefusals:
    """The two families of Zalo's endpoints refuse the same mistakes by different codes."""

    shape: Refused
    missing: Refused
    too_long: Refused


def check_template_data(template: Template, given: object, refusals: DataRefusals) -> dict[str, str]:
    """The values by name. Raises one of `refusals`."""
    if not isinstance(given, Mapping):
        raise refusals.shape
    values = {}
    for parameter in template.parameters:
        value = given.get(parameter.name)
        if value in (None, "") and parameter.required:
            raise refusals.missing
        if not isinstance(value, str | int | None):
            raise refusals.shape
        values[parameter.name] = "" if value is None else str(value)
        if len(values[parameter.name]) > parameter.longest:
            raise refusals.too_long
    return values
