"""Accounts end to end: sign-up, code, log-in, log-out, reset, roles, the first administrator."""
import json

from support.client import PASSWORD, Client, wait_for


def test_the_first_administrator_comes_by_the_link_once(community, server):
    me = community.admin.get("/v1/me").json
    assert me["role"] == "administrator" and me["email"] == "ada@example.org"
    token = server.setup_url.split("token=")[1]
    again = Client(server.address).post("/v1/setup", {
        "token": token, "handle": "eve", "name": "Eve", "email": "eve@example.org",
        "password": PASSWORD, "country": "SG"})
    assert (again.status, again.code) == (410, "setup_over")
    wrong = Client(server.address).post("/v1/setup", {
        "token": "no-such-token", "handle": "eve", "name": "Eve", "email": "eve@example.org",
        "password": PASSWORD, "country": "SG"})
    assert wrong.code == "setup_over"


def test_sign_up_verify_log_in_log_out(community, server):
    person = community.member("mei", name="Mei Tan")
    assert person.account["name"] == "Mei Tan"
    assert person.account["counts"] == {"photos": 0, "followers": 0, "following": 0}
    for login in ("mei", "MEI", "@mei", "mei@example.org", " Mei@Example.org "):
        other = Client(server.address)
        answer = other.post("/v1/sessions", {"login": login, "password": PASSWORD, "use": "token"})
        assert answer.status == 201, login
        other.token = answer.json["token"]
        assert other.get("/v1/me").json["handle"] == "mei"
        assert other.delete("/v1/sessions/current").status == 204
        assert other.get("/v1/me").code == "unauthenticated"
    assert person.get("/v1/me").status == 200


def test_a_browser_keeps_its_session_in_a_cookie(community, server):
    browser, answer = community.sign_up("bea", browser=True)
    assert answer.status == 201
    assert "httponly" in answer.headers["set-cookie"].lower()
    code = community.code("bea@example.org")
    # The code is bound to the browser that asked: neither another one nor a program can use it.
    for other in (Client(server.address, browser=True), Client(server.address)):
        assert other.post("/v1/accounts/verify",
                          {"email": "bea@example.org", "code": code}).code == "wrong_code"
    verified = browser.post("/v1/accounts/verify", {"email": "bea@example.org", "code": code})
    assert verified.status == 201 and "token" not in verified.json
    assert browser.cookies["sid"]
    assert browser.get("/v1/me").json["handle"] == "bea"


def test_a_code_is_wrong_then_dead(community):
    client, _ = community.sign_up("carl")
    code = community.code("carl@example.org")
    body = {"email": "carl@example.org"}
    for _ in range(5):
        answer = client.post("/v1/accounts/verify", {**body, "code": "00000000"})
        assert (answer.status, answer.code) == (422, "wrong_code")
    dead = client.post("/v1/accounts/verify", {**body, "code": code})
    assert (dead.status, dead.code) == (410, "code_expired")
    assert client.post("/v1/accounts/verify/resend", body).status == 202
    fresh = wait_for(lambda: (c := community.code("carl@example.org")) != code and c)
    # As a person types it: lower case, without the hyphen.
    typed = fresh.lower().replace("-", " ")
    use = {**body, "use": "token"}
    assert client.post("/v1/accounts/verify", {**use, "code": typed}).status == 201
    assert client.post("/v1/accounts/verify", {**use, "code": fresh}).code == "wrong_code"


def test_handles_that_cannot_be_had(community):
    community.member("dora")
    for handle, code in (("dora", "handle_taken"), ("DORA", "handle_taken"),
                         ("admin", "handle_reserved"), ("ab", "invalid_handle"),
                         ("has space", "invalid_handle"), ("é" * 5, "invalid_handle")):
        _, answer = community.sign_up(handle, email="other@example.org")
        assert answer.code == code, handle
        assert answer.json["errors"][0]["field"] == "handle"
    # Somebody waits for the code of this handle: it is not free either.
    community.sign_up("waiting")
    _, answer = community.sign_up("waiting", email="another@example.org")
    assert answer.code == "handle_taken"


def test_passwords_that_are_too_weak(community):
    for password in ("short", "password1", "x" * 129, "weakling_w", "Weakling@Example.org"):
        _, answer = community.sign_up("weakling_w", password=password,
                                      email="weakling@example.org")
        assert (answer.status, answer.code) == (400, "weak_password"), password
    # A little longer than the shortest, with every kind of character.
    _, answer = community.sign_up("strong_one", password="pässwörter 猫")
    assert answer.status == 201


