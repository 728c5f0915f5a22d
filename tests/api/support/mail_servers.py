"""Mail servers of the tests' own: one that does what it is told to, and a real Postfix."""
import asyncio
import base64
import collections
import email
import email.policy
import os
import pathlib
import shutil
import signal
import socket
import socketserver
import ssl
import subprocess
import tempfile
import threading

import pytest

from .client import wait_for

USER, PASSWORD = "photos", "a secret of the tests"


def needs(present: bool, what: str):
    """Skipped by name where something is missing; on CI nothing may be."""
    if present:
        return
    assert os.environ.get("CI") != "true", f"{what} is missing, and this is CI"
    pytest.skip(f"{what} is not installed")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def parse(raw: bytes):
    return email.message_from_bytes(raw, policy=email.policy.default)


def certificate(folder: pathlib.Path):
    """cert.pem and key.pem of 127.0.0.1, signed by itself."""
    needs(shutil.which("openssl") is not None, "openssl")
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
                    "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", folder / "key.pem",
                    "-out", folder / "cert.pem", "-days", "2", "-subj", "/CN=localhost",
                    "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"],
                   check=True, capture_output=True)
    return str(folder / "cert.pem"), str(folder / "key.pem")


class Double:
    """aiosmtpd on a loopback port. `mode` is what it does from now on:

    fine; later (451 to MAIL); broken (554 to MAIL); closed (554 instead of a greeting); silent
    (accepts a connection and says nothing); silent_after_data; lost (takes the mail, and the
    connection is gone before it says so); unwanted (554 after DATA); together (takes no mail before
    two connections are there). absent: see stop().
    """

    def __init__(self, **more):
        try:
            import aiosmtpd  # noqa: F401
        except ImportError:
            needs(False, "python3-aiosmtpd")
        self.port = free_port()
        self.mode = "fine"
        # Of the program, before it gives up an answer: who does so on a busy machine sends again,
        # rightly.
        self.timeout = "20s"
        self.unknown: set[str] = set()
        self.delivered: list = []  # acknowledged
        self.lost: list = []       # taken, not acknowledged
        self.commands = collections.Counter()
        self.connections = 0
        self.more = more
        self.loop = None

    # --- the handler of aiosmtpd ---

    async def handle_MAIL(self, server, session, envelope, address, options):
        self.commands["MAIL"] += 1
        if self.mode == "later":
            return "451 4.3.0 later"
        if self.mode == "broken":
            return "554 5.3.0 broken"
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(self, server, session, envelope, address, options):
        self.commands["RCPT"] += 1
        if address in self.unknown:
            return "550 5.1.1 no such person here"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        message = parse(envelope.content)
        message.envelope_to = envelope.rcpt_tos
        message.authenticated = session.authenticated
        message.encrypted = session.ssl is not None
        mode = self.mode
        if mode == "silent_after_data":
            await asyncio.sleep(3600)
        if mode == "lost":
            self.lost.append(message)
            server.transport.abort()
            await asyncio.sleep(3600)
        while mode == "together" and self.connections < 2:
            await asyncio.sleep(0.01)
        if mode == "unwanted":
            return "554 5.6.0 not this text"
        self.delivered.append(message)
        return "250 OK"

    # --- its thread ---

    def _protocol(self):
        from aiosmtpd.smtp import SMTP
        self.connections += 1
        if self.mode == "silent":
            return asyncio.Protocol()
        double = self

        class Closed(asyncio.Protocol):
            def connection_made(self, transport):
                transport.write(b"554 no service for you\r\n")
                transport.close()

        return Closed() if self.mode == "closed" else SMTP(double, loop=double.loop, **double.more)

    def start(self, tls=None) -> "Double":
        self.loop = asyncio.new_event_loop()
        listening = threading.Event()

        def run():
            asyncio.set_event_loop(self.loop)
            self.server = self.loop.run_until_complete(
                self.loop.create_server(self._protocol, ["127.0.0.1", "127.0.0.2"], self.port,
                                        ssl=tls))
            listening.set()
            self.loop.run_forever()
            self.server.close()
            for task in asyncio.all_tasks(self.loop):
                task.cancel()
            self.loop.run_until_complete(asyncio.sleep(0))
            self.loop.close()

        self.thread = threading.Thread(target=run, daemon=True)
        self.thread.start()
        assert listening.wait(20)
        return self

    def stop(self):
        """Its port refuses connections, until it is started again."""
        if self.loop is None:
            return
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join(20)
        self.loop = None

    def settings(self, **more) -> dict:
        return {"PICSHARZ_SMTP__HOST": "127.0.0.1", "PICSHARZ_SMTP__PORT": str(self.port),
                "PICSHARZ_SMTP__SECURITY": "none", "PICSHARZ_SMTP__FROM": "photos@example.org",
                "PICSHARZ_SMTP__TIMEOUT": self.timeout, **more}

    def messages(self) -> list:
        return list(self.delivered)


