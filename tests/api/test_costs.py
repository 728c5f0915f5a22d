"""What the instance costs: a month, the price books, projections; by HTTP and by the command."""
import collections
import csv
import datetime
import decimal
import io
import json
import subprocess

import pytest

from support.client import wait_for
from support.server import binary

COSTS = "/v1/admin/costs"
PAST = "2024-02"  # a month that is over, as its rows tell it: the fixture `past`
USED = [  # day, kind, label, count, amount
    ("2024-01-31", "storage", "backups", 1, 9_000_000_000_000),
    ("2024-02-01", "request", "feed", 1_234_567, 3_000_000_001),
    ("2024-02-01", "request", "media", 40_000, 21_000_000_003),
    ("2024-02-03", "route_time", "feed/250000", 1_000, 0),
    ("2024-02-04", "upload", "image/jpeg", 333, 0),
    ("2024-02-10", "storage", "originals", 1, 70_000_000_000),
    ("2024-02-10", "storage", "database", 1, 3_000_000_001),
    ("2024-02-10", "storage", "backups", 1, 100_000_000_000),
    ("2024-02-11", "storage", "originals", 1, 71_000_000_000),
    ("2024-02-11", "storage", "renditions", 1, 20_000_000_000),
    ("2024-02-11", "storage", "database", 1, 5_000_000_000),
    ("2024-02-29", "storage", "database", 1, 6_000_000_000),
    ("2024-02-29", "storage", "backups", 1, 333_333_333_333),
    ("2024-02-05", "cpu", "analysis", 0, 7_200_000_000),
    ("2024-02-06", "cpu", "analysis", 0, 1_234_567_890),
    ("2024-02-06", "cpu", "upkeep", 0, 5_555_555_555),
    ("2024-02-06", "cpu", "web", 0, 99_000_000_000),
    ("2024-02-07", "query", "", 3, 2_000_000_000_000),
    ("2024-02-29", "query", "", 1, 123_456_789_012),
    ("2024-02-20", "mail", "sent", 4_321, 0),
    ("2024-03-01", "cpu", "upkeep", 0, 36_000_000_000),
    ("2024-03-01", "query", "", 1, 50_000_000_000_000),
]
RECORDED = {"functions": "11.06", "image_analysis": "720.00", "storage": "186.88",
            "data_out": "2597.76", "archive": "7.50", "database": "8.59", "search": "52.56",
            "api_calls": "50.86", "query": "31.50", "batch": "5.28", "mail": "7.90",
            "analytics": "45.37", "server": "72.00"}


def rows(text):
    return list(csv.DictReader(io.StringIO(text)))


def text_of(answer):
    assert answer.headers["content-type"].startswith("text/csv")
    assert answer.headers["content-disposition"].startswith("attachment; filename=")
    return answer.body.decode()


def dollars(text):
    return decimal.Decimal(text)


def moment(date):
    """The beginning of a day, as rows have it."""
    begin = datetime.datetime.fromisoformat(date).replace(tzinfo=datetime.timezone.utc)
    return int(begin.timestamp()) * 1_000_000


def use(server, date, kind, label, count, amount):
    """Adds to what was counted that day."""
    server.change("INSERT INTO usage_days (day, kind, label, count, amount)"
                  f" VALUES ({moment(date)}, '{kind}', '{label}', {count}, {amount})"
                  " ON CONFLICT (kind, day, label) DO UPDATE SET"
                  " count = usage_days.count + excluded.count,"
                  " amount = usage_days.amount + excluded.amount")


@pytest.fixture(scope="module")
def past(community):
    server = community.server
    for row in USED:
        use(server, *row)
    for date, kind, count in [("2024-02-10", "photos", 31), ("2024-02-27", "photos", 40),
                              ("2024-02-27", "members", 7), ("2024-03-01", "photos", 900)]:
        server.change("INSERT INTO analytics_days (day, kind, count)"
                      f" VALUES ({moment(date)}, '{kind}', {count})")
    server.change("INSERT INTO active_counts (day, daily, weekly, monthly)"
                  f" VALUES ({moment('2024-02-29')}, 1, 2, 3)")
    return PAST


def printed(server, *words):
    """What `picsharz cost` prints, to the byte."""
    return subprocess.run([binary(), "cost", *words], env=server.environment(), check=True,
                          capture_output=True, timeout=60).stdout


def metered(server, month):
    """(day, kind, label, amount) of what the original's other services would have billed."""
    first = datetime.date.fromisoformat(f"{month}-01")
    after = (first + datetime.timedelta(days=31)).replace(day=1)
    return server.rows("SELECT day, kind, label, amount FROM usage_days"
                       f" WHERE day >= {moment(str(first))} AND day < {moment(str(after))}"
                       " AND kind IN ('cpu', 'query', 'storage') ORDER BY day, kind, label")


