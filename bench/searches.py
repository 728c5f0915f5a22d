"""W4: search by word, tag, person and prefix, common and rare, by every order; phrases."""

import json
import random
import statistics
import tempfile
from pathlib import Path
from urllib.parse import quote

import lab
from feeds import measure_windows
from lab import BenchError, request_line
from months import DATA, copy_of, postgres_month

SEARCHES_PER_SECOND = 100  # thirty times what comes in the month's evening

# What is asked for: kind -> (queries, type, order). The words are those of bench/texts.cpp, the
# commonest first and the rarest.
WORDS = {
    "common word": ("evening", "light", "morning", "river"),
    "rare word": ("tram", "umbrella", "vineyard", "xylophone"),
    "two words": ("evening harbour", "river tram", "light street"),
    "common prefix": ("eve", "mor", "ri", "str"),
    "rare prefix": ("xylo", "kaleidosc", "zepp"),
    "tag": ("tag:evening", "tag:zeppelin", "tag:harbour"),
    "left out": ("evening -light", "-the tram"),
}
RUNS = {
    **{f"{name}, newest": (queries, "photos", "newest") for name, queries in WORDS.items()},
    **{f"{name}, relevance": (queries, "photos", "relevance") for name, queries in WORDS.items()},
    "common word, likes": (WORDS["common word"], "photos", "likes"),
    "phrase, newest": (('"evening light"', '"old harbour"', '"river tram"'), "photos", "newest"),
    "phrase, relevance": (('"evening light"', '"old harbour"', '"river tram"'), "photos",
                          "relevance"),
    "of one person": (("from:{handle}", "from:{handle} evening"), "photos", "newest"),
    "person": (("{handle}", "ada okafor", "yuki tan"), "people", "newest"),
    "first name": (("mei", "ada"), "people", "newest"),
    "tags": (("eve", "t", "harb"), "tags", "newest"),
    "experts": (("person", "evening", "guitar"), "experts", "newest"),
    # Of people every word may be unfinished; of photos the last one only.
    "many prefixes": (("ad ok", "yu ta", "a o"), "people", "newest"),
}


def search_lines(port, queries, kind, order):
    """Each query once, which says how long its answer is; it must then always come so."""
    lines, empty = [], 0
    with lab.Api(port) as api:
        for query in queries:
            path = f"/v1/search?q={quote(query)}&type={kind}&sort={order}"
            body = api.bytes("GET", path)
            empty += not json.loads(body)["items"]
            lines.append(request_line("GET", path, "-", len(body), '"items":['))
    if empty == len(queries):
        raise BenchError(f"none of {queries} finds anything")
    random.Random(1).shuffle(lines)
    return lines


def some_handle(port):
    with lab.Api(port) as api:
        return api.json("GET", "/v1/feed/recent?limit=1")["items"][0]["owner"]["handle"]


def measure(report, options, what, pids, port, folder):
    handle = some_handle(port)
    for name, (queries, kind, order) in RUNS.items():
        try:
            lines = search_lines(port, [query.format(handle=handle) for query in queries], kind,
                                 order)
        except BenchError as error:
            report.add("W4", f"{what}: {name}", f"not measured: {error}")
            continue
        windows = measure_windows(port, pids, lines, folder, options, connections=4)
        cpu = statistics.median(cpu for cpu, _ in windows) * 1e3
        p99 = lab.load(port, None, folder, connections=4, rate=SEARCHES_PER_SECOND,
                       seconds=2 * options.window)["p99_ms"]
        report.add("W4", f"{what}: {name}", f"{cpu:.2f} ms CPU (p99 {p99:.1f} ms at "
                   f"{SEARCHES_PER_SECOND}/s)", cpu_ms=cpu, p99_ms=p99)


def w4(report, options, month):
    with copy_of(month) as folder, lab.picsharz(folder, "--no-jobs") as ours:
        measure(report, options, "SQLite", [ours.pid], ours.port, folder)
    with postgres_month(options) as (server, url), tempfile.TemporaryDirectory(dir=DATA) as folder:
        with lab.picsharz(folder, "--no-jobs", database__url=url) as ours:
            measure(report, options, "PostgreSQL", [ours.pid, server], ours.port, Path(folder))
