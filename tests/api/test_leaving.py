"""Deleting one's account: gone from sight at once, back within days, then nowhere (R20)."""
import hashlib
import http.client
import json
import time

import pytest

from support import tus
from support.client import ACCEPTED, PASSWORD, Client, Community, wait_for
from support.invariants import check_sound, drain
from support.pictures import png
from test_account_security import Authenticator, browser_of, log_in, token_of
from test_comments import texts, write
from test_deletion import dump, everything_on_disk, issued, traces
from test_events import Stream
from test_people import ids, published

GRACE = 14


def leave(client, password=PASSWORD, **more):
    return client.request("DELETE", "/v1/me", {"password": password, **more})


def left(client):
    answer = leave(client)
    assert answer.status == 200, answer.body
    return answer.json["erased_at"]


def settled(server):
    """Nothing that departed people did waits to be taken out of counts."""
    drain(server)


def restart_upkeep(server, *clients):
    """What is done now and then is due; the clients find the server at its new address."""
    server.end()
    server.change("DELETE FROM schedules")
    server.start()
    for client in clients:
        client.host = server.address.split("//")[1]


def pass_grace(server, account, *clients):
    server.change(f"UPDATE departures SET erase_at = 1 WHERE account_id = {account}")
    restart_upkeep(server, *clients)
    wait_for(lambda: server.count("SELECT count(*) FROM departures"
                                  f" WHERE account_id = {account}") == 0, 180)
    drain(server)


class Village:
    """Mei, who leaves; Tom, Eve and Ida, who stay; and what they did to each other."""

    def __init__(self, community):
        self.community = community
        self.server = community.server
        self.visitor = Client(self.server.address)
        self.mei = community.member("mei", name="Meilindra Quux")
        self.tom, self.eve, self.ida = (community.member(each) for each in ("tom", "eve", "ida"))
        self.ida.patch("/v1/me", {"private": True})
        mei, tom, eve = self.mei, self.tom, self.eve
        self.hers = published(mei, 510, title="Zeppelin at noon", tags="zeppelin,sky")["id"]
        self.friends_only = published(mei, 511, title="For friends", visibility="followers")["id"]
        self.toms = published(tom, 512, title="Boats", tags="boats")["id"]
        self.eves = published(eve, 513, title="Bridge")["id"]
        for one, other in ((mei, "tom"), (tom, "mei"), (mei, "eve"), (eve, "mei"), (eve, "tom"),
                           (mei, "ida")):
            assert one.put(f"/v1/accounts/{other}/follow").status == 200
        for who, photo in ((mei, self.toms), (mei, self.eves), (tom, self.eves), (tom, self.hers),
                           (eve, self.hers), (eve, self.friends_only)):
            assert who.put(f"/v1/photos/{photo}/like").status == 200
        top = write(mei, self.toms, "What a morning")
        write(eve, self.toms, "Indeed", reply_to=top["id"])
        write(mei, self.toms, "Another one")
        write(tom, self.hers, "High up")
        write(mei, self.hers, "Thank you")
        self.shelf = self.collection(mei, "Shelf of mei", self.toms, self.hers)
        self.mixed = self.collection(eve, "Mixed", self.hers, self.toms)
        assert mei.put(f"/v1/photos/{self.eves}/saved").status in (200, 204)
        assert community.admin.request("POST", "/v1/admin/popular").status == 200
        self.urls = self.addresses()
        wait_for(lambda: tom.get("/v1/notifications").json["items"])
        drain(self.server)

    @staticmethod
    def collection(owner, name, *photos):
        made = owner.post("/v1/collections", {"name": name}).json["id"]
        for photo in photos:
            assert owner.put(f"/v1/collections/{made}/photos/{photo}").status == 204
        return made

    def addresses(self):
        urls = ["/v1/accounts/mei", "/v1/accounts/mei/photos", "/v1/accounts/mei/followers",
                "/v1/accounts/mei/following", "/v1/accounts/mei/collections",
                f"/v1/collections/{self.shelf}", f"/v1/collections/{self.shelf}/photos"]
        for photo in (self.hers, self.friends_only):
            page = self.eve.get(f"/v1/photos/{photo}").json
            urls += [f"/v1/photos/{photo}", f"/v1/photos/{photo}/likes",
                     f"/v1/photos/{photo}/comments", f"/v1/photos/{photo}/similar"]
            urls += page["urls"].values()
            urls += self.mei.get(f"/v1/photos/{photo}").json["urls"].values()
        urls += self.visitor.get(f"/v1/photos/{self.hers}").json["urls"].values()
        return list(dict.fromkeys(urls))

    def seen(self):
        """What the others see of her, and of each other: exact, whole, in a form to compare."""
        tom, eve, visitor = self.tom, self.eve, self.visitor
        look = {}
        for who, name in ((tom, "tom"), (eve, "eve"), (visitor, "visitor")):
            for path in ("/v1/accounts/tom", "/v1/accounts/eve", "/v1/accounts/ida",
                         "/v1/accounts/mei", "/v1/accounts/tom/followers",
                         "/v1/accounts/tom/following", "/v1/accounts/eve/followers",
                         "/v1/feed/recent", "/v1/search?q=zeppelin", "/v1/tags/zeppelin",
                         "/v1/search?q=mei&type=people", "/v1/search/suggest?q=zepp",
                         f"/v1/collections/{self.mixed}/photos",
                         f"/v1/photos/{self.toms}/likes", f"/v1/photos/{self.eves}/likes",
                         f"/v1/photos/{self.toms}/comments"):
                answer = who.get(path)
                look[f"{name} {path}"] = (answer.status, shorn(answer.json))
            for photo in (self.toms, self.eves, self.hers):
                page = who.get(f"/v1/photos/{photo}").json
                look[f"{name} {photo}"] = (page.get("likes"), page.get("comments"))
        for who, name in ((tom, "tom"), (eve, "eve")):
            look[f"{name} home"] = ids(who.get("/v1/feed/home").json)
            look[f"{name} liked"] = ids(who.get("/v1/me/likes").json)
            look[f"{name} notifications"] = shorn(who.get("/v1/notifications").json)
        look["ida asked"] = shorn(self.ida.get("/v1/me/follow-requests").json)
        return look

    def own(self, mei):
        paths = ("/v1/me", "/v1/me/photos", "/v1/me/likes", "/v1/me/saved", "/v1/feed/home",
                 "/v1/accounts/mei/followers", "/v1/accounts/mei/following",
                 f"/v1/collections/{self.shelf}/photos", f"/v1/photos/{self.hers}/comments")
        return {path: shorn(mei.get(path).json) for path in paths}


