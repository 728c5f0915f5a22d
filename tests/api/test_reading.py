"""A25: no GET of the contract changes anything, so that no link, picture or frame of others does.

Everything that the contract lets one read is read, by a member, a moderator and the administrator,
with subjects that are there; afterwards every row of every table is as it was, but for what is
named here.
"""
import hashlib
import re

import pytest

from support.client import CONTRACT, Client
from support.invariants import drain
from support.pictures import png
from test_repeated import World
from test_roles import ROUTES


# What is written down of a look, on purpose, and what passes by itself.
NAMED = {
    "staff_views": "a moderator's look at what was not shared with them is on record",
    "schedules": "work that is due by the hour", "upkeep_marks": "likewise",
    "jobs": "likewise, and the larger rendition that is made for whom many look at (ADR 0011)",
    "renditions": "that rendition", "changes": "that other processes hear of it",
    "notification_digests": "what is due by the clock",
    "analytics_counts": "administrators' numbers are counted anew where they are out of date",
    "analytics_days": "likewise", "analytics_people": "likewise", "analytics_refresh": "likewise",
    "analytics_decisions": "likewise", "analytics_delays": "likewise",
    "usage_hours": "what is done is counted, and written once a minute", "usage_days": "likewise",
    "active_days": "likewise, who was there on that day",
    "photo_views": "likewise, how often a photo was seen",
    "search_days": "likewise, what was searched for",
    "admin_actions": "that an administrator read the mails that are kept here",
    "active_counts": "who was here is counted anew now and then, and for administrators",
    "retention_weeks": "likewise",
}
OF_STAFF = {"staff_views", "admin_actions", "analytics_counts", "analytics_days",
            "analytics_people", "analytics_refresh", "analytics_decisions", "analytics_delays"}
# The row itself may be touched: when it was last used.
TOUCHED = {"sessions": "last_used_at, expires_at", "tokens": "last_used_at",
           "photos": "renditions"}


@pytest.fixture(scope="module")
def world(server):
    made = World(server)
    made.comment_id = made.comment(made.tom)
    made.collection = made.mei.post("/v1/collections", {"name": "All"}).json["id"]
    made.upload_id = made.upload(made.mei)
    made.other = made.new(made.tom)
    made.case_id = made.reported("photo", made.other)
    avatar = made.mei.send_form("PUT", "/v1/me/avatar", png(300, 300)).json["avatar"]
    made.avatar = avatar.split("/")[-2]
    drain(server)
    return made


def schema(server):
    """Table -> its columns, but for those that are touched."""
    found = {}
    rows = server.rows(
        "SELECT table_name, column_name FROM information_schema.columns"
        " WHERE table_schema = 'public'" if server.database.url else
        "SELECT m.name, c.name FROM sqlite_master m, pragma_table_info(m.name) c"
        " WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite_%'"
        " AND m.name NOT LIKE '%_search_data' AND m.name NOT LIKE '%_search_idx'")
    for table, column in rows:
        if column not in TOUCHED.get(table, "").split(", "):
            found.setdefault(table, []).append(f'"{column}"')
    return found


def contents(server):
    """Table -> how many rows, and a hash of all of them."""
    if server.database.url:  # in one go: each question is a program that has to start
        return {table: rest for table, *rest in server.rows(" UNION ALL ".join(
            f"SELECT '{table}', count(*), md5(string_agg(t::text, ' ' ORDER BY t::text))"
            f" FROM (SELECT {', '.join(columns)} FROM {table}) t"
            for table, columns in schema(server).items()))}
    found = {}
    for table, columns in schema(server).items():
        rows = sorted(map(str, server.rows(f"SELECT {', '.join(columns)} FROM {table}")))
        found[table] = [len(rows), hashlib.sha256("\n".join(rows).encode()).hexdigest()]
    return found


def addresses(world):
    """Every GET of the contract, with what is there in its place."""
    subject = {"photos": world.photo, "photo": world.photo, "comments": world.comment_id,
               "cases": world.case_id, "collections": world.collection,
               "uploads": world.upload_id}
    for method, path, _ in CONTRACT.operations():
        if method not in ("GET", "HEAD", "OPTIONS"):
            continue
        route = ROUTES[f"{method} {path}"]
        known = next((subject[part] for part in path.split("/") if part in subject), "1")
        values = {"id": known, "photo": world.photo, "handle": "mei", "avatar": world.avatar,
                  "size": "64", "rendition": "640", "tag": "harbour", "token": "x",
                  "table": "photos", "area": "people", "file": "countries.csv", "book": "machine",
                  "part": "people"}
        target = re.sub(r"\{(\w+)\}", lambda found: values[found[1]], path)
        query = route.values.get("?", "limit=5" if "v1" in path else "")
        yield route.how or method, f"{target}?{query}", dict(route.headers)


def busy(answer):
    """For a moment: of a page only that is told, and not in JSON."""
    return answer.status == 503 and answer.headers.get("retry-after") == "1"


def changed(world, client):
    """The tables that differ after this client has read everything, twice."""
    before = contents(world.server)
    asked = 0
    for _ in range(2):
        for method, target, headers in addresses(world):
            answer = client.request(method, target, None, headers, check=False)
            assert answer.status < 500 or busy(answer), (target, answer.body)
            # As another site would send it, and with what some servers take for another method.
            client.request(method, target + "&_method=DELETE", None, {
                **headers, "X-HTTP-Method-Override": "DELETE", "X-HTTP-Method": "DELETE",
                "X-Method-Override": "DELETE"}, check=False)
            asked += 1
    assert asked > 130, "the contract has more to read than that"
    after = contents(world.server)
    return {name for name in after if before[name] != after[name]}


def test_a25_reading_changes_nothing(world):
    visitor = Client(world.server.address)
    for who, client in (("a visitor", visitor), ("a stranger", world.eve),
                        ("the owner", world.mei)):
        assert changed(world, client) - (set(NAMED) - OF_STAFF) == set(), who


def test_a25_what_moderators_read_is_on_record_and_nothing_else(world):
    for client in (world.mod, world.admin):
        assert changed(world, client) - set(NAMED) == set()


def test_a25_a_change_is_seen(world):
    """So that the tests above can fail."""
    before = contents(world.server)
    world.eve.put(f"/v1/photos/{world.photo}/like")
    after = contents(world.server)
    assert {"likes", "photos"} <= {name for name in after if before[name] != after[name]}
