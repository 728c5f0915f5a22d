"""Joining: open, by invitation, closed; terms and age; for members only; a picture of one's own."""
import http.client
import json
import re
from concurrent.futures import ThreadPoolExecutor

import pytest

from support.client import PASSWORD, Client, Community, wait_for
from support.pictures import png
from test_account_security import log_in

pytestmark = pytest.mark.one_engine  # who may join is asked on both in the unit tests

BY_INVITATION = {"PICSHARZ_ACCOUNTS__REGISTRATION": "invitation"}
HOLD_ALL = {"PICSHARZ_MODERATION__GATE": "0", "PICSHARZ_MODERATION__SUGGESTIVE": "0",
            "PICSHARZ_MODERATION__EXPLICIT": "1"}


def started(engine, **settings):
    from support.server import Server
    server = Server(engine, PICSHARZ_ACCOUNTS__SIGNUPS_PER_HOUR="1000", **settings).start()
    return Community(server), server


@pytest.fixture(scope="module")
def invited(engine):
    community, server = started(engine, **BY_INVITATION,
                                PICSHARZ_ACCOUNTS__MEMBER_INVITATIONS="1",
                                PICSHARZ_INSTANCE__BASE_URL="http://photos.example.org",
                                PICSHARZ_INSTANCE__TERMS="Be kind.\n\nKeep it legal.",
                                PICSHARZ_INSTANCE__TERMS_VERSION="2026-11",
                                PICSHARZ_ACCOUNTS__MINIMUM_AGE="18")
    yield community
    server.stop()


@pytest.fixture(scope="module")
def closed_to_visitors(engine):
    community, server = started(engine, PICSHARZ_INSTANCE__VISITORS="false")
    yield community
    server.stop()


def invite(client, **wish):
    answer = client.post("/v1/me/invitations", wish)
    assert answer.status == 201, answer.body
    return answer.json


# Registration and invitations

def test_the_instance_says_how_people_join(invited, server):
    said = Client(invited.server.address).get("/v1/instance").json
    assert (said["registration"], said["visitors"], said["member_invitations"],
            said["terms_version"], said["minimum_age"]) == ("invitation", True, 1, "2026-11", 18)
    plain = Client(server.address).get("/v1/instance").json
    assert (plain["registration"], plain["visitors"], plain["member_invitations"],
            plain["terms_version"], plain["minimum_age"]) == ("open", True, 0, "1", 16)


def test_by_invitation_only(invited):
    _, without = invited.sign_up("nobody_asked")
    assert (without.status, without.code) == (403, "invitation_needed")
    _, wrong = invited.sign_up("nobody_asked", invitation="not-a-token")
    assert (wrong.status, wrong.code) == (422, "invitation_unknown")
    made = invite(invited.admin)
    assert made["link"] == "http://photos.example.org/signup#invitation=" + made["token"]
    assert made["invitation"]["state"] == "open" and made["invitation"]["email"] is None
    look = Client(invited.server.address).get("/v1/invitations/" + made["token"])
    assert look.json["from"] == {"handle": "ada", "name": "Ada Admin"}
    assert look.json["for_address"] is False
    person = invited.member("invited_one", invitation=made["token"])
    assert person.get("/v1/me").json["handle"] == "invited_one"
    _, again = invited.sign_up("invited_two", invitation=made["token"])
    assert (again.status, again.code) == (410, "invitation_used")
    gone = Client(invited.server.address).get("/v1/invitations/" + made["token"])
    assert (gone.status, gone.code) == (410, "invitation_used")
    listed = invited.admin.get("/v1/me/invitations?limit=1").json["items"][0]
    assert (listed["id"], listed["state"], listed["uses"]) == \
        (made["invitation"]["id"], "used", 1)
    assert made["token"] not in json.dumps(listed)


def test_closed_means_closed(fresh_server):
    server = fresh_server(PICSHARZ_ACCOUNTS__REGISTRATION="closed").start()
    community = Community(server)
    _, refused = community.sign_up("nobody")
    assert (refused.status, refused.code) == (403, "registration_closed")
    assert community.admin.post("/v1/me/invitations", {}).code == "registration_closed"


