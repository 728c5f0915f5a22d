"""R16: what is asked for once happens once, however often the request arrives.

Every route of the contract that makes or changes something is sent to three servers that are alike:
once, three times one after the other, and 32 times at once, with one Idempotency-Key. Afterwards
every table of the three has as many rows, and every repetition was answered like the first, or
with the refusal that is written down here.

Likes and their ends in a storm: AThousandTogglersAreCountedExactly in like_service_test.cpp.
"""
import collections
import concurrent.futures
import dataclasses
import re
import time

import pytest

from support import tus
from support.client import CONTRACT, PASSWORD, Community, insist, wait_for
from support.invariants import drain
from support.pictures import png
from support.server import Server
from test_account_security import log_in
from test_people import published

ONCE, THRICE, AT_ONCE = 1, 3, 32
CHANGING = {"POST", "PUT", "PATCH", "DELETE"}
# Why a route is not sent here.
ELSEWHERE = {
    "POST /v1/setup": "its link is good once (test_accounts.py)",
    "POST /v1/accounts": "nobody is signed in whose key it could be",
    "POST /v1/accounts/verify": "nobody is signed in; the code is good once",
    "POST /v1/accounts/verify/resend": "nobody is signed in; limited by address",
    "POST /v1/sessions": "its answer is a secret: each makes a session",
    "POST /v1/password/forgot": "nobody is signed in; limited by account",
    "POST /v1/password/reset": "nobody is signed in; the link is good once",
    "PUT /v1/email-changes/{token}": "nobody is signed in; the link is good once",
    "DELETE /v1/email-changes/{token}": "nobody is signed in; the link is good once",
    "POST /v1/appeals/{token}": "nobody is signed in; one appeal a case (test_moderation.py)",
    "POST /v1/unsubscribe/{token}": "nobody is signed in; a switch (test_mail.py)",
    # What holds a password, or answers with a secret, is not kept.
    "POST /v1/me/password": "holds a password: the second finds another one",
    "POST /v1/me/email": "holds a password; limited by account",
    "POST /v1/me/email/confirm": "the code is good once (test_account_security.py)",
    "POST /v1/me/totp": "holds a password",
    "POST /v1/me/totp/on": "the code is good once (test_account_security.py)",
    "POST /v1/me/totp/off": "holds a password; the code is good once",
    "POST /v1/me/totp/recovery-codes": "holds a password; the code is good once",
    "POST /v1/me/tokens": "holds a password, and answers with a secret",
    "POST /v1/me/invitations": "answers with a secret",
    "POST /v1/me/import": "needs an archive (test_import.py sends it again with its key)",
    "DELETE /v1/me/import": "needs an archive (test_import.py)",
    "POST /v1/admin/backups": "a second one while one is made is 409 (test_backups.py)",
    "DELETE /v1/admin/backups/{id}": "needs a backup; what is gone is 404 (test_backups.py)",
    "POST /v1/admin/query": "asks a backup, and changes nothing (test_queries.py)",
    "POST /v1/admin/query/download": "the same",
    "DELETE /v1/admin/query/{id}": "a question that has ended is 404 (test_queries.py)",
    "POST /v1/admin/jobs/{id}/retry": "what is not dead any more is 409 (test_jobs.py)",
}


@dataclasses.dataclass
class Wish:
    route: str
    client: object
    body: object = None
    headers: dict = dataclasses.field(default_factory=dict)
    again: tuple = ()  # how a repetition is answered, where it is not like the first
    values: dict = dataclasses.field(default_factory=dict)
    growing: bool = False  # the answer tells how far it is

    def send(self, key):
        method, path = self.route.split()
        for name, value in self.values.items():
            path = path.replace("{" + name + "}", value)
        return self.client.request(method, path, self.body,
                                   {**self.headers, "Idempotency-Key": key})


def form(data):
    return (b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.png"\r\n\r\n' + data
            + b"\r\n--x--\r\n")


