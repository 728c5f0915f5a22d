"""W11: files made to hurt are uploaded while the home feed is read."""

import collections
import contextlib
import itertools
import os
import threading
from pathlib import Path

import lab
from feeds import feed_requests, p99_beside
from lab import BenchError
from memory import MEGABYTE, Peak
from months import copy_of, lines_of
from uploads import NO_MODELS

CORPUS = Path(os.environ.get("PICSHARZ_SHARED", lab.ROOT.parent / "shared")) / "corpus"
FOLDERS = ("bombs", "corkami", "libheif-fuzz", "libspng-crashers")
SENDERS = 4
REFUSALS = {413, 415, 422}  # said of a picture; anything else would be no answer to one


class Senders:
    """Upload hostile files, each sender as somebody else, until the `with` block ends."""

    def __init__(self, port, tokens, files):
        self.port, self.tokens, self.files = port, tokens, files
        self.over, self.statuses, self.failure = threading.Event(), collections.Counter(), None
        self.threads = [threading.Thread(target=self.run, args=(number,))
                        for number in range(SENDERS)]

    def run(self, number):
        mine = itertools.cycle(self.files[number::SENDERS])
        try:
            with lab.Api(self.port) as api:
                while not self.over.is_set():
                    name, data = next(mine)
                    status, _ = api.answer("POST", "/v1/photos", self.tokens[number],
                                           *lab.photo_form(name, data))
                    self.statuses[status] += 1
        except OSError as error:
            self.failure = error

    def __enter__(self):
        for each in self.threads:
            each.start()
        return self

    def __exit__(self, *_):
        self.over.set()
        for each in self.threads:
            each.join()

    def check(self):
        if self.failure:
            raise BenchError(f"a connection with hostile files failed: {self.failure}")
        if unknown := set(self.statuses) - REFUSALS - {201}:
            raise BenchError(f"hostile files were answered with {sorted(unknown)}")


def hostile_files():
    files = [(f"{path.parent.name}-{path.name}", path.read_bytes())
             for folder in FOLDERS for path in sorted((CORPUS / folder).glob("*"))
             if path.is_file()]
    if not files:
        raise BenchError("the corpus of hostile files is missing")
    return files


def w11(report, options, month):
    files, tokens = hostile_files(), lines_of(month / "tokens.txt")
    answers = collections.Counter()

    @contextlib.contextmanager
    def hostile():
        with Senders(server.port, tokens, files) as senders:
            yield
        senders.check()
        answers.update(senders.statuses)

    with copy_of(month) as folder, \
            lab.picsharz(folder, models__dir=NO_MODELS, uploads__per_day="1000000") as server:
        lines = feed_requests(server.port, tokens)
        with Peak(server.pid) as peak:
            quiet, beside = p99_beside(server, lines, folder, options, hostile)
    refused = sum(answers[status] for status in REFUSALS)
    report.add("W11", f"the feed beside {SENDERS} senders of hostile files",
               f"p99 {beside:.1f} ms, alone {quiet:.1f} ms: {beside / quiet:.1f}x",
               p99_ms=beside, quiet_p99_ms=quiet)
    report.add("W11", f"{answers.total():,} hostile files, {refused:,} refused at once",
               f"peak {sum(peak.most.values()) / MEGABYTE:.0f} MB PSS, of which the decoders "
               f"{peak.most['decoders'] / MEGABYTE:.0f} MB",
               pss_mb=sum(peak.most.values()) / MEGABYTE)