def shorn(value):
    """Without what is another each time: signed addresses, cursors, request ids."""
    if isinstance(value, dict):
        return {k: shorn(v) for k, v in value.items()
                if k not in ("urls", "next", "request_id", "avatar", "evidence")}
    return [shorn(each) for each in value] if isinstance(value, list) else value


@pytest.fixture
def village(fresh_server):
    return Village(Community(fresh_server().start()))


def test_it_takes_the_password_and_the_code(community, server):
    person = community.member("pat")
    assert person.request("DELETE", "/v1/me", {}).code == "invalid_request"
    wrong = leave(person, "not mine")
    assert (wrong.status, wrong.code) == (403, "wrong_password")
    assert wrong.json["errors"][0]["field"] == "password"
    assert Client(server.address).request("DELETE", "/v1/me", {"password": PASSWORD}).status == 401
    secret = person.post("/v1/me/totp", {"password": PASSWORD}).json["secret"]
    phone = Authenticator(secret)
    codes = person.post("/v1/me/totp/on", {"code": phone.code()}).json["recovery_codes"]
    assert leave(person).code == "totp_required"
    assert leave(person, totp="000000").code == "wrong_totp"
    program, _ = token_of(person, "read", "account")
    refused = program.request("DELETE", "/v1/me", {"password": PASSWORD, "totp": "000000"})
    assert (refused.status, refused.code) == (403, "scope_missing")
    assert person.get("/v1/me").status == 200
    assert leave(person, totp=codes[0]).status == 200
    # Nothing of the second factor is used up or passed by on the way back.
    assert log_in(server, "pat")[1].code == "account_leaving"
    assert log_in(server, "pat", restore=True)[1].code == "totp_required"
    assert log_in(server, "pat", restore=True, totp=codes[0])[1].code == "wrong_totp"
    assert log_in(server, "pat", restore=True, totp=codes[1])[1].status == 201


def test_everything_that_was_open_ends(community, server):
    browser = browser_of(community, "olga")
    other, _ = log_in(server, "olga")
    program, _ = token_of(other, "read", "write:photos")
    data = png(700, 500, (1, 2, 3))
    made = tus.create(other, len(data), filename="half.png")
    assert made.status == 201
    place = made.headers["location"]
    assert tus.patch(other, place, 0, data[:50]).status == 204
    stream = Stream(browser)
    answer = leave(browser)
    assert answer.status == 200 and "sid" not in browser.cookies
    for client in (browser, other, program):
        assert client.get("/v1/me").status == 401
    assert stream.event() == (None, None)
    assert tus.patch(other, place, 50, data[50:]).status == 401
    assert server.count("SELECT count(*) FROM uploads WHERE state = 0 AND account_id ="
                        f" {server.account('olga')}") == 0
    # Back again, an upload begins anew, and nothing of the quota is missing.
    back, answer = log_in(server, "olga", restore=True)
    assert answer.status == 201
    assert tus.patch(back, place, 50, data[50:]).status in (404, 410)
    assert server.rows("SELECT reserved, uploads FROM accounts WHERE handle = 'olga'") == [
        ("0", "0")]
    assert program.get("/v1/me").status == 401
    assert published(back, 514)["state"] == "published"


