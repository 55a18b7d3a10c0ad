"""Why a file is not taken in or not written, and why an edit is not made."""


class ImportRefused(Exception):
    """The file cannot be read as a list; the message says in Vietnamese what to do."""


class ExportRefused(Exception):
    """The file cannot be written; the message says in Vietnamese what to do."""


class EditRefused(Exception):
    """The change cannot be made; the message says in Vietnamese why, and nothing was written."""