def quantities(counted, share):
    """The same in the units of the prices: rounded to millionths at each step, as it is billed."""
    def exact(number):
        return number.quantize(dollars("0.000001"), decimal.ROUND_HALF_UP)

    sums = collections.defaultdict(decimal.Decimal)
    for _, kind, label, amount in counted:
        sums[kind, label] += int(amount)
    days = len({day for day, kind, _, _ in counted if kind == "storage"})

    def lay_there(label):  # GB, on an average day
        return exact(exact(exact(sums["storage", label] / 10**9) / days) * share)

    hours = (sums["cpu", "analysis"] + sums["cpu", "upkeep"]) / 3_600_000_000
    return {"archive": lay_there("backups"), "database": lay_there("database"),
            "storage": lay_there("originals") + lay_there("renditions"),
            "batch": exact(hours), "query": exact(sums["query", ""] / 10**12)}


def billed(month):
    return {each["price"]: dollars(each["quantity"]) for each in month["billed"]}


def test_the_projection_shows_what_was_recorded_and_what_follows(community):
    answer = community.admin.get(f"{COSTS}/projection")
    assert answer.status == 200
    lines = {line["id"]: line for line in answer.json["lines"]}
    assert {name: line["recorded"] for name, line in lines.items()} == RECORDED
    assert sum(map(dollars, RECORDED.values())) == dollars("3797.26")
    assert answer.json["totals"] == {"recorded": "3797.26", "derived": "3738.66",
                                     "machine": "404.40"}
    assert lines["database"]["derived"] is None and lines["database"]["verdict"] == "none"
    assert lines["data_out"]["missing"] == {"quantity": "64", "unit": "GB"}


def test_any_assumption_may_be_another(community):
    answer = community.admin.post(f"{COSTS}/projection", {"cache_hits": "60"})
    assert (answer.status, answer.json["totals"]["machine"]) == (200, "307.20")
    values = {each["id"]: each for each in answer.json["assumptions"]}
    assert values["cache_hits"]["value"] == "60" and values["cache_hits"]["default"] == "0"
    ten = community.admin.post(f"{COSTS}/projection", {"members": "400000", "active": "120000"})
    lines = {line["id"]: line["derived"] for line in ten.json["lines"]}
    assert lines["data_out"] == "25920.00" and lines["server"] == "72.00"


@pytest.mark.parametrize("body, field, code", [
    ({"members": "many"}, "members", "invalid_assumption"),
    ({"cache_hits": "101"}, "cache_hits", "invalid_assumption"),
    ({"moons": "1"}, "moons", "unknown_field"),
    ({"members": 5}, "members", None),
])
def test_what_is_no_assumption_is_refused(community, body, field, code):
    answer = community.admin.post(f"{COSTS}/projection", body)
    assert (answer.status, answer.code) == (400, "invalid_request")
    assert [each["field"] for each in answer.json["errors"]] == [field]
    assert code in (None, answer.json["errors"][0]["code"])


def test_a_projection_as_csv_has_the_same_numbers(community):
    table = rows(text_of(community.admin.get(f"{COSTS}/projection.csv?cache_hits=60")))
    lines = {row["id"]: row for row in table if row["section"] == "line"}
    assert {name: row["recorded"] for name, row in lines.items()} == RECORDED
    assert lines["data_out"]["machine"] == "64.80" and lines["database"]["derived"] == ""
    total = next(row for row in table if row["section"] == "total")
    assert total["recorded"] == "3797.26" and total["machine"] == "307.20"
    assert {row["missing"] for row in table} == {""}
    plain = rows(text_of(community.admin.get(f"{COSTS}/projection.csv")))
    missing = {row["id"]: (row["missing"], row["missing_unit"])
               for row in plain if row["section"] == "line" and row["missing"]}
    shown = community.admin.get(f"{COSTS}/projection").json["lines"]
    assert missing == {line["id"]: (line["missing"]["quantity"], line["missing"]["unit"])
                       for line in shown if line["missing"]}
    assert missing["data_out"] == ("64", "GB")
    wrong = community.admin.get(f"{COSTS}/projection.csv?moons=1")
    assert (wrong.status, wrong.code) == (400, "unknown_assumption")
    wrong = community.admin.get(f"{COSTS}/projection.csv?members=x")
    assert (wrong.status, wrong.code) == (400, "invalid_assumption")


def test_a_month_adds_up_in_both_books(community):
    answer = community.admin.get(COSTS)
    assert answer.status == 200 and answer.headers["cache-control"] == "no-store"
    month = answer.json
    assert month["members"] >= 1 and 0 <= dollars(month["share"]) <= 1
    for book in ("machine", "original"):
        lines = sum(dollars(service[book]) for service in month["services"])
        assert lines == dollars(month["totals"][book]["total"])
    assert billed(month)["server_months"] == dollars(month["share"])
    table = rows(text_of(community.admin.get(f"{COSTS}.csv?month={month['month']}")))
    services = {row["id"] for row in table if row["section"] == "service"}
    assert services == set(RECORDED)


