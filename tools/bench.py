#!/usr/bin/python3
"""Every timing, with its target beside it: `make bench`.

    tools/bench.py [--only W1,W2] [--rounds 5] [--window 6] [--people 40000] [--photos 360000]

Generates a month of a community once (build/bench-data), serves copies of it with the optimised
program (PICSHARZ_BINARY, default build/release/picsharz) and measures. CPU time per operation,
summed over every process of a system, is the figure that counts: wall time on a shared machine
drifts by factors. Before and after, two calibrators say how fast the machine is; a run where they
moved by more than 30 % is marked noisy. The table is written to build/bench.json, too.
"""

import argparse
import contextlib
import hashlib
import json
import os
import random
import shutil
import signal
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "bench"))

import lab  # noqa: E402  (beside the programs that it runs)
from lab import BenchError, Meter, request_line  # noqa: E402

DATA = lab.ROOT / "build/bench-data"
PHOTOS = Path(os.environ.get("PICSHARZ_SHARED", lab.ROOT.parent / "shared")) / "photos"
LARGE = ["aarhus.jpg", "hochuferweg.jpg", "train.jpg"]  # 12 megapixels
SMALL = ["IMG_1252.jpg", "IMG_6253.jpg", "IMG_6368.jpg"]  # 2 megapixels
GENERATOR = ["dice.h", "generate.cpp", "month.cpp", "pictures.cpp", "population.cpp",
             "population.h", "rows.h", "texts.cpp"]
NOISY = 0.30
UPLOAD_SECONDS = 60
FINAL = {3: "published", 4: "held", 5: "removed", 6: "rejected"}

TARGETS = {
    "W1": ("home feed of 20, signed in, c=16", "SQLite 0.10 ms CPU, PostgreSQL 0.6 ms"),
    "W2": ("rendition GET with its access check", "10 us CPU, 2x nginx"),
    "W3": ("12 MP upload until it is in a follower's feed", "60 ms CPU without classifier; "
                                                            "2 MP 16 ms"),
    "W3v": ("tagging and moderation of one photo", "70 ms CPU"),
    "W4": ("search", "words 0.5 ms CPU, by relevance 1 ms"),
    "W5": ("like, unlike: durable, c=64", "20,000/s, 0.03 ms CPU"),
    "W6": ("feed p99 beside 4 log-ins/s", "rises 2x at most"),
    "W7": ("upload of an author with 10,000 followers", "visible in 50 ms"),
    "W8": ("cold start to the first correct feed", "0.3 s"),
    "W9": ("memory", "100 MB idle, 300 MB under load"),
    "W10": ("upload over a broken line", "64 KiB or 3 % sent again per cut"),
    "W11": ("hostile input beside W1", "p99 3x at most"),
    "W12": ("the month", "1 % of two cores, 3 % with tagging"),
    "W13": ("install and start", "a binary of 40 MB, 5 s"),
}


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
            yield from (f"{'':101}{line}" for line in lines[1:])


# --- the data -------------------------------------------------------------------------------------

def build_programs():
    """Brings them up to date, unless PICSHARZ_BENCH_PROGRAMS names a folder that has them."""
    if "PICSHARZ_BENCH_PROGRAMS" in os.environ:
        return
    subprocess.run(["ninja", "-C", lab.BINARY.parent, "--quiet", "bench_programs"], check=True)


def data_key(options):
    """Of everything the generated data depends on."""
    content = hashlib.sha256()
    for file in GENERATOR:
        content.update((lab.ROOT / "bench" / file).read_bytes())
    for file in sorted((lab.ROOT / "src/db/migrations").glob("*.sql")):
        content.update(file.read_bytes())
    return (f"{options.people}-{options.photos}-{options.seed}-{options.media}-"
            f"{content.hexdigest()[:12]}")


def generate(folder, options, *more):
    print("Generating a month of data (once, some minutes)", flush=True)
    command = [lab.PROGRAMS / "bench_generate", "--data", folder, "--people", options.people,
               "--photos", options.photos, "--seed", options.seed, *more]
    subprocess.run([str(part) for part in command], check=True)


