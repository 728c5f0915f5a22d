"""What keeps an account its owner's: passwords, addresses, handles, sessions, codes, tokens."""
import base64
import concurrent.futures
import hashlib
import hmac
import http.client
import json
import re
import struct
import time

import pytest

from support.client import ACCEPTED, CONTRACT, PASSWORD, Client, Community, wait_for
from support.pictures import png

pytestmark = pytest.mark.one_engine  # who comes in; rows are asked on both in the unit tests

RENEWED = "nine quick trains"
UNKNOWN = "1"
SCOPES = ("read", "write:photos", "write:social", "account", "moderation", "admin")


def step_at(moment: float) -> int:
    return int(moment) // 30


def totp(secret: str, step: int) -> str:
    """What an authenticator shows (RFC 6238), in words of its own."""
    key = base64.b32decode(secret + "=" * (-len(secret) % 8))
    digest = hmac.new(key, struct.pack(">Q", step), hashlib.sha1).digest()
    at = digest[-1] & 15
    number = struct.unpack(">I", digest[at:at + 4])[0] & 0x7FFFFFFF
    return f"{number % 1_000_000:06}"


class Authenticator:
    """Gives codes that were not used yet: a code is good once, and from a step before its own to
    the end of the one after it. Each has ten seconds left, so that no step ends on its way."""

    def __init__(self, secret: str):
        self.secret = secret
        self.used = 0

    def code(self) -> str:
        wanted = max(self.used + 1, step_at(time.time() + 10) - 1)
        wait_for(lambda: step_at(time.time()) + 1 >= wanted, 90)
        self.used = wanted
        return totp(self.secret, wanted)


def log_in(server, login, password=PASSWORD, client=None, **more):
    client = client or Client(server.address)
    body = {"login": login, "password": password, **more}
    if not client.browser:
        body["use"] = "token"
    answer = client.post("/v1/sessions", body)
    if answer.status == 201 and not client.browser:
        client.token = answer.json["token"]
    return client, answer


def browser_of(community, handle):
    browser, _ = community.sign_up(handle, browser=True)
    email = f"{handle}@example.org"
    assert browser.post("/v1/accounts/verify",
                        {"email": email, "code": community.code(email)}).status == 201
    return browser


def link(mail: dict, page: str) -> str:
    line = next(line for line in mail["text"].splitlines() if f"/{page}#token=" in line)
    assert line in mail["html"]
    return line.split("#token=")[1]


def token_of(client, *scopes, **more):
    made = client.post("/v1/me/tokens", {"name": "+".join(scopes), "scopes": list(scopes),
                                         "password": PASSWORD, **more})
    assert made.status == 201, made.body
    program = Client(f"http://{client.host}")
    program.token = made.json["secret"]
    return program, made.json["token"]


# Passwords and sessions


def test_a_new_password_ends_all_other_sessions(community, server):
    browser = browser_of(community, "pia")
    stolen = Client(server.address, browser=True)
    stolen.cookies = dict(browser.cookies)
    other, _ = log_in(server, "pia")
    assert other.get("/v1/me").status == stolen.get("/v1/me").status == 200
    wrong = browser.post("/v1/me/password", {"password": "not mine", "new_password": RENEWED})
    assert (wrong.status, wrong.code) == (403, "wrong_password")
    assert wrong.json["errors"][0]["field"] == "password"
    weak = browser.post("/v1/me/password", {"password": PASSWORD, "new_password": "password1"})
    assert (weak.status, weak.code) == (400, "weak_password")
    assert weak.json["errors"][0]["field"] == "new_password"
    changed = browser.post("/v1/me/password", {"password": PASSWORD, "new_password": RENEWED})
    assert changed.status == 200 and "token" not in changed.json
    assert other.get("/v1/me").code == "unauthenticated"
    # The session goes on, and a copy of its old cookie is worth nothing.
    assert stolen.get("/v1/me").code == "unauthenticated"
    assert browser.get("/v1/me").status == 200
    assert [s["current"] for s in browser.get("/v1/sessions").json["items"]] == [True]
    community.mail("pia@example.org", "password at Picsharz was changed")
    assert log_in(server, "pia")[1].code == "wrong_login"
    program, answer = log_in(server, "pia", RENEWED)
    assert answer.status == 201
    again = program.post("/v1/me/password", {"password": RENEWED, "new_password": PASSWORD})
    assert program.get("/v1/me").status == 401
    program.token = again.json["token"]
    assert program.get("/v1/me").status == 200


def test_a_password_is_not_kept_by_the_ledger_of_requests(community, server):
    person = community.member("quin")
    key = {"Idempotency-Key": "the-same-key"}
    body = {"password": PASSWORD, "new_password": RENEWED}
    changed = person.post("/v1/me/password", body, headers=key)
    assert changed.status == 200
    person.token = changed.json["token"]
    assert person.post("/v1/me/password", body, headers=key).code == "wrong_password"
    account = server.account("quin")
    assert server.rows(f"SELECT key FROM idempotency_keys WHERE account_id = {account}") == []


