"""W3 and W3v: uploads, beside sharp and vipsthumbnail; thumbnails' bytes; uploads that wait."""

import concurrent.futures
import contextlib
import itertools
import os
import sqlite3
import statistics
import struct
import tempfile
import time
import zlib
from pathlib import Path

import lab
import peers
from lab import BenchError
from months import DATA, copy_of, lines_of

PHOTOS = Path(os.environ.get("PICSHARZ_SHARED", lab.ROOT.parent / "shared")) / "photos"
SIZES = {"12 MP": ["aarhus.jpg", "hochuferweg.jpg", "train.jpg"],
         "2 MP": ["IMG_1252.jpg", "IMG_6253.jpg", "IMG_6368.jpg"]}
NO_MODELS = "/nonexistent"
UPLOAD_SECONDS = 60
FINAL = {3: "published", 4: "held", 5: "removed", 6: "rejected"}
WAITING_AT_ONCE = 8  # connections that upload what will wait


def require_photos(names=tuple(itertools.chain(*SIZES.values()))):
    if missing := [name for name in names if not (PHOTOS / name).exists()]:
        raise BenchError(f"the photos are missing: {', '.join(missing)}")


def distinct(jpeg, number):
    """The same picture as other bytes: with a comment. Equal bytes would be stored only once."""
    text = f"bench {number}".encode()
    return jpeg[:2] + b"\xff\xfe" + (len(text) + 2).to_bytes(2, "big") + text + jpeg[2:]


def open_database(folder):
    """Read beside the server, so that asking costs it nothing."""
    return contextlib.closing(sqlite3.connect(f"file:{folder}/picsharz.db?mode=ro", uri=True))


def wait_until_final(database, photo):
    """The photo's last state."""
    deadline = time.monotonic() + UPLOAD_SECONDS
    while time.monotonic() < deadline:
        state = database.execute("SELECT state FROM photos WHERE id = ?", (photo,)).fetchone()
        if state and state[0] in FINAL:
            return FINAL[state[0]]
        time.sleep(0.004)
    raise BenchError(f"photo {photo} did not develop within {UPLOAD_SECONDS} s")


# --- W3 -------------------------------------------------------------------------------------------

class Ours:
    """A maker as in peers.py: the whole way of an upload until it is in its last state."""

    name = "picsharz, the whole upload until ready"

    def __init__(self, server, api, database, token, wanted):
        self.server, self.api, self.database = server, api, database
        self.token, self.wanted = token, wanted
        self.numbers = itertools.count()
        self.walls, self.photos = [], []

    def cpu(self):
        return lab.tree_cpu(self.server.pid)

    def decoders_cpu(self):
        return self.server.metric("picsharz_decoder_cpu_seconds_total")

    def make(self, paths):
        for path in paths:
            data = distinct(path.read_bytes(), f"{self.wanted} {next(self.numbers)}")
            started = time.monotonic()
            photo = self.api.upload(self.token, path.name, data)["id"]
            state = wait_until_final(self.database, int(photo))
            if state != self.wanted:
                raise BenchError(f"{path.name} was {state}, not {self.wanted}")
            self.walls.append(time.monotonic() - started)
            self.photos.append(photo)


@contextlib.contextmanager
def our_maker(month, models, wanted):
    token = lines_of(month / "tokens.txt")[0]
    with contextlib.ExitStack() as stack:
        folder = stack.enter_context(copy_of(month))
        server = stack.enter_context(lab.picsharz(
            folder, models__dir=models, uploads__per_day="1000000", uploads__quota="1TiB",
            admin__listen="127.0.0.1:0"))
        api = stack.enter_context(lab.Api(server.port))
        database = stack.enter_context(open_database(folder))
        yield Ours(server, api, database, token, wanted)


@contextlib.contextmanager
def distinct_files(names, count):
    """Paths of `count` files with these pictures, in turn; no two have the same bytes."""
    with tempfile.TemporaryDirectory(dir=DATA, prefix="photos-") as folder:
        paths = []
        for number, name in zip(range(count), itertools.cycle(names)):
            paths.append(Path(folder) / f"{number}-{name}")
            paths[-1].write_bytes(distinct((PHOTOS / name).read_bytes(), number))
        yield paths


def compare(makers, paths, options):
    """Maker -> CPU seconds of one photo, the median of windows in ABBA order."""
    for maker in makers:  # warm
        maker.make(paths[:3])
    windows = {maker: [] for maker in makers}
    for _ in range(options.rounds):
        for maker in (*makers, *reversed(makers)):
            before = maker.cpu()
            maker.make(paths)
            windows[maker].append((maker.cpu() - before) / len(paths))
    return {maker: statistics.median(each) for maker, each in windows.items()}


def available_peers(report, stack):
    """Those that are installed; of the others the table says why not."""
    for name, peer in (("sharp", peers.sharp), ("vipsthumbnail", peers.vipsthumbnail)):
        try:
            yield stack.enter_context(peer())
        except BenchError as error:
            report.add("W3", name, f"not measured: {error}")