def test_what_lay_there_and_what_was_worked_is_billed_as_counted(community, past):
    month = community.admin.get(f"{COSTS}?month={past}").json
    assert month["share"] == "1.00"
    wanted = quantities(metered(community.server, past), dollars(1))
    assert {price: billed(month)[price] for price in wanted} == wanted
    # By hand: 433.333333333 GB, 14.000000001 GB, 161 GB on three days; 13,990.123445 seconds.
    assert wanted == {"archive": dollars("144.444444"), "database": dollars("4.666667"),
                      "storage": dollars("53.666667"), "batch": dollars("3.886145"),
                      "query": dollars("2.123457")}


def test_a_running_server_is_metered(community, past):
    server = community.server
    today = str(datetime.datetime.utcnow().date())
    use(server, today, "cpu", "analysis", 0, 7_654_321_000)
    use(server, today, "query", "", 1, 3_210_987_654_321)

    def database_measured(month):
        return any(row[1:3] == ("storage", "database") for row in metered(server, month))

    def undisturbed():
        """An answer, and the rows that were the same before and after it."""
        before = metered(server, community.admin.get(COSTS).json["month"])
        month = community.admin.get(COSTS).json
        if before == metered(server, month["month"]) and database_measured(month["month"]):
            return month, before
        return None

    month, counted = wait_for(undisturbed)
    wanted = quantities(counted, dollars(month["share"]))
    assert {price: billed(month)[price] for price in wanted} == wanted
    assert wanted["batch"] > 2 and wanted["query"] > 3


def test_members_and_photos_are_those_of_the_months_end(community, past):
    month = community.admin.get(f"{COSTS}?month={past}").json
    assert (month["members"], month["active"], month["photos"]) == (7, 3, 40)
    assert (month["from"], month["to"]) == ("2024-02-01T00:00:00.000Z",
                                            "2024-03-01T00:00:00.000Z")
    for totals in month["totals"].values():
        total = dollars(totals["total"])
        assert abs(dollars(totals["per_photo"]) * 40 - total) <= dollars("0.00004")
        assert abs(dollars(totals["per_active"]) * 3 - total) <= dollars("0.00001")
    now = community.admin.get(COSTS).json
    server = community.server
    assert now["members"] == server.count("SELECT count(*) FROM accounts WHERE state <> 2")
    assert now["photos"] == server.count("SELECT count(*) FROM photos WHERE state = 3")


def test_what_nobody_counted_is_not_zero(community, past):
    month = community.admin.get(f"{COSTS}?month=2024-01").json
    assert (month["members"], month["active"], month["photos"]) == (None, 0, None)
    for totals in month["totals"].values():
        assert dollars(totals["total"]) > 2  # the server, for a day
        assert (totals["per_active"], totals["per_photo"]) == (None, None)
    table = rows(text_of(community.admin.get(f"{COSTS}.csv?month=2024-01")))
    shares = {row["id"]: (row["machine"], row["original"]) for row in table
              if row["section"] == "total"}
    assert shares["per_active"] == shares["per_photo"] == ("", "")
    lines = printed(community.server, "--month", "2024-01").decode().splitlines()
    assert next(line for line in lines if line.startswith("for each photo")).split()[3:] == [
        "-", "-"]


@pytest.mark.parametrize("name", ["2026-13", "yesterday", "9999-01", "2026-1"])
def test_a_month_that_is_none(community, name):
    answer = community.admin.get(f"{COSTS}?month={name}")
    assert (answer.status, answer.code) == (400, "invalid_month")


def test_prices_are_edited_by_version_and_every_edit_is_kept(community):
    def book(name):
        books = community.admin.get(f"{COSTS}/prices").json["books"]
        return next(each for each in books if each["book"] == name)

    def change(body, name="machine"):
        return community.admin.request("PUT", f"{COSTS}/prices/{name}", body)

    before = book("machine")
    seen = before["version"]
    answer = change({"version": seen, "note": "a flat rate", "data_out": "0", "mail": "0.000001"})
    assert answer.status == 200
    prices = {each["id"]: each for each in answer.json["prices"]}
    assert prices["data_out"]["amount"] == "0.00" and prices["data_out"]["default"] == "0.09"
    assert prices["mail"]["amount"] == "0.000001"
    assert answer.json["version"] == seen + 1
    edit = answer.json["edits"][0]
    assert (edit["by"], edit["note"]) == ("ada", "a flat rate")
    assert {each["id"]: each["amount"] for each in edit["changes"]} == {"data_out": "0.00",
                                                                        "mail": "0.000001"}
    assert book("original")["edits"] == []
    late = change({"version": seen, "data_out": "1"})
    assert (late.status, late.code) == (409, "prices_changed")
    again = change({"version": seen, "data_out": "0"})  # it is so already
    assert (again.status, again.json["version"]) == (200, seen + 1)
    projected = community.admin.get(f"{COSTS}/projection").json["totals"]["machine"]
    assert dollars(projected) == dollars("404.40") - dollars("162.00") - dollars("7.90")
    table = {row["price"]: row for row in rows(text_of(
        community.admin.get(f"{COSTS}/prices.csv")))}
    assert (table["data_out"]["machine"], table["data_out"]["original"]) == ("0.00", "0.09")
    back = change({"version": seen + 1, "note": "as before", "data_out": "0.09", "mail": "0.10"})
    assert back.status == 200


