"""What a measurement stands on: servers of our own, a load, and CPU time by process tree.

Every process that is started here ends with its `with` block. CPU time is user and system time of
a process and all below it, as the kernel counts it: ticks of 10 ms, so a window of seconds.
"""

import contextlib
import http.client
import json
import os
import shutil
import socket
import subprocess
import threading
import time
import urllib.request
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent
BINARY = Path(os.environ.get("PICSHARZ_BINARY", ROOT / "build/release/picsharz"))
PROGRAMS = Path(os.environ.get("PICSHARZ_BENCH_PROGRAMS", BINARY.parent / "bench"))
POSTGRES_BIN = Path("/usr/lib/postgresql/15/bin")
TICKS = os.sysconf("SC_CLK_TCK")
SETTLE_SECONDS, QUIET_SECONDS, IDLE_CPU = 300, 3, 0.05  # the last: seconds of a core, in one
START_SECONDS = 60


class BenchError(Exception):
    """What could not be measured, and why."""


# --- CPU time -------------------------------------------------------------------------------------

def stat_fields(pid):
    """The fields of /proc/<pid>/stat after the name, or None where the process is gone."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return None
    return text[text.rindex(")") + 2:].split()


def processes():
    """pid -> (its parent, CPU seconds of it and of those children that it waited for)."""
    return {int(entry): (int(fields[1]), sum(map(int, fields[11:15])) / TICKS)
            for entry in os.listdir("/proc")
            if entry.isdigit() and (fields := stat_fields(entry))}


def family(root, living):
    """A process and all below it. `living`: what processes() gave."""
    found = {root}
    for _ in living:  # until nobody new belongs to it
        grown = found | {pid for pid, (parent, _) in living.items() if parent in found}
        if grown == found:
            break
        found = grown
    return found


def tree_cpu(root):
    """CPU seconds of a process, its living descendants, and those of them that were waited for."""
    living = processes()
    return sum(living[pid][1] for pid in family(root, living) if pid in living)


class Meter:
    """CPU seconds of several trees since it was made."""

    def __init__(self, *roots):
        self.roots = roots
        self.before = self.total()
        self.wall = time.monotonic()

    def total(self):
        return sum(tree_cpu(root) for root in self.roots)

    def cpu(self):
        return self.total() - self.before

    def seconds(self):
        return time.monotonic() - self.wall


# --- servers --------------------------------------------------------------------------------------

def end(process, seconds=30):
    process.terminate()
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def serve_environment(data, settings):
    """The program's defaults, but for its places, its limits of requests, the access log (nginx
    keeps none either), and the backup that it would begin at once."""
    environment = {key: value for key, value in os.environ.items()
                   if not (key.startswith("PICSHARZ_") and "__" in key)}
    environment |= {"PICSHARZ_DATA__DIR": str(data), "PICSHARZ_HTTP__LISTEN": "127.0.0.1:0",
                    "PICSHARZ_ADMIN__LISTEN": "", "PICSHARZ_LOG__REQUESTS": "false",
                    "PICSHARZ_BACKUPS__EVERY": "0"}
    # One member of a bench is a thousand people.
    environment |= {f"PICSHARZ_RATES__{rate}": "0"
                    for rate in ("READ", "WRITE", "SEARCH", "UPLOAD", "MEDIA", "AUTH")}
    return environment | settings


class Server(NamedTuple):
    pid: int
    port: int
    metrics: str  # the address of its metrics, "" where it has none

    def metric(self, name):
        """The value of one line of /metrics."""
        with urllib.request.urlopen(f"{self.metrics}/metrics", timeout=60) as answer:
            for line in answer.read().decode().splitlines():
                if line.split(" ")[0] == name:
                    return float(line.split(" ")[1])
        raise BenchError(f"the server's metrics have no {name}")


@contextlib.contextmanager
def picsharz(data, *arguments, **settings):
    """Serves `data`; yields a Server once it listens. http__listen="..." sets http.listen."""
    named = {f"PICSHARZ_{key.upper()}": value for key, value in settings.items()}
    process = subprocess.Popen([BINARY, "serve", *arguments], env=serve_environment(data, named),
                               text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    try:
        lines = []
        for line in process.stdout:
            lines.append(line)
            event = json.loads(line) if line.startswith("{") else {}
            if event.get("message") == "listening":
                break
        else:
            raise BenchError(f"{BINARY} did not start:\n{''.join(lines)}")
        # The pipe must be read, or the server would block on its log.
        threading.Thread(target=lambda: [None for _ in process.stdout], daemon=True).start()
        yield Server(process.pid, int(event["address"].rsplit(":", 1)[1]), event["metrics"])
    finally:
        end(process)


@contextlib.contextmanager
def settled(data, *arguments, **settings):
    """picsharz() once it has done what a first start brings: counting what there is, a first copy
    for the log. In a window of seconds that would be a part of every request."""
    with picsharz(data, *arguments, **settings) as server:
        deadline = time.monotonic() + SETTLE_SECONDS
        quiet, before = 0, tree_cpu(server.pid)
        while quiet < QUIET_SECONDS and time.monotonic() < deadline:
            time.sleep(1)
            now = tree_cpu(server.pid)
            quiet = quiet + 1 if now - before < IDLE_CPU else 0
            before = now
        yield server


@contextlib.contextmanager
def nginx(folder, root):
    """Serves the files below `root` with as many of them open as ours; yields (pid, port)."""
    program = shutil.which("nginx") or "/usr/sbin/nginx"
    if not Path(program).exists():
        raise BenchError("nginx is not installed")
    port = free_port()
    folder.mkdir(parents=True, exist_ok=True)
    config = folder / "nginx.conf"
    user = "user root;" if os.geteuid() == 0 else ""
    config.write_text(f"""{user}
