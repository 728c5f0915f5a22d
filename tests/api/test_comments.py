"""Comments: threads, who sees them, what is told, moderation; a counter that equals the rows."""
import concurrent.futures
import http.client
import json
import time
import uuid

import pytest

from support.client import Client, wait_for
from support.invariants import check_sound, drain
from support.server import Server
from test_people import published


@pytest.fixture(scope="module")
def server(engine):
    often = {"PICSHARZ_COMMENTS__PER_MINUTE": "100000", "PICSHARZ_COMMENTS__PER_HOUR": "100000"}
    started = Server(engine, **often).start()
    yield started
    started.stop()


@pytest.fixture(scope="module")
def people(community):
    return {name: community.member(name) for name in ("mei", "tom", "eve", "owner")}


@pytest.fixture(scope="module")
def colours():
    return iter(range(1, 1000))


@pytest.fixture
def photo(people, colours):
    return published(people["owner"], 100 + next(colours), title="Harbour")["id"]


def write(client, photo, text, **more):
    answer = client.post(f"/v1/photos/{photo}/comments", {"text": text, **more})
    assert answer.status == 201, answer.body
    return answer.json


def texts(client, photo):
    """{top: [replies]} of the first page, None for what is gone."""
    page = client.get(f"/v1/photos/{photo}/comments").json
    return [(thread["text"] if thread["author"] else None,
             [reply["text"] for reply in thread["replies"]["items"]])
            for thread in page["items"]]


def counter(client, photo):
    return client.get(f"/v1/photos/{photo}").json["comments"]


def test_the_whole_path(community, people, photo):
    mei, tom, owner = people["mei"], people["tom"], people["owner"]
    answer = mei.post(f"/v1/photos/{photo}/comments", {"text": "  Lovely, @tom  "})
    top = answer.json
    assert answer.headers["location"] == f"/v1/comments/{top['id']}"
    assert mei.get(answer.headers["location"]).json == top
    assert (top["text"], top["parent"], top["state"]) == ("Lovely, @tom", None, "published")
    assert top["mentions"] == [{"written": "tom", "handle": "tom"}]
    assert top["author"] == {"handle": "mei", "name": "Mei", "avatar": None}
    replies = [write(tom, photo, str(n), reply_to=top["id"]) for n in range(5)]
    joins = write(owner, photo, "joins the thread", reply_to=replies[2]["id"])
    assert joins["parent"] == top["id"]
    write(tom, photo, "newer")
    assert texts(mei, photo) == [("newer", []), ("Lovely, @tom", ["0", "1", "2"])]
    thread = mei.get(f"/v1/photos/{photo}/comments").json["items"][1]
    assert thread["reply_count"] == 6
    rest = mei.get(f"/v1/comments/{top['id']}/replies?limit=2"
                   f"&cursor={thread['replies']['next']}").json
    assert [reply["text"] for reply in rest["items"]] == ["3", "4"]
    rest = mei.get(f"/v1/comments/{top['id']}/replies?cursor={rest['next']}").json
    assert [reply["text"] for reply in rest["items"]] == ["joins the thread"] and not rest["next"]
    edited = tom.patch(f"/v1/comments/{replies[0]['id']}", {"text": "zero"}).json
    assert edited["edited_at"] and edited["text"] == "zero"
    assert counter(mei, photo) == 8
    assert mei.delete(f"/v1/comments/{top['id']}").json == {"photo": photo, "comments": 7}
    assert texts(owner, photo)[1] == (None, ["zero", "1", "2"])
    assert owner.delete(f"/v1/comments/{replies[1]['id']}").json["comments"] == 6
    visitor = Client(community.server.address)
    assert texts(visitor, photo)[1] == (None, ["zero", "2", "3"])
    assert visitor.post(f"/v1/photos/{photo}/comments", {"text": "x"}).status == 401
    assert visitor.delete(f"/v1/comments/{joins['id']}").status == 401
    # The photos of a feed carry the same number.
    cards = owner.get("/v1/me/photos").json["items"]
    assert next(card for card in cards if card["id"] == photo)["comments"] == 6


