#!/usr/bin/python3
"""Every timing, with its target beside it: `make bench`.

    tools/bench.py [--only W1,W2] [--rounds 5] [--window 6] [--people 40000] [--photos 360000]

Generates a month of a community once (build/bench-data), serves copies of it with the optimised
program (PICSHARZ_BINARY, default build/release/picsharz) and measures. CPU time per operation,
summed over every process of a system, is the figure that counts: wall time on a shared machine
drifts by factors. Before and after, two calibrators say how fast the machine is; a run where they
moved by more than 30 % is marked noisy. The table is written to build/bench.json, too.

It ends with 1 where something could not be measured, or where a figure passes one of LIMITS
(bench/targets.py), which it names.
"""

import argparse
import contextlib
import json
import os
import signal
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "bench"))

# From bench/, beside the programs that they run.
import lab  # noqa: E402
from archives import r20  # noqa: E402
from broken_line import w10  # noqa: E402
from dashboards import dashboards  # noqa: E402
from enumeration import a16  # noqa: E402
from eyes import backlog, ordinary  # noqa: E402
from feeds import w1, w2  # noqa: E402
from graph import graph  # noqa: E402
from hostile import w11  # noqa: E402
from lab import BenchError, Meter, request_line  # noqa: E402
from mails import r6  # noqa: E402
from memory import w9  # noqa: E402
from months import DATA, copy_of, lines_of, sqlite_month  # noqa: E402
from overload import r12  # noqa: E402
from pages import lh, ui  # noqa: E402
from people import w6, w7  # noqa: E402
from restores import r14  # noqa: E402
from searches import w4  # noqa: E402
from targets import EPOLL_US, LIMITS, PEERS, TARGETS  # noqa: E402
from uploads import PHOTOS, SIZES, thumbnails, w3, waiting  # noqa: E402

NOISY = 0.30


class Report:
    """The rows of the table, printed as they come."""

    def __init__(self):
        self.rows = []

    def add(self, row, what, measured, **figures):
        self.rows.append({"row": row, "what": what, "measured": measured, **figures})
        print(f"  {row:4} {what}: {measured}", flush=True)

    def table(self):
        yield f"{'#':4} {'workload':48} {'target':46} measured"
        for row, (workload, target) in TARGETS.items():
            mine = [each for each in self.rows if each["row"] == row]
            lines = [f"{each['what']}: {each['measured']}" for each in mine] or ["not yet"]
            yield f"{row:4} {workload:48} {target:46} {lines[0]}"
            lines += [f"recorded: {PEERS[row]}"] if row in PEERS else []
            yield from (f"{'':101}{line}" for line in lines[1:])


def too_large(rows):
    """A line for each figure that is larger than its row may have it."""
    for row in rows:
        limit = LIMITS.get(row["row"])
        if limit is None or not row["what"].startswith(limit.begins):
            continue
        figures = {key: value for key, value in row.items()
                   if key not in ("row", "what", "measured", *limit.but)}
        for key in limit.keys or figures:
            if figures.get(key, 0) > limit.most:
                yield f"{row['row']} {row['what']}: {key} {figures[key]:.4g} > {limit.most}"


def build_programs():
    """Brings them up to date, unless PICSHARZ_BENCH_PROGRAMS names a folder that has them."""
    if "PICSHARZ_BENCH_PROGRAMS" in os.environ:
        return
    subprocess.run(["ninja", "-C", lab.BINARY.parent, "--quiet", "bench_programs"], check=True)


# --- the calibrators ------------------------------------------------------------------------------

def calibrate(folder):
    """Microseconds of a trivial reply, milliseconds of a JPEG: work that never changes."""
    program = lab.PROGRAMS / "bench_calibrate"
    server = subprocess.Popen([program, "serve"], stdout=subprocess.PIPE, text=True)
    try:
        port = int(server.stdout.readline())
        meter = Meter(server.pid)
        done = lab.load(port, [request_line("GET", "/", least=200)], folder, connections=16,
                        seconds=1)
        figures = {"epoll_us": meter.cpu() / done["requests"] * 1e6}
    finally:
        lab.end(server)
    photo = PHOTOS / SIZES["12 MP"][0]
    if photo.exists():
        ran = subprocess.run([program, "decode", photo], check=True, capture_output=True, text=True)
        figures["decode_ms"] = float(ran.stdout)
    return figures


