"""Logs: one line of JSON per event on standard error, without personal data."""

import logging
import sys

import structlog

from app.kit.redact import redact_log


def set_up_logs(*, readable: bool = False) -> None:
    """Sets structlog up for this process; `readable` draws lines for a person instead of JSON."""
    renderer: structlog.types.Processor = (
        structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
        if readable
        else structlog.processors.JSONRenderer(ensure_ascii=False)
    )
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            redact_log,
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        # Looked up for every line: standard error may be replaced while the process runs.
        logger_factory=lambda *_: structlog.PrintLogger(sys.stderr),
    )