def test_an_invitation_is_taken_back_and_ends(invited):
    made = invite(invited.admin)
    stranger = Client(invited.server.address)
    assert stranger.delete(f"/v1/me/invitations/{made['invitation']['id']}").status == 401
    path = f"/v1/me/invitations/{made['invitation']['id']}"
    assert invited.admin.delete(path).status == 204
    _, revoked = invited.sign_up("too_late", invitation=made["token"])
    assert (revoked.status, revoked.code) == (410, "invitation_revoked")
    old = invite(invited.admin, expires_in_days=1)
    invited.server.change("UPDATE invitations SET expires_at = created_at WHERE id = "
                          + old["invitation"]["id"])
    _, expired = invited.sign_up("too_late", invitation=old["token"])
    assert (expired.status, expired.code) == (410, "invitation_expired")
    assert invited.admin.delete("/v1/me/invitations/123").status == 404


def test_wishes_that_cannot_be_had(invited):
    for wish, field in (({"uses": 0}, "uses"), ({"uses": 101}, "uses"),
                        ({"expires_in_days": 0}, "expires_in_days"),
                        ({"expires_in_days": 91}, "expires_in_days"),
                        ({"email": "x@example.org", "uses": 2}, "uses"),
                        ({"email": "no address"}, "email")):
        answer = invited.admin.post("/v1/me/invitations", wish)
        assert answer.status == 400, wish
        assert answer.json["errors"][0]["field"] == field


def test_of_32_at_once_one_gets_the_last_use(invited):
    made = invite(invited.admin)
    people = [invited.sign_up(f"racer_{n}", invitation=made["token"]) for n in range(32)]
    assert {answer.status for _, answer in people} == {201}
    codes = {}

    def all_codes():
        for mail in invited.server.rows("SELECT recipient, subject FROM mails"):
            found = re.search(r"Your code for .*: (\S+)", mail[1])
            if found and mail[0].startswith("racer_"):
                codes[mail[0]] = found.group(1)
        return len(codes) == 32
    wait_for(all_codes)

    def verify(number):
        email = f"racer_{number}@example.org"
        return people[number][0].post("/v1/accounts/verify",
                                      {"email": email, "code": codes[email], "use": "token"})
    with ThreadPoolExecutor(32) as pool:
        answers = list(pool.map(verify, range(32)))
    assert sorted(a.status for a in answers) == [201] + [410] * 31
    assert {a.code for a in answers if a.status == 410} == {"invitation_used"}
    made_accounts = invited.server.rows("SELECT count(*) FROM accounts WHERE handle LIKE 'racer%'")
    assert made_accounts == [("1",)]


def test_members_invite_as_many_as_they_may(invited, community):
    made = invite(invited.admin)
    member = invited.member("host", invitation=made["token"])
    first = invite(member)
    full = member.post("/v1/me/invitations", {})
    assert (full.status, full.code) == (409, "too_many_invitations")
    assert member.post("/v1/me/invitations", {"uses": 2}).code == "forbidden"
    assert member.delete(f"/v1/me/invitations/{first['invitation']['id']}").status == 204
    guest = invited.member("guest", invitation=invite(member)["token"])
    assert guest.get("/v1/me/invitations").json["items"] == []
    # Where nothing is said, moderators and administrators only.
    plain = community.member("plain_member")
    assert plain.post("/v1/me/invitations", {}).code == "forbidden"
    assert community.admin.post("/v1/me/invitations", {}).status == 201
    assert community.server.run("account", "role", "plain_member", "moderator").returncode == 0
    plain = log_in(community.server, "plain_member")[0]
    assert plain.post("/v1/me/invitations", {}).status == 201


def test_a16_an_invitation_tells_nothing_of_addresses(invited):
    made = invite(invited.admin, uses=4)
    answers = []
    for handle, email in (("known_one", "ada@example.org"), ("fresh_one", "new@example.org")):
        answers.append(invited.sign_up(handle, email=email, name="N",
                                       invitation=made["token"])[1])
    assert [a.status for a in answers] == [201, 201]
    assert answers[0].json.keys() == answers[1].json.keys()
    assert len(answers[0].body) == len(answers[1].body)
    bound = [invited.admin.post("/v1/me/invitations", {"email": email})
             for email in ("ada@example.org", "new@example.org")]
    assert [a.status for a in bound] == [201, 201]
    wrong = [invited.sign_up("other_one", email=email, invitation=bound[1].json["token"])[1]
             for email in ("ada@example.org", "third@example.org")]
    assert {a.code for a in wrong} == {"invitation_other_address"}
    assert {a.status for a in wrong} == {422}
    assert len(wrong[0].body) == len(wrong[1].body)
    assert bound[0].json["invitation"]["email"] == "ada@example.org"
    look = Client(invited.server.address).get("/v1/invitations/" + bound[0].json["token"])
    assert look.json["for_address"] is True and b"ada@example.org" not in look.body


# Terms and age