daemon off; worker_processes 1; pid {folder}/nginx.pid; error_log stderr error;
events {{ worker_connections 1024; }}
http {{
  access_log off; sendfile on; tcp_nopush on; keepalive_requests 1000000000;
  open_file_cache max=8192 inactive=600s; open_file_cache_valid 600s;
  client_body_temp_path {folder}/b; proxy_temp_path {folder}/p; fastcgi_temp_path {folder}/f;
  uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;
  types {{ image/webp webp; }}
  server {{ listen 127.0.0.1:{port}; root {root}; }}
}}
""")
    process = subprocess.Popen([program, "-p", folder, "-c", config])
    try:
        wait_for_port(port)
        yield process.pid, port
    finally:
        end(process)


def wait_for_port(port):
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.01)
    raise BenchError(f"nothing listens on port {port}")


def as_postgres(*command):
    """PostgreSQL refuses to run as root."""
    user = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
    subprocess.run([*user, *map(str, command)], check=True, stdout=subprocess.DEVNULL)


@contextlib.contextmanager
def postgres(folder):
    """A private cluster in `folder`, made the first time; yields (pid, url)."""
    if not POSTGRES_BIN.exists():
        raise BenchError("PostgreSQL 15 is not installed")
    if not (folder / "data/PG_VERSION").exists():
        subprocess.run([ROOT / "tools/postgres.sh", "start", folder], check=True,
                       stdout=subprocess.DEVNULL)
        as_postgres(POSTGRES_BIN / "pg_ctl", "-D", folder / "data", "-m", "fast", "-w", "stop")
    port = free_port()
    as_postgres(POSTGRES_BIN / "pg_ctl", "-D", folder / "data", "-l", folder / "log", "-w", "-t",
                "60", "start", "-o",
                f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={folder}"
                " -c shared_buffers=512MB -c max_wal_size=4GB")
    try:
        pid = int((folder / "data/postmaster.pid").read_text().split()[0])
        yield pid, f"postgres://postgres@127.0.0.1:{port}/postgres"
    finally:
        as_postgres(POSTGRES_BIN / "pg_ctl", "-D", folder / "data", "-m", "fast", "-w", "stop")


# --- requests -------------------------------------------------------------------------------------

class Api:
    """One keep-alive connection. All but answer() fail where the status is no 2xx."""

    def __init__(self, port):
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.connection.close()

    def answer(self, method, path, token=None, body=None, kind=None):
        """(status, bytes), whatever the status."""
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        if kind:
            headers["Content-Type"] = kind
        self.connection.request(method, path, body, headers)
        response = self.connection.getresponse()
        return response.status, response.read()

    def bytes(self, method, path, *arguments):
        status, answer = self.answer(method, path, *arguments)
        if status >= 300:
            raise BenchError(f"{method} {path}: {status} {answer[:300]!r}")
        return answer

    def json(self, *arguments):
        return json.loads(self.bytes(*arguments))

    def upload(self, token, name, data):
        return self.json("POST", "/v1/photos", token, *photo_form(name, data))


def photo_form(name, data):
    """(body, Content-Type) of an upload in one form."""
    mark = "bench-boundary-5a1c"
    body = (f'--{mark}\r\nContent-Disposition: form-data; name="title"\r\n\r\n{name}\r\n'
            f'--{mark}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n'
            "Content-Type: image/jpeg\r\n\r\n").encode() + data + f"\r\n--{mark}--\r\n".encode()
    return body, f"multipart/form-data; boundary={mark}"


def request_line(method, path, token="-", least=1, contains="-", status=200):
    return f"{method} {path} {token} {status} {least} {contains}"


def load(port, lines, folder, *, connections, seconds=0, count=0, order="cycle", rate=0):
    """Runs bench_load over the request lines; its report, or BenchError where a reply was wrong."""
    file = folder / "requests.txt"
    if lines is not None:
        file.write_text("\n".join(lines) + "\n")
    bound = ["--seconds", str(seconds)] if seconds else ["--count", str(count)]
    ran = subprocess.run([PROGRAMS / "bench_load", "--port", str(port), "--requests", file,
                          "--connections", str(connections), "--order", order, "--rate", str(rate),
                          *bound],
                         capture_output=True, text=True)
    if ran.returncode:
        raise BenchError(f"the load failed: {ran.stdout}{ran.stderr}")
    return json.loads(ran.stdout)
