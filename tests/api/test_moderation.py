"""Moderation from the outside: thresholds so low that ordinary pictures are held or removed."""
import hashlib
import json
import pathlib
import re
import struct
import zlib

import pytest

from support.client import PASSWORD, Client, Community, wait_for
from support.invariants import check_photos, drain
from support.pictures import png
from test_events import Stream
from test_photos import developed

# Who decides what; every route of it is asked on both by test_roles and its like.
pytestmark = pytest.mark.one_engine

HOLD_ALL = {"PICSHARZ_MODERATION__GATE": "0", "PICSHARZ_MODERATION__SUGGESTIVE": "0",
            "PICSHARZ_MODERATION__EXPLICIT": "1"}
REMOVE_ALL = {**HOLD_ALL, "PICSHARZ_MODERATION__EXPLICIT": "0"}
SPAM = {"reason": "spam", "note": "Buys and sells."}


class Town(Community):
    """A community with two moderators, and members with photos of their own."""

    def __init__(self, server):
        super().__init__(server)
        self.visitor = Client(server.address)
        self.mods = [self.staff("mod"), self.staff("second")]
        self.colour = 0

    def staff(self, handle):
        person = self.member(handle)
        self.server.change(f"UPDATE accounts SET role = 1 WHERE handle = '{handle}'")
        return person

    def photo(self, owner, **fields):
        self.colour += 1
        data = png(700, 500, (self.colour, 90, 200 - self.colour))
        photo = developed(owner, owner.upload(data, title="Harbour", **fields).json["id"])
        photo["sha256"] = hashlib.sha256(data).hexdigest()
        return photo

    def case(self, photo):
        """The open case of a photo: in the queue as soon as the photo's state can be seen."""
        cases, cursor = [], ""
        while True:
            page = self.mods[0].get("/v1/moderation/queue?limit=100" + cursor).json
            cases += [c for c in page["items"] if c["photo"]["id"] == photo["id"]]
            if not page["next"]:
                assert len(cases) == 1, cases
                return cases[0]
            cursor = "&cursor=" + page["next"]

    def decide(self, photo, action, reason="nudity", mod=0, **more):
        case = self.case(photo)["id"]
        return self.mods[mod].post(f"/v1/moderation/cases/{case}/decision",
                                   {"action": action, "reason": reason, **more})


def town(engine, **settings):
    from support.server import Server
    server = Server(engine, **settings).start()
    return Town(server), server


@pytest.fixture(scope="module")
def held(engine):
    made, server = town(engine, **HOLD_ALL)
    yield made
    server.stop()


@pytest.fixture(scope="module")
def explicit(engine):
    made, server = town(engine, **REMOVE_ALL)
    yield made
    server.stop()


@pytest.fixture(scope="module")
def calm(engine):
    made, server = town(engine)
    yield made
    server.stop()


def get(client, photo):
    return client.get(f"/v1/photos/{photo['id']}")


def media(client, photo, size="320"):
    """The status of the picture at the address that this viewer is given, or None without one."""
    answer = get(client, photo)
    url = answer.json["urls"].get(size) if answer.status == 200 else None
    return client.get(url).status if url else None


def test_a_held_photo_waits_and_is_shown_after_approval(held):
    owner = held.member("held_owner")
    photo = held.photo(owner)
    assert (photo["state"], photo["reason"]) == ("held", "suggestive")
    card = held.case(photo)
    assert (card["origin"], card["reason"], card["barred"]) == ("classifier", "suggestive", False)
    assert "urls" not in card["photo"] and card["photo"]["thumbhash"] == photo["thumbhash"]
    case = held.mods[0].get(f"/v1/moderation/cases/{card['id']}").json
    facts = case["facts"]
    assert facts["verdict"] == "suggestive" and facts["models"] and len(facts["scores"]) == 2
    assert facts["thresholds"] == {"gate": 0, "explicit": 1, "suggestive": 0}
    assert held.mods[0].get(case["photo"]["urls"]["320"]).status == 200
    assert case["history"]["held"] == 1 and case["decision"] is None

    made = held.decide(photo, "approve", "fine")
    assert made.status == 201 and made.headers["location"].endswith(card["id"])
    assert (made.json["by"], made.json["state_after"]) == ("mod", "published")
    assert media(held.visitor, photo) == 200
    assert photo["id"] in [p["id"] for p in held.visitor.get("/v1/feed/recent").json["items"]]
    audit = held.mods[1].get("/v1/moderation/audit").json["items"]
    assert [d["action"] for d in audit if d["photo"] == photo["id"]] == ["approve", "hold"]
    mail = held.mail("held_owner@example.org", "is shown")
    assert "within the rules" in mail["text"]
    # Views of what was not shared are on record.
    looks = held.mods[1].get("/v1/moderation/looks").json["items"]
    assert [(look["photo"], look["by"], look["state"]) for look in looks][0] == (
        photo["id"], "mod", "held")