def test_a_photo_on_its_way_is_not_taken(community, server):
    person = community.member("hasty")
    other, _ = log_in(server, "hasty")
    body = (b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.png"\r\n\r\n' +
            png(700, 500, (7, 8, 9)) + b"\r\n--x--\r\n")
    connection = http.client.HTTPConnection(person.host, timeout=60)
    connection.putrequest("POST", "/v1/photos")
    for name, value in {**other.headers("POST"), "Content-Length": str(len(body)),
                        "Content-Type": "multipart/form-data; boundary=x"}.items():
        connection.putheader(name, value)
    connection.endheaders(body[:500])
    left(person)
    connection.send(body[500:])
    assert connection.getresponse().status in (401, 403, 404, 413)
    connection.close()
    assert server.count(f"SELECT count(*) FROM photos WHERE owner_id = {server.account('hasty')}"
                        ) == 0


def test_gone_from_sight_at_once(village):
    tom, eve, visitor = village.tom, village.eve, village.visitor
    for url in village.urls:
        assert 200 in (who.get(url).status for who in (village.mei, eve, visitor)), url
    for path in ("/v1/popular", "/v1/feed/recent", "/v1/search?q=zeppelin", "/v1/tags/zeppelin"):
        assert b"Zeppelin" in visitor.get(path).body, path
    begin = time.monotonic()
    left(village.mei)
    for who in (visitor, tom, eve):
        for url in village.urls:
            wait_for(lambda: who.get(url).status == 404, 5)  # noqa: B023
    print(f"{len(village.urls)} addresses are dead after {time.monotonic() - begin:.2f} s")
    for who in (visitor, tom, eve):
        for path in ("/v1/feed/recent", "/v1/popular", "/v1/search?q=zeppelin", "/v1/tags/zeppelin",
                     "/v1/search?q=meilindra&type=people", "/v1/search/suggest?q=zepp",
                     f"/v1/collections/{village.mixed}/photos", "/v1/accounts/tom/followers",
                     "/v1/accounts/tom/following", f"/v1/photos/{village.toms}/likes",
                     f"/v1/photos/{village.toms}/comments", f"/v1/photos/{village.toms}/similar"):
            body = who.get(path).body
            for word in (b'"mei"', b"Meilindra", b"Zeppelin", b'"zeppelin"'):
                assert word not in body, (path, word)
    for path in ("/v1/feed/home", "/v1/notifications", "/v1/suggestions", "/v1/me/likes"):
        assert b'"mei"' not in tom.get(path).body, path
    assert village.ida.get("/v1/me/follow-requests").json["items"] == []
    # Counts of the others are what is left, and equal their rows.
    page = tom.get(f"/v1/photos/{village.toms}").json
    assert (page["likes"], page["comments"]) == (0, 1)
    assert tom.get(f"/v1/photos/{village.eves}").json["likes"] == 1
    assert texts(tom, village.toms) == [(None, ["Indeed"])]
    for handle, followers, following in (("tom", 1, 0), ("eve", 0, 1)):
        counts = visitor.get(f"/v1/accounts/{handle}").json["counts"]
        assert (counts["followers"], counts["following"]) == (followers, following), handle
    settled(village.server)
    check_counts(village.server)
    check_sound(village.server)
    mail = village.community.mail("mei@example.org", "is deleted")
    assert "Until " not in mail["subject"] and "take it back until" in mail["text"]


def check_counts(server):
    """What is counted is what is listed: rows of people who are there."""
    assert server.rows("SELECT p.id FROM photos p WHERE p.likes <> (SELECT count(*) FROM likes l"
                       " WHERE l.photo_id = p.id)") == []
    assert server.rows("SELECT p.id FROM photos p WHERE p.comments <> (SELECT count(*) FROM"
                       " comments c WHERE c.photo_id = p.id AND c.state = 0)") == []
    for column, mine in (("followers", "followee_id"), ("following", "follower_id")):
        assert server.rows(f"SELECT a.id FROM accounts a WHERE a.{column} <> (SELECT count(*) FROM"
                           f" follows f WHERE f.{mine} = a.id AND f.state = 1)") == [], column