def test_pages_are_exact(people, photo):
    mei = people["mei"]
    written = [write(mei, photo, str(n))["id"] for n in range(7)]
    walked, cursor = [], ""
    while True:
        page = mei.get(f"/v1/photos/{photo}/comments?limit=3{cursor}").json
        walked += [thread["id"] for thread in page["items"]]
        if not page["next"]:
            break
        cursor = "&cursor=" + page["next"]
    assert walked == written[::-1]
    other = mei.get("/v1/feed/recent?limit=1").json["next"]
    assert mei.get(f"/v1/photos/{photo}/comments?cursor={other}").code == "invalid_cursor"
    assert mei.get(f"/v1/photos/{photo}/comments?limit=0").status == 400


@pytest.mark.parametrize("body", [
    {}, {"text": ""}, {"text": "   "}, {"text": "\u200b\u2060\u00ad"}, {"text": "\u3164"},
    {"text": "a\u0000b"}, {"text": "a\u001bb"}, {"text": "x" * 2001}, {"text": 7},
    {"text": "x", "photo": "1"}, {"text": "x", "reply_to": "first"}, {"text": "x", "reply_to": 1},
])
def test_what_cannot_be_written(people, photo, body):
    refused = people["mei"].post(f"/v1/photos/{photo}/comments", body)
    assert refused.code == "invalid_request" and refused.json["errors"]
    assert counter(people["mei"], photo) == 0


def test_the_longest_text_comes_back_whole(people, photo):
    for text in ("好" * 2000, "a\n\nb\tc <b>&amp;</b> \u202eabc", "👍🏽" * 1000):
        assert write(people["mei"], photo, text)["text"] == text


def test_comments_off(people, photo):
    owner, mei = people["owner"], people["mei"]
    before = write(mei, photo, "before")
    page = owner.patch(f"/v1/photos/{photo}", {"comments_allowed": False}).json
    assert page["comments_allowed"] is False
    assert mei.get(f"/v1/photos/{photo}").json["comments_allowed"] is False
    assert mei.post(f"/v1/photos/{photo}/comments", {"text": "x"}).code == "comments_off"
    assert mei.patch(f"/v1/comments/{before['id']}", {"text": "x"}).code == "comments_off"
    assert mei.patch(f"/v1/photos/{photo}", {"comments_allowed": True}).code == "forbidden"
    assert texts(mei, photo) == [("before", [])]
    assert mei.delete(f"/v1/comments/{before['id']}").status == 200
    owner.patch(f"/v1/photos/{photo}", {"comments_allowed": True})
    write(mei, photo, "after")


def test_an_invisible_photo_has_no_comments(community, people, photo):
    """A14: whatever is asked, the answer is the one for an id that does not exist."""
    owner, mei, tom = people["owner"], people["mei"], people["tom"]
    comment = write(mei, photo, "seen")["id"]
    own = write(tom, photo, "his own")["id"]
    owner.patch(f"/v1/photos/{photo}", {"visibility": "private"})
    visitor = Client(community.server.address)

    def everything(client, photo, comments):
        yield client.get(f"/v1/photos/{photo}/comments")
        for comment in comments:
            yield client.get(f"/v1/comments/{comment}")
            yield client.get(f"/v1/comments/{comment}/replies")
        if client is visitor:
            return
        yield client.post(f"/v1/photos/{photo}/comments", {"text": "@mei x"})
        yield client.post(f"/v1/photos/{photo}/comments", {"text": "x", "reply_to": comments[0]})
        for comment in comments:
            yield client.patch(f"/v1/comments/{comment}", {"text": "x"})
            yield client.delete(f"/v1/comments/{comment}")
            yield client.post(f"/v1/comments/{comment}/reports", {"reason": "spam"})
            if comment == own:
                continue  # whose words were judged may always say that it was wrong
            yield client.get(f"/v1/comments/{comment}/decision")
            yield client.post(f"/v1/comments/{comment}/appeal", {"text": "x"})

    def said(answer):
        return {k: v for k, v in answer.json.items() if k != "request_id"}

    before = community.server.rows("SELECT id, state, text FROM comments ORDER BY id")
    for client in (tom, visitor):
        for hidden, missing in zip(everything(client, photo, [comment]),
                                   everything(client, "77", ["78"])):
            assert hidden.status == missing.status == 404
            assert said(hidden) == said(missing)
        for hidden in everything(client, photo, [own]):
            assert hidden.status == 404
    assert community.server.rows("SELECT id, state, text FROM comments ORDER BY id") == before
    assert community.server.count(
        f"SELECT count(*) FROM activity WHERE photo_id = {photo} AND account_id ="
        f" {community.server.account('tom')}") == 0
    assert counter(owner, photo) == 2
    owner.patch(f"/v1/photos/{photo}", {"visibility": "public"})
    assert tom.get(f"/v1/comments/{own}").status == 200
    owner.patch(f"/v1/photos/{photo}", {"visibility": "followers"})
    assert community.admin.get(f"/v1/photos/{photo}/comments").status == 404
    owner.patch(f"/v1/photos/{photo}", {"visibility": "public"})