class _DovecotAuth(socketserver.ThreadingUnixStreamServer):
    """As much of Dovecot's authentication protocol as Postfix asks for: who may log in."""

    daemon_threads = True

    def __init__(self, path: str):
        super().__init__(path, _DovecotSession)


class _DovecotSession(socketserver.StreamRequestHandler):
    def handle(self):
        self.wfile.write(b"VERSION\t1\t2\nMECH\tPLAIN\tplaintext\nSPID\t1\nCUID\t1\n"
                         b"COOKIE\t00112233445566778899aabbccddeeff\nDONE\n")
        for line in self.rfile:
            fields = line.decode().rstrip("\n").split("\t")
            if fields[0] == "AUTH":
                answer = next((f[5:] for f in fields if f.startswith("resp=")), None)
            elif fields[0] == "CONT":
                answer = fields[2]
            else:
                continue
            if answer is None:  # it comes with the next line
                self.wfile.write(f"CONT\t{fields[1]}\t\n".encode())
                continue
            good = base64.b64decode(answer) == f"\0{USER}\0{PASSWORD}".encode()
            said = f"OK\t{fields[1]}\tuser={USER}" if good else f"FAIL\t{fields[1]}\tuser={USER}"
            self.wfile.write((said + "\n").encode())


MAIN_CF = """
compatibility_level = 3.6
queue_directory = {root}/queue
data_directory = {root}/data
maillog_file = {root}/data/log
maillog_file_prefixes = {root}
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
myhostname = localhost
mydestination =
alias_maps =
alias_database =
virtual_mailbox_domains = example.org
virtual_mailbox_base = {root}/box
virtual_mailbox_maps = static:all/
virtual_uid_maps = static:65534
virtual_gid_maps = static:65534
virtual_minimum_uid = 1
smtpd_tls_cert_file = {root}/cert.pem
smtpd_tls_key_file = {root}/key.pem
smtpd_tls_security_level = encrypt
smtpd_tls_auth_only = yes
smtpd_sasl_auth_enable = yes
smtpd_sasl_type = dovecot
smtpd_sasl_path = private/auth
smtpd_relay_restrictions = permit_sasl_authenticated, reject
smtpd_recipient_restrictions = check_recipient_access texthash:{root}/etc/access,
  permit_sasl_authenticated, reject
smtpd_error_sleep_time = 0
smtpd_timeout = 3s
"""
MASTER_CF = """
127.0.0.1:{port} inet n - n - - smtpd
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
proxymap unix - - n - - proxymap
virtual unix - n n - - virtual
error unix - - n - - error
retry unix - - n - - error
anvil unix - - n - 1 anvil
tlsmgr unix - - n 1000? 1 tlsmgr
postlog unix-dgram n - n - 1 postlogd
"""


