"""What people do is what the rows of use say afterwards, to the last request and byte."""
import collections
import contextlib
import re
import urllib.request

import pytest

from support.client import Client, Community, wait_for
from support.invariants import drain
from support.pictures import png
from support.server import Server
from test_account_security import log_in
from test_analytics import by_id, count_anew
from test_comments import write
from test_leaving import left, pass_grace
from test_mail import double, mail_to, metric, sign_up  # noqa: F401
from test_moderation import HOLD_ALL, REMOVE_ALL, Town
from test_people import published


# The last figure of a time stands for all of it: they are not added up, else an hour that ended
# meanwhile had two of them, and its day one.
MEASURED = ("gauge", "storage")


def used(server, table="usage_days"):
    """{(kind, label): (count, amount)} of all days or hours."""
    found = collections.defaultdict(lambda: (0, 0))
    for kind, label, count, amount in server.rows(
            f"SELECT kind, label, count, amount FROM {table}"
            f" ORDER BY {table.removeprefix('usage_').removesuffix('s')}"):
        known = (0, 0) if kind in MEASURED else found[kind, label]
        found[kind, label] = (known[0] + int(count), known[1] + int(amount))
    return found


def counts(server, *kinds):
    rows = used(server)
    return {kind: sum(count for (name, _), (count, _) in rows.items() if name == kind)
            for kind in kinds}


class Metrics:
    """What /metrics says at one moment: the sum of a name's series with such labels."""

    def __init__(self, server):
        with urllib.request.urlopen(server.metrics + "/metrics") as answer:
            self.text = answer.read().decode()

    def __call__(self, name, labels=""):
        found = re.findall(rf"^{name}{{(.*)}} (\S+)$", self.text, re.M)
        return sum(float(value) for has, value in found if labels in has)


class Day:
    """Four people and a visitor, and everything that they did, known."""

    def __init__(self, server):
        self.server = server
        self.community = Community(server)
        self.mei, self.tom, self.eve = (self.community.member(each)
                                        for each in ("mei", "tom", "eve"))
        self.visitor = Client(server.address)
        self.picture = png(640, 480)
        self.photo = published(self.mei, title="Blue harbour", tags="harbour")["id"]
        self.go_in_and_out()
        self.like_and_follow()
        self.write()
        self.look()
        drain(server)

    def go_in_and_out(self):
        assert log_in(self.server, "tom")[1].status == 201
        assert log_in(self.server, "tom@example.org")[1].status == 201
        assert log_in(self.server, "tom", password="not the one")[1].status == 401

    def like_and_follow(self):
        for who in (self.tom, self.tom, self.eve):
            assert who.put(f"/v1/photos/{self.photo}/like").status == 200
        for _ in range(2):
            assert self.tom.delete(f"/v1/photos/{self.photo}/like").status == 200
        assert self.tom.put("/v1/photos/1/like").status == 404
        for _ in range(2):
            assert self.tom.put("/v1/accounts/mei/follow").status == 200
        assert self.eve.put("/v1/accounts/mei/follow").status == 200
        for _ in range(2):
            assert self.eve.delete("/v1/accounts/mei/follow").status == 200

    def write(self):
        write(self.tom, self.photo, "What a morning")
        for _ in range(2):  # the second is the first's answer again
            answer = self.eve.post(f"/v1/photos/{self.photo}/comments", {"text": "Indeed"},
                                   headers={"Idempotency-Key": "once-and-no-more"})
            assert answer.status == 201, answer.body
        for _ in range(2):
            answer = self.tom.post(f"/v1/photos/{self.photo}/reports", {"reason": "spam"})
            assert answer.status in (200, 201), answer.body

    def look(self):
        for who in (self.tom, self.tom, self.visitor, self.mei, self.community.admin):
            assert who.get(f"/v1/photos/{self.photo}").status == 200
        assert self.visitor.request("GET", f"/photo/{self.photo}", check=False).status == 200
        for who, words in ((self.tom, "Harbour"), (self.visitor, "harbour"),
                           (self.eve, "nothing%20at%20all"), (self.eve, "eve@example.org")):
            assert who.get(f"/v1/search?q={words}").status == 200
        # What the page of a search asks for besides: its other tabs, orders and pages.
        for more in ("type=people", "type=tags", "type=experts", "sort=likes", "sort=relevance"):
            assert self.tom.get(f"/v1/search?q=harbour&{more}").status == 200
        assert self.tom.get("/v1/search/suggest?q=harb").status == 200


