"""R6: the home feed while the mail server is well, and while it is not.

Two servers of ours stand side by side, one with a mail server that is well, one with a mail server
that fails in one way after the other. People sign up and follow at the same pace at both; short
windows take turns (ABBA). No request may fail.
"""

import contextlib
import itertools
import json
import socketserver
import statistics
import threading
import time

import lab
from feeds import feed_requests
from lab import BenchError
from months import copy_of, lines_of
from people import handles_of

FAULTS = ("absent", "silent", "later", "broken", "lost")
SIGN_UPS_PER_SECOND = 1
FOLLOWS_PER_SECOND = 8
FEED_BYTES = 8_000  # of 20 photos, at least: feeds change meanwhile


class MailServer:
    """SMTP as far as it is needed. `mode`: fine; silent (says nothing); later (451 to MAIL); broken
    (554 to MAIL); lost (takes a mail, and the connection is gone before it says so)."""

    def __init__(self):
        self.mode, self.taken = "fine", 0
        mine = self

        class Session(socketserver.StreamRequestHandler):
            def handle(self):
                with contextlib.suppress(OSError):
                    mine.talk(self)

        self.server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Session)
        self.server.daemon_threads = True
        self.port = self.server.server_address[1]

    def __enter__(self):
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()

    def talk(self, session):
        if self.mode == "silent":
            while session.connection.recv(4096):
                pass
            return
        session.wfile.write(b"220 bench\r\n")
        for line in iter(session.rfile.readline, b""):
            command = line[:4].upper()
            if command == b"QUIT":
                return
            if command == b"DATA":
                session.wfile.write(b"354 go on\r\n")
                while session.rfile.readline() not in (b".\r\n", b""):
                    pass
                if self.mode == "lost":
                    return
                self.taken += 1
            refusal = {"later": b"451 later\r\n", "broken": b"554 broken\r\n"}.get(self.mode)
            session.wfile.write(refusal if refusal and command == b"MAIL" else b"250 fine\r\n")

    def settings(self, mode):
        """Of a server of ours whose mails go here; absent: to where nobody listens."""
        port = lab.free_port() if mode == "absent" else self.port
        return {"smtp__host": "127.0.0.1", "smtp__port": str(port), "smtp__security": "none",
                "smtp__from": "photos@example.org", "notifications__mail_delay": "0",
                "accounts__signups_per_hour": "1000000", "http__trusted_proxies": "127.0.0.1"}


class Bustle:
    """Sign-ups and follows at an even pace; a reply that is no 2xx is remembered."""

    numbers = itertools.count()

    def __init__(self, port, tokens, handles):
        self.port, self.failures, self.done = port, [], 0
        self.pairs = itertools.product(itertools.islice(handles, 50), tokens)

    @contextlib.contextmanager
    def running(self):
        over = threading.Event()
        threads = [threading.Thread(target=self.run, args=(over, 1 / rate, what))
                   for rate, what in ((SIGN_UPS_PER_SECOND, self.sign_up),
                                      (FOLLOWS_PER_SECOND, self.follow))]
        for each in threads:
            each.start()
        try:
            yield
        finally:
            over.set()
            for each in threads:
                each.join()

    def run(self, over, gap, what):
        due = time.monotonic()
        with lab.Api(self.port) as api:
            while not over.is_set():
                status = what(api)
                self.done += 1
                if status not in (200, 201):
                    self.failures.append((what.__name__, status))
                due += gap
                over.wait(max(0.0, due - time.monotonic()))

    def sign_up(self, api):
        number = next(Bustle.numbers)
        body = json.dumps({"handle": f"bench_{number}", "name": "Somebody", "country": "SG",
                           "email": f"bench_{number}@example.org", "accept_terms": True,
                           "password": "correct horse battery", "confirm_age": True})
        headers = {"Content-Type": "application/json",
                   "X-Forwarded-For": f"10.2.{number // 250 % 250}.{number % 250}"}
        api.connection.request("POST", "/v1/accounts", body, headers)
        response = api.connection.getresponse()
        response.read()
        return response.status

    def follow(self, api):
        handle, token = next(self.pairs)
        status, answer = api.answer("PUT", f"/v1/accounts/{handle}/follow", token)
        # Nobody follows himself: that is refused, and no failure.
        return 200 if status == 422 and b"yourself" in answer else status


def p99_of(side, folder, options):
    port, lines, bustle = side
    with bustle.running():
        done = lab.load(port, lines, folder, connections=16, seconds=options.window / 2)
    if bustle.failures:
        raise BenchError(f"requests failed beside a mail server: {bustle.failures[:3]}")
    return done["p99_ms"]


@contextlib.contextmanager
def side_by_side(month, tokens, box, mode):
    """Yields a folder and a side: (port, lines of its feeds, its bustle)."""
    with copy_of(month) as folder, lab.settled(folder, **box.settings(mode)) as server:
        lines = feed_requests(server.port, tokens, FEED_BYTES)
        yield folder, (server.port, lines, Bustle(server.port, tokens, handles_of(folder, 50)))


def r6_fault(report, options, month, tokens, fault):
    with MailServer() as well, MailServer() as ill, \
            side_by_side(month, tokens, well, "fine") as (folder, healthy), \
            side_by_side(month, tokens, ill, fault) as (_, faulty):
        ill.mode = fault
        pairs = [(p99_of(healthy, folder, options), p99_of(faulty, folder, options)) if first else
                 (p99_of(faulty, folder, options), p99_of(healthy, folder, options))[::-1]
                 for _ in range(options.rounds * 2) for first in (True, False)]
    if well.taken == 0 or ill.taken:
        raise BenchError(f"{well.taken} mails arrived where all is well, {ill.taken} where not")
    quiet, beside = (statistics.median(side) for side in zip(*pairs))
    # Of neighbours, which a busy machine disturbs alike.
    ratio = statistics.median(ill_p99 / well_p99 for well_p99, ill_p99 in pairs)
    report.add("R6", f"the feed beside a mail server that is {fault}",
               f"p99 {(ratio - 1) * 100:+.1f} % ({beside:.1f} ms, beside one that is well "
               f"{quiet:.1f} ms); of {healthy[2].done + faulty[2].done:,} sign-ups and follows "
               "none failed",
               p99_ms=beside, quiet_p99_ms=quiet, ratio=ratio, fault=fault)


def r6(report, options, month):
    tokens = lines_of(month / "tokens.txt")
    for fault in FAULTS:
        r6_fault(report, options, month, tokens, fault)