class Postfix:
    """Debian's Postfix as a plain process: STARTTLS and a log-in, or nothing; one mailbox for all
    of example.org. `access`: address -> what it answers."""

    def __init__(self):
        needs(shutil.which("postfix", path="/usr/sbin:/usr/bin") is not None, "postfix")
        needs(os.geteuid() == 0, "root, whom Postfix asks for,")
        self.root = pathlib.Path(tempfile.mkdtemp(prefix="picsharz-postfix-"))
        self.root.chmod(0o755)
        for name in ("etc", "queue", "queue/private", "data", "box"):
            (self.root / name).mkdir()
        shutil.chown(self.root / "data", "postfix")
        shutil.chown(self.root / "queue/private", "postfix")
        shutil.chown(self.root / "box", "nobody")
        self.certificate, _ = certificate(self.root)
        self.timeout = "20s"  # as that of a Double: its disk may be slow
        self.port = free_port()
        (self.root / "etc/main.cf").write_text(MAIN_CF.format(root=self.root))
        (self.root / "etc/master.cf").write_text(MASTER_CF.format(port=self.port))
        self.access({})
        path = self.root / "queue/private/auth"
        self.auth = _DovecotAuth(str(path))
        path.chmod(0o666)
        threading.Thread(target=self.auth.serve_forever, daemon=True).start()
        self.process = None

    def access(self, answers: dict):
        text = "".join(f"{address} {answer}\n" for address, answer in answers.items())
        (self.root / "etc/access").write_text(text)

    def start(self) -> "Postfix":
        self.process = subprocess.Popen(
            ["/usr/sbin/postfix", "-c", str(self.root / "etc"), "start-fg"],
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, start_new_session=True)
        for _ in range(400):
            try:
                socket.create_connection(("127.0.0.1", self.port), 0.1).close()
                return self
            except OSError:
                assert self.process.poll() is None, self.process.stderr.read()
                threading.Event().wait(0.05)
        raise AssertionError("Postfix did not start")

    def master(self) -> int:
        return int((self.root / "queue/pid/master.pid").read_text())

    def freeze(self):
        """The kernel takes connections for it, and nobody answers: also none that is kept."""
        for pid in [self.master(), *self._children()]:
            os.kill(pid, signal.SIGSTOP)

    def thaw(self):
        for pid in [self.master(), *self._children()]:
            os.kill(pid, signal.SIGCONT)

    def reload(self):
        """New settings; when it returns nobody is served by the old ones."""
        before = set(self._sessions())
        subprocess.run(["/usr/sbin/postfix", "-c", str(self.root / "etc"), "reload"],
                       capture_output=True, check=True)
        wait_for(lambda: not before & set(self._sessions()))

    def kill_sessions(self):
        for pid in self._sessions():
            os.kill(pid, signal.SIGKILL)

    def _sessions(self) -> list[int]:
        found = []
        for pid in self._children():
            try:
                name = pathlib.Path(f"/proc/{pid}/comm").read_text().strip()
            except OSError:
                continue
            if name == "smtpd":
                found.append(pid)
        return found

    def _children(self) -> list[int]:
        listed = pathlib.Path(f"/proc/{self.master()}/task/{self.master()}/children").read_text()
        return [int(pid) for pid in listed.split()]

    def end(self):
        if self.process is None:
            return
        subprocess.run(["/usr/sbin/postfix", "-c", str(self.root / "etc"), "stop"],
                       capture_output=True)
        self.process.wait(60)
        self.process = None

    def stop(self):
        self.end()
        self.auth.shutdown()
        self.auth.server_close()
        shutil.rmtree(self.root, ignore_errors=True)

    def settings(self, **more) -> dict:
        return {"PICSHARZ_SMTP__HOST": "127.0.0.1", "PICSHARZ_SMTP__PORT": str(self.port),
                "PICSHARZ_SMTP__SECURITY": "starttls", "PICSHARZ_SMTP__USER": USER,
                "PICSHARZ_SMTP__PASSWORD": PASSWORD, "PICSHARZ_SMTP__CA_FILE": self.certificate,
                "PICSHARZ_SMTP__FROM": "photos@example.org",
                "PICSHARZ_SMTP__TIMEOUT": self.timeout, **more}

    def messages(self) -> list:
        return [parse(path.read_bytes()) for path in sorted(self.root.glob("box/all/new/*"))]