def test_taken_back_everything_is_as_before(village):
    server, community = village.server, village.community
    before, own = village.seen(), village.own(village.mei)
    until = left(village.mei)
    assert before != village.seen()
    # Nobody else can have the handle or the address meanwhile.
    _, taken = community.sign_up("mei", email="other@example.org")
    assert taken.code == "handle_taken"
    stranger, same = community.sign_up("mei_two", email="mei@example.org")
    assert same.status == 201
    community.mail("mei@example.org", "You already have an account")
    # A log-in says what is the matter, and until when; a wrong password says nothing of it.
    assert log_in(server, "mei", "wrong")[1].code == "wrong_login"
    refused = log_in(server, "mei")[1]
    assert (refused.status, refused.code) == (403, "account_leaving")
    assert refused.json["errors"] == [{"field": "restore", "code": "required", "detail": until}]
    day = time.strftime("%d %B %Y", time.strptime(until[:10], "%Y-%m-%d")).lstrip("0")
    assert day in refused.json["detail"]
    days = (time.mktime(time.strptime(until[:19], "%Y-%m-%dT%H:%M:%S")) -
            time.mktime(time.gmtime())) / 86_400
    assert GRACE - 0.1 < days <= GRACE
    # What others do meanwhile does not get in the way. (Of a like of one's own nobody is told: a
    # notification would stay later than it was.)
    assert village.eve.put(f"/v1/photos/{village.eves}/like").status == 200
    assert village.eve.delete(f"/v1/photos/{village.eves}/like").status == 200
    mei, answer = log_in(server, "mei@example.org", restore=True)
    assert answer.status == 201 and answer.json["account"]["handle"] == "mei"
    community.mail("mei@example.org", "is back")
    settled(server)
    wait_for(lambda: village.seen()[f"visitor {village.hers}"] ==  # memory is told within a moment
             before[f"visitor {village.hers}"])
    assert village.seen() == before
    assert village.own(mei) == own
    check_counts(server)
    check_sound(server)
    assert server.count("SELECT count(*) FROM departures") == 0
    assert server.count("SELECT count(*) FROM departed_likes") == 0
    # And a second time.
    left(mei)
    settled(server)
    check_counts(server)
    mei, answer = log_in(server, "mei", restore=True)
    assert answer.status == 201 and village.seen() == before and village.own(mei) == own


def test_two_who_leave_and_come_back_in_any_order(village):
    server = village.server
    before = village.seen()
    for first, second in (("mei", "eve"), ("eve", "mei")):
        for handle in ("mei", "eve"):
            left(log_in(server, handle, restore=True)[0])
            settled(server)
            check_counts(server)
        for handle in (first, second):
            back = log_in(server, handle, restore=True)
            assert back[1].status == 201
            setattr(village, handle, back[0])
            settled(server)
            check_counts(server)
        assert village.seen() == before
    check_sound(server)


def test_a_forgotten_password_is_no_trap(community, server):
    person = community.member("forgetful")
    left(person)
    assert Client(server.address).post("/v1/password/forgot", {"login": "forgetful"}).status == 202
    mail = community.mail("forgetful@example.org", "Choose a new password")
    token = next(line for line in mail["text"].splitlines() if "#token=" in line).split("token=")[1]
    reset = Client(server.address).post("/v1/password/reset",
                                        {"token": token, "password": "nine quick trains"})
    assert reset.status == 204
    assert log_in(server, "forgetful", "nine quick trains")[1].code == "account_leaving"
    assert log_in(server, "forgetful", "nine quick trains", restore=True)[1].status == 201


def test_the_last_administrator_stays(community, server):
    refused = leave(community.admin)
    assert (refused.status, refused.code) == (409, "last_administrator")
    assert community.admin.get("/v1/me").status == 200
    by_hand = server.run("account", "delete", "ada")
    assert by_hand.returncode == 1 and "only administrator" in by_hand.stderr
    community.member("deputy")
    assert server.run("account", "role", "deputy", "administrator").returncode == 0
    deputy, _ = log_in(server, "deputy")
    left(deputy)
    assert leave(community.admin).code == "last_administrator"
    assert log_in(server, "deputy", restore=True)[0].get("/v1/me").json["role"] == "administrator"


def test_by_the_command_line(community, server):
    person = community.member("rowdy")
    account = server.account("rowdy")
    assert server.run("account", "delete", "nobody_here").returncode == 1
    said = server.run("account", "delete", "rowdy", "--json")
    assert said.returncode == 0 and json.loads(said.stdout)["id"] == account
    wait_for(lambda: Client(server.address).get("/v1/accounts/rowdy").status == 404)
    assert person.get("/v1/me").status == 401
    assert "administrator" in community.mail("rowdy@example.org", "is deleted")["text"]
    assert server.run("account", "restore", "rowdy").returncode == 0
    assert server.run("account", "restore", "rowdy").returncode == 1
    assert log_in(server, "rowdy")[1].status == 201
    said = server.run("account", "delete", "@Rowdy", "--now")
    assert said.returncode == 0, said.stderr
    wait_for(lambda: [m for m in community.mails("rowdy@example.org")
                      if "It is erased for good now" in m["text"]])
    wait_for(lambda: server.rows(f"SELECT id FROM accounts WHERE id = {account}") == [])
    assert log_in(server, "rowdy")[1].code == "wrong_login"
    assert log_in(server, "rowdy", restore=True)[1].code == "wrong_login"
    events = server.rows("SELECT event, operator FROM departure_journal"
                         f" WHERE account_id = {account} ORDER BY seq")
    assert events == [("0", "1"), ("1", "1"), ("0", "1"), ("2", "0")]
    community.member("rowdy")  # the handle is free again


