"""A real server for one test module: its own folder, its own database, a free port."""
import contextlib
import json
import os
import pathlib
import queue
import shutil
import signal
import sqlite3
import subprocess
import tempfile
import threading
import time
import urllib.parse
import uuid

ROOT = pathlib.Path(__file__).resolve().parents[3]
START_SECONDS = 180  # a bound for busy machines, as are those of run() and end()


def binary() -> str:
    return os.environ.get("PICSHARZ_BINARY", str(ROOT / "build" / "release" / "picsharz"))


def psql(url: str, statement: str) -> None:
    subprocess.run(["psql", "-q", "-v", "ON_ERROR_STOP=1", url, "-c", statement], check=True,
                   stdout=subprocess.DEVNULL)


class Database:
    """What PICSHARZ_DATABASE__URL is for one server: "" for SQLite, else a database of its own."""

    def __init__(self, engine: str):
        self.engine = engine
        self.url = ""
        if engine == "postgres":
            self.admin_url = os.environ["PICSHARZ_TEST_POSTGRES"]
            self.name = "picsharz_api_" + uuid.uuid4().hex[:12]
            psql(self.admin_url, f"CREATE DATABASE {self.name}")
            parts = urllib.parse.urlsplit(self.admin_url)
            self.url = urllib.parse.urlunsplit(parts._replace(path="/" + self.name))

    def rows(self, directory: str, query: str) -> list[tuple[str, ...]]:
        """What the database itself says, as texts: for what no answer of the server shows."""
        if self.url:
            done = subprocess.run(["psql", "-q", "-At", "-F", "\t", self.url, "-c", query],
                                  check=True, capture_output=True, text=True)
            return [tuple(line.split("\t")) for line in done.stdout.splitlines()]
        path = pathlib.Path(directory, "picsharz.db")
        with contextlib.closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True,
                                                timeout=60)) as connection:
            return [tuple("" if v is None else str(v) for v in row)
                    for row in connection.execute(query)]

    def change(self, directory: str, statement: str) -> None:
        if self.url:
            return psql(self.url, statement)
        with contextlib.closing(sqlite3.connect(pathlib.Path(directory, "picsharz.db"),
                                                timeout=60)) as connection:
            connection.execute(statement)
            connection.commit()

    def drop(self):
        if self.url:
            psql(self.admin_url, f"DROP DATABASE IF EXISTS {self.name} WITH (FORCE)")


RATES = ("READ", "WRITE", "SEARCH", "UPLOAD", "AUTH")


