"""W6 and W7: the feed beside log-ins, and a photo of somebody whom thousands follow."""

import contextlib
import itertools
import json
import sqlite3
import statistics
import threading
import time

import lab
from feeds import feed_requests, p99_beside
from lab import BenchError
from months import copy_of, lines_of
from uploads import (PHOTOS, SIZES, models_folder, open_database, require_photos,
                     wait_until_final)

LOGINS_PER_SECOND = 4
FOLLOWERS = 10_000
SAMPLE = 100  # of them, who look at once


# --- W6 -------------------------------------------------------------------------------------------

class LogIns:
    """Log-ins with a wrong password, which cost the same hash; each from somewhere else."""

    def __init__(self, port, handles):
        self.port, self.handles, self.number = port, itertools.cycle(handles), itertools.count()
        self.hashed = 0

    @contextlib.contextmanager
    def running(self):
        over = threading.Event()
        thread = threading.Thread(target=self.run, args=(over,))
        thread.start()
        try:
            yield
        finally:
            over.set()
            thread.join()

    def run(self, over):
        due = time.monotonic()
        while not over.is_set():
            threading.Thread(target=self.log_in).start()
            due += 1 / LOGINS_PER_SECOND
            over.wait(max(0.0, due - time.monotonic()))

    def log_in(self):
        number = next(self.number)
        body = json.dumps({"login": next(self.handles), "password": f"not this one {number}"})
        with lab.Api(self.port) as api:
            headers = {"Content-Type": "application/json",
                       "X-Forwarded-For": f"10.1.{number // 250}.{number % 250}"}
            api.connection.request("POST", "/v1/sessions", body, headers)
            response = api.connection.getresponse()
            response.read()
        self.hashed += response.status == 401


def handles_of(folder, count):
    with contextlib.closing(sqlite3.connect(f"file:{folder}/picsharz.db?mode=ro", uri=True)) as db:
        return [row[0] for row in db.execute("SELECT handle FROM accounts LIMIT ?", (count,))]


def w6(report, options, month):
    tokens = lines_of(month / "tokens.txt")
    with copy_of(month) as folder, \
            lab.settled(folder, http__trusted_proxies="127.0.0.1") as server:
        log_ins = LogIns(server.port, handles_of(folder, 2000))
        lines = feed_requests(server.port, tokens)
        quiet, beside = p99_beside(server, lines, folder, options, log_ins.running)
    if log_ins.hashed < options.rounds * 2 * options.window * LOGINS_PER_SECOND * 0.9:
        raise BenchError(f"only {log_ins.hashed} log-ins hashed a password")
    report.add("W6", f"the feed beside {LOGINS_PER_SECOND} log-ins a second",
               f"p99 {beside:.1f} ms, alone {quiet:.1f} ms: {beside / quiet:.1f}x",
               p99_ms=beside, quiet_p99_ms=quiet)


# --- W7 -------------------------------------------------------------------------------------------

def make_famous(folder, author, count):
    """`count` people follow the author. The tables say so as if each of them had done it."""
    with contextlib.closing(sqlite3.connect(folder / "picsharz.db")) as db, db:
        rows = db.execute("SELECT id FROM accounts WHERE id <> ? LIMIT ?", (author, count))
        people = [row[0] for row in rows]
        if len(people) < count:
            raise BenchError(f"W7 needs {count:,} people (--people)")
        for person in people:
            if db.execute("INSERT INTO follows VALUES (?, ?, 1, 0) ON CONFLICT DO NOTHING",
                          (person, author)).rowcount:
                db.execute("UPDATE accounts SET following = following + 1 WHERE id = ?", (person,))
        db.execute("UPDATE accounts SET followers = (SELECT count(*) FROM follows"
                   " WHERE followee_id = ? AND state = 1) WHERE id = ?", (author, author))


def seconds_until_seen(port, tokens, photo, ready):
    """Until the last of those who look again and again has it in their feed."""
    seen, failures = [], []

    def look(mine):
        with lab.Api(port) as api:
            for token in mine:
                while api.json("GET", "/v1/feed/home?limit=1", token)["items"][0]["id"] != photo:
                    if time.monotonic() - ready > 10:
                        failures.append(token)
                        return
                seen.append(time.monotonic() - ready)

    threads = [threading.Thread(target=look, args=(tokens[number::4],)) for number in range(4)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    if failures or len(seen) < len(tokens):
        raise BenchError("a follower did not see the photo within 10 s")
    return max(seen)


def w7(report, options, month):
    require_photos()
    data = (PHOTOS / SIZES["2 MP"][0]).read_bytes()
    author, *others = lines_of(month / "tokens.txt")
    with copy_of(month) as folder:
        with lab.picsharz(folder) as server, lab.Api(server.port) as api:
            ids = {token: int(api.json("GET", "/v1/me", token)["id"])
                   for token in [author, *others[:SAMPLE]]}
        make_famous(folder, ids[author], FOLLOWERS)
        with contextlib.closing(sqlite3.connect(folder / "picsharz.db")) as db, db:
            for token in others[:SAMPLE]:
                db.execute("INSERT INTO follows VALUES (?, ?, 1, 0) ON CONFLICT DO NOTHING",
                           (ids[token], ids[author]))
        with lab.settled(folder, models__dir=str(models_folder())) as server, \
                lab.Api(server.port) as api, open_database(folder) as database:
            for token in others[:SAMPLE]:  # they were here before
                api.bytes("GET", "/v1/feed/home?limit=1", token)
            times = []
            for number in range(options.rounds):
                photo = api.upload(author, f"{number}.jpg", data + bytes(number))["id"]
                if wait_until_final(database, int(photo)) != "published":
                    raise BenchError("the photo of W7 was not published")
                times.append(seconds_until_seen(server.port, others[:SAMPLE], photo,
                                                time.monotonic()))
    worst = statistics.median(times) * 1e3
    report.add("W7", f"{FOLLOWERS:,} followers, {SAMPLE} of them look at once",
               f"the last of them has it {worst:.0f} ms after it is ready", last_ms=worst)