def test_no_grace_at_all(fresh_server):
    server = fresh_server(PICSHARZ_ACCOUNTS__DELETION_GRACE_DAYS="0").start()
    community = Community(server)
    person = community.member("quick")
    account = server.account("quick")
    left(person)
    assert log_in(server, "quick")[1].status in (401, 403)
    restart_upkeep(server)
    wait_for(lambda: server.rows(f"SELECT id FROM accounts WHERE id = {account}") == [])
    assert log_in(server, "quick", restore=True)[1].code == "wrong_login"


@pytest.mark.parametrize("word", ["html", "com", "you"])
def test_the_mails_of_strangers_stay(fresh_server, word):
    """A handle or a name may be a word of every mail there is."""
    server = fresh_server(PICSHARZ_SMTP__HOST="127.0.0.1", PICSHARZ_SMTP__PORT="9",
                          PICSHARZ_SMTP__SECURITY="none",
                          PICSHARZ_SMTP__FROM="photos@pics.example.com")
    created = server.run("account", "create", "--handle", word, "--name", word.title(), "--email",
                         f"{word}@example.net", "--password-file", "-", input=PASSWORD + "\n")
    assert created.returncode == 0, created.stderr
    server.start()
    for number in range(3):
        assert Client(server.address).post("/v1/accounts", {
            "handle": f"stranger{number}", "name": "Stranger", "country": "SG",
            "email": f"stranger{number}@example.com", "password": PASSWORD,
            **ACCEPTED}).status == 201
    waiting = ("SELECT count(*) FROM jobs WHERE kind IN ('mail.send', 'account.send_code')"
               " AND state IN (0, 1) AND payload LIKE '%stranger%'")
    assert server.count(waiting) == 3
    account = server.account(word)
    assert server.run("account", "delete", word, "--now").returncode == 0
    wait_for(lambda: server.rows(f"SELECT id FROM accounts WHERE id = {account}") == [])
    assert server.count(waiting) == 3


# R20: what nothing else contains, in every place where a member can write something or is named.
SECRETS = {
    "handle": "quaggaone", "name": "Tapirella Okapifour", "email": "numbatsix@example.org",
    "bio": "Kakaposeven", "title": "Axolotleight", "description": "Pangolinnine",
    "alt": "Dugongten", "tag": "narwhaleleven", "place": "Ocelottwelve", "file": "Galagothirteen",
    "comment": "Bonobofourteen", "collection": "Fossafifteen", "about": "Sakisixteen",
    "report": "Gerenukseventeen", "appeal": "Markhoreighteen", "token": "Cassowarynineteen",
    "new_email": "kinkajoutwenty@example.org", "reply": "Takintwentyone",
    "upload": "Bilbytwentytwo", "note": "Aardwolftwentythree", "old_handle": "oldtenrec24",
}


