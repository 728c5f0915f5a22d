"""People are told what others did: in the app, at once in open pages, and by e-mail."""
import urllib.parse

import pytest

from support.client import Client, Community, wait_for
from support.server import Server
from test_events import Stream
from test_people import published


@pytest.fixture(scope="module")
def server(engine):
    # Mails go out as soon as they are due.
    started = Server(engine, PICSHARZ_NOTIFICATIONS__MAIL_DELAY="0").start()
    yield started
    started.stop()


@pytest.fixture(scope="module")
def community(server):
    return Community(server)


@pytest.fixture(scope="module")
def people(community):
    return {name: community.member(name) for name in ("mei", "tom", "eve")}


def told(client, **wanted):
    """The notifications of somebody that are so, as soon as there are some."""
    def found():
        items = client.get("/v1/notifications?limit=100").json["items"]
        return [item for item in items
                if all(item[name] == value for name, value in wanted.items())]
    return wait_for(found)


def unread(client):
    return client.get("/v1/notifications/unread").json["unread"]


def test_likes_are_gathered_told_at_once_and_read(community, people):
    mei, tom, eve = people["mei"], people["tom"], people["eve"]
    photo = published(mei, title="Harbour", alt="Boats")
    page = Stream(mei)
    tom.put(f"/v1/photos/{photo['id']}/like")
    assert page.next("notification") == {"unread": 1}
    eve.put(f"/v1/photos/{photo['id']}/like")
    item, = told(mei, kind="like", count=2)
    assert [actor["handle"] for actor in item["actors"]] == ["eve", "tom"]
    assert item["unread"] is True and item["excerpt"] is None and item["decision"] is None
    assert item["photo"]["id"] == photo["id"] and item["photo"]["title"] == "Harbour"
    assert mei.get(item["photo"]["thumbnail"]).status == 200
    assert unread(mei) == 1 and unread(tom) == 0
    key = {"Idempotency-Key": "read-once"}
    for _ in range(2):
        answer = mei.post("/v1/notifications/read", {"up_to": item["id"]}, headers=key)
        assert (answer.status, answer.json) == (200, {"unread": 0})
    while page.next("notification") != {"unread": 0}:  # that her photo came may be told late, too
        pass
    page.close()
    assert told(mei, kind="like")[0]["unread"] is False
    eve.delete(f"/v1/photos/{photo['id']}/like")
    assert [actor["handle"] for actor in told(mei, kind="like")[0]["actors"]] == ["tom"]
    tom.delete(f"/v1/photos/{photo['id']}/like")
    assert mei.get("/v1/notifications").json == {"items": [], "next": None}


def test_a_follower_is_told_by_mail_until_one_click_ends_the_mails(community, people):
    mei, tom, eve = people["mei"], people["tom"], people["eve"]
    tom.put("/v1/accounts/mei/follow")
    told(mei, kind="follow", count=1)
    mail = community.mail("mei@example.org", "Tom follows you")
    assert "/@tom" in mail["text"] and mail["unsubscribe"] in mail["text"]
    link = urllib.parse.urlsplit(mail["unsubscribe"])
    assert link.path.startswith("/v1/unsubscribe/")

    visitor = Client(community.server.address)
    shown = visitor.get(link.path, headers={"Accept": "text/html,*/*;q=0.8"})
    token = link.path.rsplit("/", 1)[1]
    assert (shown.status, shown.headers["location"]) == (303, "/unsubscribe#token=" + token)
    assert visitor.get(link.path).json == {"kind": "follow", "subscribed": True}
    # What a mail program sends, and a page of webmail in a browser that is logged in here.
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    browser = {**form, "Sec-Fetch-Site": "cross-site", "Cookie": "sid=whatever"}
    for headers in (form, form, browser):
        ended = visitor.request("POST", link.path, b"List-Unsubscribe=One-Click", headers)
        assert (ended.status, ended.json) == (200, {"kind": "follow", "subscribed": False})
    kinds = {kind["kind"]: kind for kind in mei.get("/v1/me/notifications").json["kinds"]}
    assert kinds["follow"] == {"kind": "follow", "in_app": True, "email": "never"}
    assert kinds["mention"]["email"] == "at_once"

    eve.put("/v1/accounts/mei/follow")
    told(mei, kind="follow", count=2)
    tom.delete("/v1/accounts/mei/follow")
    assert [actor["handle"] for actor in told(mei, kind="follow", count=1)[0]["actors"]] == ["eve"]
    mei.put("/v1/accounts/eve/block")
    assert mei.get("/v1/notifications").json["items"] == []
    mei.delete("/v1/accounts/eve/block")
    assert [m["subject"] for m in community.mails("mei@example.org") if "follow" in m["subject"]] \
        == ["Tom follows you"]


@pytest.mark.parametrize("token", ["x", "1.1.AAAA", "..", "%00", "1.1.%2e%2e"])
def test_a_link_that_is_not_ours_is_not_found(community, token):
    visitor = Client(community.server.address)
    for method in ("GET", "POST"):
        answer = visitor.request(method, f"/v1/unsubscribe/{token}", check=False)
        assert answer.status in (400, 404), answer.body