def test_all_other_sessions_end(community, server):
    browser = browser_of(community, "rosa")
    others = [log_in(server, "rosa")[0] for _ in range(3)]
    stranger = community.member("rosas_friend")
    assert len(browser.get("/v1/sessions").json["items"]) == 4
    assert browser.delete("/v1/sessions").status == 204
    assert [o.get("/v1/me").status for o in others] == [401] * 3
    assert browser.get("/v1/me").status == stranger.get("/v1/me").status == 200
    assert Client(server.address).delete("/v1/sessions").status == 401


def test_a19_sessions_are_made_anew_and_stay_ended(community, server):
    browser = browser_of(community, "sam")
    # A cookie that was planted before the log-in is not the one after it.
    planted = "A" * 43
    victim = Client(server.address, browser=True)
    victim.cookies["sid"] = planted
    log_in(server, "sam", client=victim)
    assert victim.cookies["sid"] != planted
    thief = Client(server.address, browser=True)
    thief.cookies["sid"] = planted
    assert thief.get("/v1/me").status == 401
    # Of many who end a session at the same instant, one does.
    session = next(s for s in browser.get("/v1/sessions").json["items"] if not s["current"])
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        statuses = list(pool.map(
            lambda _: browser.delete(f"/v1/sessions/{session['id']}").status, range(8)))
    assert sorted(statuses) == [204] + [404] * 7
    assert victim.get("/v1/me").status == 401
    copied = Client(server.address, browser=True)
    copied.cookies = dict(browser.cookies)
    assert browser.delete("/v1/sessions/current").status == 204
    assert copied.get("/v1/me").status == 401


def test_where_a_log_in_came_from_is_told_in_the_readers_language(community, server):
    """Not a word of English in between, and no browser's name is lost."""
    tess = browser_of(community, "tess")
    said = {"en": "Firefox on Linux", "de": "Firefox auf Linux", "es": "Firefox en Linux",
            "fr": "Firefox sur Linux", "ms": "Firefox pada Linux", "ta": "Linux-இல் Firefox",
            "zh-Hans": "Linux 上的 Firefox"}
    for version, (language, words) in enumerate(said.items()):
        assert tess.patch("/v1/me", {"language": language}).status == 200
        before = len(community.mails("tess@example.org"))
        agent = f"Mozilla/5.0 (X11; Linux x86_64; rv:{version}) Firefox/{version}"
        assert Client(server.address).post(
            "/v1/sessions", {"login": "tess", "password": PASSWORD},
            headers={"User-Agent": agent}).status == 201
        wait_for(lambda: len(community.mails("tess@example.org")) > before)
        newest = community.mails("tess@example.org")[0]
        assert words in newest["text"] and words in newest["html"], newest["text"]
        assert language == "en" or "Firefox on" not in newest["text"]


def test_a_log_in_from_a_new_place_is_told(community, server):
    browser = browser_of(community, "tara")

    def told():
        return [m for m in community.mails("tara@example.org") if "New log-in" in m["subject"]]

    def enter(client, agent):
        answer = client.post("/v1/sessions", {"login": "tara", "password": PASSWORD},
                             headers={"User-Agent": agent})
        assert answer.status == 201
        return answer

    enter(Client(server.address), "Mozilla/5.0 (X11; Linux x86_64) Firefox/130.0")
    mail = community.mail("tara@example.org", "New log-in")
    assert re.search(r"Firefox on Linux, in the network 127\.0\.0\.0/24,"
                     r" on \d+ \w+ 20\d\d, \d\d:\d\d \(UTC\)\.", mail["text"])
    assert "/settings/security" in mail["text"] and "/forgot" in mail["html"]
    enter(Client(server.address), "Mozilla/5.0 (X11; Linux x86_64) Firefox/130.0")
    # The browser that signed up keeps what makes it known, even as another version of itself.
    assert browser.delete("/v1/sessions/current").status == 204
    enter(browser, "Mozilla/5.0 (X11; Linux x86_64) Chrome/999")
    enter(Client(server.address), "Your account is closed: https://evil.example")
    wait_for(lambda: len(told()) == 2)
    assert "evil" not in told()[0]["text"] and "A program, in" in told()[0]["text"]


# E-mail addresses