class Life:
    """A member who did everything that one can do here."""

    def __init__(self, server):
        self.server = server
        self.community = community = Community(server)
        self.visitor = Client(server.address)
        self.friend, self.judge = community.member("friend"), community.member("judge")
        server.change("UPDATE accounts SET role = 1 WHERE handle = 'judge'")
        self.data, self.mail = png(700, 500, (201, 20, 113)), SECRETS["email"]
        self.person = person = community.member(SECRETS["old_handle"], name=SECRETS["name"],
                                                email=self.mail)
        self.account = server.account(SECRETS["old_handle"])
        assert person.patch("/v1/me", {"handle": SECRETS["handle"], "bio": SECRETS["bio"]}
                            ).status == 200
        self.publish()
        self.meet()
        self.complain()
        self.configure()
        drain(server)

    def publish(self):
        person = self.person
        fields = {"title": SECRETS["title"], "description": SECRETS["description"],
                  "alt": SECRETS["alt"], "tags": SECRETS["tag"]}
        answer = person.upload(self.data, SECRETS["file"] + ".png", **fields)
        self.photo = wait_for(lambda: self.ready(answer.json["id"]))
        assert person.patch(f"/v1/photos/{self.photo}", {"place": SECRETS["place"]}).status == 200
        made = tus.create(person, 5000, filename=SECRETS["upload"] + ".png")
        tus.patch(person, made.headers["location"], 0, self.data[:1000])
        self.half = self.data[:1000]

    def ready(self, photo):
        state = self.person.get(f"/v1/photos/{photo}").json["state"]
        return photo if state == "published" else None

    def meet(self):
        person, friend = self.person, self.friend
        self.other = published(friend, 520, title="Somebody else")["id"]
        person.put("/v1/accounts/friend/follow")
        friend.put(f"/v1/accounts/{SECRETS['handle']}/follow")
        person.put("/v1/accounts/judge/mute")
        person.put(f"/v1/photos/{self.other}/like")
        friend.put(f"/v1/photos/{self.photo}/like")
        top = write(person, self.other, SECRETS["comment"])
        write(friend, self.other, "An answer that stays", reply_to=top["id"])
        write(person, self.other, SECRETS["reply"], reply_to=write(
            friend, self.other, "What do you think?")["id"])
        made = person.post("/v1/collections", {"name": SECRETS["collection"],
                                               "description": SECRETS["about"]}).json["id"]
        person.put(f"/v1/collections/{made}/photos/{self.other}")
        friend.put(f"/v1/photos/{self.photo}/saved")
        self.urls = issued(person, self.visitor, self.photo)
        wait_for(lambda: friend.get("/v1/notifications").json["items"])
        wait_for(lambda: person.get("/v1/notifications").json["items"])

    def complain(self):
        person, friend, judge = self.person, self.friend, self.judge
        report = {"reason": "spam", "note": SECRETS["report"]}
        assert person.post(f"/v1/photos/{self.other}/reports", report).status == 201
        sent = person.upload(png(520, 300, (90, 120, 160))).json["id"]
        bad = wait_for(lambda: self.ready(sent))
        named = {"reason": "spam", "note": "It is " + SECRETS["handle"] + " again"}
        assert friend.post(f"/v1/photos/{bad}/reports", named).status == 201
        queue = judge.get("/v1/moderation/queue?limit=100").json["items"]
        case = next(each for each in queue if each["photo"]["id"] == bad)["id"]
        assert judge.post(f"/v1/moderation/cases/{case}/decision",
                          {"action": "remove", "reason": "spam", "note": SECRETS["note"]}
                          ).status == 201
        appeal = person.post(f"/v1/photos/{bad}/appeal", {"text": SECRETS["appeal"]})
        assert appeal.status in (200, 201), appeal.body
        self.removed = bad

    def configure(self):
        person = self.person
        assert person.post("/v1/me/tokens", {"name": SECRETS["token"], "scopes": ["read"],
                                             "password": PASSWORD}).status == 201
        assert person.post("/v1/me/email", {"email": SECRETS["new_email"],
                                            "password": PASSWORD}).status in (200, 202, 204)
        person.post("/v1/collections", {"name": SECRETS["collection"]},
                    headers={"Idempotency-Key": "kept-with-its-answer"})
        self.visitor.post("/v1/password/forgot", {"login": self.mail})
        self.community.mail(self.mail, "Choose a new password")
        self.community.mail(SECRETS["new_email"], "Your code")


def test_erased_it_is_nowhere(fresh_server):
    server = fresh_server(PICSHARZ_NOTIFICATIONS__MAIL_DELAY="1ms").start()
    life = Life(server)
    secrets = [word.encode() for word in SECRETS.values()]
    digest = hashlib.sha256(life.data).hexdigest().encode()
    found = traces(dump(server), [*secrets, digest])
    assert len(found) == len(secrets) + 1, set([*secrets, digest]) - set(found)
    left(life.person)
    pass_grace(server, life.account, life.visitor, life.friend, life.community.admin)

    for url in life.urls:
        assert life.visitor.get(url).status in (401, 404), url
        assert life.friend.get(url).status == 404, url
    assert life.visitor.get(f"/v1/accounts/{SECRETS['handle']}").status == 404
    assert life.visitor.get(f"/v1/accounts/{SECRETS['old_handle']}").status == 404
    assert traces(dump(server), [*secrets, digest]) == []
    while_it_runs = everything_on_disk(server)
    server.end()
    for files in (while_it_runs, everything_on_disk(server)):
        for path, content in files.items():
            assert life.data not in content and life.half not in content, path
            assert digest.decode() not in str(path)
            assert traces(content, [*secrets, digest]) == [], path
    restart_upkeep(server, life.friend, life.community.admin)
    drain(server)
    # The others have theirs, and their counts are right.
    page = life.friend.get(f"/v1/photos/{life.other}").json
    assert (page["likes"], page["comments"]) == (0, 2)
    assert texts(life.friend, life.other) == [("What do you think?", []),
                                              (None, ["An answer that stays"])]
    check_counts(server)
    drain(server)
    check_sound(server)
    # Ids are kept: for the audit, and for whoever restores a backup.
    assert server.rows("SELECT event FROM departure_journal WHERE account_id ="
                       f" {life.account} ORDER BY seq") == [("0",), ("2",)]
    assert server.count("SELECT count(*) FROM moderation_decisions WHERE note <> ''"
                        f" AND owner_id = {life.account}") == 0
    assert server.count("SELECT count(*) FROM moderation_decisions"
                        f" WHERE owner_id = {life.account}") > 0
    # Name and address are anybody's again.
    life.community.member(SECRETS["handle"], email=life.mail)