def test_terms_and_age_are_accepted_and_kept(invited):
    shown = Client(invited.server.address).get("/v1/instance/terms").json
    assert shown == {"version": "2026-11", "minimum_age": 18,
                     "text": "Be kind.\n\nKeep it legal.", "rules": []}
    token = invite(invited.admin)["token"]
    for missing, fields in (({"accept_terms": False}, ["accept_terms"]),
                            ({"confirm_age": False}, ["confirm_age"]),
                            ({"accept_terms": False, "confirm_age": False},
                             ["accept_terms", "confirm_age"])):
        _, answer = invited.sign_up("agrees", invitation=token, **missing)
        assert answer.status == 422, missing
        assert [e["field"] for e in answer.json["errors"]] == fields
        ages = [e.get("limit") for e in answer.json["errors"] if e["field"] == "confirm_age"]
        assert set(ages) <= {18} and answer.json.get("limit") in (None, *ages)
    # A client that knows nothing of them is refused, too.
    bare = Client(invited.server.address).post("/v1/accounts", {
        "handle": "agrees", "name": "A", "email": "agrees@example.org", "password": PASSWORD,
        "country": "SG"})
    assert (bare.status, bare.code) == (422, "terms_not_accepted")
    person = invited.member("agrees", invitation=token)
    accepted = person.get("/v1/me").json["terms"]
    assert accepted["version"] == "2026-11" and accepted["minimum_age"] == 18
    rows = invited.server.rows("SELECT terms_version, terms_accepted_at > 0, confirmed_age"
                               " FROM accounts WHERE handle = 'agrees'")
    assert rows[0][0] == "2026-11" and rows[0][1] in ("1", "t") and rows[0][2] == "18"
    assert invited.admin.get("/v1/me").json["terms"] is None


def test_an_instance_for_any_age(fresh_server):
    server = fresh_server(PICSHARZ_ACCOUNTS__MINIMUM_AGE="0").start()
    answer = Client(server.address).post("/v1/accounts", {
        "handle": "young", "name": "Y", "email": "young@example.org", "password": PASSWORD,
        "country": "SG", "accept_terms": True})
    assert answer.status == 201


# For members only

OPEN_TO_EVERYBODY = {
    ("GET", "/livez"), ("GET", "/readyz"), ("GET", "/healthz"),
    ("GET", "/v1/instance"), ("GET", "/v1/instance/terms"), ("GET", "/v1/openapi.json"),
    ("POST", "/v1/setup"), ("POST", "/v1/accounts"), ("POST", "/v1/accounts/verify"),
    ("POST", "/v1/accounts/verify/resend"), ("GET", "/v1/invitations/{token}"),
    ("POST", "/v1/sessions"), ("POST", "/v1/password/forgot"), ("POST", "/v1/password/reset"),
    ("GET", "/v1/email-changes/{token}"), ("PUT", "/v1/email-changes/{token}"),
    ("DELETE", "/v1/email-changes/{token}"), ("GET", "/v1/unsubscribe/{token}"),
    ("POST", "/v1/unsubscribe/{token}"), ("GET", "/v1/appeals/{token}"),
    ("POST", "/v1/appeals/{token}"), ("OPTIONS", "/v1/uploads"), ("OPTIONS", "/v1/uploads/{id}"),
    # The web application, with nothing in it but what /v1/instance says (test_pages.py).
    ("GET", "/"), ("GET", "/recent"), ("GET", "/explore"), ("GET", "/popular"), ("GET", "/search"),
    ("GET", "/photo/{id}"), ("GET", "/photo/{id}/view"), ("GET", "/@{handle}"),
    ("GET", "/tags/{tag...}"), ("GET", "/collections/{id}"), ("GET", "/robots.txt"),
    ("GET", "/upload"),
}


def ask(client, method, target):
    body = b"{}" if method in ("POST", "PUT", "PATCH") else None
    kind = {"Content-Type": "application/json"} if body else {}
    return client.request(method, target, body, kind, check=False)