def test_a_decision_is_taken_back_within_ten_seconds(held):
    owner = held.member("undo_owner")
    photo = held.photo(owner)
    case = held.case(photo)["id"]
    made = held.decide(photo, "approve", "context")
    url = get(held.visitor, photo).json["urls"]["320"]
    undo = f"/v1/moderation/cases/{case}/undo"
    undone = held.mods[0].request("POST", undo)
    assert undone.status == 201 and undone.json["undoes"] == made.json["id"]
    assert get(held.visitor, photo).status == 404
    wait_for(lambda: held.visitor.get(url).status == 404)
    assert get(owner, photo).json["state"] == "held"
    assert held.mods[1].request("POST", undo).code == "nothing_to_undo"
    held.decide(photo, "keep_hidden", note="Not for everybody.")
    mail = held.mail("undo_owner@example.org", "stays hidden")
    assert "Not for everybody." in mail["text"]
    assert not [m for m in held.mails("undo_owner@example.org") if "is shown" in m["subject"]]


def test_the_same_key_decides_once(held):
    owner = held.member("key_owner")
    photo = held.photo(owner)
    case = held.case(photo)["id"]
    target, body = f"/v1/moderation/cases/{case}/decision", {"action": "remove", "reason": "spam"}
    first, again = (held.mods[0].post(target, body, headers={"Idempotency-Key": "decide-1"})
                    for _ in range(2))
    assert first.status == again.status == 201 and first.body == again.body
    other = held.mods[0].post(target, {"action": "approve", "reason": "fine"},
                              headers={"Idempotency-Key": "decide-1"})
    assert other.code == "idempotency_key_reused"
    assert held.mods[1].post(target, {"action": "approve", "reason": "fine"}).code == "case_closed"


def test_nobody_decides_about_their_own_photo(held):
    photo = held.photo(held.mods[1])
    case = held.case(photo)["id"]
    mine = f"/v1/moderation/cases/{case}"
    for answer in (held.mods[1].get(mine), held.mods[1].post(
            mine + "/decision", {"action": "approve", "reason": "fine"})):
        assert (answer.status, answer.code) == (403, "own_photo")
    queue = held.mods[1].get("/v1/moderation/queue?limit=100").json["items"]
    assert photo["id"] not in [c["photo"]["id"] for c in queue]


@pytest.mark.parametrize("body, field", [
    ({"action": "remove"}, "reason"),
    ({"action": "remove", "reason": "other"}, "note"),
    ({"action": "burn", "reason": "spam"}, "action"),
    ({"action": "approve", "reason": "spam"}, "reason"),
    ({"action": "remove", "reason": "spam", "note": "x" * 1001}, "note"),
])
def test_a_decision_without_a_reason_is_refused(held, body, field):
    answer = held.mods[0].post("/v1/moderation/cases/1/decision", body)
    assert (answer.status, answer.code) == (400, "invalid_request")
    assert field in [e["field"] for e in answer.json["errors"]]


def test_moderation_is_for_moderators(held):
    member = held.member("curious")
    for method, path in (("GET", "/queue"), ("GET", "/audit"), ("GET", "/looks"),
                         ("GET", "/cases/1"), ("POST", "/cases/1/decision"),
                         ("POST", "/cases/1/undo")):
        body = {} if method == "POST" and path.endswith("decision") else None
        target = "/v1/moderation" + path
        assert held.visitor.request(method, target, body).status == 401, path
        assert member.request(method, target, body).status == 403, path
        assert held.admin.request(method, target, body).status in (200, 400, 404), path


