"""Dashboards of administrators: the numbers in an answer are those in the rows, by JSON and CSV."""
import csv
import datetime
import io

import pytest

from support.client import Client
from support.invariants import drain
from support.pictures import png
from test_photos import developed

DAY = 86_400_000_000  # microseconds
# What the pages draw: figures; charts with their series; tables with their columns, all in order.
# None: by what was measured. The fake server of the page tests is compared with it, too.
AREAS = {
    "people": {"figures": ["members", "daily", "weekly", "monthly"],
               "charts": {"sign_ups": ["sign_ups"], "members": ["members"],
                          "active": ["daily", "weekly", "monthly"]},
               "tables": {"countries": ["country", "members"],
                          "retention": ["cohort", "members", "week0", "week1", "week2", "week3",
                                        "week4", "week5", "week6", "week7", "week8", "week9",
                                        "week10", "week11"]}},
    "photos": {"figures": ["photos", "uploads", "storage"],
               "charts": {"uploads": ["uploads"], "upload_bytes": ["upload_bytes"],
                          "storage": ["originals", "renditions", "database", "backups"]},
               "tables": {"formats": ["format", "photos", "bytes"], "cameras": ["camera", "photos"],
                          "lenses": ["lens", "photos"]}},
    "engagement": {"figures": ["views", "likes", "follows", "comments"],
                   "charts": {"engagement": ["views", "likes", "comments", "follows"]},
                   "tables": {"popular_photos": ["photo", "views", "likes", "comments"],
                              "popular_people": ["person", "views", "followers", "photos"]}},
    "search": {"figures": ["searches", "without_result"],
               "charts": {"searches": ["searches", "without_result"]},
               "tables": {"words": ["words", "searches", "without_result"],
                          "words_without_result": ["words", "searches", "without_result"]}},
    "moderation": {"figures": ["held", "removed", "reports", "overturned"],
                   "charts": {"decisions": ["published", "held", "removed", "approved", "kept",
                                            "overturned", "suspended"],
                              "delay": ["median", "p90"]},
                   "tables": {"reasons": ["decision", "reason", "count"]}},
    "system": {"figures": ["requests", "errors", "p50", "p99"],
               "charts": {"requests": ["feed", "photo", "search", "upload", "media", "account",
                                       "admin", "page", "other"],
                          "latency": ["p50", "p90", "p99"], "errors": ["4xx", "5xx"],
                          "queue": ["depth", "age"], "cpu": None, "bytes_out": ["bytes_out"],
                          "memory": ["memory", "worker"], "disk": ["free"]},
               "tables": {"routes": ["route", "requests", "bytes_out", "p50", "p99"]}},
}


def by_id(items, name):
    return next(item for item in items if item["id"] == name)


def count_anew(community):
    """With the next answer, however long it took the last time."""
    community.server.change("UPDATE analytics_refresh SET at = 0, took = 0")


def ask(community, area, **query):
    words = "&".join(f"{name}={value}" for name, value in query.items())
    count_anew(community)
    answer = community.admin.get(f"/v1/admin/analytics/{area}?{words}")
    assert answer.status == 200, answer.body
    assert answer.headers["cache-control"] == "no-store"
    return answer.json


def day_of(text):
    """The beginning of a day, as rows have it."""
    moment = datetime.datetime.fromisoformat(text).replace(tzinfo=datetime.timezone.utc)
    return int(moment.timestamp()) * 1_000_000


def today():
    return str(datetime.datetime.utcnow().date())


def use(server, day, kind, label, count, amount=0):
    server.change("INSERT INTO usage_days (day, kind, label, count, amount)"
                  f" VALUES ({day_of(day)}, '{kind}', '{label}', {count}, {amount})")


@pytest.fixture(scope="module")
def people(community):
    drain(community.server)  # a start counts, too, and may do so only now
    return [community.member("mei", country="MY"), community.member("leo", country="MY"),
            community.member("ana", country="ES")]


