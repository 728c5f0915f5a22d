"""R6: SMTP down is nothing else down.

A mail server is absent, refuses, hangs or drops, while people sign up and follow: no request fails.
After its return every mail is there, once: a Message-ID twice only where the server took the mail
and its answer was lost. PICSHARZ_MAIL_EVENTS (60; a thousand in make check-long) events a fault.
PICSHARZ_MAIL_SECONDS (0; six hundred in make check-long): how long each fault lasts at least, while
people go on, and whether the mails come by themselves afterwards.
"""
import collections
import concurrent.futures
import os
import signal
import time

import pytest
from support.client import ACCEPTED, Client, wait_for
from support.mail_servers import Double, Postfix

pytestmark = pytest.mark.one_engine  # what SMTP does; the queue is asked on both in the unit tests

EVENTS = int(os.environ.get("PICSHARZ_MAIL_EVENTS", "60"))
SECONDS = float(os.environ.get("PICSHARZ_MAIL_SECONDS", "0"))
BACK_OFF = 300  # seconds; what waits is tried again within so many
PASSWORD = "correct horse battery"


class People:
    """Signs people up, whose codes come out of `box`, and lets them follow each other."""

    def __init__(self, server, box):
        self.server, self.box = server, box
        self.followed = ""
        self.expected: list[str] = []  # to whom a mail has to go, one entry a mail

    def sign_up(self, handle: str):
        client = Client(self.server.address)
        answer = client.post("/v1/accounts", {
            "handle": handle, "name": handle, "email": f"{handle}@example.org",
            "password": PASSWORD, "country": "SG", **ACCEPTED})
        assert answer.status == 201, answer.body
        self.expected.append(f"{handle}@example.org")
        return client

    def member(self, handle: str):
        client = self.sign_up(handle)
        mail = wait_for(lambda: next((m for m in self.box.messages()
                                      if m["To"] == f"{handle}@example.org"), None))
        answer = client.post("/v1/accounts/verify", {
            "email": f"{handle}@example.org", "code": mail["Subject"].split(": ")[-1],
            "use": "token"})
        assert answer.status == 201, answer.body
        client.token = answer.json["token"]
        return client

    def busy(self, name: str, followers, followed: str):
        """EVENTS sign-ups, and everybody follows; nothing of it may fail or wait for mail."""
        with concurrent.futures.ThreadPoolExecutor(4) as pool:
            list(pool.map(lambda n: self.sign_up(f"{name}_{n}"), range(EVENTS)))
        for follower in followers:
            assert follower.put(f"/v1/accounts/{followed}/follow").status == 200
        self.followed = f"{followed}@example.org"

    def hold(self, name: str, readers, seconds: float):
        """The fault lasts so long, and people go on as if there was none."""
        over, number = time.monotonic() + seconds, 0
        while time.monotonic() < over:
            self.sign_up(f"{name}_more_{number}")
            for reader in readers:
                assert reader.get("/v1/feed/home").status == 200
                assert reader.get("/v1/notifications").status == 200
            latest = self.server.count("SELECT COALESCE(MAX(run_at), 0) FROM jobs"
                                       " WHERE lane = 0 AND state = 0")
            assert latest / 1e6 <= time.time() + BACK_OFF
            number += 1
            time.sleep(1)

    def drain(self):
        """The tests do not wait for the back-off; the pause of the process is short by now. After a
        long fault they do: everything has to come by itself."""
        def waiting():
            if SECONDS == 0:
                self.server.change("UPDATE jobs SET run_at = 0 WHERE state = 0 AND lane = 0")
            return self.server.count("SELECT count(*) FROM jobs WHERE state IN (0, 1)"
                                     " AND lane IN (0, 4)")
        # Followers are told of by a thread that looks once a second.
        wait_for(lambda: self.server.count("SELECT count(*) FROM activity") == 0)
        wait_for(lambda: self.server.count(
            "SELECT count(*) FROM notifications WHERE mail_at IS NOT NULL") == 0)
        # However slow the machine is: as long as they become fewer.
        left = waiting()
        while left > 0:
            before = left
            wait_for(lambda: waiting() < before, 180 if SECONDS == 0 else 2 * BACK_OFF)
            left = waiting()

    def arrived(self) -> bool:
        """Whether as many are in the mailboxes as were sent: a real server needs a moment."""
        sent = self.server.count("SELECT count(*) FROM jobs WHERE kind = 'mail.send'")
        return len({m["Message-ID"] for m in self.box.messages()}) >= sent

    def check(self, may_be_twice=frozenset()):
        """Each expected mail arrived; an id twice only where the answer was lost."""
        messages = self.box.messages()
        got = collections.Counter(m["Message-ID"] for m in messages)
        twice = {each for each, count in got.items() if count > 1}
        assert twice <= set(may_be_twice), twice
        people = collections.Counter()
        for each in {m["Message-ID"]: m["To"] for m in messages}.values():
            people[each] += 1
        expected = collections.Counter(self.expected)
        if self.followed:
            # Followers who come together are one mail; how many there were the rows know.
            told = self.server.count("SELECT sum(mails) FROM notifications")
            assert told >= 1
            expected[self.followed] += told
        assert people == expected


def begin(fresh_server, box, fault=""):
    # A short run has no time for patience with who says nothing.
    if "silent" in fault and not SECONDS:
        box.timeout = "1s"
    if fault == "frozen":
        box.timeout = "2s"
    server = fresh_server(PICSHARZ_LOG__REQUESTS="false", PICSHARZ_MODELS__DIR="/nonexistent",
                          PICSHARZ_ACCOUNTS__SIGNUPS_PER_HOUR="1000000",
                          PICSHARZ_NOTIFICATIONS__MAIL_DELAY="0", **box.settings()).start()
    people = People(server, box)
    return server, people, [people.member(f"member{n}") for n in range(4)]