def forget(folder):
    """What an earlier generator left of the same size, or did not complete: most of a gigabyte."""
    for old in DATA.glob(folder.name.rpartition("-")[0] + "-*"):
        shutil.rmtree(old)


def sqlite_month(options):
    folder = DATA / f"sqlite-{data_key(options)}"
    if not folder.exists():
        forget(folder)
        unfinished = folder.with_suffix(".tmp")
        generate(unfinished, options, "--media", options.media)
        unfinished.rename(folder)
    return folder


@contextlib.contextmanager
def postgres_month(options):
    """Yields (pid, url) of a running cluster that holds the month."""
    folder = DATA / f"postgres-{data_key(options)}"
    done = folder / "complete"
    if not done.exists():
        forget(folder)
        folder.mkdir(parents=True)
    with lab.postgres(folder) as (pid, url):
        if not done.exists():
            with tempfile.TemporaryDirectory() as lists:
                generate(Path(lists), options, "--media", 0, "--database", url)
            subprocess.run([lab.POSTGRES_BIN / "vacuumdb", "--quiet", "--analyze", "-d", url],
                           check=True)
            done.touch()
        yield pid, url


@contextlib.contextmanager
def copy_of(month, objects=False):
    """A copy of the database to change; with the objects themselves where they are only read."""
    with tempfile.TemporaryDirectory(dir=DATA, prefix="run-") as folder:
        for name in ("picsharz.db", "picsharz.db-wal"):
            if (month / name).exists():
                shutil.copyfile(month / name, Path(folder) / name)
        if objects:
            (Path(folder) / "objects").symlink_to(month / "objects")
        yield Path(folder)


def lines_of(path):
    return path.read_text().splitlines()


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
    photo = PHOTOS / LARGE[0]
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


# --- W1: the home feed ----------------------------------------------------------------------------

def feed_requests(port, tokens):
    """Every feed once, which also warms the caches; each must then always come as long."""
    lines = []
    with lab.Api(port) as api:
        for token in tokens:
            body = api.bytes("GET", "/v1/feed/home", token)
            if len(json.loads(body)["items"]) == 20:
                lines.append(request_line("GET", "/v1/feed/home", token, len(body), '"items":[{'))
    if len(lines) < len(tokens) / 2:
        raise BenchError(f"only {len(lines)} of {len(tokens)} feeds have 20 photos")
    random.Random(1).shuffle(lines)
    return lines


def measure_windows(port, pids, lines, folder, options, **how):
    """[(CPU seconds per request, the load's report)] of each round."""
    windows = []
    for round_ in range(options.rounds):
        meter = Meter(*pids)
        done = lab.load(port, lines if round_ == 0 else None, folder, seconds=options.window, **how)
        windows.append((meter.cpu() / done["requests"], done))
    return windows


def w1(report, options, month):
    tokens = lines_of(month / "tokens.txt")
    with copy_of(month) as folder, lab.picsharz(folder) as (pid, port):
        windows = measure_windows(port, [pid], feed_requests(port, tokens), folder, options,
                                  connections=16)
        add_w1(report, "SQLite", windows)
    with postgres_month(options) as (server, url), tempfile.TemporaryDirectory(dir=DATA) as folder:
        with lab.picsharz(folder, database__url=url) as (pid, port):
            windows = measure_windows(port, [pid, server], feed_requests(port, tokens),
                                      Path(folder), options, connections=16)
            add_w1(report, "PostgreSQL with its server", windows)


def add_w1(report, what, windows):
    cpu = statistics.median(cpu for cpu, _ in windows) * 1e3
    middle = [statistics.median(done[key] for _, done in windows) for key in ("p50_ms", "p99_ms")]
    rate = statistics.median(done["requests"] / done["seconds"] for _, done in windows)
    size = windows[0][1]["bytes"] / windows[0][1]["requests"]
    report.add("W1", what, f"{cpu:.3f} ms CPU ({rate:,.0f}/s, p50 {middle[0]:.1f} ms, "
                           f"p99 {middle[1]:.1f} ms, {size / 1000:.1f} KB)",
               cpu_ms=cpu, per_second=rate, p50_ms=middle[0], p99_ms=middle[1])