def test_blocks_and_suspensions_hide(community, people, photo):
    mei, eve, owner = people["mei"], people["eve"], people["owner"]
    rude = community.member("rude_one")
    top = write(rude, photo, "by rude")
    write(eve, photo, "by eve", reply_to=top["id"])
    mei.put("/v1/accounts/rude_one/block")
    assert texts(mei, photo) == [(None, ["by eve"])]
    assert texts(eve, photo) == [("by rude", ["by eve"])]
    assert mei.get(f"/v1/comments/{top['id']}").status == 404
    hers = write(mei, photo, "by mei")
    assert texts(rude, photo) == [("by rude", ["by eve"])]
    assert rude.get(f"/v1/comments/{hers['id']}").code == "not_found"
    assert counter(mei, photo) == counter(rude, photo) == 3
    mei.delete("/v1/accounts/rude_one/block")
    owner.put("/v1/accounts/rude_one/block")
    assert texts(eve, photo) == [("by mei", []), (None, ["by eve"])]
    assert rude.get(f"/v1/photos/{photo}/comments").status == 404
    owner.delete("/v1/accounts/rude_one/block")
    assert len(texts(rude, photo)) == 2


def test_who_is_told(community, people, photo):
    mei, tom, owner = people["mei"], people["tom"], people["owner"]
    server = community.server
    kinds = {"5": "comment", "6": "reply", "7": "mention"}
    names = {server.account(name): name for name in ("mei", "tom", "eve", "owner")}

    def told(comment):  # is to be told, or was
        return {names[account]: kinds[kind] for account, kind in server.rows(
            f"SELECT account_id, kind FROM activity WHERE comment_id = {comment['id']}"
            " UNION SELECT n.account_id, n.kind FROM notifications n JOIN notification_actors a"
            f" ON a.notification_id = n.id WHERE a.comment_id = {comment['id']}")}

    top = write(mei, photo, "top")
    assert told(top) == {"owner": "comment"}
    reply = write(tom, photo, "reply", reply_to=top["id"])
    assert told(reply) == {"mei": "reply", "owner": "comment"}
    last = write(owner, photo, "@tom @owner", reply_to=reply["id"])
    assert told(last) == {"tom": "mention", "mei": "reply"}


def test_a_repeated_request_is_one_comment(people, photo):
    mei = people["mei"]
    key = {"Idempotency-Key": uuid.uuid4().hex}
    body = {"text": "once"}
    first = mei.post(f"/v1/photos/{photo}/comments", body, headers=key)
    again = mei.post(f"/v1/photos/{photo}/comments", body, headers=key)
    assert first.status == again.status == 201 and first.json == again.json
    with concurrent.futures.ThreadPoolExecutor(6) as pool:
        key = {"Idempotency-Key": uuid.uuid4().hex}
        answers = list(pool.map(lambda _: mei.post(f"/v1/photos/{photo}/comments", {"text": "two"},
                                                   headers=key), range(6)))
    assert len({answer.json["id"] for answer in answers}) == 1
    other = mei.post(f"/v1/photos/{photo}/comments", {"text": "three"}, headers=key)
    assert other.code == "idempotency_key_reused"
    assert counter(mei, photo) == 2
    write(mei, photo, "once")  # without a key it is another one
    assert counter(mei, photo) == 3


def test_so_many_and_no_more(fresh_server):
    server = fresh_server(PICSHARZ_COMMENTS__PER_MINUTE="3").start()
    from support.client import Community
    community = Community(server)
    mei = community.member("mei")
    photo = published(mei)["id"]
    for n in range(3):
        write(mei, photo, str(n))
    refused = mei.post(f"/v1/photos/{photo}/comments", {"text": "x"})
    assert (refused.status, refused.code) == (429, "too_many_comments")
    assert 0 < int(refused.headers["retry-after"]) <= 60
    write(community.admin, photo, "another member")
    assert counter(mei, photo) == 4


