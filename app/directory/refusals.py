"""Why a file is not taken in, or not written, before any of its cells is looked at."""


class ImportRefused(Exception):
    """The file cannot be read as a list; the message says in Vietnamese what to do."""


class ExportRefused(Exception):
    """The file cannot be written; the message says in Vietnamese what to do."""
