"""AD: the dashboards of administrators over the month, with two years of use beside it.

Each figure is the slowest of nine answers, not their median: somebody waited for that one.
"""

import contextlib
import random
import sqlite3
import time

import lab
from months import copy_of, lines_of

DAY = 86_400_000_000  # microseconds
HOUR = DAY // 24
AREAS = ("people", "photos", "engagement", "search", "moderation", "system")
DAYS = 730  # of use: a year, and the one before it
TIMES = 9  # each is asked for so often
VIEWED, WORDS, DECIDED = 20_000, 3_000, 360  # photos, words and decisions of a day
CLASSES = ("feed", "photo", "search", "upload", "media", "account", "admin", "page", "other")
# All of base/tally.h's, in microseconds.
BOUNDS = (100, 250, 500, 1000, 2500, 5000, 10000, 25000, 50000, 100000, 250000, 500000,
          1000000, 2500000, 5000000, 60000000)
KINDS = [*(("sign_up like unlike follow comment view search search_empty").split()), "log_in"]
LABELLED = {"request": CLASSES, "error": ("4xx", "5xx"),
            "route_time": [f"{each}/{bound}" for each in CLASSES for bound in BOUNDS],
            "request_time": [str(bound) for bound in BOUNDS],
            "upload": ("image/jpeg", "image/png"), "upload_bytes": ("image/jpeg", "image/png"),
            "cpu": ("web", "decode", "classify", "mail", "upkeep"),
            "gauge": ("queue_depth", "queue_age", "memory", "memory_worker", "disk_free"),
            "storage": ("originals", "renditions", "database", "backups"),
            "moderation": ("published", "held", "removed", "approved", "reported")}


def counts(at):
    for kind in KINDS:
        yield at, kind, "", 100, 0
    for kind, labels in LABELLED.items():
        for label in labels:
            yield at, kind, label, 100, 1_000_000


def fill_use(database, today):
    insert = "INSERT OR REPLACE INTO {} VALUES (?, ?, ?, ?, ?)"
    for day in range(DAYS):
        database.executemany(insert.format("usage_days"), counts(today - day * DAY))
    for hour in range(100 * 24):
        database.executemany(insert.format("usage_hours"), counts(today - hour * HOUR))
    database.executemany("INSERT OR REPLACE INTO active_counts VALUES (?, 4000, 9000, 12000)",
                         [(today - day * DAY,) for day in range(DAYS)])


def fill_interest(database, today, dice):
    photos = [row[0] for row in database.execute("SELECT id FROM photos WHERE state = 3")]
    for day in range(100):
        viewed = dice.sample(photos, min(VIEWED, len(photos)))
        database.executemany("INSERT INTO photo_views VALUES (?, ?, ?)",
                             [(today - day * DAY, photo, int(dice.paretovariate(1)))
                              for photo in viewed])
    # What is often looked for is so on all days, what is seldom each day something else.
    often = WORDS // 10
    for day in range(DAYS):
        words = [(f"word{word}", often - word + dice.randrange(often)) for word in range(often)]
        if day < 90:
            words += [(f"rare{word}", int(dice.paretovariate(1)))
                      for word in dice.sample(range(10 * WORDS), WORDS - often)]
        database.executemany(
            "INSERT INTO search_days VALUES (?, ?, ?, ?)",
            [(today - day * DAY, word, times, dice.randrange(3)) for word, times in words])


def fill_moderation(database, today, dice):
    decision = ("INSERT INTO moderation_decisions (id, case_id, photo_id, owner_id, action, reason,"
                " note, state_before, state_after, owner_state_before, facts, created_at)"
                " VALUES (?, ?, 1, 1, ?, ?, '', 3, 4, 0, '{}', ?)")
    case = ("INSERT INTO moderation_cases (id, photo_id, origin, reason, facts, opened_at,"
            " closed_at) VALUES (?, ?, 0, '', '{}', ?, ?)")
    photo = database.execute("SELECT id FROM photos LIMIT 1").fetchone()[0]
    for number in range(DAYS * DECIDED):
        at = today - number * DAY // DECIDED
        database.execute(decision, (number + 1, number + 1, number % 4,
                                    dice.choice(("spam", "suggestive", "explicit")), at))
        database.execute(case, (number + 1, photo, at - dice.randrange(HOUR), at))


def fill(folder, administrator):
    """Two years of use, and a member who is an administrator."""
    now = time.time_ns() // 1000
    today = now - now % DAY
    dice = random.Random(1)
    with contextlib.closing(sqlite3.connect(folder / "picsharz.db")) as database, database:
        database.execute("UPDATE accounts SET role = 2 WHERE handle = ?", (administrator,))
        fill_use(database, today)
        fill_interest(database, today, dice)
        fill_moderation(database, today, dice)


def handle_of(folder, token):
    with lab.picsharz(folder, "--no-jobs") as server, lab.Api(server.port) as api:
        return api.json("GET", "/v1/me", token)["handle"]


def milliseconds(api, path, token):
    """Of the slowest answer."""
    times = []
    for _ in range(TIMES):
        started = time.perf_counter()
        api.bytes("GET", path, token)
        times.append((time.perf_counter() - started) * 1e3)
    return max(times)


def ranges():
    def day(ago):
        return time.strftime("%Y-%m-%d", time.gmtime(time.time() - ago * 86_400))

    return {"30 days": "",
            "30 days beside the 30 before": "?compare=true",
            "a year by day": f"?from={day(364)}&to={day(0)}",
            "a year by week": f"?from={day(364)}&to={day(0)}&step=week",
            "a year beside the year before": f"?from={day(364)}&to={day(0)}&compare=true",
            "40 days by hour": f"?from={day(39)}&to={day(0)}&step=hour"}


# Other pages of administrators, of no range, and a file.
OTHERS = {"tags": "/v1/admin/analytics/tags", "costs": "/v1/admin/costs",
          "members": "/v1/admin/users", "members by a name": "/v1/admin/users?q=person",
          "requests as CSV": "/v1/admin/analytics/system/requests.csv"}


def dashboards(report, _options, month):
    token = lines_of(month / "tokens.txt")[0]
    with copy_of(month) as folder:
        fill(folder, handle_of(folder, token))
        with lab.picsharz(folder) as server, lab.Api(server.port) as api:
            started = time.perf_counter()
            api.json("GET", "/v1/admin/overview", token)
            first = time.perf_counter() - started
            overview = milliseconds(api, "/v1/admin/overview", token)
            report.add("AD", f"overview, the slowest of {TIMES} answers",
                       f"{overview:.1f} ms; what is counted beforehand takes {first:.1f} s",
                       ms=overview, first_s=first)
            for name, query in ranges().items():
                taken = {area: milliseconds(api, f"/v1/admin/analytics/{area}{query}", token)
                         for area in AREAS}
                each = ", ".join(f"{area} {ms:.1f}" for area, ms in taken.items())
                report.add("AD", name, f"{each} ms", **taken)
            taken = {name: milliseconds(api, path, token) for name, path in OTHERS.items()}
            each = ", ".join(f"{name} {ms:.1f}" for name, ms in taken.items())
            report.add("AD", "pages beside", f"{each} ms", **taken)