# --- W2: renditions -------------------------------------------------------------------------------

def signed_urls(port):
    """Photo -> address of its smallest rendition, of everything that a visitor sees."""
    urls, cursor = {}, ""
    with lab.Api(port) as api:
        while cursor is not None:
            page = api.json("GET", f"/v1/feed/recent?limit=100{cursor}")
            urls |= {photo["id"]: photo["urls"]["320"] for photo in page["items"]}
            cursor = f"&cursor={page['next']}" if page["next"] else None
    return urls


def rendition_requests(port, month):
    """The same pictures in the same order, for us and for nginx; the commonest first."""
    ours, bare = [], []
    pictures = [line.split() for line in lines_of(month / "media.txt")]
    random.Random(2).shuffle(pictures)
    urls = signed_urls(port)
    for photo, key in pictures:
        size = (month / "objects" / key).stat().st_size
        ours.append(request_line("GET", urls[photo], "-", size, "WEBPVP8"))
        bare.append(request_line("GET", f"/{key}", "-", size, "WEBPVP8"))
    return ours, bare


def w2(report, options, month):
    how = {"connections": 16, "order": "zipf", "seconds": options.window}
    with contextlib.ExitStack() as stack:
        folder = stack.enter_context(copy_of(month, objects=True))
        pid, port = stack.enter_context(lab.picsharz(folder))
        ours, bare = rendition_requests(port, month)
        other, other_port = stack.enter_context(lab.nginx(folder / "nginx", folder / "objects"))
        sides = {"ours": (pid, port, ours), "nginx": (other, other_port, bare)}
        figures = {"ours": [], "nginx": []}
        for side in sides:  # warm
            lab.load(sides[side][1], sides[side][2], folder, connections=16, seconds=1)
        for _ in range(options.rounds):
            for side in ("ours", "nginx", "nginx", "ours"):
                process, at, lines = sides[side]
                meter = Meter(process)
                done = lab.load(at, lines, folder, **how)
                figures[side].append((meter.cpu() / done["requests"] * 1e6, done))
    cpu = {side: statistics.median(each for each, _ in windows)
           for side, windows in figures.items()}
    for side, name in (("ours", "picsharz"), ("nginx", "nginx, the bare file")):
        rate, p99 = (statistics.median(value(done) for _, done in figures[side]) for value in
                     (lambda done: done["requests"] / done["seconds"], lambda done: done["p99_ms"]))
        report.add("W2", name, f"{cpu[side]:.1f} us CPU ({rate:,.0f}/s, p99 {p99:.2f} ms)",
                   cpu_us=cpu[side], per_second=rate, p99_ms=p99)
    report.add("W2", f"ratio, Zipf over {len(ours)} photos", f"{cpu['ours'] / cpu['nginx']:.2f}x")


# --- W3: uploads ----------------------------------------------------------------------------------

def distinct(jpeg, number):
    """The same picture as other bytes: with a comment. Equal bytes would be stored only once."""
    text = f"bench {number}".encode()
    return jpeg[:2] + b"\xff\xfe" + (len(text) + 2).to_bytes(2, "big") + text + jpeg[2:]


def wait_until_final(database, photo):
    """The photo's last state, read beside the server so that asking costs it nothing."""
    deadline = time.monotonic() + UPLOAD_SECONDS
    while time.monotonic() < deadline:
        state = database.execute("SELECT state FROM photos WHERE id = ?", (photo,)).fetchone()
        if state and state[0] in FINAL:
            return FINAL[state[0]]
        time.sleep(0.004)
    raise BenchError(f"photo {photo} did not develop within {UPLOAD_SECONDS} s")


