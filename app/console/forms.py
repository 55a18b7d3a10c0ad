"""Forms: a pydantic model reads the fields, and what is wrong is said beside each, in Vietnamese."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

M = TypeVar("M", bound=BaseModel)

LAST_PAGE = 100_000


@dataclass(frozen=True, slots=True)
class Filled(Generic[M]):
    """A form as it was sent: `model` when everything is right, else `errors` by field.

    `values` go back into the fields: nobody types a form twice.
    """

    values: Mapping[str, str]
    model: M | None
    errors: Mapping[str, str]

    def refused(self, name: str, reason: str) -> "Filled[M]":
        """The same form with one more thing wrong, found out later."""
        return Filled(self.values, None, {**self.errors, name: reason})


EMPTY: Filled[BaseModel] = Filled({}, None, {})
"""A form before anybody filled it in."""


def fill(model: type[M], values: Mapping[str, str]) -> Filled[M]:
    """Reads the form. A message of a validator of ours (ValueError) is shown as it is."""
    try:
        return Filled(values, model.model_validate(dict(values)), {})
    except ValidationError as wrong:
        errors = {str(one["loc"][0]) if one["loc"] else "": _in_words(one) for one in wrong.errors()}
        return Filled(values, None, errors)


def _in_words(error: ErrorDetails) -> str:
    context = error.get("ctx", {})
    match error["type"]:
        case "value_error":
            return str(context.get("error", error["msg"]))
        case "missing" | "string_too_short":
            shortest = context.get("min_length", 1)
            return "Anh/Chị điền ô này giúp." if shortest <= 1 else f"Cần ít nhất {shortest} ký tự."
        case "string_too_long":
            return f"Dài quá {context.get('max_length')} ký tự."
        case "int_parsing" | "int_from_float" | "decimal_parsing":
            return "Ô này cần một số."
        case "greater_than_equal" | "greater_than":
            return f"Số nhỏ nhất là {context.get('ge', context.get('gt'))}."
        case "less_than_equal" | "less_than":
            return f"Số lớn nhất là {context.get('le', context.get('lt'))}."
        case "date_parsing" | "date_from_datetime_parsing" | "datetime_parsing" | "time_parsing":
            return "Ngày giờ này không đọc được."
        case "enum" | "literal_error":
            return "Anh/Chị chọn một trong các mục có sẵn giúp."
        case _:
            return "Ô này chưa đúng."


def row_number(text: str) -> int | None:
    """A row's number as a form or an address has it; None for anything else."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 16 else None


def page_number(text: str) -> int:
    """The page that an address asks for; the first one for anything else."""
    return min(max(1, int(text)), LAST_PAGE) if text.isascii() and text.isdigit() else 1