def test_an_address_changes_when_both_mailboxes_agreed(community, server):
    person = community.member("uma")
    visitor = Client(server.address)
    assert person.get("/v1/me/email").json == {"email": "uma@example.org", "change": None}
    for body, code in (({"email": "uma@example.net", "password": "no"}, "wrong_password"),
                       ({"email": "nonsense", "password": PASSWORD}, "invalid_email"),
                       ({"email": "UMA@example.org", "password": PASSWORD}, "same_email")):
        assert person.post("/v1/me/email", body).code == code
    asked = person.post("/v1/me/email", {"email": "Uma@Example.net", "password": PASSWORD})
    assert asked.status == 202 and not asked.body
    token = link(community.mail("uma@example.org", "Change your address"), "email")
    code = community.code("uma@example.net")
    change = person.get("/v1/me/email").json["change"]
    assert (change["email"], change["new_agreed"], change["old_agreed"]) == \
        ("uma@example.net", False, False)
    assert person.post("/v1/me/email/confirm", {"code": "0000-0000"}).code == "wrong_code"
    # Another session of the same account did not ask for it.
    other, _ = log_in(server, "uma")
    assert other.post("/v1/me/email/confirm", {"code": code}).code == "wrong_code"
    assert person.post("/v1/me/email/confirm", {"code": code.lower()}).json["change"]["new_agreed"]
    assert person.get("/v1/me").json["email"] == "uma@example.org"
    assert visitor.get(f"/v1/email-changes/{token}").json["change"]["email"] == "uma@example.net"
    assert visitor.get("/v1/email-changes/wrong").code == "email_change_over"
    done = visitor.put(f"/v1/email-changes/{token}")
    assert done.json == {"email": "uma@example.net", "change": None}
    assert person.get("/v1/me").json["email"] == "uma@example.net"
    for to in ("uma@example.org", "uma@example.net"):
        community.mail(to, "Your address at Picsharz was changed")
    assert visitor.put(f"/v1/email-changes/{token}").code == "email_change_over"
    assert log_in(server, "uma@example.org")[1].code == "wrong_login"
    assert log_in(server, "uma@example.net")[1].status == 201


def test_a_new_password_does_not_stop_a_change_of_the_address(community):
    """The session goes on by another id, with what was asked for in it."""
    person = community.member("ulla")
    asked = person.post("/v1/me/email", {"email": "ulla@example.net", "password": PASSWORD})
    assert asked.status == 202
    known = person.get("/v1/sessions").json["items"][0]["id"]
    changed = person.post("/v1/me/password", {"password": PASSWORD, "new_password": RENEWED})
    person.token = changed.json["token"]
    assert changed.json["session"]["id"] != known
    assert [s["id"] for s in person.get("/v1/sessions").json["items"]] == [
        changed.json["session"]["id"]]
    confirmed = person.post("/v1/me/email/confirm", {"code": community.code("ulla@example.net")})
    assert confirmed.status == 200 and confirmed.json["change"]["new_agreed"]


def test_the_old_address_stops_a_change(community, server):
    person = community.member("vera")
    visitor = Client(server.address)
    assert person.post("/v1/me/email",
                       {"email": "vera@evil.example", "password": PASSWORD}).status == 202
    token = link(community.mail("vera@example.org", "Change your address"), "email")
    code = community.code("vera@evil.example")
    assert visitor.delete(f"/v1/email-changes/{token}").status == 204
    assert visitor.delete(f"/v1/email-changes/{token}").code == "email_change_over"
    assert person.post("/v1/me/email/confirm", {"code": code}).code == "wrong_code"
    assert person.get("/v1/me").json["email"] == "vera@example.org"
    person.post("/v1/me/email", {"email": "vera@example.net", "password": PASSWORD})
    assert person.delete("/v1/me/email").status == 204
    assert person.get("/v1/me/email").json["change"] is None


def essence(answer):
    """An answer without what is another one each time."""
    headers = {k: v for k, v in answer.headers.items()
               if k not in ("date", "x-request-id", "ratelimit")}
    body = {} if not answer.body else {k: v for k, v in answer.json.items() if k != "request_id"}
    return answer.status, headers, body, len(answer.body)