def upload_all(server, folder, month, names, wanted, options):
    """(CPU seconds of one, wall seconds of each); each must end as `wanted`."""
    pid, port = server
    pictures = [(name, (PHOTOS / name).read_bytes()) for name in names]
    token = lines_of(month / "tokens.txt")[0]
    database = sqlite3.connect(f"file:{folder}/picsharz.db?mode=ro", uri=True)
    walls, photos, meter = [], [], None
    with contextlib.closing(database), lab.Api(port) as api:
        for number in range(-len(names), options.uploads):  # the first ones warm
            if number == 0:
                meter = Meter(pid)
            name, data = pictures[number % len(pictures)]
            started = time.monotonic()
            photo = api.upload(token, name, distinct(data, f"{wanted} {number}"))["id"]
            state = wait_until_final(database, int(photo))
            if state != wanted:
                raise BenchError(f"{name} was {state}, not {wanted}")
            if number >= 0:
                walls.append(time.monotonic() - started)
                photos.append(photo)
        cpu = meter.cpu() / options.uploads
        if wanted == "published":
            check_feed(api, month, token, photos)
    return cpu, walls


def check_feed(api, month, author, photos):
    """A follower's feed begins with these photos, the newest first."""
    handle = api.json("GET", "/v1/me", author)["handle"]
    follower = lines_of(month / "tokens.txt")[1]
    api.bytes("PUT", f"/v1/accounts/{handle}/follow", follower, "")
    feed = api.json("GET", f"/v1/feed/home?limit={min(100, len(photos))}", follower)
    if [each["id"] for each in feed["items"]] != photos[::-1][:100]:
        raise BenchError("the follower's feed does not show what was published")


def models_folder():
    for folder in (os.environ.get("PICSHARZ_MODELS__DIR"), lab.ROOT / "data/models",
                   lab.ROOT / "build/models"):
        if folder and (Path(folder) / "models.json").exists():
            return Path(folder)
    return None


def w3(report, options, month):
    if missing := [name for name in LARGE + SMALL if not (PHOTOS / name).exists()]:
        raise BenchError(f"the photos are missing: {', '.join(missing)}")
    without = {}
    with copy_of(month) as folder, lab.picsharz(folder, models__dir="/nonexistent") as server:
        for size, names in (("12 MP", LARGE), ("2 MP", SMALL)):
            cpu, walls = upload_all(server, folder, month, names, "held", options)
            without[size] = cpu
            report.add("W3", f"{size} without classifier, until ready",
                       f"{cpu * 1e3:.0f} ms CPU (median {statistics.median(walls) * 1e3:.0f} ms)",
                       cpu_ms=cpu * 1e3, wall_ms=statistics.median(walls) * 1e3)
    models = models_folder()
    if not models:
        raise BenchError("no models: make run, or tools/models/prepare.py build/models")
    with copy_of(month) as folder, lab.picsharz(folder, models__dir=str(models)) as server:
        for size, names in (("12 MP", LARGE), ("2 MP", SMALL)):
            cpu, walls = upload_all(server, folder, month, names, "published", options)
            wall = statistics.median(walls) * 1e3
            report.add("W3", f"{size} with classifier, until in the feed",
                       f"{cpu * 1e3:.0f} ms CPU (median {wall:.0f} ms)",
                       cpu_ms=cpu * 1e3, wall_ms=wall)
            extra = (cpu - without[size]) * 1e3
            report.add("W3v", f"{size}, the difference of the two", f"{extra:.0f} ms CPU",
                       cpu_ms=extra)


# --- W5: likes ------------------------------------------------------------------------------------

def like_pairs(folder, month, people, count):
    """(token, photo) of likes that are not there yet, no pair twice. `people`: token -> account."""
    photos = [line.split()[0] for line in lines_of(month / "media.txt")]
    with contextlib.closing(sqlite3.connect(f"file:{folder}/picsharz.db?mode=ro", uri=True)) as db:
        liked = set(db.execute("SELECT account_id, photo_id FROM likes"))
    tokens = list(people)
    for number in range(min(count, len(tokens) * len(photos))):
        turn, person = divmod(number, len(tokens))
        token, photo = tokens[person], photos[(person * 13 + turn) % len(photos)]
        if (people[token], int(photo)) not in liked:
            yield token, photo