def all_counted(server, sent):
    metrics = Metrics(server)
    return metrics if metrics("picsharz_http_requests_total") == len(sent) else None


@contextlib.contextmanager
def counted_requests():
    """(method, target, status) of whatever any client asks meanwhile."""
    sent = []
    real = Client.request

    def request(self, method, target, *args, **more):
        answer = real(self, method, target, *args, **more)
        sent.append((method, target, answer.status))
        return answer

    Client.request = request
    try:
        yield sent
    finally:
        Client.request = real


@pytest.fixture(scope="module")
def day(engine):
    server = Server(engine)
    server.start()
    try:
        with counted_requests() as sent:
            made = Day(server)
            wait_for(lambda: server.count("SELECT count(*) FROM usage_days WHERE kind = 'storage'"))
            made.mails = len(made.community.admin.get("/v1/admin/mailbox?limit=100").json["items"])
        made.sent = sent
        # A request is counted when its answer has left, which its reader may notice before.
        made.metrics = wait_for(lambda: all_counted(server, sent))
        server.end()
        yield made
    finally:
        server.stop()


def test_what_people_did(day):
    wanted = {"sign_up": 4, "log_in": 2, "upload": 1, "like": 2, "unlike": 1, "follow": 2,
              "unfollow": 1, "comment": 2, "search": 4, "search_empty": 2, "view": 5}
    assert counts(day.server, *wanted) == wanted
    rows = used(day.server)
    assert rows["upload", "image/png"] == (1, 0)
    assert rows["upload_bytes", "image/png"] == (1, len(day.picture))
    assert rows["moderation", "published"] == (1, 0)
    assert rows["moderation", "reported"] == (1, 0)
    assert rows["mail", "kept"] == (day.mails, 0)


def test_hours_and_days_say_the_same(day):
    assert used(day.server, "usage_hours") == used(day.server, "usage_days")


def test_every_request_and_every_byte(day):
    """As those who asked have counted them, and /metrics their bytes and times."""
    rows = used(day.server)
    by_class = {label: value for (kind, label), value in rows.items() if kind == "request"}
    assert sum(count for count, _ in by_class.values()) == len(day.sent)
    name = "picsharz_http_sent_bytes_total"
    assert sum(sent for _, sent in by_class.values()) == day.metrics(name)
    refused = [status for _, _, status in day.sent if status >= 400]
    assert rows["error", "4xx"] == (sum(status < 500 for status in refused), 0)
    assert rows["error", "5xx"] == (0, 0)
    searches = [target for _, target, _ in day.sent if target.startswith("/v1/search")]
    assert by_class["search"][0] == len(searches)
    assert by_class["search"][1] == day.metrics(name, "/v1/search")
    assert by_class["page"][0] == by_class["upload"][0] == 1
    admin = [target for _, target, _ in day.sent if target.startswith("/v1/admin/")]
    assert by_class["admin"][0] == len(admin)


def test_times_of_requests(day):
    rows = used(day.server)

    def total(kind, what):
        return sum(value[what] for (name, _), value in rows.items() if name == kind)

    # An upload lasts as long as its line is slow.
    assert total("request_time", 0) == total("route_time", 0) == len(day.sent) - 1
    name = "picsharz_http_request_duration_seconds_sum"
    spent = day.metrics(name) - day.metrics(name, 'route="/v1/photos",method="POST"')
    assert total("request_time", 1) == total("route_time", 1) == round(spent * 1e6)


def test_who_was_here(day):
    # Once, also where they were here on two days because one ended meanwhile.
    here = day.server.rows("SELECT DISTINCT a.handle FROM active_days d JOIN accounts a"
                           " ON a.id = d.account_id ORDER BY a.handle")
    assert [handle for handle, in here] == ["ada", "eve", "mei", "tom"]


