"""The JSON Schema of the flow files, so that an editor completes and underlines while one types."""

import json
from pathlib import Path

from app.engine.flow import Flow

FILE = "schema.json"


def schema_text() -> str:
    schema = Flow.model_json_schema()
    schema["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    return json.dumps(schema, ensure_ascii=False, indent=1) + "\n"


def publish_schema(folder: Path) -> None:
    (folder / FILE).write_text(schema_text(), encoding="utf-8")
