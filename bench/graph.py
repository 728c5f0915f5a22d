"""The mix of a social network's benchmark on a real graph: home feeds, profiles, new photos.

962 people and 18,812 friendships (shared/graphs), each read as both following the other. Sixty of a
hundred requests are for a home feed, thirty for somebody's photos, ten are a new photo.
"""

import argparse
import contextlib
import os
import random
import statistics
from pathlib import Path

import lab
from feeds import measure_windows
from lab import BenchError, request_line
from months import copy_of, lines_of, sqlite_month
from uploads import NO_MODELS, SIZES, Ours, distinct_files, open_database, require_photos

PEOPLE, PHOTOS = 962, 19_240
HOME, PROFILE, POST = 0.6, 0.3, 0.1
REQUESTS = 2_000  # different ones, of both kinds

# What a home feed shows, said as plainly as can be: every photo is looked at.
HOME_MODEL = """
SELECT p.id FROM photos p JOIN accounts a ON a.id = p.owner_id
WHERE p.owner_id IN (SELECT followee_id FROM follows WHERE follower_id = ? AND state = 1)
AND p.state = 3 AND p.visibility <= 1 AND a.state = 0 ORDER BY p.id DESC"""


def graph_file():
    shared = os.environ.get("PICSHARZ_SHARED", lab.ROOT.parent / "shared")
    file = Path(shared) / "graphs/socfb-Reed98.edges"
    if not file.exists():
        raise BenchError("no graph: set PICSHARZ_SHARED to the directory that has graphs/")
    return file


def graph_month(options):
    return sqlite_month(argparse.Namespace(**vars(options) | {
        "people": PEOPLE, "photos": PHOTOS, "media": 200, "friends": graph_file()}))


def whole_feed(api, token):
    ids, cursor = [], ""
    while cursor is not None:
        page = api.json("GET", f"/v1/feed/home?limit=100{cursor}", token)
        ids += [int(photo["id"]) for photo in page["items"]]
        cursor = f"&cursor={page['next']}" if page["next"] else None
    return ids


def audit(api, database, tokens):
    """Every feed to its end is what the model says. How many photos that were."""
    seen = 0
    for token in tokens:
        account = int(api.json("GET", "/v1/me", token)["id"])
        model = [row[0] for row in database.execute(HOME_MODEL, (account,))]
        if (found := whole_feed(api, token)) != model:
            raise BenchError(f"a feed of {len(found)} photos differs from its model, {len(model)}")
        seen += len(model)
    return seen


def mixed_lines(api, tokens):
    """Home feeds and profiles in their proportion. Each answer must always come as long."""
    dice = random.Random(3)
    handles = [api.json("GET", "/v1/me", token)["handle"] for token in tokens]
    kinds = dice.choices(("/v1/feed/home", None), (HOME, PROFILE), k=REQUESTS)
    lines = []
    for path in kinds:
        token = dice.choice(tokens)
        path = path or f"/v1/accounts/{dice.choice(handles)}/photos"
        lines.append(request_line("GET", path, token, len(api.bytes("GET", path, token)),
                                  '"items":['))
    return lines


def post_cpu(ours):
    """CPU seconds of a new photo, from its upload until it is developed; without the classifier."""
    with distinct_files(SIZES["2 MP"], 12) as paths:
        ours.make(paths[:3])
        before = ours.cpu()
        ours.make(paths)
        return (ours.cpu() - before) / len(paths)


def graph(report, options, _month):
    require_photos()
    month = graph_month(options)
    tokens = lines_of(month / "tokens.txt")
    with contextlib.ExitStack() as stack:
        folder = stack.enter_context(copy_of(month))
        server = stack.enter_context(lab.picsharz(
            folder, models__dir=NO_MODELS, uploads__per_day="1000000", admin__listen="127.0.0.1:0"))
        api = stack.enter_context(lab.Api(server.port))
        database = stack.enter_context(open_database(folder))
        seen = audit(api, database, tokens)
        report.add("G", "every home feed to its end against a naive model",
                   f"{len(tokens)} feeds, {seen:,} photos, 0 differences", photos=seen)
        windows = measure_windows(server.port, [server.pid], mixed_lines(api, tokens), folder,
                                  options, connections=16)
        read = statistics.median(cpu for cpu, _ in windows) * 1e3
        p99 = statistics.median(done["p99_ms"] for _, done in windows)
        report.add("G", "home feeds and profiles, 2 : 1", f"{read:.3f} ms CPU (p99 {p99:.1f} ms)",
                   cpu_ms=read, p99_ms=p99)
        post = post_cpu(Ours(server, api, database, tokens[0], "held")) * 1e3
        mix = (HOME + PROFILE) * read + POST * post
        report.add("G", "a new photo of 2 MP", f"{post:.1f} ms CPU", cpu_ms=post)
        report.add("G", "the mix, 60 : 30 : 10", f"{mix:.2f} ms CPU a request", cpu_ms=mix)