def test_a_known_address_looks_like_a_free_one(community):
    community.member("emil")
    _, known = community.sign_up("emil_two", email="emil@example.org")
    _, free = community.sign_up("emil_three", email="emil3@example.org")
    assert known.status == free.status == 201
    assert known.json.keys() == free.json.keys()
    assert len(known.body) - len(known.json["handle"]) - len(known.json["name"]) == \
        len(free.body) - len(free.json["handle"]) - len(free.json["name"])
    community.mail("emil@example.org", "already have an account")
    # Whatever is typed as the code, no second account comes of it.
    client = Client(community.server.address)
    assert client.post("/v1/accounts/verify", {"email": "emil@example.org", "code": "AAAA-AAAA"}) \
        .code == "wrong_code"
    for login in ("emil@example.org", "nobody@example.org"):
        assert client.post("/v1/password/forgot", {"login": login}).status == 202
    wrong = [client.post("/v1/sessions", {"login": login, "password": "not the password"})
             for login in ("emil", "nobody_at_all")]
    bodies = [{k: v for k, v in a.json.items() if k != "request_id"} for a in wrong]
    assert bodies[0] == bodies[1] and wrong[0].status == 401


def test_a_new_password_ends_every_session(community, server):
    person = community.member("fay")
    second = Client(server.address)
    second.token = second.post("/v1/sessions", {"login": "fay", "password": PASSWORD,
                                                "use": "token"}).json["token"]
    assert person.post("/v1/password/forgot", {"login": "fay"}).status == 202
    mail = community.mail("fay@example.org", "Choose a new password")
    link = next(line for line in mail["text"].splitlines() if "/reset#token=" in line)
    assert link.startswith(server.address) and link in mail["html"]
    token = link.split("token=")[1]
    weak = person.post("/v1/password/reset", {"token": token, "password": "12345678"})
    assert weak.code == "weak_password"
    assert person.post("/v1/password/reset",
                       {"token": token, "password": "a brand new secret"}).status == 204
    assert person.get("/v1/me").status == second.get("/v1/me").status == 401
    again = person.post("/v1/password/reset", {"token": token, "password": "yet another secret"})
    assert (again.status, again.code) == (410, "reset_expired")
    login = {"login": "fay", "use": "token"}
    assert person.post("/v1/sessions", {**login, "password": PASSWORD}).code == "wrong_login"
    assert person.post("/v1/sessions", {**login, "password": "a brand new secret"}).status == 201
    community.mail("fay@example.org", "was changed")


def test_guessing_a_password_stops(community, server):
    community.member("gil")
    guesser = Client(server.address)
    codes = [guesser.post("/v1/sessions", {"login": "gil", "password": f"guess number {i}"}).code
             for i in range(11)]
    assert codes[:10] == ["wrong_login"] * 10 and codes[10] == "too_many_attempts"
    last = guesser.post("/v1/sessions", {"login": "gil", "password": PASSWORD})
    assert last.status == 429 and int(last.headers["retry-after"]) > 0


def test_the_owner_is_not_locked_out(community, server):
    browser, _ = community.sign_up("hana", browser=True)
    browser.post("/v1/accounts/verify",
                 {"email": "hana@example.org", "code": community.code("hana@example.org")})
    guesser = Client(server.address)
    for i in range(11):
        guesser.post("/v1/sessions", {"login": "hana", "password": f"guess number {i}"})
    assert browser.delete("/v1/sessions/current").status == 204
    assert browser.post("/v1/sessions", {"login": "hana", "password": PASSWORD}).status == 201


def test_sessions_can_be_seen_and_ended(community, server):
    person = community.member("ivo")
    other = Client(server.address)
    answer = other.post("/v1/sessions", {"login": "ivo", "password": PASSWORD, "use": "token"},
                        headers={"User-Agent": "A <b>browser</b>"})
    other.token = answer.json["token"]
    sessions = person.get("/v1/sessions").json["items"]
    assert [s["current"] for s in sessions] == [False, True]
    assert sessions[0]["user_agent"] == "A <b>browser</b>"
    assert sessions[0]["program"] is None
    assert sessions[0]["address"] == "127.0.0.0/24"
    stranger = community.member("jan")
    assert stranger.delete(f"/v1/sessions/{sessions[0]['id']}").status == 404
    assert person.delete(f"/v1/sessions/{sessions[0]['id']}").status == 204
    assert other.get("/v1/me").status == 401
    assert person.delete("/v1/sessions/123").code == "not_found"
    assert person.delete("/v1/sessions/abc").code == "not_found"