def test_a_suspended_account_is_out_and_its_photos_are_gone(held):
    owner = held.member("suspended_one")
    shown, other = held.photo(owner), held.photo(owner)
    held.decide(shown, "approve", "fine")
    assert get(held.visitor, shown).status == 200
    assert held.decide(other, "suspend", "illegal").status == 201
    assert owner.get("/v1/me").status == 401
    login = held.visitor.post("/v1/sessions", {"login": "suspended_one", "password": PASSWORD})
    assert (login.status, login.code) == (403, "account_suspended")
    assert get(held.visitor, shown).status == 404
    assert held.visitor.get("/v1/accounts/suspended_one").status == 404
    assert media(held.mods[0], shown) == 200  # moderators see what was public
    assert "#token=" in held.mail("suspended_one@example.org", "is suspended")["text"]
    assert held.photo(held.admin)["state"] == "held"
    mine = held.case(held.photo(held.admin))["id"]
    refused = held.mods[0].post(f"/v1/moderation/cases/{mine}/decision",
                                {"action": "suspend", "reason": "spam"})
    assert (refused.status, refused.code) == (403, "outranked")


def test_who_is_suspended_appeals_without_a_log_in(held):
    owner = held.member("sorry")
    made = owner.post("/v1/me/tokens", {"name": "a program", "scopes": ["read"],
                                        "password": PASSWORD})
    assert made.status == 201
    program = Client(held.server.address)
    program.token = made.json["secret"]
    assert program.get("/v1/me").status == 200
    photo = held.photo(owner)
    assert held.decide(photo, "suspend", "illegal").status == 201
    text = held.mail("sorry@example.org", "is suspended")["text"]
    token = re.search(r"/appeal#token=(\S+)", text)[1]
    link = f"/v1/appeals/{token}"
    for wrong in (link + "A", "/v1/appeals/1", "/v1/appeals/1.AAAAAAAAAAAAAAAAAAAAAA"):
        assert held.visitor.get(wrong).status == 404
        assert held.visitor.post(wrong, {"text": "Please"}).status == 404
    notice = held.visitor.get(link)
    assert (notice.status, notice.json["action"]) == (200, "suspend")
    assert notice.json["may_appeal"]
    assert notice.headers["cache-control"] == "no-store"
    empty = held.visitor.post(link, {"text": " "})
    assert (empty.status, empty.code) == (400, "invalid_request")
    assert held.visitor.post(link, {"text": "It is a bear."}).status == 201
    again = held.visitor.post(link, {"text": "I said: a bear."})
    assert (again.status, again.code) == (409, "already_appealed")
    case = held.case(photo)
    page = held.mods[1].get(f"/v1/moderation/cases/{case['id']}").json
    assert (page["lifts_suspension"], page["appeal"]["text"]) == (True, "It is a bear.")
    decided = held.mods[1].post(f"/v1/moderation/cases/{case['id']}/decision",
                                {"action": "approve", "reason": "fine"})
    assert decided.status == 201
    assert program.get("/v1/me").status == 401, "what was ended with it does not come back"
    login = {"login": "sorry", "password": PASSWORD}
    assert Client(held.server.address).post("/v1/sessions", login).status == 201
    assert get(held.visitor, photo).json["state"] == "published"


def test_an_explicit_photo_is_gone_at_once_and_everybody_is_told_once(explicit):
    owner = explicit.member("ex_owner")
    photo = explicit.photo(owner)
    assert (photo["state"], photo["reason"], photo["urls"]) == ("removed", "explicit", {})
    for person in ("mod", "second", "ada"):
        explicit.mail(f"{person}@example.org", "An explicit photo")
    mail = explicit.mail("ex_owner@example.org", "was removed")
    assert "explicit" in mail["text"] and "14 days" in mail["text"]
    assert f"/photo/{photo['id']}" in mail["text"]
    drain(explicit.server)
    assert len(explicit.mails("mod@example.org")) == 2  # the code, and this
    assert len(explicit.mails("ex_owner@example.org")) == 2
    original = owner.get(f"/v1/photos/{photo['id']}/original")
    assert (original.status, original.code) == (403, "photo_removed")
    page = get(explicit.mods[0], photo)
    assert page.status == 200 and page.json["urls"] == {} and page.json["thumbhash"]
    assert get(explicit.visitor, photo).status == 404
    case = explicit.mods[0].get(f"/v1/moderation/cases/{explicit.case(photo)['id']}").json
    assert case["photo"]["urls"] == {} and case["erase_at"] and not case["erased_at"]


