"""W3v's other half: ordinary photos that are taken for others, and a backlog beside the feed."""

import contextlib
import json
import os
import statistics
import threading
import time
from pathlib import Path

import lab
from feeds import feed_requests
from lab import BenchError
from months import copy_of, lines_of
from uploads import (PHOTOS, distinct, models_folder, open_database, require_photos, SIZES,
                     wait_until_final)

PICTURES = {".jpg", ".jpeg", ".png", ".webp"}
FILE_MAX = 50_000_000
BACKLOG_AT_ONCE = 4  # connections that upload it


def ordinary_folders():
    """Name -> folder. More than the photos: PICSHARZ_ORDINARY names folders, with colons."""
    named = {"photos": PHOTOS}
    for folder in filter(None, os.environ.get("PICSHARZ_ORDINARY", "").split(":")):
        named[Path(folder).name] = Path(folder)
    return named


def pictures_of(folder):
    return sorted(path for path in folder.rglob("*")
                  if path.suffix.lower() in PICTURES and path.is_file()
                  and not path.is_symlink() and path.stat().st_size < FILE_MAX)


def ordinary(report, options, month):
    """How many of photos that nobody would hide are held or removed, and which."""
    with copy_of(month) as folder, \
            lab.picsharz(folder, models__dir=str(models_folder()),
                         uploads__per_day="1000000") as server, \
            lab.Api(server.port) as api, open_database(folder) as database:
        token = lines_of(month / "tokens.txt")[0]
        for name, pictures in ordinary_folders().items():
            states = {}
            for path in pictures_of(pictures):
                status, body = api.answer("POST", "/v1/photos", token,
                                          *lab.photo_form(path.name, path.read_bytes()))
                if status == 201:
                    where = str(path.relative_to(pictures))
                    states[where] = wait_until_final(database, int(json.loads(body)["id"]))
            if not states:
                raise BenchError(f"{name} has no pictures")
            wrong = sorted(f"{path} {state}" for path, state in states.items()
                           if state in ("held", "removed"))
            report.add("W3v", f"{name}: {len(states)} ordinary pictures",
                       f"{len(wrong)} not published" + (f" ({', '.join(wrong)})" if wrong else ""),
                       pictures=len(states), wrong=len(wrong))


class Backlog:
    """Uploads `count` photos, each of its own bytes, and knows how many wait to be developed."""

    def __init__(self, port, tokens, count):
        self.port, self.tokens, self.failure = port, tokens, None
        self.files = [(PHOTOS / name).read_bytes() for name in SIZES["2 MP"]]
        self.left = iter(range(count))
        self.lock = threading.Lock()
        self.threads = [threading.Thread(target=self.run) for _ in range(BACKLOG_AT_ONCE)]
        for each in self.threads:
            each.start()

    def run(self):
        try:
            with lab.Api(self.port) as api:
                while (number := self.next()) is not None:
                    token = self.tokens[number % len(self.tokens)]
                    data = distinct(self.files[number % len(self.files)], f"backlog {number}")
                    api.upload(token, f"{number}.jpg", data)
        except (OSError, BenchError) as error:
            self.failure = error

    def next(self):
        with self.lock:
            return next(self.left, None)

    def join(self):
        for each in self.threads:
            each.join()
        if self.failure:
            raise BenchError(f"the backlog could not be uploaded: {self.failure}")


FEEDS_PER_SECOND = 1_000  # seventy times what comes in the month's evening


def backlog(report, options, month):
    """The feed's p99 while photos develop, are labelled and judged, and without."""
    require_photos()
    backlog_beside(report, options, month, FEEDS_PER_SECOND)
    backlog_beside(report, options, month, 0)


def backlog_beside(report, options, month, rate):
    """Feeds that come at a rate; 0: as many as the machine can give."""
    tokens = lines_of(month / "tokens.txt")
    with copy_of(month) as folder, \
            lab.picsharz(folder, models__dir=str(models_folder()),
                         uploads__per_day="1000000") as server, open_database(folder) as database:
        lines = feed_requests(server.port, tokens, least=1_000)  # what comes changes the feeds

        def p99():
            return lab.load(server.port, lines, folder, connections=16, rate=rate,
                            seconds=options.window)["p99_ms"]

        def waiting():
            return database.execute("SELECT count(*) FROM photos WHERE state < 3").fetchone()[0]

        alone = [p99() for _ in range(options.rounds)]
        started = time.monotonic()
        Backlog(server.port, tokens[:200], options.backlog).join()
        beside = []
        while waiting() > 0 and len(beside) < 200:
            beside.append(p99())
        drained = time.monotonic() - started
        with contextlib.suppress(IndexError):
            beside.pop()  # the last one was not beside it to its end
        if not beside or waiting() > 0:
            raise BenchError("the backlog was gone before, or never; choose another --backlog")
    quiet, busy = statistics.median(alone), statistics.median(beside)
    beside_what = f"{rate:,} feeds a second" if rate else "as many feeds as there can be"
    report.add("W3v", f"{beside_what} beside a backlog of {options.backlog:,} photos",
               f"p99 {busy:.1f} ms, alone {quiet:.1f} ms: {busy / quiet:.1f}x; drained in "
               f"{drained:.0f} s beside it", p99_ms=busy, quiet_p99_ms=quiet, seconds=drained)
