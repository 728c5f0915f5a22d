"""How many: requests of a member, a token, an address; what has a limit of its own; quotas."""
import itertools
import re
import time

import pytest

from support.client import ACCEPTED, PASSWORD, Client, Community
from support.pictures import png
from support.server import RATES, Server
from test_account_security import log_in, token_of
from test_people import published

pytestmark = pytest.mark.one_engine  # limits are kept in memory

POLICY = re.compile(r'"([a-z_-]+)";q=([0-9]+);w=([0-9]+)')
LEFT = re.compile(r'"([a-z_-]+)";r=([0-9]+);t=([0-9]+)')
PROXY = {"PICSHARZ_HTTP__TRUSTED_PROXIES": "127.0.0.1"}
FEW = {"PICSHARZ_RATES__READ": "6", "PICSHARZ_RATES__SEARCH": "3", "PICSHARZ_RATES__AUTH": "30",
       "PICSHARZ_RATES__ADDRESS_FACTOR": "2"}


def policies(answer):
    """name -> (how many, in how many seconds), of the whole list."""
    return {name: (int(q), int(w))
            for name, q, w in POLICY.findall(answer.headers.get("ratelimit-policy", ""))}


def left(answer):
    return {name: (int(r), int(t))
            for name, r, t in LEFT.findall(answer.headers.get("ratelimit", ""))}


def check_refusal(answer, code, name=None):
    """One shape for whatever refuses: status, problem, how long to wait, by which limit."""
    assert (answer.status, answer.code) == (429, code), answer.body
    assert answer.headers["content-type"] == "application/problem+json"
    assert len(answer.json["detail"].split()) > 4
    seconds = int(answer.headers["retry-after"])
    assert answer.json["retry_after"] == seconds
    assert seconds > 0 and left(answer)[name or code] == (0, seconds)
    assert (name or code) in policies(answer)


def ask(client, address, path="/v1/feed/recent", **more):
    return client.get(path, headers={"X-Forwarded-For": address}, **more)


def until_refused(clients, addresses, many, path="/v1/feed/recent", allowed=200):
    """What is answered up to the first 429, by turns to each client from each address: so many a
    minute altogether, and what became free again meanwhile on a slow machine."""
    begun, answers = time.monotonic(), []
    for client, address in zip(itertools.cycle(clients), itertools.cycle(addresses)):
        answers.append(ask(client, address, path))
        if answers[-1].status == 429:
            break
        assert answers[-1].status == allowed and len(answers) < 10 * many
    took = time.monotonic() - begun
    assert many <= len(answers) - 1 <= many + took * many / 60
    return answers


def test_nobody_meets_the_limits_on_a_page(fresh_server):
    """Fifty pictures, what a page asks beside them, and somebody who scrolls and types."""
    server = fresh_server(**{f"PICSHARZ_RATES__{rate}": None for rate in RATES}).start()
    community = Community(server)
    person = community.member("scroller")
    photo = published(person, 640, title="Harbour")
    answers = [person.get(photo["urls"]["320"]) for _ in range(50)]
    for _ in range(20):
        answers += [person.get(path) for path in (
            "/v1/me", "/v1/feed/home", "/v1/feed/recent", "/v1/notifications/unread",
            f"/v1/photos/{photo['id']}", f"/v1/photos/{photo['id']}/comments",
            "/v1/search/suggest?q=harb", "/v1/search?q=harbour")]
        answers += [person.put(f"/v1/photos/{photo['id']}/like"),
                    person.delete(f"/v1/photos/{photo['id']}/like")]
    assert {answer.status for answer in answers} == {200}
    assert "ratelimit" not in answers[0].headers
    assert "ratelimit" not in person.get("/healthz").headers
    # Of somebody who has not asked again and again whether a photo is there already.
    told = community.member("newcomer").get("/v1/me")
    assert policies(told) == {"read": (1200, 60)} and 1100 < left(told)["read"][0] < 1200


@pytest.fixture(scope="module")
def tight(engine):
    server = Server(engine, **PROXY, **FEW).start()
    yield Community(server)
    server.stop()


def test_an_address_is_limited_and_a_network_is_one(tight):
    visitor = Client(tight.server.address)
    # What a client says itself stands before what the proxy says.
    answers = until_refused([visitor], ["192.0.2.1", "203.0.113.5, 192.0.2.1"], 12)
    assert policies(answers[0]) == {"read-address": (12, 60)}
    assert left(answers[0]) == {"read-address": (11, 5)}
    check_refusal(answers[-1], "too_many_requests", "read-address")
    assert ask(visitor, "192.0.2.2").status == 200
    until_refused([visitor], ["2001:db8:7:1::1", "2001:db8:7:1:ffff::9"], 12)
    assert ask(visitor, "2001:db8:7:2::1").status == 200
    # Classes count alone, and this machine itself is everybody behind a proxy.
    until_refused([visitor], ["192.0.2.1"], 6, "/v1/search?q=a")
    assert {visitor.get("/v1/feed/recent").status for _ in range(40)} == {200}
    assert {ask(visitor, "192.0.2.1", "/healthz").status for _ in range(40)} == {200}


def test_a_member_is_limited_wherever_they_are(tight):
    person, other = tight.member("roamer"), tight.member("neighbour")
    # Another log-in of the same member is the same member; a program counts alone.
    again, _ = log_in(tight.server, "roamer")
    answers = until_refused([person, again], [f"198.51.100.{i}" for i in range(100)], 6,
                            "/v1/feed/home")
    assert policies(answers[0]) == {"read": (6, 60)}
    told = [left(answer)["read"][0] for answer in answers]
    assert told == [5, 4, 3, 2, 1, 0, 0] or len(told) > 7 and (told[0], told[-1]) == (5, 0)
    check_refusal(answers[-1], "too_many_requests", "read")
    assert ask(other, "198.51.100.1", "/v1/feed/home").status == 200
    program, _ = token_of(again, "read")
    assert ask(program, "198.51.100.78", "/v1/feed/home").status == 200