def test_an_appeal_goes_to_another_moderator(explicit):
    owner = explicit.member("appealing")
    photo = explicit.photo(owner)
    explicit.decide(photo, "remove", "sexual", note="Too much.")
    notice = owner.get(f"/v1/photos/{photo['id']}/decision").json
    assert (notice["action"], notice["automatic"], notice["note"]) == ("remove", False, "Too much.")
    assert notice["may_appeal"] and notice["explanation"].startswith("It shows sexual content")
    target = f"/v1/photos/{photo['id']}/appeal"
    stranger = explicit.member("nosy")
    assert stranger.post(target, {"text": "Mine"}).status == 404
    assert stranger.get(f"/v1/photos/{photo['id']}/decision").status == 404
    made = owner.post(target, {"text": "It is a harbour."})
    assert made.status == 201 and made.json["answered"] is False
    assert owner.post(target, {"text": "It is a harbour."}).body == made.body
    assert owner.post(target, {"text": "Look again."}).code == "already_appealed"
    assert owner.get(f"/v1/photos/{photo['id']}/decision").json["erase_at"] is None
    refused = explicit.decide(photo, "approve", "fine", mod=0)
    assert (refused.status, refused.code) == (403, "own_decision")
    assert explicit.decide(photo, "approve", "fine", mod=1).status == 201
    assert media(explicit.visitor, photo) == 200
    assert "within the rules" in explicit.mail("appealing@example.org", "appeal")["text"]
    assert owner.post(target, {"text": "Thanks"}).code == "nothing_to_appeal"


def test_without_quarantine_the_bytes_go_at_once(fresh_server):
    server = fresh_server(**REMOVE_ALL, PICSHARZ_MODERATION__QUARANTINE="0").start()
    community = Town(server)
    owner = community.member("now")
    photo = community.photo(owner)
    folder = pathlib.Path(server.directory, "objects")
    wait_for(lambda: not [p for p in folder.rglob("*") if photo["sha256"] in str(p)
                          and p.is_file()])
    notice = owner.get(f"/v1/photos/{photo['id']}/decision").json
    assert notice["erased_at"] and not notice["may_appeal"]
    refused = community.decide(photo, "approve", "fine")
    assert (refused.status, refused.code) == (409, "photo_erased")
    assert community.decide(photo, "remove", "nudity").status == 201
    drain(server)
    check_photos(server)
    assert server.count("SELECT bytes FROM accounts WHERE handle = 'now'") == 0


def test_reports_are_one_case_and_nobody_knows_of_whom(calm):
    owner = calm.member("reported_one")
    reporters = [calm.member(name) for name in ("whistle_a", "whistle_b")]
    photo = calm.photo(owner)
    target = f"/v1/photos/{photo['id']}/reports"
    assert calm.visitor.post(target, SPAM).status == 401
    first = reporters[0].post(target, SPAM, headers={"Idempotency-Key": "r"})
    assert first.status == 201
    assert reporters[0].post(target, SPAM, headers={"Idempotency-Key": "r"}).body == first.body
    assert reporters[0].post(target, {"reason": "hate"}).json["reason"] == "spam"
    assert reporters[1].post(target, {"reason": "other", "note": "It is mine."}).status == 201
    assert owner.post(target, SPAM).code == "own_photo"
    case = calm.mods[0].get(f"/v1/moderation/cases/{calm.case(photo)['id']}")
    assert case.json["report_count"] == 2
    assert [r["reason"] for r in case.json["reports"]] == ["spam", "other"]
    answers = [case.body, calm.mods[0].get("/v1/moderation/queue").body,
               calm.mods[0].get("/v1/moderation/audit").body, get(owner, photo).body]
    for reporter in reporters:
        for name in (reporter.account["handle"], reporter.account["id"]):
            assert all(name.encode() not in body for body in answers)
    # The owner is told nothing: not of reports, not of what came of them.
    mine = get(owner, photo).json
    assert (mine["state"], mine["reason"], mine["urls"]) == ("published", None, photo["urls"])
    assert calm.decide(photo, "approve", "fine").status == 201
    assert owner.get(f"/v1/photos/{photo['id']}/decision").status == 404
    assert len(calm.mails("reported_one@example.org")) == 1