FORM = {"Content-Type": "multipart/form-data; boundary=x"}
TUS = {"Tus-Resumable": "1.0.0"}
SPAM = {"reason": "spam"}
REMOVE = {"action": "remove", "reason": "spam"}


class World:
    """People and things for every wish, the same on each server."""

    def __init__(self, server):
        self.server = server
        self.community = Community(server)
        self.admin = self.community.admin
        self.mei, self.tom, self.eve, self.mod = (self.community.member(name) for name in
                                                  ("mei", "tom", "eve", "judge"))
        server.change("UPDATE accounts SET role = 1 WHERE handle = 'judge'")
        # Half a day away: no digest is due while this goes on.
        self.digest_hour = (time.gmtime().tm_hour + 12) % 24
        for person in (self.mei, self.tom, self.eve, self.mod):
            assert person.patch("/v1/me/notifications",
                                {"digest_hour": self.digest_hour}).status == 200
        self.width = 400
        self.photo = self.new(self.mei)

    def new(self, owner):
        self.width += 10
        return published(owner, self.width, title="Harbour", tags="harbour")["id"]

    def comment(self, client, text="What light"):
        said = client.post(f"/v1/photos/{self.photo}/comments", {"text": text})
        assert said.status == 201, said.body
        return said.json["id"]

    def upload(self, client):
        return tus.create(client, 100).headers["location"].rsplit("/", 1)[1]

    def case(self, kind, subject):
        cases = self.mod.get("/v1/moderation/queue?limit=100").json["items"]
        return next(case["id"] for case in cases if (case.get(kind) or {}).get("id") == subject)

    def reported(self, kind, subject):
        assert self.eve.post(f"/v1/{kind}s/{subject}/reports", SPAM).status == 201
        return self.case(kind, subject)

    def removed(self, kind, subject):
        case = self.reported(kind, subject)
        done = self.mod.post(f"/v1/moderation/cases/{case}/decision", REMOVE)
        assert done.status == 201, done.body
        return case


def of_accounts(w):
    member = w.community.member
    leaver, many, shut = member("leaver"), member("many"), member("shut")
    shut.patch("/v1/me", {"private": True})
    w.tom.put("/v1/accounts/shut/follow")
    w.eve.put("/v1/accounts/shut/follow")
    other, third = log_in(w.server, "many")[0], log_in(w.server, "many")[0]
    session = next(s["id"] for s in third.get("/v1/sessions").json["items"] if s["current"])
    invitation = w.mod.post("/v1/me/invitations", {}).json["invitation"]["id"]
    token = many.post("/v1/me/tokens", {"name": "a", "scopes": ["read"], "password": PASSWORD})
    yield Wish("PATCH /v1/me", w.mei, {"bio": "Hello"})
    yield Wish("PUT /v1/me/avatar", w.mei, form(png(300, 300)), FORM, again=(429, 503),
               growing=True)
    assert w.tom.request("PUT", "/v1/me/avatar", form(png(310, 300)), FORM).status == 200
    yield Wish("DELETE /v1/me/avatar", w.tom)
    yield Wish("DELETE /v1/me/invitations/{id}", w.mod, again=(404,), values={"id": invitation})
    yield Wish("DELETE /v1/me/tokens/{id}", many, again=(404,),
               values={"id": token.json["token"]["id"]})
    yield Wish("DELETE /v1/sessions/{id}", many, again=(404,), values={"id": session})
    yield Wish("DELETE /v1/sessions", many)
    del other
    yield Wish("DELETE /v1/sessions/current", many, again=(401, 404))
    yield Wish("POST /v1/me/export", w.tom, {"password": PASSWORD}, growing=True)
    yield Wish("DELETE /v1/me/email", w.mei)
    yield Wish("PUT /v1/me/follow-requests/{handle}", shut, again=(404,), values={"handle": "tom"})
    yield Wish("DELETE /v1/me/follow-requests/{handle}", shut, values={"handle": "eve"})
    for method in ("PUT", "DELETE"):
        for what in ("follow", "mute", "block"):
            yield Wish(method + " /v1/accounts/{handle}/" + what, w.eve,
                       values={"handle": {"follow": "mei"}.get(what, "tom")})
    w.tom.put("/v1/accounts/mei/follow")
    yield Wish("DELETE /v1/me/followers/{handle}", w.mei, values={"handle": "tom"})
    yield Wish("PATCH /v1/me/notifications", w.mei, {"digest_hour": (w.digest_hour + 1) % 24})
    yield Wish("PATCH /v1/me/notifications/{kind}", w.mei, {"email": "never"},
               values={"kind": "like"})
    yield Wish("DELETE /v1/me", leaver, {"password": PASSWORD}, again=(401, 403, 404, 409))