def test_many_hands_at_once(community, people, photo):
    """The counter is the rows, whoever writes, answers and deletes at the same time."""
    members = list(people.values())
    shared = write(people["owner"], photo, "shared")["id"]
    server = community.server

    def toil(n):
        client = members[n % len(members)]
        for turn in range(2):
            reply = client.post(f"/v1/photos/{photo}/comments",
                                {"text": "r", "reply_to": shared}).json
            if n == 5 and turn == 0:
                people["owner"].delete(f"/v1/comments/{shared}")
            if "id" in reply and n % 2 == 0:
                client.delete(f"/v1/comments/{reply['id']}")

    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        list(pool.map(toil, range(8)))
    rows = f"SELECT count(*) FROM comments WHERE photo_id = {photo}"
    assert counter(people["mei"], photo) == server.count(f"{rows} AND state = 0")
    assert server.count(f"{rows} AND parent_id <> 0 AND parent_id NOT IN"
                        f" (SELECT id FROM comments WHERE photo_id = {photo})") == 0


def test_a_deleted_photo_leaves_no_comment(community, people, photo):
    comment = write(people["mei"], photo, "@tom gone soon")
    assert people["owner"].delete(f"/v1/photos/{photo}").status == 200
    assert people["mei"].get(f"/v1/comments/{comment['id']}").status == 404
    assert community.server.count(
        f"SELECT count(*) FROM comments WHERE photo_id = {photo}") == 0


def test_comments_are_not_searched(people, photo):
    write(people["mei"], photo, "quokka")
    assert people["tom"].get("/v1/search?q=quokka").json["items"] == []


class Stream:
    """An open /v1/events that watches a photo."""

    def __init__(self, client, photo):
        self.connection = http.client.HTTPConnection(client.host, timeout=30)
        self.connection.request("GET", f"/v1/events?photo={photo}", headers=client.headers("GET"))
        self.response = self.connection.getresponse()
        assert self.response.readline() == b"retry: 3000\n"

    def until(self, count):
        """Changes are told at least once: up to the one that says so many."""
        while True:
            name, data = self.next()
            assert name == "comments" and data["allowed"] is True, data
            if data["comments"] == count:
                return

    def next(self, wanted=("comments", "unseen")):
        """The next event of these names, with its data."""
        name = None
        for raw in self.response:
            line = raw.decode().rstrip("\n")
            if line.startswith("event: "):
                name = line[7:]
            elif line.startswith("data: ") and name in wanted:
                return name, json.loads(line[6:])
        raise AssertionError("the stream ended")


def test_open_pages_hear_of_comments(people, photo):
    mei, tom, owner = people["mei"], people["tom"], people["owner"]
    streams = [Stream(client, photo) for client in (owner, tom)]
    comment = write(mei, photo, "words that nobody pushes")
    for stream in streams:
        stream.until(1)
    mei.delete(f"/v1/comments/{comment['id']}")
    for stream in streams:
        stream.until(0)
        stream.connection.close()


def test_a_watch_dies_with_the_right_to_see(people, photo):
    tom, owner = people["tom"], people["owner"]
    stream = Stream(tom, photo)
    began = time.monotonic()
    owner.put("/v1/accounts/tom/block")
    # That the photo was published may be told only now.
    assert stream.next(("unseen",)) == ("unseen", {"photo": photo})
    took = time.monotonic() - began
    print(f"unseen after {took:.1f} s")
    write(people["mei"], photo, "not for tom")
    owner.delete("/v1/accounts/tom/block")
    stream.connection.close()
    for nothing in ("77", "x", ""):
        stream = Stream(tom, nothing)
        if nothing:
            assert stream.next()[0] == "unseen"
        stream.connection.close()


