"""Why a file is not taken in or not written, and why an edit is not made."""

from collections.abc import Mapping


class ImportRefused(Exception):
    """The file cannot be read as a list; the message says in Vietnamese what to do."""


class ExportRefused(Exception):
    """The file cannot be written; the message says in Vietnamese what to do."""


class EditRefused(Exception):
    """The change cannot be made; the message says in Vietnamese why, and nothing was written."""


class WrongFields(EditRefused):
    """Fields that cannot be kept as they were written: field → reason in Vietnamese."""

    def __init__(self, fields: Mapping[str, str]) -> None:
        super().__init__("; ".join(f"{field}: {reason}" for field, reason in fields.items()))
        self.fields = fields


class EditClash(EditRefused):
    """Somebody has changed the record meanwhile: field → what it holds now, and what was to be written."""

    def __init__(self, fields: Mapping[str, tuple[str, str]]) -> None:
        super().__init__("Người khác vừa sửa bản ghi này: Anh/Chị xem cả hai bản rồi chọn")
        self.fields = fields