def of_photos(w):
    second = w.new(w.mei)
    label = w.mei.get(f"/v1/photos/{second}").json["labels"][0]["name"]
    taken = {"id": second, "name": label}
    here = {"id": w.photo}
    yield Wish("POST /v1/photos", w.mei, form(png(330, 200)), FORM)
    yield Wish("POST /v1/uploads", w.mei, headers=TUS | {"Upload-Length": "1000"})
    piece = TUS | {"Upload-Offset": "0", "Content-Type": tus.STREAM}
    yield Wish("PATCH /v1/uploads/{id}", w.mei, b"12345", piece, (409, 423),
               {"id": w.upload(w.mei)})
    yield Wish("POST /v1/uploads/{id}", w.mei, None, TUS | {"X-HTTP-Method-Override": "DELETE"},
               (404, 410, 423), {"id": w.upload(w.mei)})
    yield Wish("DELETE /v1/uploads/{id}", w.mei, None, TUS, (404, 410, 423),
               {"id": w.upload(w.mei)})
    yield Wish("PATCH /v1/photos/{id}", w.mei, {"title": "Lighthouse"}, values=here)
    yield Wish("PUT /v1/photos/{id}/labels/{name}", w.mei, values=taken)
    yield Wish("DELETE /v1/photos/{id}/labels/{name}", w.mei, values={**here, "name": label})
    yield Wish("DELETE /v1/photos/{id}/duplicates", w.mei, values=here)
    for method in ("PUT", "DELETE"):
        yield Wish(method + " /v1/photos/{id}/like", w.tom, values=here)
        yield Wish(method + " /v1/photos/{id}/saved", w.tom, values=here)
    w.tom.put(f"/v1/photos/{second}/like")
    yield Wish("POST /v1/photos/{id}/comments", w.tom, {"text": "Lovely"}, values=here)
    yield Wish("PATCH /v1/comments/{id}", w.tom, {"text": "Indeed"},
               values={"id": w.comment(w.tom)})
    yield Wish("DELETE /v1/comments/{id}", w.tom, again=(404,), values={"id": w.comment(w.tom)})
    yield Wish("DELETE /v1/photos/{id}", w.mei, again=(404,), values={"id": w.new(w.mei)})


def of_collections(w):
    def made():
        return w.mei.post("/v1/collections", {"name": "All"}).json["id"]

    full = made()
    w.mei.put(f"/v1/collections/{full}/photos/{w.photo}")
    yield Wish("POST /v1/collections", w.mei, {"name": "Harbours"})
    yield Wish("PATCH /v1/collections/{id}", w.mei, {"name": "Ports"}, values={"id": made()})
    yield Wish("PUT /v1/collections/{id}/photos/{photo}", w.mei,
               values={"id": made(), "photo": w.photo})
    yield Wish("PUT /v1/collections/{id}/order", w.mei, {"photos": [w.photo]},
               values={"id": full})
    yield Wish("DELETE /v1/collections/{id}/photos/{photo}", w.mei,
               values={"id": full, "photo": w.photo})
    yield Wish("DELETE /v1/collections/{id}", w.mei, again=(404,), values={"id": made()})