def test_a_killed_server_goes_on_erasing(fresh_server):
    server = fresh_server().start()
    community = Community(server)
    person, friend = community.member("mayfly"), community.member("friend")
    for n in range(12):
        photo = published(person, 400 + n, title=f"Day {n}")["id"]
        friend.put(f"/v1/photos/{photo}/like")
    other = published(friend, 520)["id"]
    for n in range(8):
        write(person, other, f"word {n}")
    account = server.account("mayfly")
    left(person)
    server.end()
    server.change(f"UPDATE departures SET erase_at = 1 WHERE account_id = {account}")
    for kill in range(6):
        server.change("DELETE FROM schedules")
        server.start()
        time.sleep(0.05 * kill)  # any instant is good: what holds afterwards is the same
        server.process.kill()
        server.process.wait()
    server.change("UPDATE jobs SET lease_until = 1 WHERE state = 1")
    restart_upkeep(server, friend)
    wait_for(lambda: server.count("SELECT count(*) FROM departures") == 0, 180)
    drain(server)
    assert server.rows(f"SELECT id FROM accounts WHERE id = {account}") == []
    check_counts(server)
    check_sound(server)
    assert friend.get(f"/v1/photos/{other}").json["comments"] == 0


# What becomes of each table when an account is erased. "nobody": it knows no person. "ids": it
# names people by their ids only, and keeps them. Everything else says what takes its rows away.
RULES = {
    "accounts": "the last step", "active_counts": "nobody", "active_days": "with the account",
    "account_search": "with the account", "account_search_config": "nobody",
    "account_search_content": "with the account", "account_search_data": "wiped",
    "account_search_idx": "wiped",
    "activity": "row kind", "admin_actions": "ids; reasons are emptied",
    "analytics_counts": "nobody", "analytics_days": "nobody", "analytics_decisions": "nobody",
    "analytics_delays": "nobody", "analytics_people": "with the account",
    "analytics_refresh": "nobody",
    "appeals": "with the photo or the comment",
    "assessments": "with the photo", "backups": "ids", "blocks": "row kind",
    "bounces": "letters", "changes": "ids",
    "changes_pruned": "nobody", "collection_photos": "row kind", "collections": "row kind",
    "comment_mentions": "row kind", "comment_standing": "with the comment",
    "comments": "CommentService::erase_some", "departed_likes": "row kind",
    "deletions": "ids", "departure_journal": "ids", "departure_turns": "nobody",
    "departures": "the last step",
    "email_changes": "with the account, others' by address", "export_photos": "row kind",
    "exports": "ExportErasure", "follows": "row kind", "idempotency_keys": "row kind",
    "import_items": "row kind", "imports": "with the account",
    "invitations": "with the account, others' by address", "jobs": "letters; emptied when done",
    "known_logins": "row kind",
    "likes": "moved to departed_likes", "mails": "letters", "moderation_blocklist": "ids",
    "moderation_blocklist_version": "nobody", "moderation_cases": "with the photo or the comment",
    "moderation_decisions": "ids; notes are emptied", "moderation_standing": "with the photo",
    "mutes": "row kind", "notification_actors": "row kind",
    "notification_digests": "with the account", "notification_settings": "with the account",
    "notifications": "row kind", "old_handles": "with the account",
    "originals": "the job of the photo", "orphans": "the job of the photo",
    "password_resets": "the last step", "photo_details": "with the photo",
    "photo_duplicates": "with the photo", "photo_embeddings": "with the photo",
    "photo_labels": "with the photo", "photo_search": "with the photo",
    "photo_search_config": "nobody", "photo_search_content": "with the photo",
    "photo_search_data": "wiped", "photo_search_idx": "wiped",
    "photo_search_words": "with the photo", "photo_sketches": "with the photo",
    "photo_tags": "with the photo", "photo_views": "with the photo",
    "photos": "PhotoEditService::remove",
    "popular": "with the photo", "price_changes": "nobody", "price_edits": "ids",
    "recovery_codes": "with the account",
    "refused_labels": "with the photo", "refusing_addresses": "by address",
    "relabelling": "nobody",
    "renditions": "the job of the photo", "reports": "row kind", "retention_weeks": "nobody",
    "saved_queries": "nobody", "schedules": "nobody",
    "schema_migrations": "nobody", "search_days": "by handle and name",
    "search_documents": "with the photo",
    "search_name_words": "with the account", "search_photo_terms": "with the photo",
    "search_renamed": "with the account", "search_shares": "with the photo",
    "search_spellings": "with the word", "search_term_words": "with the term",
    "search_terms": "with its last photo", "search_walk": "nobody",
    "search_words": "with its last use", "secrets": "nobody", "sessions": "the last step",
    "setup_links": "nobody", "signups": "by address", "staff_views": "ids",
    "tag_analyses": "nobody",
    "tokens": "with the account", "totp": "with the account", "upkeep_marks": "nobody",
    "uploads": "erase_uploads", "usage_days": "nobody", "usage_hours": "nobody",
}
# Columns that name an account, and free text, of the tables whose rule is "ids" or "nobody".
HARMLESS = {
    ("admin_actions", "actor_id"), ("admin_actions", "account_id"),
    ("admin_actions", "detail"), ("admin_actions", "reason"),  # of the staff, about an account
    ("analytics_counts", "kind"), ("analytics_counts", "label"), ("analytics_days", "kind"),
    ("analytics_decisions", "reason"),  # of the list
    ("analytics_delays", "seconds"),  # numbers
    # Questions are of nobody, and of rows that are there.
    ("saved_queries", "name"), ("saved_queries", "sql"), ("saved_queries", "chart"),
    ("backups", "id"), ("backups", "stage"), ("backups", "problem"),
    ("changes", "account_id"), ("departure_journal", "account_id"),
    ("deletions", "name"),  # of an avatar's file
    ("moderation_blocklist", "added_by"),
    ("moderation_blocklist", "note"),  # of the staff, about a picture
    ("moderation_decisions", "owner_id"), ("moderation_decisions", "actor_id"),
    ("moderation_decisions", "reason"), ("moderation_decisions", "reason_before"),
    ("moderation_decisions", "facts"), ("moderation_decisions", "note"),
    ("staff_views", "viewer_id"), ("search_walk", "account_id"),
    ("price_changes", "book"), ("price_changes", "price"),
    ("price_edits", "actor_id"), ("price_edits", "book"),
    ("price_edits", "note"),  # of an administrator, about prices
    ("tag_analyses", "name"), ("tag_analyses", "result"),  # words of several members
    ("schedules", "name"), ("schema_migrations", "name"), ("upkeep_marks", "name"),
    ("usage_days", "kind"), ("usage_days", "label"),
    ("usage_hours", "kind"), ("usage_hours", "label"),
    ("secrets", "name"), ("secrets", "value"), ("setup_links", "token_hash"),
    ("account_search_config", "k"), ("account_search_config", "v"),
    ("photo_search_config", "k"), ("photo_search_config", "v"),
}
OF_PEOPLE = ("account_id", "owner_id", "author_id", "actor_id", "viewer_id", "reporter_id",
             "follower_id", "followee_id", "blocker_id", "blocked_id", "muter_id", "muted_id",
             "added_by")