def test_only_what_is_seen_can_be_reported(calm):
    owner, other = calm.member("careful"), calm.member("looker")
    private = calm.photo(owner, visibility="private")
    for photo in (private["id"], "1", "nonsense"):
        answer = other.post(f"/v1/photos/{photo}/reports", SPAM)
        assert (answer.status, answer.code) == (404, "not_found")
    bad = other.post(f"/v1/photos/{private['id']}/reports", {"reason": "boring"})
    assert bad.status == 400


def test_moderators_see_a_reported_photo_until_it_is_decided(calm):
    """(a) of the table: followers-only, while it is reported, and on record."""
    owner, follower = calm.member("shy"), calm.member("friend")
    follower.put("/v1/accounts/shy/follow")
    photo = calm.photo(owner, visibility="followers")
    assert get(calm.mods[0], photo).status == 404
    follower.post(f"/v1/photos/{photo['id']}/reports", SPAM)
    assert media(calm.mods[0], photo) == 200
    looks = calm.mods[0].get("/v1/moderation/looks").json["items"]
    assert (looks[0]["photo"], looks[0]["by"]) == (photo["id"], "mod")
    url = get(calm.mods[0], photo).json["urls"]["320"]
    assert calm.decide(photo, "approve", "fine").status == 201
    assert get(calm.mods[0], photo).status == 404
    assert calm.mods[0].get(url).status == 404


# What each viewer gets in each state in between: page, picture, original, like, report.
#   page: its status; picture: status of the first address given, or "-" without an address.
SEEN = {
    "published": {"visitor": "200 200 401 401 401", "stranger": "200 200 404 200 201",
                  "owner": "200 200 200 200 403", "moderator": "200 200 404 200 201",
                  "admin": "200 200 404 200 201"},
    "held": {"visitor": "404 - 401 401 401", "stranger": "404 - 404 404 404",
             "owner": "200 200 200 404 404", "moderator": "200 200 404 404 404",
             "admin": "200 200 404 404 404"},
    "removed": {"visitor": "404 - 401 401 401", "stranger": "404 - 404 404 404",
                "owner": "200 - 403 404 404", "moderator": "200 - 404 404 404",
                "admin": "200 - 404 404 404"},
}


def seen_by(client, photo):
    at = f"/v1/photos/{photo['id']}"
    row = [get(client, photo).status, media(client, photo) or "-",
           client.get(at + "/original").status, client.put(at + "/like").status,
           client.post(at + "/reports", SPAM).status]
    return " ".join(map(str, row))


def test_every_viewer_in_every_state_in_between(held):
    owner, stranger = held.member("walked"), held.member("walker")
    viewers = {"visitor": held.visitor, "stranger": stranger, "owner": owner,
               "moderator": held.mods[0], "admin": held.admin}
    photo = held.photo(owner)
    given = []  # every address of a picture that anybody was ever given

    def expect(state):
        assert {name: seen_by(client, photo) for name, client in viewers.items()} == SEEN[state]
        for name, client in viewers.items():
            answer = get(client, photo)
            if answer.status == 200:
                given.extend((name, url) for url in answer.json["urls"].values())

    def all_dead():
        for name, url in given:
            wait_for(lambda: viewers[name].get(url).status == 404)  # noqa: B023
        given.clear()

    expect("held")
    held.decide(photo, "approve", "fine")
    all_dead()
    expect("published")
    held.decide(photo, "remove", "nudity", mod=1)  # the reports of the row above are its case
    all_dead()
    expect("removed")
    owner.post(f"/v1/photos/{photo['id']}/appeal", {"text": "A harbour."})
    expect("removed")
    held.decide(photo, "keep_hidden", "nudity", mod=0)
    expect("held")
    final = owner.post(f"/v1/photos/{photo['id']}/appeal", {"text": "Still a harbour."})
    assert (final.status, final.code) == (409, "decision_final")
    assert owner.delete(f"/v1/photos/{photo['id']}").status == 200
    all_dead()
    for client in viewers.values():
        assert get(client, photo).status == 404