def fdatasync_ms(folder):
    """The median of what the disk takes for 4 KB just now: it bounds W5."""
    times = []
    with tempfile.TemporaryFile(dir=folder) as file:
        for _ in range(100):
            file.write(bytes(4096))
            file.flush()
            started = time.perf_counter()
            os.fdatasync(file.fileno())
            times.append(time.perf_counter() - started)
    return statistics.median(times) * 1e3


# --- W5: likes and follows ------------------------------------------------------------------------

class Pairs(NamedTuple):
    """What is made and taken back: rows of `table`, counted by `counters`."""
    made: str       # the names of the two measurements
    unmade: str
    told: str       # what both answers tell
    requests: list  # (token, path), no pair twice
    table: str
    counters: str


def read_only(folder):
    return contextlib.closing(sqlite3.connect(f"file:{folder}/picsharz.db?mode=ro", uri=True))


def pairs_of(people, others, known, count):
    """(token, other) that are not in `known`. `people`: token -> account; `others`: (name, id)."""
    tokens = list(people)
    for number in range(min(count, len(tokens) * len(others))):
        turn, person = divmod(number, len(tokens))
        token, (name, other) = tokens[person], others[(person * 13 + turn) % len(others)]
        if people[token] != other and (people[token], other) not in known:
            yield token, name


def likes_and_follows(folder, month, members):
    """Of members (token -> account as the API shows it) with the photos and with each other."""
    people = {token: int(account["id"]) for token, account in members.items()}
    photos = [(line.split()[0], int(line.split()[0])) for line in lines_of(month / "media.txt")]
    handles = [(account["handle"], int(account["id"])) for account in members.values()]
    with read_only(folder) as db:
        liked = set(db.execute("SELECT account_id, photo_id FROM likes"))
        followed = set(db.execute("SELECT follower_id, followee_id FROM follows"))
        private = {row[0] for row in db.execute("SELECT handle FROM accounts WHERE private = 1")}
    handles = [(handle, account) for handle, account in handles if handle not in private]
    yield Pairs("like", "unlike", "liked",
                [(token, f"/v1/photos/{photo}/like")
                 for token, photo in pairs_of(people, photos, liked, 300_000)],
                "likes", "SELECT sum(likes) FROM photos")
    yield Pairs("follow", "unfollow", "following",
                [(token, f"/v1/accounts/{handle}/follow")
                 for token, handle in pairs_of(people, handles, followed, 300_000)],
                "follows", "SELECT (sum(followers) + sum(following)) / 2 FROM accounts")


def counted(folder, pairs):
    with read_only(folder) as db:
        requested = " WHERE state = 1" if pairs.table == "follows" else ""
        return (db.execute(pairs.counters).fetchone()[0],
                db.execute(f"SELECT count(*) FROM {pairs.table}{requested}").fetchone()[0])


def w5(report, options, month):
    with copy_of(month) as folder, lab.settled(folder) as server:
        with lab.Api(server.port) as api:  # this also touches every session once
            members = {token: api.json("GET", "/v1/me", token)
                       for token in lines_of(month / "tokens.txt")}
        for pairs in likes_and_follows(folder, month, members):
            make_and_unmake(report, options, server, folder, pairs)
        disk = fdatasync_ms(folder)
        report.add("W5", "fdatasync of this disk just now", f"{disk:.2f} ms", fdatasync_ms=disk)