def columns(server):
    """(table, column, whether it holds text or bytes) of the whole schema."""
    if server.database.url:
        rows = server.rows("SELECT table_name, column_name, data_type FROM"
                           " information_schema.columns WHERE table_schema = 'public'")
        return [(table, name, kind in ("text", "bytea", "tsvector")) for table, name, kind in rows]
    rows = server.rows("SELECT m.name, c.name, c.type FROM sqlite_master m,"
                       " pragma_table_info(m.name) c WHERE m.type = 'table'"
                       " AND m.name NOT LIKE 'sqlite_%'")
    return [(table, name, kind in ("TEXT", "BYTEA", "")) for table, name, kind in rows]


def test_every_table_has_a_rule_for_who_leaves(server):
    """A new table, or a new column in a table that is kept, needs a thought: it fails here."""
    schema = columns(server)
    tables = {table for table, _, _ in schema}
    assert tables - set(RULES) == set(), "what becomes of these when an account is erased?"
    if not server.database.url:  # the index has more tables there
        assert set(RULES) == tables
    kept = {table for table, rule in RULES.items() if rule.split(";")[0] in ("ids", "nobody")}
    personal = {(table, name) for table, name, words in schema
                if table in kept and (words or name in OF_PEOPLE)}
    assert personal - HARMLESS == set(), "personal, and in a table that is kept"


def test_what_refers_to_an_account_goes_with_it(server):
    """A reference that stops the last step stops it for ever; these are emptied before."""
    emptied = {"photos", "follows", "blocks", "likes", "sessions", "password_resets"}
    if server.database.url:
        found = server.rows("SELECT c.conrelid::regclass::text, c.confdeltype FROM pg_constraint c"
                            " WHERE c.contype = 'f' AND c.confrelid = 'accounts'::regclass")
        stopping = {table for table, how in found if how != "c"}
    else:
        found = server.rows("SELECT m.name, f.on_delete FROM sqlite_master m,"
                            " pragma_foreign_key_list(m.name) f WHERE m.type = 'table'"
                            " AND f.\"table\" = 'accounts'")
        stopping = {table for table, how in found if how != "CASCADE"}
    assert len(found) > 20 and stopping == emptied