@pytest.mark.parametrize("area", AREAS)
def test_each_area_has_what_the_pages_draw(community, area):
    begun = today()
    shown = ask(community, area, compare="true")
    assert [each["id"] for each in shown["figures"]] == AREAS[area]["figures"]
    for what, parts in (("charts", "series"), ("tables", "columns")):
        found = {each["id"]: [part["id"] for part in each[parts]] for each in shown[what]}
        wanted = AREAS[area][what]
        assert found == {name: found[name] if ids is None else ids for name, ids in wanted.items()}
    assert shown["step"] == "day" and shown["to"] in (begun, today())
    for chart in shown["charts"]:
        assert len(chart["times"]) == 30
        for line in chart["series"]:
            assert len(line["values"]) == len(line["before"]) == 30
    assert all("before" in figure for figure in shown["figures"])
    assert "before" not in ask(community, area)["figures"][0]


def test_members_are_those_of_the_rows(community, people):
    shown = ask(community, "people")
    counted = community.server.rows("SELECT country, count(*) FROM accounts GROUP BY country"
                                    " ORDER BY 2 DESC, country")
    table = by_id(shown["tables"], "countries")
    assert [tuple(map(str, row)) for row in table["rows"]] == counted
    total = community.server.count("SELECT count(*) FROM accounts")
    assert by_id(shown["figures"], "members")["value"] == total
    assert by_id(by_id(shown["charts"], "members")["series"], "members")["values"][-1] == total


def test_photos_are_those_of_the_rows(community, people):
    for width in (640, 641):
        assert developed(people[0], people[0].upload(png(width, 480)).json["id"])
    shown = ask(community, "photos")
    published = "FROM photos WHERE state = 3"
    assert by_id(shown["figures"], "photos")["value"] == community.server.count(
        f"SELECT count(*) {published}")
    assert by_id(shown["tables"], "formats")["rows"] == [
        ["png", community.server.count(f"SELECT count(*) {published}"),
         community.server.count(f"SELECT sum(bytes) {published}")]]


def test_what_happened_on_known_days(community):
    server = community.server
    use(server, "2020-02-01", "like", "", 3)
    use(server, "2020-02-03", "like", "", 4)
    use(server, "2020-01-30", "like", "", 9)
    use(server, "2020-02-03", "view", "", 50)
    shown = ask(community, "engagement", **{"from": "2020-02-01", "to": "2020-02-04",
                                            "compare": "true"})
    likes = by_id(by_id(shown["charts"], "engagement")["series"], "likes")
    assert likes["values"] == [3, 0, 4, 0] and likes["before"] == [0, 0, 9, 0]
    figure = by_id(shown["figures"], "likes")
    assert (figure["value"], figure["before"], figure["unit"]) == (7, 9, "count")
    months = ask(community, "engagement", **{"from": "2020-01-15", "to": "2020-03-01",
                                             "step": "month"})
    chart = by_id(months["charts"], "engagement")
    assert [time[:10] for time in chart["times"]] == ["2020-01-15", "2020-02-01", "2020-03-01"]
    assert by_id(chart["series"], "likes")["values"] == [9, 7, 0]


def test_the_same_numbers_as_csv(community):
    use(community.server, "2019-02-01", "like", "", 3)
    use(community.server, "2019-02-02", "view", "", 12)
    answer = community.admin.get("/v1/admin/analytics/engagement/engagement.csv"
                                 "?from=2019-02-01&to=2019-02-02&compare=true")
    assert answer.status == 200 and answer.headers["cache-control"] == "no-store"
    assert answer.headers["content-type"].startswith("text/csv")
    assert 'filename="engagement-2019-02-01-2019-02-02.csv"' in answer.headers[
        "content-disposition"]
    rows = list(csv.reader(io.StringIO(answer.body.decode(), newline="")))
    names = ["views", "likes", "comments", "follows"]
    assert rows[0] == ["time"] + [each for name in names for each in (name, f"{name}_before")]
    assert rows[1] == ["2019-02-01T00:00:00.000Z", "0", "0", "3", "0", "0", "0", "0", "0"]
    assert rows[2] == ["2019-02-02T00:00:00.000Z", "12", "0", "0", "0", "0", "0", "0", "0"]


@pytest.fixture(scope="module")
def of_2018(community):
    """Rows for the tables that are of a range."""
    for kind, label in (("request", "feed"), ("request", "page"), ("route_time", "feed/1000"),
                        ("request_time", "1000"), ("cpu", "web")):
        use(community.server, "2018-03-02", kind, label, 5, 1_000)
    for words in ("harbour", "blue harbour"):
        community.server.change("INSERT INTO search_days (day, words, searches, without_result)"
                                f" VALUES ({day_of('2018-03-03')}, '{words}', 9, 4)")