def make_and_unmake(report, options, server, folder, pairs):
    if not pairs.requests:
        raise BenchError(f"nobody can {pairs.made} anything in this month: see --media")
    before = counted(folder, pairs)
    made = 0
    for method, name, answer in (("PUT", pairs.made, "true"), ("DELETE", pairs.unmade, "false")):
        lines = [request_line(method, path, token, 10, f'"{pairs.told}":{answer}')
                 for token, path in pairs.requests]
        bound = {"count": made} if made else {"seconds": options.window}
        meter = Meter(server.pid)
        done = lab.load(server.port, lines, folder, connections=64, **bound)
        cpu = meter.cpu() / done["requests"] * 1e3
        made = done["requests"]
        rate = made / done["seconds"]
        report.add("W5", name, f"{rate:,.0f}/s durable, {cpu:.4f} ms CPU "
                               f"(p99 {done['p99_ms']:.0f} ms)",
                   cpu_ms=cpu, per_second=rate, p99_ms=done["p99_ms"])
        if method == "PUT":
            check_counted(before, counted(folder, pairs), made)
            if made > len(pairs.requests):
                raise BenchError(f"the list for {name} is too short for the window")
    check_counted(before, counted(folder, pairs), 0)


def check_counted(before, after, made):
    """The sum of the counters and the number of rows both grew by what was answered."""
    if after != (before[0] + made, before[1] + made):
        raise BenchError(f"{made} were answered; counters and rows went {before} -> {after}")


# --- W8: cold start -------------------------------------------------------------------------------

def first_feed(folder, token):
    """(wall, CPU) seconds from the start of the process to a correct feed."""
    port = lab.free_port()
    environment = lab.serve_environment(folder, {"PICSHARZ_HTTP__LISTEN": f"127.0.0.1:{port}"})
    started = time.monotonic()
    process = subprocess.Popen([lab.BINARY, "serve"], env=environment, stdout=subprocess.DEVNULL,
                               stderr=subprocess.DEVNULL)
    try:
        while time.monotonic() - started < lab.START_SECONDS:
            with contextlib.suppress(OSError), lab.Api(port) as api:
                if len(api.json("GET", "/v1/feed/home", token)["items"]) == 20:
                    return time.monotonic() - started, lab.tree_cpu(process.pid)
            time.sleep(0.002)
        raise BenchError("no correct feed after the start")
    finally:
        lab.end(process)


def w8(report, options, month):
    token = lines_of(month / "tokens.txt")[0]
    with copy_of(month) as folder:
        first_feed(folder, token)  # brings the copy into the page cache
        starts = [first_feed(folder, token) for _ in range(5)]
    wall, cpu = (statistics.median(values) for values in zip(*starts))
    report.add("W8", f"{options.photos:,} photos, median of 5", f"{wall:.3f} s ({cpu:.2f} s CPU)",
               wall_s=wall, cpu_s=cpu)


# --- W13: the binary and its start ----------------------------------------------------------------

def w13(report, options, month):
    report.add("W13", "the binary", f"{lab.BINARY.stat().st_size / 1e6:.1f} MB",
               binary_mb=lab.BINARY.stat().st_size / 1e6)
    with tempfile.TemporaryDirectory(dir=DATA) as folder:
        started = time.monotonic()
        with lab.picsharz(Path(folder)):
            wall = time.monotonic() - started
    report.add("W13", "the first start, until it listens", f"{wall:.2f} s", wall_s=wall)


def rates(report, _options, _month):
    ran = subprocess.run([lab.PROGRAMS / "bench_rates"], check=True, capture_output=True, text=True)
    report.add("RL", "10,000 members at 10,000 addresses", f"{float(ran.stdout) / 1e3:.2f} us CPU",
               cpu_us=float(ran.stdout) / 1e3)


def use(report, _options, _month):
    ran = subprocess.run([lab.PROGRAMS / "bench_counts"], check=True, capture_output=True,
                         text=True)
    counted = ("a request", "a like", "a member who was here today", "a view of a photo",
               "a search, with its words")
    for what, spent in zip(counted, map(float, ran.stdout.split()), strict=True):
        report.add("USE", f"counting {what}", f"{spent / 1e3:.3f} us CPU", cpu_us=spent / 1e3)


# --- all of it ------------------------------------------------------------------------------------