def test_every_route_is_denied_to_visitors_but_those_in_the_table(closed_to_visitors):
    server = closed_to_visitors.server
    owner = closed_to_visitors.member("route_owner")
    photo = shared(owner)
    routes = json.loads(server.run("routes", "--json").stdout)
    assert OPEN_TO_EVERYBODY <= {(r["method"], r["pattern"]) for r in routes}
    visitor = Client(server.address)
    wrong = []
    for route in routes:
        target = route["pattern"].replace("{handle}", "route_owner").replace("...}", "}")
        target = re.sub(r"\{(id|photo)\}", photo["id"], target)
        target = re.sub(r"\{\w+\}", "320", target)
        answer = ask(visitor, route["method"], target)
        denied = answer.status == 401 and (route["method"] == "HEAD" or answer.code in (
            "members_only", "unauthenticated"))
        # What takes a stream or no body may answer that first: it says nothing of anybody.
        unread = answer.status in (400, 415) and route["access"] != "open"
        meant = (route["method"], route["pattern"]) not in OPEN_TO_EVERYBODY
        if meant != denied and not (meant and unread):
            wrong.append((route["method"], route["pattern"], answer.status))
    assert wrong == []


def shared(owner):
    photo = owner.upload(png(640, 480), title="Seen by members", visibility="public").json
    wait_for(lambda: owner.get(f"/v1/photos/{photo['id']}").json["state"] == "published")
    return owner.get(f"/v1/photos/{photo['id']}").json


def test_pictures_need_a_session_and_stay_private(closed_to_visitors):
    owner = closed_to_visitors.member("media_owner")
    other = closed_to_visitors.member("media_other")
    photo = shared(owner)
    url = photo["urls"]["320"]
    visitor = Client(closed_to_visitors.server.address)
    for _ in range(2):  # also when it is remembered
        assert other.get(url).status == 200
        refused = visitor.get(url)
        assert (refused.status, refused.code) == (401, "members_only")
        assert "public" not in other.get(url).headers["cache-control"]
    assert other.send_form("PUT", "/v1/me/avatar", png(200, 200)).status == 200
    avatar = other.get("/v1/me").json["avatar"]
    assert visitor.get(avatar).status == 401
    seen = owner.get(avatar)
    assert seen.status == 200 and seen.headers["cache-control"].startswith("private")
    for path in ("/v1/popular", "/v1/feed/recent", "/v1/search?q=seen", "/v1/tags/sea",
                 "/v1/accounts/media_owner", f"/v1/photos/{photo['id']}",
                 f"/v1/photos/{photo['id']}/comments"):
        assert visitor.get(path).code == "members_only", path
        answer = other.get(path)
        assert answer.status == 200, path
        assert "public" not in answer.headers.get("cache-control", "")
    # The application itself is for everybody: it has to show how to log in.
    assert visitor.get("/", check=False).status in (200, 404)
    assert visitor.get("/v1/instance").json["visitors"] is False
    ended = Client(closed_to_visitors.server.address)
    ended.token = "not a session"
    assert ended.get(url).status == 401


def test_visitors_see_what_is_public_where_they_may(community):
    owner = community.member("open_owner")
    photo = shared(owner)
    visitor = Client(community.server.address)
    assert visitor.get(f"/v1/photos/{photo['id']}").status == 200
    assert visitor.get(photo["urls"]["320"]).headers["cache-control"].startswith("public")


# A picture of one's own

def test_an_avatar_is_shown_wherever_its_owner_is(community):
    owner = community.member("avatar_owner")
    other = community.member("avatar_friend")
    assert owner.get("/v1/me").json["avatar"] is None
    answer = owner.send_form("PUT", "/v1/me/avatar", png(900, 600), "me.png")
    assert answer.status == 200
    avatar = answer.json["avatar"]
    assert re.fullmatch(r"/media/avatars/[0-9a-f]{32}/128", avatar)
    visitor = Client(community.server.address)
    sizes = {}
    for size in ("64", "128", "320"):
        picture = visitor.get(avatar.replace("/128", f"/{size}"))
        assert picture.status == 200 and picture.headers["content-type"] == "image/webp"
        assert picture.body[8:12] == b"WEBP" and b"EXIF" not in picture.body
        sizes[size] = webp_size(picture.body)
    assert sizes == {"64": (64, 64), "128": (128, 128), "320": (320, 320)}
    assert visitor.get(avatar.replace("/128", "/640")).status == 404

    photo = shared(owner)
    assert owner.put("/v1/accounts/avatar_friend/follow").status == 200
    comment = owner.post(f"/v1/photos/{photo['id']}/comments", {"text": "Mine"}).json
    assert other.put(f"/v1/photos/{photo['id']}/like").status == 200
    page = other.get(f"/v1/photos/{photo['id']}").json
    assert page["owner"]["avatar"] == avatar
    assert other.get("/v1/accounts/avatar_owner").json["avatar"] == avatar
    assert comment["author"]["avatar"] == avatar
    threads = visitor.get(f"/v1/photos/{photo['id']}/comments").json["items"]
    assert threads[0]["author"]["avatar"] == avatar
    followers = visitor.get("/v1/accounts/avatar_friend/followers").json["items"]
    assert followers[0]["avatar"] == avatar
    recent = visitor.get("/v1/feed/recent").json["items"]
    assert next(p for p in recent if p["id"] == photo["id"])["owner"]["avatar"] == avatar
    found = visitor.get("/v1/search?q=avatar_owner&type=people").json["items"]
    assert found[0]["avatar"] == avatar
    typed = visitor.get("/v1/search/suggest?q=avatar_own").json["items"]
    assert [one["avatar"] for one in typed if one["kind"] == "person"] == [avatar]
    told = wait_for(lambda: other.get("/v1/notifications").json["items"])
    assert told[0]["actors"][0]["avatar"] == avatar

    # A new one has another address, and the home feed of a follower shows it at once.
    assert other.put("/v1/accounts/avatar_owner/follow").status == 200
    assert other.get("/v1/feed/home").json["items"][0]["owner"]["avatar"] == avatar
    changed = owner.send_form("PUT", "/v1/me/avatar", png(300, 900, (9, 9, 9))).json["avatar"]
    assert changed != avatar and visitor.get(avatar).status == 404
    assert other.get("/v1/feed/home").json["items"][0]["owner"]["avatar"] == changed

    assert owner.delete("/v1/me/avatar").json["avatar"] is None
    assert visitor.get(changed).status == 404
    assert other.get("/v1/feed/home").json["items"][0]["owner"]["avatar"] is None


