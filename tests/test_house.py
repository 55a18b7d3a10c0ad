"""The laws of the house: what documents promise, where things stand, what may be committed."""

import ast
import hashlib
import json
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from datetime import date
from functools import cache
from pathlib import Path

import pytest

from app.content.check import check_flows
from app.conversations.acts import ACT_SPECS
from app.conversations.playing import play_files
from app.runtime import load_means
from app.settings import Settings
from app.tables import ROOMS_WITH_TABLES
from tests.readme_tables import README, described_settings, shown_default, with_tables

ROOT = Path(__file__).parent.parent
APP = ROOT / "app"
LONGEST_FILE = 420
LONGEST_LINE = 1000
"""Nobody writes such a line: it is minified, generated or encoded."""

MAGNETS = {"service", "services", "utils", "util", "helpers", "helper", "manager", "common", "misc"}
"""Files of these names grow until nobody can read them."""

OTHER_TEST_FOLDERS = {"runner", "wire", "transcripts", "journeys", "browser", "bench"}

SPLIT_HOSTS = (
    "npm|js.org npm|js.com yarn|pkg.com pypi|.org python|hosted.org un|pkg.com js|delivr cdn|js"
    " deb.deb|ian.org fonts.google|apis git|hubusercontent"
)
"""Written apart, so that this file does not name what it looks for."""
REGISTRIES = SPLIT_HOSTS.replace("|", "").split()