def test_a16_a_known_address_answers_like_an_unknown_one(community, server):
    known = [f"wanda{i}" for i in range(4)]
    for handle in known:
        community.member(handle)
    asker = community.member("asker16")
    visitor = Client(server.address)
    pairs = []
    for i, handle in enumerate(known):
        unknown = f"xanda{i}"
        for login, other in ((handle, unknown), (f"{handle}@example.org",
                                                 f"{unknown}@example.org")):
            pairs.append([visitor.post("/v1/sessions", {"login": each, "password": "wrong words"})
                          for each in (login, other)])
            pairs.append([visitor.post("/v1/sessions", {"login": each, "password": "wrong words",
                                                        "totp": "123456"})
                          for each in (login, other)])
            pairs.append([visitor.post("/v1/password/forgot", {"login": each})
                          for each in (login, other)])
        emails = (f"{handle}@example.org", f"{unknown}@example.org")
        pairs.append([visitor.post("/v1/accounts/verify/resend", {"email": e}) for e in emails])
        pairs.append([visitor.post("/v1/accounts/verify", {"email": e, "code": "AAAAAAAA"})
                      for e in emails])
        if i < 2:  # an account asks five times an hour
            pairs.append([asker.post("/v1/me/email", {"email": e, "password": PASSWORD})
                          for e in emails])
    for known_answer, unknown_answer in pairs:
        assert essence(known_answer) == essence(unknown_answer)
    # A sign-up names handle and id, which are the stranger's own.
    answers = [visitor.post("/v1/accounts", {
        "handle": handle, "name": "N", "email": email, "password": PASSWORD, "country": "SG",
        **ACCEPTED})
        for handle, email in (("yanda0", "wanda0@example.org"), ("yanda1", "yanda1@example.org"))]
    assert [a.status for a in answers] == [201, 201]
    assert len(answers[0].body) == len(answers[1].body)
    assert answers[0].json.keys() == answers[1].json.keys()


def test_a16_a_taken_address_learns_of_it_and_no_code_comes(community):
    community.member("zoe")
    asker = community.member("zoes_rival")
    taken = asker.post("/v1/me/email", {"email": "zoe@example.org", "password": PASSWORD})
    assert taken.status == 202
    mail = community.mail("zoe@example.org", "You already have an account")
    assert "wanted to use this address for another account" in mail["text"]
    token = link(community.mail("zoes_rival@example.org", "Change your address"), "email")
    assert asker.put(f"/v1/email-changes/{token}").json["change"]["old_agreed"] is True
    assert asker.post("/v1/me/email/confirm", {"code": "AAAAAAAA"}).code == "wrong_code"
    change = asker.get("/v1/me/email").json["change"]
    assert change["email"] == "zoe@example.org" and not change["new_agreed"]
    assert asker.get("/v1/me").json["email"] == "zoes_rival@example.org"


# Brute force


def test_a17_codes_are_dead_after_five_tries_however_many_come_at_once(community):
    person = community.member("abe")
    person.post("/v1/me/email", {"email": "abe@example.net", "password": PASSWORD})
    code = community.code("abe@example.net")
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        codes = list(pool.map(
            lambda i: person.post("/v1/me/email/confirm", {"code": f"{i:08}"}).code, range(40)))
    assert codes.count("wrong_code") == 5 and codes.count("code_expired") == 35
    assert person.post("/v1/me/email/confirm", {"code": code}).code == "code_expired"


class From(Client):
    """Somebody at another address of this machine's own network."""

    def __init__(self, address, source):
        super().__init__(address)
        self.source = source

    def guess(self, login, password, **more):
        connection = http.client.HTTPConnection(self.host, timeout=60,
                                                source_address=(self.source, 0))
        connection.request("POST", "/v1/sessions",
                           json.dumps({"login": login, "password": password, **more}),
                           {"Content-Type": "application/json"})
        response = connection.getresponse()
        answer = json.loads(response.read())
        connection.close()
        return response.status, answer.get("code")


def test_a17_many_addresses_get_ten_guesses_together_and_the_owner_gets_in(community, server):
    browser = browser_of(community, "bob")
    answers = [From(server.address, f"127.0.3.{1 + i % 200}").guess("bob", f"guess {i}")
               for i in range(600)]
    assert answers.count((401, "wrong_login")) == 10
    assert answers.count((429, "too_many_attempts")) == 590
    assert browser.delete("/v1/sessions/current").status == 204
    assert log_in(server, "bob", client=browser)[1].status == 201


def test_a17_one_address_gets_a_hundred_guesses_at_everybody(server):
    guesser = From(server.address, "127.0.4.1")
    answers = [guesser.guess(f"nobody_{i % 50}", "guess") for i in range(400)]
    assert answers.count((401, "wrong_login")) == 100
    assert answers.count((429, "too_many_attempts")) == 300
    assert From(server.address, "127.0.4.2").guess("nobody_0", "x") == (401, "wrong_login")


# A18: what a link to a new password can be tricked into