@pytest.mark.parametrize("area", AREAS)
def test_every_chart_and_table_has_a_file_of_its_own(community, people, of_2018, area):
    """With a line for each of its times or rows, as the page has them."""
    query = "from=2018-03-01&to=2018-03-10&step=day&compare=true"
    shown = ask(community, area, **dict(each.split("=") for each in query.split("&")))
    wanted = {table["id"]: (len(table["rows"]), None) for table in shown["tables"]}
    wanted |= {chart["id"]: (len(chart["times"]), 1 + 2 * len(chart["series"]))
               for chart in shown["charts"]}
    assert len(wanted) == len(shown["tables"]) + len(shown["charts"])  # each has a name of its own
    for name, (lines, columns) in wanted.items():
        answer = community.admin.get(f"/v1/admin/analytics/{area}/{name}.csv?{query}")
        assert answer.status == 200, (name, answer.body)
        rows = list(csv.reader(io.StringIO(answer.body.decode(), newline="")))
        assert len(rows) == 1 + lines, name
        assert {len(row) for row in rows} == {columns or len(rows[0])}, name


def test_a_formula_in_a_title_stays_a_text(community, people):
    title = '=HYPERLINK("http://example.org","x")'
    photo = developed(people[1], people[1].upload(png(650, 480), title=title).json["id"])
    day = day_of(today()) - 10 * DAY
    community.server.change("INSERT INTO photo_views (day, photo_id, views)"
                            f" VALUES ({day}, {photo['id']}, 7)")
    table = by_id(ask(community, "engagement")["tables"], "popular_photos")
    cell = next(row[0] for row in table["rows"] if row[0]["id"] == photo["id"])
    assert cell["title"] == title
    assert Client(community.server.address).get(cell["thumbnail"]).status == 200
    text = community.admin.get("/v1/admin/analytics/engagement/popular_photos.csv").body.decode()
    rows = list(csv.reader(io.StringIO(text, newline="")))
    assert rows[0] == ["photo", "photo_title", "views", "likes", "comments"]
    assert [photo["id"], "'" + title, "7", "0", "0"] in rows


def test_the_overview(community, people):
    count_anew(community)
    answer = community.admin.get("/v1/admin/overview")
    assert answer.status == 200
    figures = {figure["id"]: figure for figure in answer.json["figures"]}
    assert list(figures) == ["members", "active", "photos", "views", "storage", "p99"]
    assert figures["members"]["value"] == community.server.count("SELECT count(*) FROM accounts")
    for figure in figures.values():
        assert len(figure["spark"]) == 30 and "before" in figure


@pytest.mark.parametrize("query, code", [
    ("from=2026-02-30", "invalid_range"), ("to=x", "invalid_range"),
    ("from=2026-02-02&to=2026-02-01", "invalid_range"), ("step=minute", "invalid_range"),
    ("compare=1", "invalid_range"), ("from=2026-01-01&to=2026-03-01&step=hour", "too_many_points"),
])
def test_what_is_no_range(community, query, code):
    for path in ("people", "people/countries.csv"):
        answer = community.admin.get(f"/v1/admin/analytics/{path}?{query}")
        assert (answer.status, answer.code) == (400, code)


def test_what_there_is_not(community):
    for path in ("nothing", "people/nothing.csv", "people/countries", "nothing/countries.csv"):
        assert community.admin.get(f"/v1/admin/analytics/{path}").status == 404


def test_members_have_no_business_here(community, people):
    for path in ("overview", "analytics/people", "analytics/people/countries.csv"):
        assert people[0].get(f"/v1/admin/{path}").status == 403
        assert Client(community.server.address).get(f"/v1/admin/{path}").status == 401


def test_a_token_needs_the_scope(community):
    for scopes, status in ((["read"], 403), (["admin"], 200)):
        made = community.admin.post("/v1/me/tokens", {"name": "figures", "scopes": scopes,
                                                      "password": "correct horse battery"})
        assert made.status == 201, made.body
        program = Client(community.server.address)
        program.token = made.json["secret"]
        assert program.get("/v1/admin/analytics/system").status == status