class Server:
    """Started by start(), stopped by stop(); `lines` holds its JSON log.

    A setting that is None is the program's own default, where tests have another one.
    """

    def __init__(self, engine: str = "sqlite", **settings: str | None):
        self.directory = (settings.get("PICSHARZ_DATA__DIR")
                          or tempfile.mkdtemp(prefix="picsharz-api-"))
        self.database = Database(engine)
        self.settings = settings
        self.process = None
        self.lines: list[dict] = []
        self.address = ""
        self.setup_url = ""

    def environment(self) -> dict:
        # Nothing of the caller's own configuration leaks in.
        env = {k: v for k, v in os.environ.items() if not (k.startswith("PICSHARZ_") and "__" in k)}
        env.update({
            "PICSHARZ_HTTP__LISTEN": "127.0.0.1:0",
            "PICSHARZ_ADMIN__LISTEN": "127.0.0.1:0",
            "PICSHARZ_DATA__DIR": self.directory,
            "PICSHARZ_DATA__RESERVE": "1MiB",
            "PICSHARZ_ACCOUNTS__SIGNUPS_PER_HOUR": "1000",
            # The least that is allowed: tests sign up often.
            "PICSHARZ_ACCOUNTS__PASSWORD_MEMORY": "8MiB",
            "PICSHARZ_ACCOUNTS__PASSWORD_PASSES": "1",
            "PICSHARZ_MODELS__DIR": os.environ.get("PICSHARZ_MODELS", str(ROOT / "build/models")),
        })
        # Tests of it turn it on.
        env["PICSHARZ_BACKUPS__LOG_EVERY"] = "0"
        # Counted and told, but never met: some tests race as fast as they can.
        env.update({f"PICSHARZ_RATES__{rate}": "1000000" for rate in RATES})
        if self.database.url:
            env["PICSHARZ_DATABASE__URL"] = self.database.url
        env.update(self.settings)
        return {name: value for name, value in env.items() if value is not None}

    def start(self) -> "Server":
        self.process = subprocess.Popen([binary(), *self.command], env=self.environment(),
                                        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        found: queue.Queue = queue.Queue()
        threading.Thread(target=self._read, args=(self.process.stdout, found), daemon=True).start()
        threading.Thread(target=self._drain, args=(self.process.stderr,), daemon=True).start()
        try:
            found.get(timeout=START_SECONDS)
        except queue.Empty:
            self.stop()
            raise AssertionError(f"the server did not start: {self.lines[-5:]} {self.errors}")
        return self

    errors = ""
    command = ["serve"]
    ready = "listening"

    def _drain(self, stream):
        for line in stream:
            self.errors += line

    def _read(self, stream, found):
        for line in stream:
            try:
                entry = json.loads(line)
            except ValueError:
                continue
            self.lines.append(entry)
            if entry.get("message") == self.ready:
                self.address = entry.get("address", "")
                self.metrics = entry.get("metrics", "")
                # The setup link, if any, follows at once; after a restart there is none.
                known = self.setup_url or not self.address
                threading.Timer(0 if known else 0.3, found.put, [True]).start()
            if entry.get("message") == "setup link":
                self.setup_url = entry["url"]

    def run(self, *words: str, input: str = "", seconds=180) -> subprocess.CompletedProcess:
        """A command of the same program with the same configuration."""
        return subprocess.run([binary(), *words], env=self.environment(), input=input,
                              capture_output=True, text=True, timeout=seconds)

    def log_entry(self, message: str, **fields) -> dict:
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            for entry in self.lines:
                if entry.get("message") == message and fields.items() <= entry.items():
                    return entry
            time.sleep(0.02)
        raise AssertionError(f"no log line {message} {fields}")

    def decoders(self) -> list[int]:
        """The processes that decode for it now."""
        found = []
        for folder in pathlib.Path("/proc").iterdir():
            try:
                parent = (folder / "stat").read_text().rsplit(")", 1)[1].split()[1]
                if int(parent) == self.process.pid and b"decoder" in (folder /
                                                                      "cmdline").read_bytes():
                    found.append(int(folder.name))
            except (OSError, IndexError):  # no process, or no more
                continue
        return found

    def rows(self, query: str) -> list[tuple[str, ...]]:
        return self.database.rows(self.directory, query)

    def count(self, query: str) -> int:
        return int(self.rows(query)[0][0] or 0)

    def account(self, handle: str) -> str:
        return self.rows(f"SELECT id FROM accounts WHERE handle = '{handle}'")[0][0]

    def change(self, statement: str) -> None:
        self.database.change(self.directory, statement)

    def end(self, how=signal.SIGTERM) -> int:
        """Ends the process, keeps the folder."""
        if self.process and self.process.poll() is None:
            self.process.send_signal(how)
        try:
            return self.process.wait(timeout=120) if self.process else 0
        except subprocess.TimeoutExpired:
            self.process.kill()
            raise AssertionError("the server did not stop")

    def stop(self):
        try:
            self.end()
        finally:
            self.database.drop()
            shutil.rmtree(self.directory, ignore_errors=True)


class Worker(Server):
    """`picsharz worker` beside a server, whose folder and database it shares."""

    command = ["worker"]
    ready = "working"

    def __init__(self, server: Server):
        self.directory, self.database, self.settings = (server.directory, server.database,
                                                        server.settings)
        self.process = None
        self.lines = []
        self.setup_url = ""

    def stop(self):
        self.end()