@cache
def tracked() -> tuple[Path, ...]:
    """Every file that is committed, or would be by `git add`."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],  # noqa: S607
        cwd=ROOT,
        capture_output=True,
        check=True,
    )
    files = (ROOT / name for name in sorted(set(listed.stdout.decode().split("\0"))) if name)
    return tuple(file for file in files if file.is_file())


def tracked_texts() -> Iterator[tuple[Path, str]]:
    for file in tracked():
        try:
            yield file, file.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue


def modules(folder: Path = APP) -> Iterator[tuple[Path, ast.Module]]:
    for file in sorted(folder.rglob("*.py")):
        yield file, ast.parse(file.read_text(encoding="utf-8"))


def rooms() -> list[Path]:
    return sorted(file.parent for file in APP.glob("*/__init__.py"))


# Arrows and rooms


def test_imports_point_down() -> None:
    contracts = subprocess.run(  # noqa: S603
        [Path(sys.executable).with_name("lint-imports"), "--no-cache", "--no-logo"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert contracts.returncode == 0, contracts.stdout + contracts.stderr


def test_a_room_says_in_three_lines_what_it_is_and_holds_nothing_else() -> None:
    for room in rooms():
        module = ast.parse((room / "__init__.py").read_text(encoding="utf-8"))
        said = ast.get_docstring(module) or ""
        assert len(module.body) == 1, f"{room.name}/__init__.py holds more than its docstring"
        assert len(said.splitlines()) == 3, f"{room.name}/__init__.py: three lines, in, out, never"
        assert said.startswith("In: "), f"{room.name}/__init__.py does not say what comes in"
        assert "Out: " in said, f"{room.name}/__init__.py does not say what goes out"
        assert "Never: " in said, f"{room.name}/__init__.py does not say what it never does"


def test_every_file_says_what_it_is() -> None:
    silent = [str(file) for file, module in modules() if module.body and not ast.get_docstring(module)]
    assert silent == []


def test_no_file_is_a_magnet() -> None:
    assert [file for file, _ in modules() if file.stem in MAGNETS] == []


def test_no_file_is_longer_than_one_can_read() -> None:
    long = {
        str(file.relative_to(ROOT)): lines
        for file in tracked()
        if file.suffix in {".py", ".js", ".css", ".html"}
        and (lines := len(file.read_text(encoding="utf-8").splitlines())) > LONGEST_FILE
    }
    assert long == {}


def test_tests_stand_where_the_rooms_stand() -> None:
    known = {room.name for room in rooms()} | OTHER_TEST_FOLDERS
    folders = {file.relative_to(ROOT / "tests").parts[0] for file in tracked() if file.match("tests/*/*")}
    assert {name for name in folders if (ROOT / "tests" / name).is_dir()} <= known


def test_every_room_is_tested() -> None:
    untested = [room.name for room in rooms() if not list((ROOT / "tests" / room.name).glob("test_*.py"))]
    assert untested == []


def test_only_the_settings_read_the_environment() -> None:
    readers = [
        str(file)
        for file, module in modules()
        for node in ast.walk(module)
        if isinstance(node, ast.Attribute) and node.attr in {"environ", "getenv"}
    ]
    assert readers == []


def test_only_the_clock_reads_the_time() -> None:
    """Doors that stand outside a running process (commands) may; rooms are told what time it is."""
    outside = {"clock.py", "cli.py", "demo.py", "doctor.py", "playing.py"}
    readers = {
        file.name
        for file, module in modules()
        for node in ast.walk(module)
        if isinstance(node, ast.Attribute)
        and node.attr in {"now", "utcnow", "today"}
        and isinstance(node.value, ast.Name)
        and node.value.id in {"datetime", "date"}
    }
    assert readers <= outside


@pytest.mark.parametrize("room", ["engine", "conversations", "outbox", "handover", "inbox"])
def test_what_people_read_is_not_in_python(room: str) -> None:
    """Sentences belong to those who write flows; single words that a grammar knows may stand in the code."""
    sentence = re.compile("^[A-ZĐÂÀÁẢẠ]([^ ]* ){4}")
    vietnamese = re.compile("[ăâđêôơưạảấầẩẫậắằẳẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹ]", re.IGNORECASE)
    said = [
        (file.name, text)
        for file, module in modules(APP / room)
        for text in strings(module)
        if sentence.search(text) and vietnamese.search(text)
    ]
    assert said == []


def strings(module: ast.Module) -> Iterator[str]:
    """Every string of a module but its docstrings."""
    described = {id(node.value) for node in ast.walk(module) if isinstance(node, ast.Expr)}
    for node in ast.walk(module):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in described:
            yield node.value


# Flows


def test_the_flows_have_no_error() -> None:
    findings = check_flows(ROOT / "flows", ACT_SPECS, date.today())
    assert [str(finding) for finding in findings if finding.is_error] == []


def test_every_node_and_way_of_every_flow_is_walked_by_a_transcript() -> None:
    transcripts = sorted((ROOT / "tests/transcripts").glob("*.txt"))
    report = play_files(load_means(Settings(demo=True)), transcripts, record=False)
    assert report.passed, report.text
    assert report.coverage.complete, str(report.coverage)


# Tables


def test_every_table_is_in_the_one_list() -> None:
    with_models = {file.parent.name for file in APP.glob("*/models.py")}
    assert {models.__name__.split(".")[1] for models in ROOMS_WITH_TABLES} == with_models


def test_the_migrations_folder_does_not_hide_the_library() -> None:
    assert not (ROOT / "alembic" / "__init__.py").exists()


# What documents promise


def test_readme_tells_every_command_and_setting() -> None:
    text = README.read_text(encoding="utf-8")
    assert text == with_tables(text), "README is behind the code: make readme"


def test_the_example_environment_names_every_setting_with_its_default() -> None:
    lines = (ROOT / ".env.example").read_text(encoding="utf-8").splitlines()
    example = dict(line.split("=", 1) for line in lines if line.startswith("DAUMOI_"))
    assert set(example) == {name for name, _, _ in described_settings()}
    for name, default, _ in described_settings():
        if "_URL" in name and "ZALO" in name:
            assert f"`{example[name]}`" == default, name


def test_every_setting_says_what_it_is_and_no_secret_has_a_default() -> None:
    assert [name for name, _, description in described_settings() if not description] == []
    assert [name for name, default, _ in described_settings() if "SECRET" in name and default] == []
    assert shown_default(True) == "on"


def test_what_readme_points_to_is_there() -> None:
    text = README.read_text(encoding="utf-8")
    links = re.findall(r'\]\(([^)#]+)\)|src="([^"]+)"', text)
    named = re.findall(r"`((?:app|flows|tests)/[\w./]+)`", text)
    targets = {target for pair in links for target in pair if target} | set(named)
    assert [target for target in targets if "://" not in target and not (ROOT / target).exists()] == []


def test_the_dialogue_in_readme_is_what_the_bot_says() -> None:
    talk, source = re.findall(
        r"```\n(> .*?)```.*?\]\((tests/transcripts/\S+)\)", README.read_text("utf-8"), re.DOTALL
    )[0]
    transcript = (ROOT / source).read_text(encoding="utf-8").splitlines()
    assert [line for line in talk.splitlines() if line not in [*transcript, "…"]] == []


def test_make_knows_every_promised_target() -> None:
    promised = {"install", "demo", "test", "check", "bench"}
    lines = (ROOT / "Makefile").read_text(encoding="utf-8").splitlines()
    assert promised <= {line.split(":")[0] for line in lines if re.match(r"[a-z]+:", line)}


def test_the_image_runs_as_nobody_special_and_says_whether_it_lives() -> None:
    image = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    last = image.rsplit("\nFROM ", 1)[1]
    assert re.search(r"^USER (?!root)", last, re.MULTILINE)
    assert re.search(r"^HEALTHCHECK .*\n.*/healthz", last, re.MULTILINE)
    copied = re.findall(r"^COPY (?!--from)(?:--\S+ )?(.+) \S+$", image, re.MULTILINE)
    ignored = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    for name in (word for words in copied for word in words.split()):
        assert (ROOT / name).exists(), name
        assert f"!{name}" in ignored, f"{name} does not reach the image"


# What may be committed


def test_nothing_third_party_is_committed() -> None:
    manifest = json.loads((APP / "look/static/vendor/manifest.json").read_text(encoding="utf-8"))
    theirs = {entry["sha256"] for entry in manifest}
    assert [file for file in tracked() if hashlib.sha256(file.read_bytes()).hexdigest() in theirs] == []
    packed = re.compile(r"\.(min\.\w+|woff2?|ttf|otf|eot|whl|jar|so|map|tgz|zip|gz)$")
    assert [file for file in tracked() if packed.search(file.name)] == []
    assert [file for file in tracked() if {"vendor", "node_modules"} & set(file.parts)] == []


def test_no_line_is_minified() -> None:
    written = {".py", ".js", ".css", ".html", ".svg", ".yaml", ".toml", ".md"}
    long = [
        str(file)
        for file, text in tracked_texts()
        if file.suffix in written and max(map(len, text.splitlines()), default=0) > LONGEST_LINE
    ]
    assert long == []


def test_no_registry_is_named() -> None:
    named = [
        (str(file.relative_to(ROOT)), host)
        for file, text in tracked_texts()
        for host in REGISTRIES
        if host in text
    ]
    assert named == []


def test_pages_load_nothing_from_elsewhere() -> None:
    foreign = re.compile(r"""(?:src|href)\s*=\s*["'](?:https?:)?//|@import|url\(\s*["']?(?:https?:)?//""")
    pages = [file for file in tracked() if file.suffix in {".html", ".css"} and APP in file.parents]
    assert [file for file in pages if foreign.search(file.read_text(encoding="utf-8"))] == []


def test_no_secret_is_committed() -> None:
    assert [file for file in tracked() if file.name == ".env" or file.suffix in {".pem", ".key", ".db"}] == []


# Locks


def locked(file: str) -> dict[str, str]:
    """The packages of a lock file, with what stands behind each."""
    text = (ROOT / file).read_text(encoding="utf-8")
    entries = re.split(r"^(?=[a-z0-9])", text, flags=re.MULTILINE | re.IGNORECASE)
    return {normal(entry.split("==")[0]): entry for entry in entries if "==" in entry}


def normal(requirement: str) -> str:
    return re.sub(r"[-_.]+", "-", re.split(r"[\[<>=; ]", requirement)[0]).lower()


LOCKS = [
    "requirements.txt",
    "requirements-dev.txt",
    "requirements-build.txt",
    "requirements-node.txt",
    "tests/bench/requirements.txt",
]


@pytest.mark.parametrize("file", LOCKS)
def test_every_locked_package_has_a_hash(file: str) -> None:
    assert [name for name, entry in locked(file).items() if "--hash=sha256:" not in entry] == []


def test_what_the_project_needs_is_locked() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = project["optional-dependencies"]
    needed = {normal(name) for name in [*project["dependencies"], *extras["train"]]}
    assert needed <= set(locked("requirements.txt"))
    assert needed | {normal(name) for name in extras["dev"]} <= set(locked("requirements-dev.txt"))


def test_what_the_code_imports_is_declared() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = project["optional-dependencies"]
    declared = {normal(name) for name in [*project["dependencies"], *extras["train"]]}
    called_otherwise = {
        "yaml": "pyyaml",
        "multipart": "python-multipart",
        "starlette": "fastapi",
        "markupsafe": "jinja2",
        "click": "typer",
        "sklearn": "scikit-learn",
        "argon2": "argon2-cffi",
    }
    imported = {name for _, module in modules() for name in imports(module)} - set(sys.stdlib_module_names)
    assert {called_otherwise.get(name, normal(name)) for name in imported - {"app"}} <= declared | {
        "pydantic-core"
    }


def imports(module: ast.Module) -> Iterator[str]:
    for node in ast.walk(module):
        if isinstance(node, ast.Import):
            yield from (name.name.split(".")[0] for name in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module.split(".")[0]


def test_the_assets_lock_names_hashes_and_no_addresses() -> None:
    packages = json.loads((ROOT / "package-lock.json").read_text(encoding="utf-8"))["packages"]
    theirs = {name: entry for name, entry in packages.items() if name}
    assert theirs
    assert [name for name, entry in theirs.items() if "integrity" not in entry or "resolved" in entry] == []