@pytest.mark.parametrize("book, body, status, code", [
    ("moon", {"version": 0}, 404, "not_found"),
    ("machine", {}, 400, "invalid_request"),
    ("machine", {"version": 0, "data_out": "-1"}, 400, "invalid_request"),
    ("machine", {"version": 0, "data_out": "1000001"}, 400, "invalid_request"),
    ("machine", {"version": 0, "moonlight": "1"}, 400, "invalid_request"),
])
def test_prices_that_are_none(community, book, body, status, code):
    answer = community.admin.request("PUT", f"{COSTS}/prices/{book}", body)
    assert (answer.status, answer.code) == (status, code)


def test_the_command_says_the_same(community):
    server = community.server
    projection = json.loads(server.run("cost", "--projection", "--json").stdout)
    assert projection == community.admin.get(f"{COSTS}/projection").json
    table = rows(server.run("cost", "--projection", "--assume", "cache_hits=60,months=8",
                            "--format", "csv").stdout)
    assert next(row for row in table if row["section"] == "total")["recorded"] == "3797.26"
    assert "3797.26" in server.run("cost", "--projection").stdout
    month = json.loads(server.run("cost", "--format", "json").stdout)
    shown = community.admin.get(COSTS).json
    assert month["month"] == shown["month"] and len(month["services"]) == 13
    for wrong in (["--month", "2026-13"], ["--projection", "--assume", "moons=1"],
                  ["--assume", "months=1"], ["--format", "pdf"]):
        assert server.run("cost", *wrong).returncode == 2


def test_the_command_says_the_same_of_a_month(community, past):
    server = community.server
    shown = community.admin.get(f"{COSTS}?month={past}").json
    month = json.loads(printed(server, "--month", past, "--format", "json"))
    for part in ("services", "billed", "totals"):
        assert month[part] == shown[part], part
    assert {**month, "updated_at": ""} == {**shown, "updated_at": ""}
    file = community.admin.get(f"{COSTS}.csv?month={past}")
    assert printed(server, "--month", past, "--format", "csv") == file.body
    text = printed(server, "--month", past).decode()
    cents = [str(dollars(shown["totals"][book]["total"]).quantize(dollars("0.01"),
                                                                 decimal.ROUND_HALF_UP))
             for book in ("machine", "original")]
    assert ["total", *cents] in [line.split() for line in text.splitlines()]
    assert "7 members, 3 of them active, 40 photos\n" in text


def test_the_command_lists_the_prices(community):
    server, admin = community.server, community.admin

    def change(mail, note):
        seen = admin.get(f"{COSTS}/prices").json["books"][0]["version"]
        answer = admin.request("PUT", f"{COSTS}/prices/machine",
                               {"version": seen, "note": note, "mail": mail})
        assert answer.status == 200, answer.body
        return answer.json["version"]

    version = change("0.25", "the new contract")
    for words in (["--format", "json"], ["--json"]):
        assert json.loads(printed(server, "prices", *words)) == admin.get(f"{COSTS}/prices").json
    file = admin.get(f"{COSTS}/prices.csv")
    assert printed(server, "prices", "--format", "csv") == file.body
    lines = printed(server, "prices").decode().splitlines()
    words = [line.split() for line in lines]
    assert ["mail", "0.25", "0.10", "thousand", "mails"] in words
    assert ["version", str(version), "0"] in words
    edit = next(at for at, line in enumerate(lines) if line.startswith(f"machine {version}, "))
    assert lines[edit].endswith(", ada: the new contract") and words[edit + 1] == ["mail", "0.25"]
    assert server.run("cost", "prices", "--format", "pdf").returncode == 2
    change("0.10", "as before")


def test_members_have_no_business_here(community):
    member = community.member("thrifty")
    for path in ("", ".csv", "/prices", "/prices.csv", "/projection", "/projection.csv"):
        assert member.get(COSTS + path).status == 403