def w3_size(report, ours, others, size, options):
    """One size of photos with every maker; CPU seconds of ours."""
    ours.walls.clear()
    with distinct_files(SIZES[size], options.uploads) as paths:
        before, made = ours.decoders_cpu(), len(ours.photos)
        cpu = compare([ours, *others], paths, options)
        decoders = (ours.decoders_cpu() - before) / (len(ours.photos) - made)
    wall = statistics.median(ours.walls) * 1e3
    report.add("W3", f"{size}, {ours.name}",
               f"{cpu[ours] * 1e3:.1f} ms CPU, of which the decoder {decoders * 1e3:.1f} ms "
               f"(median {wall:.0f} ms)",
               cpu_ms=cpu[ours] * 1e3, decoder_cpu_ms=decoders * 1e3, wall_ms=wall)
    for other in others:
        report.add("W3", f"{size}, {other.name}, the renditions alone",
                   f"{cpu[other] * 1e3:.1f} ms CPU", cpu_ms=cpu[other] * 1e3)
    return cpu[ours]


def w3(report, options, month):
    require_photos()
    with contextlib.ExitStack() as stack:
        ours = stack.enter_context(our_maker(month, NO_MODELS, "held"))
        others = list(available_peers(report, stack))
        without = {size: w3_size(report, ours, others, size, options) for size in SIZES}
    with our_maker(month, str(models_folder()), "published") as ours:
        for size, names in SIZES.items():
            first = len(ours.photos)
            ours.walls.clear()
            with distinct_files(names, options.uploads) as paths:
                cpu = compare([ours], paths, options)[ours]
            check_feed(ours.api, month, ours.token, ours.photos[first:])
            wall = statistics.median(ours.walls) * 1e3
            report.add("W3", f"{size} with classifier, until in the feed",
                       f"{cpu * 1e3:.0f} ms CPU (median {wall:.0f} ms)",
                       cpu_ms=cpu * 1e3, wall_ms=wall)
            extra = (cpu - without[size]) * 1e3
            report.add("W3v", f"{size}, the difference of the two", f"{extra:.0f} ms CPU",
                       cpu_ms=extra)


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
    raise BenchError("no models: make run, or tools/models/prepare.py build/models")


# --- W12's thumbnails -----------------------------------------------------------------------------

def thumbnails(report, options, month):
    """Bytes of the 320 px rendition of every JPEG of the photos' folder."""
    paths = sorted(path for path in PHOTOS.glob("*") if path.suffix in {".jpg", ".jpeg"})
    if not paths:
        raise BenchError("the photos are missing")
    with our_maker(month, NO_MODELS, "held") as ours:
        ours.make(paths)
        marks = ",".join("?" * len(ours.photos))
        sizes = [size for size, in ours.database.execute(
            "SELECT r.bytes FROM photos p JOIN renditions r ON r.original = p.original"
            f" WHERE r.name = '320.webp' AND p.id IN ({marks})", [int(p) for p in ours.photos])]
    if len(sizes) != len(paths):
        raise BenchError(f"{len(paths)} photos have {len(sizes)} thumbnails")
    mean = statistics.mean(sizes)
    report.add("W12", f"thumbnails of {len(sizes)} photos, 320 px WebP",
               f"{mean / 1000:.1f} KB on average (largest {max(sizes) / 1000:.1f} KB)",
               mean_bytes=mean, largest_bytes=max(sizes))


# --- uploads that wait ----------------------------------------------------------------------------

def tiny_png(number):
    """40 x 30 of one colour, which is the number."""
    def chunk(kind, data):
        body = kind + data
        return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))
    row = b"\0" + number.to_bytes(3, "big") * 40
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", 40, 30, 8, 2, 0, 0, 0)) +
            chunk(b"IDAT", zlib.compress(row * 30)) + chunk(b"IEND", b""))


def peak_resident(pid):
    """Megabytes that the process once had at most."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) * 1024 / 1e6
    raise BenchError(f"process {pid} says nothing of its memory")


def upload_waiting(port, tokens, numbers):
    with lab.Api(port) as api:
        for number in numbers:
            api.upload(tokens[number % len(tokens)], "tiny.png", tiny_png(number))


def waiting(report, options, month):
    """The server's memory while photos wait that nobody develops."""
    tokens = lines_of(month / "tokens.txt")
    with copy_of(month) as folder, \
            lab.picsharz(folder, "--no-jobs", uploads__per_day="1000000") as server:
        with concurrent.futures.ThreadPoolExecutor(WAITING_AT_ONCE) as pool:
            parts = [range(first, options.waiting, WAITING_AT_ONCE)
                     for first in range(WAITING_AT_ONCE)]
            list(pool.map(lambda numbers: upload_waiting(server.port, tokens, numbers), parts))
        with open_database(folder) as database:
            received, = database.execute("SELECT count(*) FROM photos WHERE state = 0").fetchone()
        if received != options.waiting:
            raise BenchError(f"{received} of {options.waiting} photos wait")
        peak = peak_resident(server.pid)
    report.add("W9", f"peak RSS of the server while {options.waiting:,} uploads wait",
               f"{peak:.0f} MB", peak_rss_mb=peak)
