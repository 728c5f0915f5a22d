"""A real server for one test module: its own folder, its own database, a free port."""
import json
import os
import pathlib
import queue
import shutil
import signal
import subprocess
import tempfile
import threading
import time
import urllib.parse
import uuid

ROOT = pathlib.Path(__file__).resolve().parents[3]
START_SECONDS = 60


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

    def drop(self):
        if self.url:
            psql(self.admin_url, f"DROP DATABASE IF EXISTS {self.name} WITH (FORCE)")


class Server:
    """Started by start(), stopped by stop(); `lines` holds its JSON log."""

    def __init__(self, engine: str = "sqlite", **settings: str):
        self.directory = tempfile.mkdtemp(prefix="picsharz-api-")
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
        if self.database.url:
            env["PICSHARZ_DATABASE__URL"] = self.database.url
        env.update(self.settings)
        return env

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
            if entry.get("message") == "listening":
                self.address = entry["address"]
                self.metrics = entry.get("metrics", "")
                # The setup link, if any, follows at once; after a restart there is none.
                threading.Timer(0 if self.setup_url else 0.3, found.put, [True]).start()
            if entry.get("message") == "setup link":
                self.setup_url = entry["url"]

    def run(self, *words: str, input: str = "") -> subprocess.CompletedProcess:
        """A command of the same program with the same configuration."""
        return subprocess.run([binary(), *words], env=self.environment(), input=input,
                              capture_output=True, text=True, timeout=60)

    def log_entry(self, message: str, **fields) -> dict:
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline:
            for entry in self.lines:
                if entry.get("message") == message and fields.items() <= entry.items():
                    return entry
            time.sleep(0.02)
        raise AssertionError(f"no log line {message} {fields}")

    def end(self, how=signal.SIGTERM) -> int:
        """Ends the process, keeps the folder."""
        if self.process and self.process.poll() is None:
            self.process.send_signal(how)
        try:
            return self.process.wait(timeout=40) if self.process else 0
        except subprocess.TimeoutExpired:
            self.process.kill()
            raise AssertionError("the server did not stop")

    def stop(self):
        try:
            self.end()
        finally:
            self.database.drop()
            shutil.rmtree(self.directory, ignore_errors=True)