def painting(turn=lambda x, y: (x, y), side=480, seed=1):
    """A PNG of soft spots, drawn as the picture looks after `turn` of its coordinates (0 to 1)."""
    spots = [(((i * 37 * seed) % 97) / 97, ((i * 59 * seed) % 89) / 89, 40 + (i * 53 * seed) % 200)
             for i in range(9)]

    def grey(x, y):
        x, y = turn(x, y)
        weights = [(1 / (0.01 + (x - sx) ** 2 + (y - sy) ** 2), tone) for sx, sy, tone in spots]
        total = sum(weight for weight, _ in weights)
        return int(sum(weight * tone for weight, tone in weights) / total)

    def chunk(kind, data):
        return (struct.pack(">I", len(data)) + kind + data
                + struct.pack(">I", zlib.crc32(kind + data)))

    step = side // 48  # blocks, so that Python draws it in a moment
    rows = b""
    for y in range(48):
        line = b"".join(bytes([grey((x + 0.5) / 48, (y + 0.5) / 48)]) * step for x in range(48))
        rows += (b"\0" + line) * step
    header = struct.pack(">IIBBBBB", side, side, 8, 0, 0, 0, 0)
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header)
            + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b""))


TURNS = {
    "smaller": lambda x, y: (x, y),
    "mirrored": lambda x, y: (1 - x, y),
    "upside down": lambda x, y: (x, 1 - y),
    "half turn": lambda x, y: (1 - x, 1 - y),
    "transposed": lambda x, y: (y, x),
    "quarter turn": lambda x, y: (y, 1 - x),
    "other quarter turn": lambda x, y: (1 - y, x),
    "transversed": lambda x, y: (1 - y, 1 - x),
}


def test_what_was_removed_as_explicit_does_not_come_back(calm):
    owner, other = calm.member("returner"), calm.member("bystander")

    def upload(data, by=owner):
        return developed(by, by.upload(data).json["id"])

    first = upload(painting())
    assert first["state"] == "published"
    other.post(f"/v1/photos/{first['id']}/reports", {"reason": "sexual"})
    assert calm.decide(first, "remove", "sexual").status == 201
    listed = calm.mods[0].get("/v1/moderation/blocklist").json["items"]
    assert [(entry["photo"], entry["by"]) for entry in listed] == [(first["id"], "mod")]
    for name, turn in TURNS.items():
        photo = upload(painting(turn, side=384), by=other)
        assert (photo["state"], photo["reason"]) == ("removed", "blocklisted"), name
    assert upload(painting(seed=5), by=other)["state"] == "published"

    # A false match: the moderator finds the entry, takes it off, approves.
    matches = calm.mods[0].get(f"/v1/moderation/blocklist?photo={photo['id']}").json["items"]
    assert [entry["id"] for entry in matches] == [listed[0]["id"]]
    exported = calm.mods[0].get("/v1/moderation/blocklist/export")
    assert exported.body.decode() == listed[0]["hash"] + "\n"
    entry = f"/v1/moderation/blocklist/{listed[0]['id']}"
    assert other.delete(entry).status == 403
    assert calm.mods[0].delete(entry).status == 204
    assert calm.mods[0].delete(entry).status == 404
    assert calm.decide(photo, "approve", "fine").status == 201
    assert upload(painting(side=432), by=other)["state"] == "published"

    # What was exported blocks again where it is imported.
    target = "/v1/moderation/blocklist/import"
    text = {"Content-Type": "text/plain"}
    assert calm.mods[0].post(target, b"nonsense\n", headers=text).code == "invalid_hash"
    assert calm.mods[0].post(target, exported.body, headers=text).json == {"added": 1, "known": 0}
    assert calm.mods[0].post(target, exported.body, headers=text).json == {"added": 0, "known": 1}
    assert upload(painting(side=336), by=other)["reason"] == "blocklisted"
    added = calm.mods[0].post("/v1/moderation/blocklist", {"hash": "0" * 16, "note": "By hand"})
    assert (added.status, added.json["by"], added.json["automatic"]) == (201, "mod", False)
    assert calm.mods[0].post("/v1/moderation/blocklist", {"hash": "xyz"}).status == 400