def webp_size(data: bytes):
    assert data[12:16] == b"VP8 "
    return (int.from_bytes(data[26:28], "little") & 0x3FFF,
            int.from_bytes(data[28:30], "little") & 0x3FFF)


def test_an_avatar_goes_with_its_owner(community):
    owner = community.member("avatar_gone")
    avatar = owner.send_form("PUT", "/v1/me/avatar", png(200, 200)).json["avatar"]
    visitor = Client(community.server.address)
    assert visitor.get(avatar).status == 200
    for state in (1, 2):  # suspended, deleted
        community.server.change(f"UPDATE accounts SET state = {state}"
                                " WHERE handle = 'avatar_gone'")
        assert visitor.get(avatar).status == 404


def announce(client, length):
    """What is said to the head alone: nobody has to send so much to be refused."""
    connection = http.client.HTTPConnection(client.host, timeout=60)
    connection.putrequest("PUT", "/v1/me/avatar")
    for name, value in {"Authorization": "Bearer " + client.token, "Content-Length": str(length),
                        "Content-Type": "multipart/form-data; boundary=abc"}.items():
        connection.putheader(name, value)
    connection.endheaders()
    response = connection.getresponse()
    code = json.loads(response.read())["code"]
    connection.close()
    return response.status, code


def test_files_that_are_no_avatar(community):
    owner = community.member("avatar_wrong")
    assert Client(community.server.address).send_form("PUT", "/v1/me/avatar", png(9, 9)).status \
        == 401
    assert announce(owner, 10_100_000) == (413, "file_too_large")
    none = owner.send_form("PUT", "/v1/me/avatar", b"not a picture")
    assert none.status in (415, 422)
    truncated = owner.send_form("PUT", "/v1/me/avatar", png(200, 200)[:60])
    assert truncated.status == 422
    plain = owner.request("PUT", "/v1/me/avatar", b"x", {"Content-Type": "image/png"})
    assert (plain.status, plain.code) == (415, "form_expected")
    assert owner.get("/v1/me").json["avatar"] is None


def test_a_suggestive_avatar_is_refused_with_its_reason(engine):
    community, server = started(engine, **HOLD_ALL)
    try:
        owner = community.member("avatar_held")
        refused = owner.send_form("PUT", "/v1/me/avatar", png(300, 300))
        assert (refused.status, refused.code) == (422, "suggestive")
        assert refused.json["errors"][0]["field"] == "file"
        assert owner.get("/v1/me").json["avatar"] is None
    finally:
        server.stop()


# Roles

def test_the_last_administrator_cannot_vanish(fresh_server):
    community = Community(fresh_server().start())
    server = community.server
    community.member("last_mod")
    assert server.run("account", "role", "last_mod", "administrator").returncode == 0
    moderator = log_in(server, "last_mod")[0]
    assert server.run("account", "role", "ada", "member").returncode == 0
    last = server.run("account", "role", "last_mod", "member")
    assert last.returncode == 1 and "only administrator" in last.stderr
    assert moderator.get("/v1/me").json["role"] == "administrator"