def test_a_flood_is_refused_before_anything_is_done(tight):
    """Whoever guesses tokens or sends bodies from one address is stopped by it (A17)."""
    guessers = [Client(tight.server.address) for _ in range(100)]
    for i, guesser in enumerate(guessers):
        guesser.token = f"pcz_{i:043}"
    until_refused(guessers, ["192.0.2.66"], 12, "/v1/feed/home", allowed=401)


def test_a_person_who_asks_too_much_sees_a_page(tight):
    visitor = Client(tight.server.address)
    refused = until_refused([visitor], ["192.0.2.67"], 12, "/recent")[-1]
    assert refused.headers["content-type"].startswith("text/html") and b"<script" in refused.body
    assert int(refused.headers["retry-after"]) > 0


def test_sign_ups_are_throttled_by_network(fresh_server):
    server = fresh_server(**PROXY, PICSHARZ_ACCOUNTS__SIGNUPS_PER_HOUR="3").start()

    def sign_up(number, address):
        return Client(server.address).post(
            "/v1/accounts", {"handle": f"wave{number}", "name": "Wave", "country": "SG",
                             "email": f"wave{number}@example.org", "password": PASSWORD,
                             **ACCEPTED},
            headers={"X-Forwarded-For": address})

    answers = [sign_up(i, f"2001:db8:9:9::{i + 1}") for i in range(4)]
    assert [answer.status for answer in answers] == [201, 201, 201, 429]
    check_refusal(answers[-1], "too_many_attempts")
    assert policies(answers[0])["too_many_attempts"] == (3, 3600)
    # A code that is sent again is one of them, too.
    resent = Client(server.address).post("/v1/accounts/verify/resend", {
        "email": "wave0@example.org"}, headers={"X-Forwarded-For": "2001:db8:9:9::77"})
    check_refusal(resent, "too_many_attempts")
    assert sign_up(9, "2001:db8:9:10::1").status == 201


def test_what_has_a_limit_of_its_own_refuses_alike(community):
    person = community.member("eager")
    photo = published(person, 650, title="Harbour")
    # The highest that one may write in a minute is ten by default.
    said = [person.post(f"/v1/photos/{photo['id']}/comments", {"text": f"Light {i}"})
            for i in range(11)]
    assert [answer.status for answer in said] == [201] * 10 + [429]
    check_refusal(said[-1], "too_many_comments")
    assert policies(said[0])["too_many_comments"] == (10, 60)
    guesses = [Client(community.server.address).post("/v1/sessions", {
        "login": "eager", "password": f"guess {i}"}) for i in range(11)]
    assert [answer.status for answer in guesses] == [401] * 10 + [429]
    check_refusal(guesses[-1], "too_many_attempts")
    assert policies(guesses[0])["too_many_attempts"] == (10, 900)
    asked = [Client(community.server.address).post("/v1/password/forgot", {"login": "eager"})
             for _ in range(6)]
    assert [answer.status for answer in asked] == [202] * 5 + [429]
    check_refusal(asked[-1], "too_many_attempts")
    moved = [person.post("/v1/me/email", {"email": f"new{i}@example.net", "password": PASSWORD})
             for i in range(6)]
    assert [answer.status for answer in moved] == [202] * 5 + [429]
    check_refusal(moved[-1], "too_many_attempts")
    assert person.patch("/v1/me", {"handle": "eager_one"}).status == 200
    check_refusal(person.patch("/v1/me", {"handle": "eager_two"}), "handle_too_soon")


def test_quotas_are_told_and_refuse(fresh_server):
    server = fresh_server(PICSHARZ_UPLOADS__PER_DAY="3", PICSHARZ_UPLOADS__QUOTA="1MiB").start()
    person = Community(server).member("keeper")
    empty = {"bytes": {"used": 0, "limit": 1 << 20}, "photos_a_day": {"used": 0, "limit": 3}}
    assert person.get("/v1/me").json["quotas"] == empty
    sizes = [len(png(640 + i, 480)) for i in range(2)]
    for i in range(2):
        published(person, 640 + i)
    quotas = person.patch("/v1/me", {"bio": "I keep"}).json["quotas"]
    assert quotas["bytes"]["used"] == sum(sizes) and quotas["photos_a_day"]["used"] == 2
    reserved = person.request("POST", "/v1/uploads", None, {
        "Tus-Resumable": "1.0.0", "Upload-Length": "500000"})
    assert reserved.status == 201
    assert person.get("/v1/me").json["quotas"]["bytes"]["used"] == sum(sizes) + 500_000
    large = person.request("POST", "/v1/uploads", None, {
        "Tus-Resumable": "1.0.0", "Upload-Length": "600000"})
    assert (large.status, large.code) == (413, "quota_exceeded")
    assert " 1 MB." in large.json["detail"] and large.json["limit"] == 1 << 20
    published(person, 645)
    fourth = person.upload(png(646, 480))
    check_refusal(fourth, "too_many_attempts")
    assert "fit into a day: 3." in fourth.json["detail"]
    assert 86_000 < int(fourth.headers["retry-after"]) <= 86_401
    assert policies(fourth)["too_many_attempts"] == (3, 86_400)
    # What is deleted gives its space back, but the day is used up.
    photos = person.get("/v1/me/photos").json["items"]
    assert person.delete(f"/v1/photos/{photos[0]['id']}").status == 200
    after = person.get("/v1/me").json["quotas"]
    assert after["bytes"]["used"] < sum(sizes) + 500_000 + len(png(645, 480))