def of_moderation(w):
    photos = [w.new(w.tom) for _ in range(4)]
    said = [w.comment(w.tom, f"Words {n}") for n in range(2)]
    w.removed("photo", photos[0])
    w.removed("comment", said[0])
    listed = w.mod.post("/v1/moderation/blocklist", {"hash": "00ff00ff00ff00ff", "note": ""})
    assert listed.status == 201, listed.body
    # For ten seconds: made only now.
    yield Wish("POST /v1/moderation/cases/{id}/undo", w.mod,
               values={"id": w.removed("photo", photos[1])})
    yield Wish("POST /v1/photos/{id}/reports", w.mei, SPAM, values={"id": photos[2]})
    yield Wish("POST /v1/comments/{id}/reports", w.mei, SPAM, values={"id": said[1]})
    yield Wish("POST /v1/photos/{id}/appeal", w.tom, {"text": "It is fine"},
               values={"id": photos[0]})
    yield Wish("POST /v1/comments/{id}/appeal", w.tom, {"text": "It is true"},
               values={"id": said[0]})
    yield Wish("POST /v1/moderation/cases/{id}/decision", w.mod, REMOVE,
               values={"id": w.reported("photo", photos[3])})
    yield Wish("POST /v1/moderation/blocklist", w.mod, {"hash": "0123456789abcdef", "note": ""})
    yield Wish("DELETE /v1/moderation/blocklist/{id}", w.mod, again=(404,),
               values={"id": listed.json["id"]})
    yield Wish("POST /v1/moderation/blocklist/import", w.mod, b"ffff0000ffff0000\n",
               {"Content-Type": "text/plain"})
    yield Wish("POST /v1/admin/popular", w.admin)
    yield Wish("POST /v1/admin/storage/check", w.admin)
    # What was told so far: after that nothing new comes to whom it is read for.
    wait_for(lambda: w.server.count("SELECT count(*) FROM activity") == 0)
    newest = wait_for(lambda: w.mei.get("/v1/notifications").json["items"])[0]
    yield Wish("POST /v1/notifications/read", w.mei, {"id": newest["id"]})


def of_administration(w):
    w.community.member("ivy")
    ivy = {"handle": "ivy"}
    for what, wish in (("role", {"role": "moderator"}), ("quota", {"bytes": 5}),
                       ("sessions/end", {}), ("suspension", {"suspended": True})):
        yield Wish(f"POST /v1/admin/users/{{handle}}/{what}", w.admin, {"reason": "-", **wish},
                   values=ivy)
    yield Wish("PUT /v1/admin/costs/prices/{book}", w.admin, {"version": 0},
               values={"book": "machine"})
    yield Wish("POST /v1/admin/costs/projection", w.admin, {"members": "50000"})
    question = {"name": "How many", "sql": "select 1", "chart": "table"}
    kept = [w.admin.post("/v1/admin/query/saved", {**question, "name": f"Question {n}"})
            for n in range(2)]
    first, second = (each.json["query"]["id"] for each in kept)
    yield Wish("POST /v1/admin/query/saved", w.admin, question)
    yield Wish("PATCH /v1/admin/query/saved/{id}", w.admin, {"name": "Another"},
               values={"id": first})
    yield Wish("DELETE /v1/admin/query/saved/{id}", w.admin, again=(404,), values={"id": second})


def wishes(world):
    for each in (of_photos, of_collections, of_moderation, of_administration, of_accounts):
        yield from each(world)


def essence(wish, answer):
    """The answer, but for what goes on changing: how far it is, and when it was last touched."""
    if wish.growing:
        return answer.status, re.findall(rb'"id":"[^"]*"', answer.body)
    return answer.status, re.sub(rb'"(?:request_id|changed_at)":"[^"]*"', b"", answer.body)


def complaints(wish, answers):
    """What is not as it should be, where the first answer is the one that did it."""
    done = [a for a in answers if 200 <= a.status < 300]
    if not done:
        yield f"{wish.route}: {answers[0].status} {answers[0].body[:200]}"
        return
    for answer in answers:
        if answer.status in wish.again:
            continue
        if (answer.status, answer.code if answer.status == 409 else "") == (
                409, "idempotency_key_in_use"):
            continue
        if essence(wish, answer) != essence(wish, done[0]):
            yield f"{wish.route}: {essence(wish, done[0])} and again {essence(wish, answer)}"