def test_a_comment_is_moderated(community, people, photo):
    mei, tom, admin = people["mei"], people["tom"], community.admin
    comment = write(tom, photo, "You all look terrible")
    address = f"/v1/comments/{comment['id']}"
    assert tom.post(f"{address}/reports", {"reason": "spam"}).code == "own_comment"
    made = mei.post(f"{address}/reports", {"reason": "harassment", "note": "rude"})
    assert made.status == 201 and made.json["comment"] == comment["id"]
    assert mei.post(f"{address}/reports", {"reason": "spam"}).json == made.json
    tom.patch(address, {"text": "You all look lovely"})
    case = next(case for case in admin.get("/v1/moderation/queue").json["items"] if case["comment"])
    assert case["comment"]["text"] == "You all look lovely"
    assert case["comment"]["text_then"] == "You all look terrible"
    page = admin.get(f"/v1/moderation/cases/{case['id']}")
    assert page.json["reports"][0]["note"] == "rude" and b"mei" not in page.body
    decision = f"/v1/moderation/cases/{case['id']}/decision"
    assert admin.post(decision, {"action": "keep_hidden", "reason": "hate"}).status == 400
    assert mei.post(decision, {"action": "remove", "reason": "hate"}).status == 403
    removed = admin.post(decision, {"action": "remove", "reason": "harassment"})
    assert removed.json["comment"] == comment["id"]
    assert mei.get(address).status == 404 and tom.get(address).json["state"] == "removed"
    assert counter(mei, photo) == 0
    assert admin.request("POST", f"/v1/moderation/cases/{case['id']}/undo").status == 201
    assert mei.get(address).json["state"] == "published" and counter(mei, photo) == 1
    assert admin.post(decision, {"action": "remove", "reason": "harassment"}).status == 201
    assert tom.patch(address, {"text": "better"}).code == "comment_removed"
    notice = tom.get(f"{address}/decision").json
    assert notice["may_appeal"] and notice["explanation"] == "It harasses or exposes a person."
    assert mei.get(f"{address}/decision").status == 404
    mail = community.mail("tom@example.org", "Your comment at")
    # The bell tells the same, with the photo under which it stood.
    told = tom.get("/v1/notifications").json["items"][0]
    assert told["decision"] == {"outcome": "removed", "appealed": False, "about": "comment"}
    assert told["photo"]["id"] == comment["photo"] and told["excerpt"] is None
    assert "You all look lovely" in mail["text"]
    appeal = tom.post(f"{address}/appeal", {"text": "A joke"})
    assert appeal.status == 201 and appeal.headers["location"] == f"{address}/decision"
    # The only moderator answers it, where there is no other one.
    case = next(case for case in admin.get("/v1/moderation/queue").json["items"] if case["comment"])
    assert case["appealed"] and not case["barred"]
    assert admin.post(f"/v1/moderation/cases/{case['id']}/decision",
                      {"action": "approve", "note": "Fine after the edit"}).status == 201
    assert mei.get(address).json["state"] == "published"
    audit = admin.get("/v1/moderation/audit").json["items"]
    assert [line["action"] for line in audit[:4]] == ["approve", "remove", "undo", "remove"]
    assert all(line["comment"] == comment["id"] and line["owner"] == "tom" for line in audit[:4])


def test_suspended_for_a_comment(community, people, photo):
    admin = community.admin
    rude = community.member("rude_two")
    comment = write(rude, photo, "threats")
    people["mei"].post(f"/v1/comments/{comment['id']}/reports", {"reason": "harassment"})
    case = next(case for case in admin.get("/v1/moderation/queue").json["items"]
                if case["comment"] and case["comment"]["id"] == comment["id"])
    assert admin.post(f"/v1/moderation/cases/{case['id']}/decision",
                      {"action": "suspend", "reason": "harassment"}).status == 201
    assert rude.get("/v1/me").status == 401
    mail = community.mail("rude_two@example.org", "is suspended")
    token = mail["text"].split("/appeal#token=")[1].split()[0]
    visitor = Client(community.server.address)
    assert visitor.get(f"/v1/appeals/{token}").json["comment"] == comment["id"]
    assert visitor.post(f"/v1/appeals/{token}", {"text": "Sorry"}).status == 201
    case = next(case for case in admin.get("/v1/moderation/queue").json["items"]
                if case["appealed"])
    assert admin.get(f"/v1/moderation/cases/{case['id']}").json["lifts_suspension"]
    assert admin.post(f"/v1/moderation/cases/{case['id']}/decision",
                      {"action": "remove", "reason": "harassment"}).status == 201
    assert community.server.count("SELECT state FROM accounts WHERE handle = 'rude_two'") == 0


def test_everything_is_sound_after_all_that(community):
    drain(community.server)
    wait_for(lambda: community.server.count("SELECT count(*) FROM photos WHERE state < 3") == 0)
    check_sound(community.server)