def test_the_daily_mail(community, people):
    mei, tom = people["mei"], people["tom"]
    photo = published(mei, 641, title="Daily")
    tom.put(f"/v1/photos/{photo['id']}/like")
    told(mei, kind="like")
    community.server.change("UPDATE notification_digests SET due_at = 1")
    mail = community.mail("mei@example.org", 'Tom likes your photo "Daily"')
    assert f"/photo/{photo['id']}" in mail["text"] and "/activity" in mail["text"]
    community.server.change("UPDATE notification_digests SET due_at = 1")
    assert len([m for m in community.mails("mei@example.org") if "Daily" in m["subject"]]) == 1


def test_what_is_told_is_chosen(community, people):
    eve = people["eve"]
    whole = eve.get("/v1/me/notifications").json
    assert whole["digest_hour"] == 7
    changed = eve.patch("/v1/me/notifications/like", {"in_app": False})
    assert changed.status == 200
    like, = [kind for kind in changed.json["kinds"] if kind["kind"] == "like"]
    assert like == {"kind": "like", "in_app": False, "email": "digest"}
    assert eve.patch("/v1/me/notifications/like", {"email": "never"}).json["kinds"][3] == \
        {"kind": "like", "in_app": False, "email": "never"}
    assert eve.patch("/v1/me/notifications", {"digest_hour": 23}).json["digest_hour"] == 23
    assert eve.get("/v1/me/notifications").json["kinds"][3]["in_app"] is False
    assert eve.patch("/v1/me/notifications/like", {"email": "often"}).code == "invalid_request"
    assert eve.patch("/v1/me/notifications/like", {"in_app": "yes"}).code == "invalid_request"
    assert eve.patch("/v1/me/notifications", {"digest_hour": 24}).code == "invalid_request"
    for kind in ("decision", "cats", "digest"):
        assert eve.patch(f"/v1/me/notifications/{kind}", {"in_app": False},
                         check=False).status == 404
    photo = published(eve, 642)
    people["tom"].put(f"/v1/photos/{photo['id']}/like")
    people["tom"].put("/v1/accounts/eve/follow")
    told(eve, kind="follow")
    assert {item["kind"] for item in eve.get("/v1/notifications").json["items"]} == {"follow"}


def test_pages_are_exact(community, people):
    mei, tom = people["mei"], people["tom"]
    for i in range(4):
        photo = published(mei, 700 + i, title=f"Page {i}")
        tom.put(f"/v1/photos/{photo['id']}/like")
    wait_for(lambda: len(mei.get("/v1/notifications?limit=100").json["items"]) >= 5)
    whole = [item["id"] for item in mei.get("/v1/notifications?limit=100").json["items"]]
    walked, cursor = [], ""
    while True:
        page = mei.get(f"/v1/notifications?limit=2{cursor}").json
        walked += [item["id"] for item in page["items"]]
        if not page["next"]:
            break
        cursor = "&cursor=" + page["next"]
    assert walked == whole
    other = mei.get("/v1/feed/recent?limit=1").json["next"]
    assert mei.get(f"/v1/notifications?cursor={other}").code == "invalid_cursor"
    one = mei.post("/v1/notifications/read", {"id": whole[1]})
    assert one.json["unread"] == len(whole) - 1
    assert mei.post("/v1/notifications/read", {"up_to": whole[-1]}).json["unread"] == len(whole) - 2
    assert mei.post("/v1/notifications/read", {"up_to": whole[0]}).json["unread"] == 0
    # Not found, as if it were not there: somebody else's, none, no id.
    for id in (whole[0], "12345"):
        assert tom.post("/v1/notifications/read", {"id": id}).code == "not_found"
    for body in ({}, {"id": whole[0], "up_to": whole[0]}, {"id": 5}):
        assert mei.post("/v1/notifications/read", body).code == "invalid_request"


def test_visitors_are_told_nothing(community):
    visitor = Client(community.server.address)
    for path in ("/v1/notifications", "/v1/notifications/unread", "/v1/me/notifications"):
        assert visitor.get(path).code == "unauthenticated"
    assert visitor.post("/v1/notifications/read", {"id": "1"}).code == "unauthenticated"
    assert visitor.patch("/v1/me/notifications", {"digest_hour": 1}).code == "unauthenticated"
    assert visitor.patch("/v1/me/notifications/like", {}).code == "unauthenticated"


def test_a_kept_mail_is_shown_as_a_mail_program_does(community, people):
    mail = community.mail("mei@example.org", "Tom follows you")
    path = f"/v1/admin/mailbox/{mail['id']}/html"
    shown = community.admin.get(path)
    assert shown.status == 200 and shown.body.decode() == mail["html"]
    policy = shown.headers["content-security-policy"]
    assert "default-src 'none'" in policy and "sandbox" in policy and "script" not in policy
    assert people["mei"].get(path).code == "forbidden"
    assert community.admin.get("/v1/admin/mailbox/12345/html").code == "not_found"
    code = next(m for m in community.mails("mei@example.org") if "Your code" in m["subject"])
    assert code["unsubscribe"] == "", "a mail that an account needs has no such link"