def sum_of_likes(folder):
    with contextlib.closing(sqlite3.connect(f"file:{folder}/picsharz.db?mode=ro", uri=True)) as db:
        return db.execute("SELECT sum(likes), (SELECT count(*) FROM likes) FROM photos").fetchone()


def w5(report, options, month):
    with copy_of(month) as folder, lab.picsharz(folder) as (pid, port):
        with lab.Api(port) as api:  # this also touches every session once
            people = {token: int(api.json("GET", "/v1/me", token)["id"])
                      for token in lines_of(month / "tokens.txt")}
        pairs = list(like_pairs(folder, month, people, 300_000))
        before = sum_of_likes(folder)
        made = 0
        for method, name, answer in (("PUT", "like", "true"), ("DELETE", "unlike", "false")):
            lines = [request_line(method, f"/v1/photos/{photo}/like", token, 10,
                                  f'"liked":{answer}') for token, photo in pairs]
            bound = {"count": made} if made else {"seconds": options.window}
            meter = Meter(pid)
            done = lab.load(port, lines, folder, connections=64, **bound)
            cpu = meter.cpu() / done["requests"] * 1e3
            made = done["requests"]
            rate = made / done["seconds"]
            report.add("W5", name, f"{rate:,.0f}/s durable, {cpu:.4f} ms CPU "
                                   f"(p99 {done['p99_ms']:.0f} ms)",
                       cpu_ms=cpu, per_second=rate, p99_ms=done["p99_ms"])
            if method == "PUT":
                check_likes(before, sum_of_likes(folder), made)
                if made > len(pairs):
                    raise BenchError("the list of likes is too short for the window")
        check_likes(before, sum_of_likes(folder), 0)
        disk = fdatasync_ms(folder)
        report.add("W5", "fdatasync of this disk just now", f"{disk:.2f} ms", fdatasync_ms=disk)


def check_likes(before, after, made):
    """The sum of the counters and the number of rows both grew by what was answered."""
    if after != (before[0] + made, before[1] + made):
        raise BenchError(f"{made} likes were answered; counters and rows went {before} -> {after}")


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


# --- all of it ------------------------------------------------------------------------------------

MEASUREMENTS = {"W8": w8, "W1": w1, "W2": w2, "W5": w5, "W3": w3}


def read_options():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", default=",".join(MEASUREMENTS), help="rows, with commas")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--window", type=float, default=6, help="seconds")
    parser.add_argument("--uploads", type=int, default=12, help="of each size")
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


def main():
    options = read_options()
    build_programs()
    DATA.mkdir(parents=True, exist_ok=True)
    month = sqlite_month(options)
    report, failed = Report(), False
    with tempfile.TemporaryDirectory(dir=DATA) as folder:
        before = calibrate(Path(folder))
        print(f"calibrators before: {before}", flush=True)
        for name in (row for row in MEASUREMENTS if row in options.only):
            try:
                MEASUREMENTS[name](report, options, month)
            except BenchError as error:
                report.add(name, "not measured", str(error))
                failed = True
        after = calibrate(Path(folder))
    print(f"calibrators after:  {after}\n")
    noisy = moved(before, after) > NOISY
    print("\n".join(report.table()))
    if noisy:
        print("NOISY: the calibrators moved by more than 30 %; measure again on a quiet machine.")
    result = {"calibrators": {"before": before, "after": after}, "noisy": noisy,
              "rows": report.rows, "options": vars(options)}
    (lab.ROOT / "build/bench.json").write_text(json.dumps(result, indent=2) + "\n")
    return 1 if failed else 0


if __name__ == "__main__":
    # Ended from outside, it still ends its servers and removes its copies.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        sys.exit(main())
    except (BenchError, subprocess.CalledProcessError) as error:
        sys.exit(f"bench: {error}")