def test_a18_a_reset_link_comes_of_nothing_that_the_asker_sends(community, server):
    community.member("cleo")
    evil = {"Host": "evil.example", "X-Forwarded-Host": "evil.example",
            "Forwarded": "host=evil.example", "Referer": "https://evil.example/",
            "Origin": "https://evil.example"}
    visitor = Client(server.address)
    tokens = set()
    asked = visitor.post("/v1/password/forgot", {"login": "cleo"}, headers=evil)
    assert asked.status in (202, 403)  # a foreign Origin may be refused altogether
    evil.pop("Origin")
    for i in range(3):
        assert visitor.post("/v1/password/forgot", {"login": "cleo"}, headers=evil).status == 202
        mails = wait_for(lambda: (m := [m for m in community.mails("cleo@example.org")
                                        if "Choose a new password" in m["subject"]])
                         and len(m) > i and m)
        assert "evil" not in mails[0]["text"] + mails[0]["html"]
        assert server.address + "/reset#token=" in mails[0]["text"]
        tokens.add(link(mails[0], "reset"))
    assert len(tokens) == 3 and all(len(token) == 43 for token in tokens)
    first, second = sorted(tokens)[:2]
    assert visitor.post("/v1/password/reset", {"token": first, "password": RENEWED}).status == 204
    for token in (first, second, first[:-1], "x"):  # used, overtaken, cut, guessed
        again = visitor.post("/v1/password/reset", {"token": token, "password": PASSWORD})
        assert (again.status, again.code) == (410, "reset_expired")
    # The token is behind the #, which no browser sends to anybody.
    page = visitor.get("/reset")
    assert page.headers["referrer-policy"] == "no-referrer"


# The second factor


@pytest.fixture(scope="module")
def guarded(community, server):
    """Somebody with an authenticator."""
    browser = browser_of(community, "dan")
    begun = browser.post("/v1/me/totp", {"password": PASSWORD})
    assert begun.status == 201 and begun.headers["cache-control"] == "no-store"
    secret = begun.json["secret"]
    assert begun.json["uri"] == f"otpauth://totp/Picsharz:dan?secret={secret}&issuer=Picsharz"
    phone = Authenticator(secret)
    on = browser.post("/v1/me/totp/on", {"code": phone.code()})
    assert on.status == 200, on.body
    browser.phone, browser.codes = phone, on.json["recovery_codes"]
    return browser


def test_a_log_in_needs_the_authenticator(community, server, guarded):
    state = guarded.get("/v1/me/totp").json
    assert state["on"] and state["recovery_codes"] == 10 == len(set(guarded.codes))
    community.mail("dan@example.org", "asks for a code now")
    assert log_in(server, "dan", "not his")[1].code == "wrong_login"
    assert log_in(server, "dan", "not his", totp="000000")[1].code == "wrong_login"
    asked = log_in(server, "dan")[1]
    assert (asked.status, asked.code) == (401, "totp_required")
    assert "set-cookie" not in asked.headers
    wrong = log_in(server, "dan", totp="000000")[1]
    assert (wrong.status, wrong.code) == (401, "wrong_totp")
    assert wrong.json["errors"][0]["field"] == "totp"
    code = guarded.phone.code()
    assert log_in(server, "dan", totp=code)[1].status == 201
    assert log_in(server, "dan", totp=code)[1].code == "wrong_totp"


def test_recovery_codes_open_once(community, server, guarded):
    first, second = guarded.codes[:2]
    assert log_in(server, "dan", totp=first.lower())[1].status == 201
    assert log_in(server, "dan", totp=first)[1].code == "wrong_totp"
    community.mail("dan@example.org", "A recovery code was used")
    assert guarded.get("/v1/me/totp").json["recovery_codes"] == 9
    body = {"password": PASSWORD, "code": guarded.phone.code()}
    made = guarded.post("/v1/me/totp/recovery-codes", body)
    assert made.status == 200 and len(made.json["recovery_codes"]) == 10
    assert log_in(server, "dan", totp=second)[1].code == "wrong_totp"
    guarded.codes = made.json["recovery_codes"]


def test_a_new_password_leaves_the_authenticator_on(community, server, guarded):
    visitor = Client(server.address)
    visitor.post("/v1/password/forgot", {"login": "dan"})
    token = link(community.mail("dan@example.org", "Choose a new password"), "reset")
    assert visitor.post("/v1/password/reset", {"token": token, "password": PASSWORD}).status == 204
    assert log_in(server, "dan")[1].code == "totp_required"
    client, answer = log_in(server, "dan", client=guarded, totp=guarded.codes.pop())
    assert answer.status == 201 and client.get("/v1/me/totp").json["on"]


def test_a17_guessing_codes_stops_and_is_told(community, server, guarded):
    # Another door than the owner's: no device cookie.
    codes = [log_in(server, "dan", totp=f"{i:06}")[1].code for i in range(14)]
    assert set(codes) == {"wrong_totp", "too_many_attempts"}
    assert codes.count("wrong_totp") <= 10 and codes[-1] == "too_many_attempts"
    community.mail("dan@example.org", "Somebody knows your password")
    # The owner's browser is counted on its own.
    assert guarded.delete("/v1/sessions/current").status == 204
    assert log_in(server, "dan", client=guarded, totp=guarded.codes.pop())[1].status == 201