def test_what_was_looked_at_and_for(day):
    assert day.server.rows("SELECT photo_id, sum(views) FROM photo_views GROUP BY photo_id") == [
        (day.photo, "5")]
    # Whoever looks for an address tells nobody.
    assert day.server.rows("SELECT words, sum(searches), sum(without_result) FROM search_days"
                           " GROUP BY words ORDER BY words") == [
        ("harbour", "2", "0"), ("nothing at all", "1", "1")]


def test_what_the_machine_did(day):
    rows = used(day.server)
    assert rows["cpu", "web"][1] > 0 and rows["cpu", "decode"][1] > 0
    assert rows["cpu", "media"][1] > 0 and rows["cpu", "upkeep"][1] > 0
    assert rows["gauge", "memory"][1] > 1_000_000
    assert rows["gauge", "disk_size"][1] > rows["gauge", "disk_free"][1] > 0
    assert rows["gauge", "queue_dead"] == (1, 0)
    assert rows["storage", "database"][1] > 0


@pytest.mark.parametrize("policy, label", [(HOLD_ALL, "held"), (REMOVE_ALL, "removed")],
                         ids=["held", "removed"])
def test_what_the_classifier_decided_and_what_became_of_it(fresh_server, policy, label):
    server = fresh_server(**policy).start()
    town = Town(server)
    owner = town.member("mei")
    photo = town.photo(owner)
    assert photo["state"] == label
    case = town.case(photo)["id"]
    for _ in range(2):
        assert town.decide(photo, "keep_hidden", "nudity").status == 201
        assert town.mods[0].request("POST", f"/v1/moderation/cases/{case}/undo").status == 201
    assert town.decide(photo, "remove", "nudity").status == 201
    assert owner.post(f"/v1/photos/{photo['id']}/appeal", {"text": "A harbour."}).status == 201
    assert town.decide(photo, "approve", "fine", mod=1).status == 201
    server.end()
    rows = {name: count for (kind, name), (count, _) in used(server).items()
            if kind == "moderation" and count}
    # Removed: by the classifier or by a moderator. What was taken back is not counted.
    removed = 2 if label == "removed" else 1
    assert rows == {**({"held": 1} if label == "held" else {}), "removed": removed,
                    "appealed": 1, "overturned": 1}


def test_mails_that_went_and_mails_that_came_back(fresh_server, double):
    box = double()
    box.unknown.add("nobody@example.org")
    server = fresh_server(**box.settings()).start()
    sign_up(server, "mei")
    mail_to(box, "mei@example.org")
    sign_up(server, "tom", email="nobody@example.org")
    wait_for(lambda: metric(server, "picsharz_mail_bounced_total") == 1)
    server.end()
    rows = used(server)
    assert rows["mail", "sent"][0] == 1 and rows["mail", "failed"][0] == 1


def test_metrics_say_it_too(day):
    for kind, count in {"like": 2, "sign_up": 4, "view": 5}.items():
        assert day.metrics("picsharz_usage_total", f'kind="{kind}"') == count
    assert day.metrics("picsharz_cpu_seconds_total", 'work="web"') > 0
    assert day.metrics("picsharz_cpu_seconds_total", 'work="decode"') > 0


def test_asking_is_not_following(fresh_server):
    server = fresh_server().start()
    community = Community(server)
    shy, mei, tom = (community.member(each) for each in ("shy", "mei", "tom"))
    assert shy.patch("/v1/me", {"private": True}).status == 200

    def ask(who):
        assert who.put("/v1/accounts/shy/follow").json["requested"]

    ask(mei)
    assert shy.delete("/v1/me/follow-requests/mei").status == 200
    ask(tom)
    assert tom.delete("/v1/accounts/shy/follow").status == 200
    ask(mei)
    for _ in range(2):
        assert shy.put("/v1/me/follow-requests/mei").status == 200
    assert mei.delete("/v1/accounts/shy/follow").status == 200
    ask(tom)
    assert shy.patch("/v1/me", {"private": False}).status == 200
    server.end()
    assert counts(server, "follow", "unfollow") == {"follow": 2, "unfollow": 1}


