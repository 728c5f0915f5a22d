"""W1 and W2: the home feed, and the pictures in it."""

import contextlib
import json
import random
import statistics
import tempfile
from pathlib import Path

import lab
from lab import BenchError, Meter, request_line
from months import DATA, copy_of, lines_of, postgres_month


def feed_requests(port, tokens, least=None):
    """Every feed once, which also warms the caches; each must then always come as long.

    Where photos are published meanwhile, `least` bytes of 20 photos must come.
    """
    lines = []
    with lab.Api(port) as api:
        for token in tokens:
            body = api.bytes("GET", "/v1/feed/home", token)
            if len(json.loads(body)["items"]) == 20:
                lines.append(request_line("GET", "/v1/feed/home", token, least or len(body),
                                          '"items":[{'))
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


def p99_beside(server, lines, folder, options, disturbance):
    """(alone, beside it): the feed's p99 in windows that take turns. A context manager disturbs."""
    p99 = {False: [], True: []}
    for _ in range(options.rounds):
        for disturbed in (False, True, True, False):
            with disturbance() if disturbed else contextlib.nullcontext():
                done = lab.load(server.port, lines, folder, connections=16, seconds=options.window)
            p99[disturbed].append(done["p99_ms"])
    return statistics.median(p99[False]), statistics.median(p99[True])


def w1(report, options, month):
    tokens = lines_of(month / "tokens.txt")
    with copy_of(month) as folder, lab.settled(folder) as ours:
        windows = measure_windows(ours.port, [ours.pid], feed_requests(ours.port, tokens), folder,
                                  options, connections=16)
        add_w1(report, "SQLite", windows)
    with postgres_month(options) as (server, url), tempfile.TemporaryDirectory(dir=DATA) as folder:
        with lab.settled(folder, database__url=url) as ours:
            windows = measure_windows(ours.port, [ours.pid, server],
                                      feed_requests(ours.port, tokens), Path(folder), options,
                                      connections=16)
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


def all_pictures(month):
    """(photo, object key) of everything that has a rendition, in an order that says nothing."""
    pictures = [line.split() for line in lines_of(month / "media.txt")]
    random.Random(2).shuffle(pictures)
    return pictures


def rendition_requests(port, month, pictures):
    """The same pictures in the same order, for us and for nginx; the commonest first."""
    ours, bare = [], []
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
        server = stack.enter_context(lab.settled(folder))
        ours, bare = rendition_requests(server.port, month, all_pictures(month))
        other, other_port = stack.enter_context(lab.nginx(folder / "nginx", folder / "objects"))
        sides = {"ours": (server.pid, server.port, ours), "nginx": (other, other_port, bare)}
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