def test_the_authenticator_ends_with_password_and_code(community, server, guarded):
    off = "/v1/me/totp/off"
    assert guarded.post("/v1/me/totp", {"password": PASSWORD}).code == "totp_on"
    assert guarded.post(off, {"password": "no", "code": "000000"}).code == \
        "wrong_password"
    assert guarded.post(off, {"password": PASSWORD, "code": "000000"}).code == "wrong_totp"
    assert guarded.post(off, {"password": PASSWORD, "code": guarded.codes.pop()}).status == 204
    assert guarded.get("/v1/me/totp").json == {"on": False, "since": None, "recovery_codes": 0}
    assert guarded.post(off, {"password": PASSWORD, "code": "000000"}).code == "totp_off"
    community.mail("dan@example.org", "asks for no code any more")
    _, answer = log_in(server, "dan", client=guarded)
    assert answer.status == 201


def test_an_administrator_opens_an_account_whose_phone_is_lost(community, server):
    person = community.member("lost_phone")
    secret = person.post("/v1/me/totp", {"password": PASSWORD}).json["secret"]
    assert person.post("/v1/me/totp/on", {"code": Authenticator(secret).code()}).status == 200
    assert log_in(server, "lost_phone")[1].code == "totp_required"
    done = server.run("account", "totp-off", "lost_phone", "--json")
    assert json.loads(done.stdout) == {"handle": "lost_phone", "removed": True}, done.stderr
    assert log_in(server, "lost_phone")[1].status == 201
    community.mail("lost_phone@example.org", "asks for no code any more")
    again = server.run("account", "totp-off", "lost_phone")
    assert again.returncode == 0 and "No authenticator" in again.stdout
    assert server.run("account", "totp-off", "nobody_here").returncode == 1


# Handles


def test_an_old_handle_leads_to_the_account(community, server):
    person = community.member("elsa")
    friend = community.member("elsas_friend")
    blocked = community.member("elsas_foe")
    assert person.put("/v1/accounts/elsas_foe/block").status == 200
    changed = person.patch("/v1/me", {"handle": "@Elsa_K", "name": "Elsa K"})
    assert (changed.json["handle"], changed.json["name"]) == ("elsa_k", "Elsa K")
    for viewer in (friend, Client(server.address)):
        moved = viewer.get("/v1/accounts/Elsa")
        assert (moved.status, moved.headers["location"]) == (308, "/v1/accounts/elsa_k")
        assert moved.headers["cache-control"] == "no-store" and not moved.body
        assert viewer.get("/v1/accounts/elsa_k").json["handle"] == "elsa_k"
    assert blocked.get("/v1/accounts/elsa").status == 404
    assert [p["handle"] for p in friend.get("/v1/search?q=elsa_k&type=people").json["items"]] == \
        ["elsa_k"]
    _, taken = community.sign_up("elsa", email="elsa2@example.org")
    assert (taken.status, taken.code) == (409, "handle_taken")
    assert friend.patch("/v1/me", {"handle": "elsa"}).code == "handle_taken"
    soon = person.patch("/v1/me", {"handle": "elsa_three"})
    assert (soon.status, soon.code) == (429, "handle_too_soon")
    assert int(soon.headers["retry-after"]) > 29 * 24 * 3600
    assert soon.json["errors"][0]["field"] == "handle"
    assert person.patch("/v1/me", {"handle": "elsa"}).json["handle"] == "elsa"
    assert friend.get("/v1/accounts/elsa_k").headers["location"] == "/v1/accounts/elsa"
    for handle, code in (("ab", "invalid_handle"), ("settings", "handle_reserved"),
                         ("elsas_friend", "handle_taken")):
        refused = community.member(f"fred_{code}").patch("/v1/me", {"handle": handle})
        assert refused.code == code
    server.change("UPDATE accounts SET state = 1 WHERE handle = 'elsa'")
    assert friend.get("/v1/accounts/elsa_k").status == 404
    server.change("UPDATE accounts SET state = 0 WHERE handle = 'elsa'")


# Tokens


def test_a_program_uses_a_token(community, server):
    person = community.member("gus")
    program, made = token_of(person, "read", "account", expires_in_days=30)
    assert program.token.startswith("pcz_")
    assert made["scopes"] == ["read", "account"] and made["last_used_at"] is None
    assert program.get("/v1/me").json["handle"] == "gus"
    assert program.patch("/v1/me", {"bio": "by a program"}).json["bio"] == "by a program"
    listed = person.get("/v1/me/tokens").json["items"]
    assert [t["id"] for t in listed] == [made["id"]] and "secret" not in listed[0]
    wait_for(lambda: person.get("/v1/me/tokens").json["items"][0]["last_used_at"])
    assert server.rows("SELECT count(*) FROM tokens WHERE name = 'read+account'") == [("1",)]
    stranger = community.member("gus_friend")
    assert stranger.delete(f"/v1/me/tokens/{made['id']}").status == 404
    assert person.delete(f"/v1/me/tokens/{made['id']}").status == 204
    ended = program.get("/v1/me")
    assert (ended.status, ended.code) == (401, "unauthenticated")
    # One that is not valid is told so, where a visitor would be answered too.
    assert program.get("/v1/feed/recent").status == 401
    community.mail("gus@example.org", "A token for a program was made")