def test_a_policy_is_replayed_on_what_the_classifier_said(held):
    held.photo(held.member("replayed"))
    shown = held.server.run("moderation", "replay", "--thresholds", "1,1,1", "--json")
    assert shown.returncode == 0, shown.stderr
    said = json.loads(shown.stdout)
    assert said["photos"] == held.server.count("SELECT count(*) FROM assessments WHERE stage = 1")
    assert said["verdicts"]["suggestive"]["safe"] == said["photos"] > 0
    again = json.loads(held.server.run("moderation", "replay", "--json").stdout)
    assert again["verdicts"]["suggestive"]["suggestive"] == said["photos"]
    for wrong in ("1,1", "1,1,2", "a,b,c", "1,1,1,1"):
        assert held.server.run("moderation", "replay", "--thresholds", wrong).returncode == 2


def test_moderators_hear_at_once_how_many_cases_wait(held):
    before = held.mods[0].get("/v1/moderation/waiting").json["waiting"]
    assert held.visitor.get("/v1/moderation/waiting").status == 401
    owner = held.member("heard")
    assert owner.get("/v1/moderation/waiting").status == 403
    at_work, at_home = Stream(held.mods[0]), Stream(owner)
    photo = held.photo(owner)
    def told(known):
        """What is told next. What an earlier test did may be told late, with the number known."""
        name, data = at_work.event()
        return told(known) if data == {"waiting": known} else (name, data)

    assert told(before) == ("moderation", {"waiting": before + 1})
    assert held.decide(photo, "approve", "fine").status == 201
    assert told(before + 1) == ("moderation", {"waiting": before})
    assert at_home.until_final(photo["id"])[-1] == "held"
    assert at_home.event()[0] == "photo"  # her photo is published; the queue is not her affair
    at_work.close()
    at_home.close()


def test_the_first_photos_of_a_new_member_wait_for_a_person(engine):
    new, server = town(engine, PICSHARZ_MODERATION__FIRST_PHOTOS="1")
    try:
        owner = new.member("newcomer")
        photo = new.photo(owner)
        assert (photo["state"], photo["reason"]) == ("held", "new_member")
        assert new.visitor.get(f"/v1/photos/{photo['id']}").status == 404
        assert new.case(photo)["reason"] == "new_member"
        assert new.decide(photo, "approve", "fine").status == 201
        assert new.photo(owner)["state"] == "published"
    finally:
        server.stop()


def test_a_policy_that_checks_later_withdraws_what_the_check_finds(engine):
    later, server = town(engine, **REMOVE_ALL, PICSHARZ_MODERATION__CHECK="after")
    try:
        owner = later.member("hasty")
        data = png(700, 500, (9, 8, 7))
        sent = owner.upload(data, title="Harbour").json["id"]

        def reason():
            return owner.get(f"/v1/photos/{sent}").json["reason"]
        wait_for(lambda: reason() == "explicit")
        drain(server)
        assert later.visitor.get(f"/v1/photos/{sent}").status == 404
        assert later.case({"id": sent})["reason"] == "explicit"
        check_photos(server)
    finally:
        server.stop()


def test_who_is_refused_often_uploads_less(engine):
    strict, server = town(engine, **HOLD_ALL, PICSHARZ_MODERATION__REFUSALS="2")
    try:
        owner = strict.member("often")
        for _ in range(2):
            assert strict.decide(strict.photo(owner), "keep_hidden").status == 201
        for _ in range(3):
            strict.photo(owner)
        refused = owner.upload(png(700, 500, (1, 1, 250)), title="One too many")
        assert (refused.status, refused.code) == (429, "too_many_attempts")
        assert "refused" in refused.json["detail"] + refused.json["title"]
        assert strict.photo(strict.member("somebody"))["state"] == "held"
    finally:
        server.stop()