def test_the_own_profile(community):
    person = community.member("kim")
    changed = person.patch("/v1/me", {"name": "Kim <i>", "bio": "Likes light.", "country": "DE",
                                      "private": True})
    assert changed.status == 200
    me = person.get("/v1/me").json
    assert (me["name"], me["bio"], me["country"], me["private"]) == \
        ("Kim <i>", "Likes light.", "DE", True)
    assert "<" not in json.dumps(json.loads(changed.body)["handle"])
    for body, code in (({"country": "ZZ"}, "invalid_country"),
                       ({"name": ""}, "invalid_request"),
                       ({"bio": "x" * 501}, "invalid_request"),
                       ({"role": "administrator"}, "invalid_request"),
                       ({"private": "yes"}, "invalid_request")):
        assert person.patch("/v1/me", body).code == code, body
    assert person.get("/v1/me").json["role"] == "member"


def test_roles_decide(community):
    person = community.member("lea")
    assert person.get("/v1/admin/mailbox").code == "forbidden"
    assert Client(community.server.address).get("/v1/admin/mailbox").code == "unauthenticated"
    made = community.server.run("account", "role", "lea", "administrator", "--json")
    assert made.returncode == 0 and json.loads(made.stdout)["role"] == "administrator"
    assert person.get("/v1/admin/mailbox").status == 401, "what was gained asks for a log-in"
    person.token = person.post("/v1/sessions", {"login": "lea", "password": PASSWORD,
                                                "use": "token"}).json["token"]
    assert person.get("/v1/admin/mailbox").status == 200
    assert community.server.run("account", "role", "lea", "member").returncode == 0
    assert person.get("/v1/admin/mailbox").code == "forbidden"
    last = community.server.run("account", "role", "ada", "member")
    assert last.returncode == 1 and "only administrator" in last.stderr


def test_the_mailbox_pages(community):
    first = community.admin.get("/v1/admin/mailbox?limit=1").json
    assert len(first["items"]) == 1 and first["next"]
    second = community.admin.get(f"/v1/admin/mailbox?limit=1&cursor={first['next']}").json
    assert second["items"][0]["id"] < first["items"][0]["id"]
    forged = first["next"][:-1] + ("A" if first["next"][-1] != "A" else "B")
    for cursor in ("x", "AAAA", forged, ""):
        answer = community.admin.get(f"/v1/admin/mailbox?cursor={cursor}")
        assert (answer.status, answer.code) == (400, "invalid_cursor"), cursor
    for limit in ("0", "101", "-1", "ten", ""):
        assert community.admin.get(f"/v1/admin/mailbox?limit={limit}").code == "invalid_limit"


def test_who_reads_mails_is_in_the_log(community):
    """A link to a new password may lie in one: another administrator could follow it."""
    community.member("reads_mails")
    made = community.server.run("account", "role", "reads_mails", "administrator")
    assert made.returncode == 0
    reader = Client(community.server.address)
    reader.token = reader.post("/v1/sessions", {"login": "reads_mails", "password": PASSWORD,
                                                "use": "token"}).json["token"]

    def read():
        said = reader.get("/v1/admin/actions?limit=100").json["items"]
        return [each["detail"] for each in said
                if (each["action"], each["by"]) == ("mails_read", "reads_mails")]

    first = reader.get("/v1/admin/mailbox?limit=1").json
    assert read() == [""]
    # The pages after it are of the same opening; what is refused or not there was not read.
    assert reader.get(f"/v1/admin/mailbox?limit=1&cursor={first['next']}").status == 200
    assert reader.get("/v1/admin/mailbox?limit=0").status == 400
    assert reader.get("/v1/admin/mailbox/12345/html").status == 404
    assert read() == [""]
    id_ = first["items"][0]["id"]
    assert reader.get(f"/v1/admin/mailbox/{id_}/html").status == 200
    assert read() == [id_, ""]
    assert community.server.run("account", "role", "reads_mails", "member").returncode == 0
