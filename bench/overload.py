"""R12: what becomes of requests when more are sent than can be answered."""

import contextlib
import random

import lab
from lab import request_line
from months import copy_of, lines_of

CONNECTIONS = 600  # more than the queue holds
FACTORS = (1, 2, 5)
KINDS = ("search", "visitor", "upload", "member", "essential")
SEARCHES = ("evening harbour", "river tram", '"old harbour"', "light street")


def mixed_lines(api, tokens):
    """Half home feeds, a quarter what a visitor sees, a quarter searches by relevance."""
    asked = [("/v1/feed/home", token) for token in tokens[:400]]
    asked += [("/v1/feed/recent?limit=50", None)] * (len(asked) // 2)
    asked += [(f"/v1/search?q={each.replace(' ', '%20')}&type=photos&sort=relevance", None)
              for each in SEARCHES] * (len(asked) // 12)
    lines = []
    for path, token in asked:
        length = len(api.bytes("GET", path, token))
        lines.append(request_line("GET", path, token or "-", length, '"items":['))
    random.Random(5).shuffle(lines)
    return lines


def shed_by_kind(server):
    return {kind: server.metric(f"picsharz_http_shed_{kind}_total") for kind in KINDS}


def r12(report, options, month):
    with contextlib.ExitStack() as stack:
        folder = stack.enter_context(copy_of(month))
        server = stack.enter_context(lab.picsharz(folder, "--no-jobs", admin__listen="127.0.0.1:0"))
        with lab.Api(server.port) as api:
            lines = mixed_lines(api, lines_of(month / "tokens.txt"))
        lab.load(server.port, lines, folder, connections=16, seconds=2)  # warm
        peak = lab.load(server.port, None, folder, connections=16, seconds=options.window)
        capacity = peak["requests"] / peak["seconds"]
        report.add("R12", "as much as it can, c=16",
                   f"{capacity:,.0f}/s (p99 {peak['p99_ms']:.0f} ms)", per_second=capacity)
        for factor in FACTORS:
            before = shed_by_kind(server)
            done = lab.load(server.port, None, folder, connections=CONNECTIONS,
                            seconds=2 * options.window, rate=factor * capacity)
            after = shed_by_kind(server)
            good = done["requests"] / done["seconds"]
            sent_away = {kind: int(after[kind] - before[kind]) for kind in KINDS}
            kinds = ", ".join(f"{kind} {count:,}" for kind, count in sent_away.items())
            rate = done["shed"] / done["seconds"]
            report.add("R12", f"{factor}x",
                       f"{good:,.0f}/s answered ({100 * good / capacity:.0f} %), p99 "
                       f"{done['p99_ms']:.0f} ms; {rate:,.0f}/s sent away "
                       f"(p99 {done['shed_p99_ms']:.1f} ms): {kinds}",
                       per_second=good, p99_ms=done["p99_ms"], shed=sent_away,
                       shed_p99_ms=done["shed_p99_ms"])
