"""A16: whether the time of an answer tells that an address has an account.

Asked `--answers` times about addresses that have one, and as often about others; half as often for
a new address, as an account may ask for five an hour.
"""

import contextlib
import http.client
import json
import math
import statistics
import subprocess
import tempfile
import time
from pathlib import Path

import lab
from months import DATA

PASSWORD = "four unrelated words"
TRIES = 4  # of each login; after ten it would be refused without a look


class Asker:
    """Asks from another address each time, so that no limit by address is met."""

    def __init__(self, port):
        self.port, self.asked = port, 0

    def seconds(self, path, body, statuses, token=None):
        self.asked += 1
        source = f"127.{1 + self.asked // 60_000}.{self.asked // 250 % 240}.{1 + self.asked % 250}"
        headers = {"Content-Type": "application/json"}
        if token:
            headers["Authorization"] = f"Bearer {token}"
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60,
                                                source_address=(source, 0))
        with contextlib.closing(connection):
            connection.connect()
            started = time.perf_counter()
            connection.request("POST", path, json.dumps(body), headers)
            answer = connection.getresponse()
            answer.read()
            took = time.perf_counter() - started
        if answer.status not in statuses:
            raise lab.BenchError(f"{path} answered {answer.status}")
        return took


def difference(known, unknown):
    """(the medians' relative difference, p of Welch's t-test); for many samples."""
    spread = statistics.variance(known) / len(known) + statistics.variance(unknown) / len(unknown)
    t = (statistics.mean(known) - statistics.mean(unknown)) / math.sqrt(spread)
    medians = statistics.median(known), statistics.median(unknown)
    return medians[0] / medians[1] - 1, math.erfc(abs(t) / math.sqrt(2))


def make_accounts(folder, accounts):
    environment = lab.serve_environment(folder, {})
    for number in range(accounts):
        subprocess.run([lab.BINARY, "account", "create", "--handle", f"known{number}", "--email",
                        f"known{number}@example.org", "--password-file", "-"], env=environment,
                       input=PASSWORD, text=True, check=True, capture_output=True)


def tokens_of(port, accounts):
    """Of accounts that ask for another address."""
    with lab.Api(port) as api:
        for number in range(accounts):
            body = json.dumps({"login": f"known{number}", "password": PASSWORD, "use": "token"})
            status, answer = api.answer("POST", "/v1/sessions", None, body, "application/json")
            if status != 201:
                raise lab.BenchError(f"a log-in answered {status}")
            yield json.loads(answer)["token"]


def invitation(port, token):
    """Of a member; its one use is counted when an account is made, which none of these is."""
    with lab.Api(port) as api:
        status, answer = api.answer("POST", "/v1/me/invitations", token, "{}", "application/json")
        if status != 201:
            raise lab.BenchError(f"an invitation answered {status}")
        return json.loads(answer)["token"]


def questions(asker, tokens, token):
    """name -> what asks about an address, for account `number`, and gives the seconds it took.

    `token`: of an invitation.
    """
    def log_in(email, number):
        return asker.seconds("/v1/sessions", {"login": email, "password": "guess"}, {401})

    def forgot(email, number):
        return asker.seconds("/v1/password/forgot", {"login": email}, {202})

    def resend(email, number):
        return asker.seconds("/v1/accounts/verify/resend", {"email": email}, {202})

    def sign_up(email, number, **more):
        body = {"handle": f"new{asker.asked}", "name": "N", "email": email, "country": "SG",
                "password": PASSWORD, "accept_terms": True, "confirm_age": True, **more}
        return asker.seconds("/v1/accounts", body, {201})

    def change(email, number):
        return asker.seconds("/v1/me/email", {"email": email, "password": PASSWORD}, {202},
                             tokens[number])

    def invited(email, number):
        return sign_up(email, number, invitation=token)

    return {"log-in": log_in, "new password": forgot, "new code": resend, "sign-up": sign_up,
            "invited": invited, "new address": change}


def ask_both(name, ask, accounts):
    """The times of known and of unknown addresses, asked in turns."""
    times = {"known": [], "unknown": []}
    for turn in range(TRIES // 2 if name == "new address" else TRIES):
        for number in range(accounts):
            for kind in ("known", "unknown") if turn % 2 else ("unknown", "known"):
                times[kind].append(ask(f"{kind}{(number + 1) % accounts}@example.org", number))
    return times["known"], times["unknown"]


def a16(report, options, month):
    accounts = math.ceil(options.answers / TRIES)
    with tempfile.TemporaryDirectory(dir=DATA) as folder:
        make_accounts(Path(folder), accounts)
        with lab.picsharz(Path(folder), accounts__signups_per_hour="1000000",
                          accounts__member_invitations="1") as server:
            tokens = list(tokens_of(server.port, accounts))
            for name, ask in questions(Asker(server.port), tokens,
                                       invitation(server.port, tokens[0])).items():
                known, unknown = ask_both(name, ask, accounts)
                moved, p = difference(known, unknown)
                report.add("A16", name, f"medians differ by {moved:+.1%}, p = {p:.2f}, "
                                        f"{statistics.median(known) * 1e3:.1f} ms, "
                                        f"{len(known)} a side",
                           difference=moved, p=p, answers=len(known))