# In this order.
MEASUREMENTS = {"W13": [w13], "W8": [w8], "W1": [w1], "W2": [w2], "W4": [w4], "W5": [w5],
                "W6": [w6], "W7": [w7], "W3": [w3],
                "W3v": [ordinary, backlog],
                "W12": [thumbnails], "W10": [w10], "W9": [w9, waiting], "W11": [w11],
                "G": [graph], "R12": [r12], "RL": [rates], "USE": [use], "LH": [lh], "UI": [ui],
                "R6": [r6], "R14": [r14], "R20": [r20], "AD": [dashboards], "A16": [a16]}
OURS = ("W2", "picsharz")
NO_MONTH = {"W13", "G", "RL", "USE", "LH", "UI", "R14"}  # have what they need


def read_options():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", default=",".join(MEASUREMENTS), help="rows, with commas")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--window", type=float, default=6, help="seconds")
    parser.add_argument("--uploads", type=int, default=12, help="of each size, in a window")
    parser.add_argument("--cuts", type=int, default=8, help="of the line, for each photo")
    parser.add_argument("--backlog", type=int, default=1000, help="photos that wait at once")
    parser.add_argument("--waiting", type=int, default=10_000, help="uploads that nobody develops")
    parser.add_argument("--archive", type=int, default=10_000, help="photos of an export")
    parser.add_argument("--restored", type=int, default=10_000, help="photos of a restore")
    parser.add_argument("--answers", type=int, default=160,
                        help="about known addresses, and as many about others; the design's: 1000")
    parser.add_argument("--people", type=int, default=40_000)
    parser.add_argument("--photos", type=int, default=360_000)
    parser.add_argument("--media", type=int, default=360_000,
                        help="photos that get a rendition, of those that everybody sees")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    options.only = options.only.split(",")
    if unknown := set(options.only) - set(MEASUREMENTS):
        parser.error(f"{', '.join(sorted(unknown))}: known are {', '.join(MEASUREMENTS)}")
    return options


def moved(before, after):
    """The largest relative change of a calibrator."""
    return max(abs(after[key] / before[key] - 1) for key in before)


def calibrated(report, before, after):
    """W2 once more: almost all of it is the kernel's, whose speed the calibrator knows."""
    factor = EPOLL_US * 2 / (before["epoll_us"] + after["epoll_us"])
    for cpu in [row["cpu_us"] for row in report.rows if (row["row"], row["what"]) == OURS]:
        report.add("W2", f"the same, where a trivial reply takes {EPOLL_US} us",
                   f"{cpu * factor:.1f} us CPU", cpu_us=cpu * factor)


def measure_all(report, options, month):
    """True where everything could be measured."""
    complete = True
    for name in (row for row in MEASUREMENTS if row in options.only):
        for measurement in MEASUREMENTS[name]:
            try:
                measurement(report, options, month)
            except BenchError as error:
                report.add(name, "not measured", str(error))
                complete = False
    return complete


def main():
    options = read_options()
    build_programs()
    DATA.mkdir(parents=True, exist_ok=True)
    month = None if NO_MONTH.issuperset(options.only) else sqlite_month(options)
    report = Report()
    with tempfile.TemporaryDirectory(dir=DATA) as folder:
        before = calibrate(Path(folder))
        print(f"calibrators before: {before}", flush=True)
        complete = measure_all(report, options, month)
        after = calibrate(Path(folder))
    calibrated(report, before, after)
    print(f"calibrators after:  {after}\n")
    noisy = moved(before, after) > NOISY
    print("\n".join(report.table()))
    too_much = list(too_large(report.rows))
    for line in too_much:
        print(f"TOO MUCH: {line}")
    if noisy:
        print("NOISY: the calibrators moved by more than 30 %; measure again on a quiet machine.")
    result = {"calibrators": {"before": before, "after": after}, "noisy": noisy,
              "rows": report.rows, "too_much": too_much, "options": vars(options)}
    (lab.ROOT / "build/bench.json").write_text(json.dumps(result, indent=2) + "\n")
    return 0 if complete and not too_much else 1


if __name__ == "__main__":
    # Ended from outside, it still ends its servers and removes its copies.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        sys.exit(main())
    except (BenchError, subprocess.CalledProcessError) as error:
        sys.exit(f"bench: {error}")
