"""A PostgreSQL server of the tests' own: started on first need, shared by all workers, gone at the end."""

import fcntl
import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg

ROLE = "daumoi"
SAFE: tuple[str, ...] = ()
FAST = ("-c fsync=off", "-c synchronous_commit=off", "-c full_page_writes=off")
"""A test kills processes, never the machine: nothing has to survive a power cut."""


class NoBinaries(Exception):
    """PostgreSQL's programs are not on this machine; on Debian: apt-get install postgresql."""


def programs() -> Path:
    """The folder of initdb and pg_ctl. Raises `NoBinaries`."""
    for folder in _likely_folders():
        if (folder / "initdb").exists() and (folder / "pg_ctl").exists():
            return folder
    raise NoBinaries(NoBinaries.__doc__)


def _likely_folders() -> Iterator[Path]:
    if config := shutil.which("pg_config"):
        told = subprocess.run([config, "--bindir"], capture_output=True, text=True, check=True)  # noqa: S603
        yield Path(told.stdout.strip())
    if initdb := shutil.which("initdb"):
        yield Path(initdb).resolve().parent
    versions = Path("/usr/lib/postgresql").glob("*/bin")
    yield from sorted(versions, key=lambda folder: int(folder.parent.name), reverse=True)


@dataclass(frozen=True, slots=True)
class Server:
    """A cluster in one folder, reached by the socket in that folder: no port to collide on."""

    folder: Path
    programs: Path

    def url(self, database: str) -> str:
        return f"postgresql+psycopg://{ROLE}@/{database}?host={self.folder}"

    def start(self, options: Sequence[str]) -> None:
        user = unprivileged_user()
        self.folder.mkdir(mode=0o700, exist_ok=True)
        if user is not None:
            os.chown(self.folder, user.pw_uid, user.pw_gid)
        data, log = self.folder / "data", self.folder / "log"
        initdb = ["--pgdata", str(data), "--username", ROLE, "--auth", "trust", "--encoding", "UTF8"]
        self._run("initdb", *initdb, "--no-locale", "--no-sync", "--no-instructions")
        own = [f"-k {self.folder}", "-c listen_addresses=''", "-c max_connections=200", *options]
        self._run("pg_ctl", "-D", str(data), "-l", str(log), "-w", "-o", " ".join(own), "start")

    def stop(self) -> None:
        self._run("pg_ctl", "-D", str(self.folder / "data"), "-m", "immediate", "-w", "stop")
        shutil.rmtree(self.folder, ignore_errors=True)

    def execute(self, statement: str, database: str = "postgres") -> None:
        where = f"host={self.folder} user={ROLE} dbname={database}"
        with psycopg.connect(where, autocommit=True) as db:
            db.execute(statement.encode())

    def _run(self, program: str, *arguments: str) -> None:
        user = unprivileged_user()
        subprocess.run(  # noqa: S603
            [self.programs / program, *arguments],
            check=True,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd="/",
            env={"LC_ALL": "C", "PATH": os.environ.get("PATH", "")},
            user=None if user is None else user.pw_uid,
            group=None if user is None else user.pw_gid,
            extra_groups=None if user is None else [],
        )


def unprivileged_user() -> pwd.struct_passwd | None:
    """Whom the server runs as when the tests run as root, whom it refuses; None when they do not."""
    if os.geteuid() != 0:
        return None
    try:
        return pwd.getpwnam("postgres")
    except KeyError:
        return pwd.getpwnam("nobody")


def shared_server(folder: Path, options: Sequence[str] = FAST) -> Server:
    """The server in `folder`, started by whoever asks first. Raises `NoBinaries`."""
    server = Server(folder / "server", programs())
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not server.folder.exists():
            server.start(options)
    return server


@contextmanager
def server_folder() -> Iterator[Path]:
    """A folder for a shared server; whatever was started in it is stopped on the way out."""
    folder = Path(tempfile.mkdtemp(prefix="daumoi-pg-"))
    folder.chmod(0o755)
    try:
        yield folder
    finally:
        if (folder / "server" / "data" / "postmaster.pid").exists():
            Server(folder / "server", programs()).stop()
        shutil.rmtree(folder, ignore_errors=True)