def test_a_member_who_is_looked_for_is_found(fresh_server):
    """Judged by photos and people, which are two lists of the page."""
    server = fresh_server().start()
    community = Community(server)
    community.member("fay", name="Fayeleth Quibb")
    for _ in range(3):
        assert community.admin.get("/v1/search?q=Fayeleth").json["items"] == []
    server.end()
    assert counts(server, "search", "search_empty") == {"search": 3, "search_empty": 0}
    # Three times by one is not often.
    assert server.rows("SELECT DISTINCT searches, without_result FROM search_days") == [("1", "0")]


def active_figure(community):
    """That of the overview, counted anew however long that took the last time."""
    count_anew(community)
    figures = community.admin.get("/v1/admin/overview").json["figures"]
    return by_id(figures, "active")["value"]


def test_who_is_here_is_shown_soon_after_the_first_sign_up(fresh_server):
    community = Community(fresh_server().start())
    wait_for(lambda: active_figure(community) == 1)
    community.member("mei")
    wait_for(lambda: active_figure(community) == 2)


def test_it_is_written_while_the_server_runs(fresh_server):
    server = fresh_server().start()
    community = Community(server)
    wait_for(lambda: counts(server, "sign_up")["sign_up"] == 1)
    wait_for(lambda: server.count("SELECT count(DISTINCT account_id) FROM active_days") == 1)
    community.member("mei")
    wait_for(lambda: counts(server, "sign_up")["sign_up"] == 2)


def test_a_restart_goes_on_adding(fresh_server):
    server = fresh_server().start()
    community = Community(server)
    server.end()
    server.start()
    admin = community.admin
    admin.host = server.address.split("//")[1]
    assert counts(server, "sign_up")["sign_up"] == 1
    before = used(server)["request", "account"][0]
    for _ in range(3):
        assert admin.get("/v1/me").status == 200
    server.end()
    rows = used(server)
    assert rows["request", "account"][0] == before + 3
    assert rows["sign_up", ""] == (1, 0)
    assert server.count("SELECT count(DISTINCT account_id) FROM active_days") == 1


def test_who_is_erased_leaves_numbers_only(fresh_server):
    server = fresh_server().start()
    community = Community(server)
    person = community.member("fay", name="Fayeleth Quibb")
    photo = published(person)["id"]
    account = server.account("fay")
    for who, words in ((person, "quibb%20boats"), (community.admin, "Fayeleth"),
                       (community.admin, "boats")):
        assert who.get(f"/v1/search?q={words}").status == 200
    assert community.admin.get(f"/v1/photos/{photo}").status == 200
    server.end()
    assert server.count(f"SELECT count(*) FROM active_days WHERE account_id = {account}") > 0
    assert server.count("SELECT count(DISTINCT words) FROM search_days") == 3
    assert server.count("SELECT count(DISTINCT photo_id) FROM photo_views") == 1
    server.start()
    person.host = community.admin.host = server.address.split("//")[1]
    left(person)
    pass_grace(server, account, community.admin)
    server.end()
    assert server.count(f"SELECT count(*) FROM active_days WHERE account_id = {account}") == 0
    assert server.rows("SELECT DISTINCT words FROM search_days") == [("boats",)]
    assert server.count("SELECT count(*) FROM photo_views") == 0
    assert counts(server, "sign_up", "upload", "view", "search") == {
        "sign_up": 2, "upload": 1, "view": 1, "search": 3}


def test_active_members_are_counted(fresh_server):
    server = fresh_server().start()
    community = Community(server)
    community.member("mei")
    # Whoever looks is here, too: perhaps on another day, if theirs has ended meanwhile.
    wait_for(lambda: active_figure(community) == 2)
    assert server.rows("SELECT max(daily), max(weekly), max(monthly) FROM active_counts") == [
        ("2", "2", "2")]
    assert server.rows("SELECT members, active FROM retention_weeks WHERE week = 0") == [
        ("2", "2")]