FAULTS = ["absent", "later", "broken", "closed", "silent", "silent_after_data", "lost"]


@pytest.mark.parametrize("fault", FAULTS)
def test_nothing_but_mail_waits_for_a_mail_server(fresh_server, fault):
    box = Double().start()
    try:
        server, people, members = begin(fresh_server, box, fault)
        box.stop() if fault == "absent" else None
        if fault in ("silent", "closed"):  # the connection that is kept would do
            box.stop()
            box.start()
        box.mode = fault
        begun = time.monotonic()
        people.busy(fault, members[1:], "member0")
        people.hold(fault, members, SECONDS - (time.monotonic() - begun))
        # It has been tried in vain, and all of it waits.
        wait_for(lambda: server.count(
            "SELECT count(*) FROM jobs WHERE lane = 0 AND state = 0 AND attempt > 0") > 0)
        waiting = server.count("SELECT count(*) FROM jobs WHERE lane = 0 AND state IN (0, 1)")
        assert waiting >= EVENTS and server.count("SELECT count(*) FROM bounces") == 0
        box.mode = "fine"
        if fault in ("silent", "absent"):
            box.stop()
            box.start()
        people.drain()
        people.check({m["Message-ID"] for m in box.lost})
        if fault == "lost":
            # They are with their reader already, who may get them twice; all others came once.
            assert 0 < len(box.lost) < EVENTS
        assert server.count("SELECT count(*) FROM jobs WHERE state = 3") == 0
    finally:
        box.stop()


def test_a_server_that_is_killed_while_it_sends_sends_everything_once_more_at_most(fresh_server):
    box = Double().start()
    try:
        server, people, members = begin(fresh_server, box)
        kills = 0
        for n in range(EVENTS):
            people.sign_up(f"killed_{n}")
            if n % 20 == 10:
                before = len(box.messages())
                wait_for(lambda: len(box.messages()) > before or server.count(
                    "SELECT count(*) FROM jobs WHERE lane = 0 AND state IN (0, 1)") == 0)
                server.end(signal.SIGKILL)
                server.start()
                kills += 1
        # Whoever held a lease when it was killed: nobody waits for it to run out.
        server.change("UPDATE jobs SET lease_until = 0 WHERE state = 1 AND lane = 0")
        people.drain()
        ids = collections.Counter(m["Message-ID"] for m in box.messages())
        twice = {each for each, count in ids.items() if count > 1}
        assert len(twice) <= kills  # one mail at a time is under way
        people.check(twice)
    finally:
        box.stop()


def test_several_processes_never_send_a_mail_twice(fresh_server):
    from support.server import Worker
    box = Double()
    box.timeout = "60s"  # who gave up would send again, rightly
    box.start()
    try:
        server, people, members = begin(fresh_server, box)
        box.stop()
        people.busy("shared", members[1:], "member0")
        box.connections, box.mode = 0, "together"  # each process has one
        box.start()
        workers = [Worker(server).start() for _ in range(2)]
        try:
            people.drain()
            people.check()
            assert box.connections >= 2
        finally:
            for worker in workers:
                worker.stop()
    finally:
        box.stop()


# --- the same with a real server ---

@pytest.mark.parametrize("fault", ["absent", "frozen", "later", "killed"])
def test_nothing_but_mail_waits_for_postfix(fresh_server, fault):
    postfix = Postfix().start()
    try:
        server, people, members = begin(fresh_server, postfix, fault)
        if fault == "absent":
            postfix.end()
        elif fault == "frozen":
            postfix.freeze()
        elif fault == "later":
            postfix.access({"example.org": "451 4.3.0 later"})
            postfix.reload()
        begun = time.monotonic()
        people.busy(fault, members[1:], "member0")
        if fault != "killed":
            people.hold(fault, members, SECONDS - (time.monotonic() - begun))
        if fault == "killed":
            postfix.kill_sessions()  # in the middle of it
        else:
            wait_for(lambda: server.count(
                "SELECT count(*) FROM jobs WHERE lane = 0 AND state = 0 AND attempt > 0") > 0)
            assert server.count("SELECT count(*) FROM jobs WHERE lane = 0"
                                " AND state IN (0, 1)") >= EVENTS
        if fault == "absent":
            postfix.start()
        elif fault == "frozen":
            postfix.thaw()
        elif fault == "later":
            postfix.access({})
            postfix.reload()
        people.drain()
        wait_for(lambda: {m["To"] for m in postfix.messages()} == set(people.expected)
                 and people.arrived())
        # A frozen or killed server may have taken one whose answer was lost.
        ids = collections.Counter(m["Message-ID"] for m in postfix.messages())
        twice = {each for each, count in ids.items() if count > 1}
        assert len(twice) <= (1 if fault in ("frozen", "killed") else 0)
        people.check(twice)
        assert server.count("SELECT count(*) FROM bounces") == 0
    finally:
        postfix.stop()


def test_what_is_killed_while_it_sends_to_postfix_arrives(fresh_server):
    postfix = Postfix().start()
    try:
        server, people, members = begin(fresh_server, postfix)
        for n in range(EVENTS):
            people.sign_up(f"killed_{n}")
        server.end(signal.SIGKILL)
        server.start()
        server.change("UPDATE jobs SET lease_until = 0 WHERE state = 1 AND lane = 0")
        people.drain()
        wait_for(lambda: {m["To"] for m in postfix.messages()} == set(people.expected)
                 and people.arrived())
        ids = collections.Counter(m["Message-ID"] for m in postfix.messages())
        twice = {each for each, count in ids.items() if count > 1}
        assert len(twice) <= 1
        people.check(twice)
    finally:
        postfix.stop()