def test_tokens_that_cannot_be_had(community):
    person = community.member("hal")
    good = {"name": "x", "scopes": ["read"], "password": PASSWORD}
    for change, code in (({"scopes": []}, "invalid_request"), ({"name": ""}, "invalid_request"),
                         ({"scopes": ["read", "root"]}, "invalid_request"),
                         ({"scopes": "read"}, "invalid_request"),
                         ({"expires_in_days": 0}, "invalid_request"),
                         ({"expires_in_days": 4000}, "invalid_request"),
                         ({"password": "wrong"}, "wrong_password"),
                         ({"scopes": ["moderation"]}, "scope_too_wide"),
                         ({"scopes": ["read", "admin"]}, "scope_too_wide")):
        assert person.post("/v1/me/tokens", {**good, **change}).code == code, change
    assert person.get("/v1/me/tokens").json["items"] == []


def test_a30_every_route_and_every_scope(community, server):
    """The table: a token reaches what names its scope, and nothing else."""
    routes = json.loads(server.run("routes", "--json").stdout)
    named = {(method, path): operation.get("x-scope", "")
             for method, path, operation in CONTRACT.operations()}
    written = {(r["method"], r["pattern"].replace("...}", "}")): r["scope"] for r in routes}
    assert written == named
    assert set(named.values()) == {"", *SCOPES}
    # Answered on the thread of the socket, to everybody alike: a token of another scope is nobody.
    alike = {("GET", "/v1/openapi.json"), ("GET", "/v1/instance/terms"),
             ("GET", "/media/{photo}/{rendition}"), ("GET", "/robots.txt"),
             ("OPTIONS", "/v1/uploads"), ("OPTIONS", "/v1/uploads/{id}")}
    programs = {scope: token_of(community.admin, scope)[0] for scope in SCOPES}
    programs["all"] = token_of(community.admin, *SCOPES)[0]
    wrong = []
    for route in routes:
        method, scope = route["method"], route["scope"]
        if (method, route["pattern"]) in alike:
            continue
        for held, program in programs.items():
            status, code = reach(program, method, route["pattern"])
            reached = scope != "" and held in (scope, "all")
            refused = (status, code) == (403, "scope_missing") or (method == "HEAD"
                                                                   and status == 403)
            if reached == refused or (reached and status in (401, 403)):
                wrong.append((method, route["pattern"], scope, held, status, code))
    assert wrong == []
    assert log_in(server, "ada")[1].status == 201


def reach(program, method, pattern):
    """Status and code, from the head and what came with it: a stream of events never ends."""
    target = pattern.replace("{handle}", "nobody").replace("{name}", "sky")
    for name in ("{id}", "{token}", "{photo}", "{rendition}", "{avatar}", "{size}"):
        target = target.replace(name, UNKNOWN)
    connection = http.client.HTTPConnection(program.host, timeout=60)
    connection.request(method, target, headers={"Authorization": "Bearer " + program.token})
    response = connection.getresponse()
    kind = response.getheader("Content-Type", "")
    body = response.read() if "problem+json" in kind else b""
    connection.close()
    return response.status, json.loads(body).get("code", "") if body else ""


def test_a30_a_token_never_widens(community, server):
    community.member("iris")
    assert server.run("account", "role", "iris", "moderator").returncode == 0
    moderator = log_in(server, "iris")[0]
    held = community.member("iris_victim")
    photo = held.upload(png(64, 48, (1, 2, 3)), visibility="public").json["id"]
    wait_for(lambda: held.get(f"/v1/photos/{photo}").json["state"] not in
             ("received", "decoding", "classifying"))
    server.change(f"UPDATE photos SET state = 4 WHERE id = {photo}")
    reader, _ = token_of(moderator, "read")
    judge, _ = token_of(moderator, "read", "moderation")
    # What a moderator sees by their role, a token that only reads does not.
    assert moderator.get(f"/v1/photos/{photo}").status == 200
    assert reader.get(f"/v1/photos/{photo}").status == 404
    assert judge.get(f"/v1/photos/{photo}").status == 200
    assert judge.get("/v1/moderation/queue").status == 200
    assert server.run("account", "role", "iris", "member").returncode == 0
    assert judge.get("/v1/moderation/queue").code == "forbidden"
    assert judge.get(f"/v1/photos/{photo}").status == 404
    for method, path, body in (
            ("POST", "/v1/me/tokens", {"name": "x", "scopes": ["read"], "password": PASSWORD}),
            ("POST", "/v1/me/password", {"password": PASSWORD, "new_password": RENEWED}),
            ("POST", "/v1/me/email", {"email": "a@example.net", "password": PASSWORD}),
            ("POST", "/v1/me/totp", {"password": PASSWORD}),
            ("DELETE", "/v1/sessions", None), ("GET", "/v1/me/tokens", None)):
        refused = judge.request(method, path, body)
        assert (refused.status, refused.code) == (403, "scope_missing"), path
    for body in ({"role": "administrator"}, {"email": "x@example.net"}, {"id": "1"},
                 {"verified": True}, {"created_at": "2020-01-01T00:00:00Z"}):
        assert moderator.patch("/v1/me", body).code == "invalid_request", body


