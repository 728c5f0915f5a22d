"""W9: memory of all processes, idle and under load.

Counted is the proportional set size (PSS), as the kernel gives it: a page that processes share
counts once. File pages of the memory-mapped database are left out, because the kernel can take them
back. Decoders, and the classifier, are apart.
"""

import concurrent.futures
import contextlib
import os
import threading
import time
from pathlib import Path

import lab
from feeds import all_pictures, feed_requests, rendition_requests
from months import copy_of, lines_of
from uploads import NO_MODELS, PHOTOS, SIZES, Ours, models_folder, open_database, require_photos

PICTURES = 20_000  # renditions that W2's part of the load asks for
FEED_BYTES = 8_000  # of 20 photos, at least
SETTLED_SECONDS = 3  # from the start until the server is idle
SAMPLE_SECONDS = 0.5
MEGABYTE = 1e6


def pss_of(smaps, mapped=None):
    """Bytes of a /proc/<pid>/smaps or smaps_rollup; only of files called `mapped` where given."""
    total, counts = 0, mapped is None
    for line in smaps.splitlines():
        fields = line.split(maxsplit=5)
        if not fields[0].endswith(":"):  # begins a mapping: address, rights, ..., its file
            counts = mapped is None or (len(fields) > 5 and Path(fields[5]).name == mapped)
        elif fields[0] == "Pss:" and counts:
            total += int(fields[1]) * 1024
    return total


def is_decoder(pid):
    return Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")[1:2] == [b"decoder"]


def memory_of(server):
    """Bytes of {"server", "decoders"}: what lives now of the tree of this process."""
    found = {"server": 0, "decoders": 0}
    for pid in lab.family(server, lab.processes()):
        # A decoder may end while it is looked at.
        with contextlib.suppress(FileNotFoundError, ProcessLookupError):
            folder = Path(f"/proc/{pid}")
            bytes_ = pss_of((folder / "smaps_rollup").read_text())
            if pid == server:
                bytes_ -= pss_of((folder / "smaps").read_text(), "picsharz.db")
            found["decoders" if is_decoder(pid) else "server"] += bytes_
    return found


class Peak:
    """The most that was there at one time, looked at now and then until the `with` block ends."""

    def __init__(self, server):
        self.server = server
        self.most = memory_of(server)
        self.over = threading.Event()
        self.thread = threading.Thread(target=self.look)

    def look(self):
        while not self.over.wait(SAMPLE_SECONDS):
            now = memory_of(self.server)
            if sum(now.values()) > sum(self.most.values()):
                self.most = now

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.over.set()
        self.thread.join()


def link_objects(month, folder, pictures):
    """These objects of the month under another name: what is written beside them is the copy's."""
    for _, key in pictures:
        target = folder / "objects" / key
        target.parent.mkdir(parents=True, exist_ok=True)
        os.link(month / "objects" / key, target)


def upload_until(over, maker):
    paths = [PHOTOS / name for name in SIZES["12 MP"]]
    while not over.is_set():
        maker.make(paths)


def load_all(server, folder, month, pictures, wanted, seconds):
    """W1, W2 and W3 at once; the peak of the memory."""
    feeds = feed_requests(server.port, lines_of(month / "tokens.txt"), FEED_BYTES)
    renditions, _ = rendition_requests(server.port, month, pictures)
    token, over = lines_of(month / "tokens.txt")[0], threading.Event()

    def read(lines, name, order):
        (folder / name).mkdir()
        return lab.load(server.port, lines, folder / name, connections=16, seconds=seconds,
                        order=order)

    def upload():
        with lab.Api(server.port) as api, open_database(folder) as database:
            upload_until(over, Ours(server, api, database, token, wanted))

    with Peak(server.pid) as peak, concurrent.futures.ThreadPoolExecutor(3) as pool:
        uploads = pool.submit(upload)
        reads = [pool.submit(read, feeds, "feeds", "cycle"),
                 pool.submit(read, renditions, "renditions", "zipf")]
        try:
            for each in reads:
                each.result()
        finally:
            over.set()
        uploads.result()
    return peak.most


def measure(month, options, models, wanted):
    """(idle, under load) of a server on its own copy of the month."""
    pictures = all_pictures(month)[:PICTURES]
    with copy_of(month) as folder:
        link_objects(month, folder, pictures)
        with lab.picsharz(folder, models__dir=models, uploads__per_day="1000000",
                          uploads__quota="1TiB") as server:
            time.sleep(SETTLED_SECONDS)
            idle = memory_of(server.pid)
            loaded = load_all(server, folder, month, pictures, wanted,
                              options.rounds * options.window)
    return idle, loaded


def add(report, what, found):
    total = sum(found.values()) / MEGABYTE
    report.add("W9", what, f"{total:.0f} MB PSS, of which the decoders "
                           f"{found['decoders'] / MEGABYTE:.0f} MB",
               pss_mb=total, decoders_mb=found["decoders"] / MEGABYTE)


def w9(report, options, month):
    require_photos()
    idle, loaded = measure(month, options, NO_MODELS, "held")
    add(report, "idle", idle)
    add(report, "peak under W1, W2 and W3, without classifier", loaded)
    with_idle, with_loaded = measure(month, options, str(models_folder()), "published")
    for what, more, less in (("idle", with_idle, idle), ("under load", with_loaded, loaded)):
        apart = (more["server"] - less["server"]) / MEGABYTE
        report.add("W9", f"the classifier's, {what}: the difference with models",
                   f"{apart:.0f} MB PSS", pss_mb=apart)