# Whose rows come and go by themselves, or are the keys. What a like and its end leave of a
# notification depends on who gathers when; what people are told does not.
NOT_COUNTED = re.compile(r"jobs|changes|idempotency_keys|schedules|upkeep_marks|.*_search_.*"
                         r"|sqlite_.*|notifications|notification_actors|search_walk|known_logins"
                         r"|staff_views|departure_journal|deletions|backups|tag_analyses"
                         r"|usage_.*|analytics_.*|active_counts|retention_weeks")


def told(client):
    items = client.get("/v1/notifications?limit=100").json["items"]
    return sorted((item["kind"], [actor["handle"] for actor in item["actors"]], item["unread"])
                  for item in items)


def counted(world):
    server = world.server
    query = ("SELECT tablename FROM pg_tables WHERE schemaname = 'public'" if server.database.url
             else "SELECT name FROM sqlite_master WHERE type = 'table'")
    tables = sorted(name for (name,) in server.rows(query) if not NOT_COUNTED.fullmatch(name))
    # How often the mailbox is looked into for a mail depends on how fast it comes.
    only = {"admin_actions": " WHERE action <> 10"}
    counts = server.rows(" UNION ALL ".join(
        f"SELECT '{name}', count(*) FROM {name}{only.get(name, '')}" for name in tables))
    sums = server.rows("SELECT sum(likes), sum(comments) FROM photos")
    mails = sorted((mail["to"], mail["subject"].split(": ")[0]) for mail in
                   world.admin.get("/v1/admin/mailbox?limit=100").json["items"])
    people = {f"{name} is told": told(getattr(world, name))
              for name in ("mei", "tom", "eve", "mod")}
    return dict(counts) | people | {"likes, comments of photos": sums[0], "mails to": mails}


def play(engine, times):
    """All wishes on a server of its own: (rows of every table, complaints, routes)."""
    # Nor is a mail that waits for more of the same.
    server = Server(engine, PICSHARZ_COMMENTS__PER_MINUTE="1000000",
                    PICSHARZ_COMMENTS__PER_HOUR="1000000",
                    PICSHARZ_NOTIFICATIONS__MAIL_DELAY="12h").start()
    try:
        world = World(server)
        wrong, routes = [], set()
        for wish in wishes(world):
            routes.add(wish.route)
            key = f"{wish.route} of {times}".replace(" ", "_")
            if times == AT_ONCE:
                with concurrent.futures.ThreadPoolExecutor(times) as pool:
                    answers = list(pool.map(lambda _, w=wish, k=key: insist(lambda: w.send(k)),
                                            range(times)))
            else:
                answers = [wish.send(key) for _ in range(times)]
            wrong += set(complaints(wish, answers))
        drain(server)
        wait_for(lambda: server.count("SELECT count(*) FROM activity") == 0)
        drain(server)
        verified = server.run("verify")
        assert verified.returncode == 0, verified.stdout
        return counted(world), wrong, routes
    finally:
        server.stop()


@pytest.fixture(scope="module")
def once(engine):
    rows, wrong, routes = play(engine, ONCE)
    assert wrong == []
    return rows, routes


def test_r16_every_changing_route_is_repeated(once):
    contract = {f"{method} {path}" for method, path, _ in CONTRACT.operations()
                if method in CHANGING}
    assert collections.Counter(once[1] | set(ELSEWHERE)) == collections.Counter(contract)


@pytest.mark.parametrize("times", [THRICE, AT_ONCE])
def test_r16_one_effect_and_one_answer(engine, once, times):
    rows, wrong, _ = play(engine, times)
    assert not wrong, "\n" + "\n".join(wrong)
    differs = {name: (once[0][name], rows[name]) for name in rows if rows[name] != once[0][name]}
    assert differs == {}, f"once, and {times} times"