def test_a_token_reads_private_pictures_only_with_its_scope(community):
    person = community.member("joy")
    photo = person.upload(png(64, 48, (4, 5, 6)), visibility="private").json["id"]
    page = wait_for(lambda: (p := person.get(f"/v1/photos/{photo}").json)["state"] == "published"
                    and p)
    address = page["urls"]["320"]
    reader, _ = token_of(person, "read")
    writer, _ = token_of(person, "write:photos")
    assert Client(f"http://{person.host}").get(address).status == 404
    assert writer.get(address).status == 404
    assert reader.get(address).status == 200
    assert writer.delete(f"/v1/photos/{photo}").status == 200
    assert reader.delete(f"/v1/photos/{photo}").code == "scope_missing"


# What an encrypted site and its settings make of sessions


def cookies_of(answer) -> dict[str, set[str]]:
    """The attributes of each cookie that an answer sets."""
    lines = [line.split("; ") for line in answer.set_cookies]
    return {first.split("=", 1)[0]: set(attributes) for first, *attributes in lines}


def test_an_encrypted_site_binds_cookies_and_browsers_to_https(fresh_server):
    server = fresh_server(PICSHARZ_INSTANCE__BASE_URL="https://photos.example.org").start()
    community = Community(server)
    browser, _ = community.sign_up("mei", browser=True)
    email = "mei@example.org"
    answer = browser.post("/v1/accounts/verify", {"email": email, "code": community.code(email)})
    assert answer.status == 201
    set_here = cookies_of(answer)
    assert set_here.pop("lang") == {"Path=/", "Max-Age=34560000", "SameSite=Lax", "Secure"}
    assert set(set_here) == {"__Host-sid", "__Host-device"}
    for attributes in set_here.values():
        assert {"Secure", "HttpOnly", "Path=/", "SameSite=Lax"} <= attributes
        assert not any(each.lower().startswith("domain") for each in attributes)
    assert browser.get("/v1/me").json["handle"] == "mei"
    # A cookie that a page without encryption could have set is nobody's.
    other = Client(server.address, browser=True)
    other.cookies = {"sid": browser.cookies["__Host-sid"]}
    assert other.get("/v1/me").status == 401
    for path in ("/", "/reset", "/v1/instance", "/v1/nothing", "/sw.js"):
        headers = browser.get(path, check=False).headers
        assert headers["strict-transport-security"] == "max-age=63072000", path
    ended = browser.delete("/v1/sessions/current")
    assert ended.status == 204
    assert {"Secure", "Max-Age=0", "Path=/"} <= cookies_of(ended)["__Host-sid"]


def test_sessions_live_as_long_as_is_configured(fresh_server):
    server = fresh_server(PICSHARZ_SESSIONS__IDLE="2h", PICSHARZ_SESSIONS__ABSOLUTE="9h").start()
    community = Community(server)
    community.member("mei")

    def signed_in():
        browser, answer = log_in(server, "mei", client=Client(server.address, browser=True))
        assert "Max-Age=32400" in cookies_of(answer)["sid"]
        return browser

    def passes(hours):
        """For the sessions of this account; the server's clock is its own."""
        gone = hours * 3600 * 1_000_000
        server.change(f"UPDATE sessions SET created_at = created_at - {gone},"
                      f" last_used_at = last_used_at - {gone}, expires_at = expires_at - {gone}"
                      f" WHERE account_id = {server.account('mei')}")

    def used_now(browser):
        before = server.rows("SELECT last_used_at FROM sessions"
                             f" WHERE account_id = {server.account('mei')}")
        assert browser.get("/v1/me").status == 200
        wait_for(lambda: server.rows("SELECT last_used_at FROM sessions WHERE account_id ="
                                     f" {server.account('mei')}") != before)
    idle = signed_in()
    passes(2)
    assert idle.get("/v1/me").status == 401
    server.change(f"DELETE FROM sessions WHERE account_id = {server.account('mei')}")
    used = signed_in()
    for _ in range(8):
        passes(1)
        used_now(used)
    passes(1)
    assert used.get("/v1/me").status == 401
