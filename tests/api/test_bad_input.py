"""Every refusal is a problem with a code, a sentence and what to do; nothing is half-done."""
import pytest

from support.client import ACCEPTED, PASSWORD, Client

pytestmark = pytest.mark.one_engine  # what is refused before any database

SIGN_UP = {"handle": "zoe", "name": "Zoe", "email": "zoe@example.org", "password": PASSWORD,
           "country": "SG", **ACCEPTED}


@pytest.mark.parametrize("body, code", [
    (b"", "invalid_json"),
    (b"not json", "invalid_json"),
    (b"[1, 2]", "invalid_json"),
    (b'{"handle": ', "invalid_json"),
    (b'\xff\xfe', "invalid_json"),
    (b'{"a": {"b": {"c": {"d": {"e": 1}}}}}', "invalid_json"),
])
def test_a_body_that_is_not_json(server, body, code):
    answer = Client(server.address).post("/v1/accounts", body,
                                         headers={"Content-Type": "application/json"})
    assert (answer.status, answer.code) == (400, code)
    assert answer.json["detail"].endswith(".") and len(answer.json["request_id"]) == 32


def test_a_body_of_another_type(server):
    answer = Client(server.address).post("/v1/accounts", b"handle=zoe",
                                         headers={"Content-Type": "text/plain"}, check=False)
    assert answer.status == 415


def test_a_body_that_is_too_large(server):
    answer = Client(server.address).post("/v1/accounts", {**SIGN_UP, "name": "x" * 70_000},
                                         check=False)
    assert answer.status == 413


def test_every_wrong_field_is_named_at_once(server):
    answer = Client(server.address).post("/v1/accounts", {
        "handle": 5, "name": "x" * 81, "password": PASSWORD, "country": "SG", "role": "admin"})
    assert (answer.status, answer.code) == (400, "invalid_request")
    errors = {error["field"]: error["code"] for error in answer.json["errors"]}
    assert errors == {"handle": "wrong_type", "name": "too_long", "email": "required",
                      "role": "unknown_field"}
    # The figure of a sentence stands beside it, for who says it in another language.
    figures = {error["field"]: error.get("limit") for error in answer.json["errors"]}
    assert figures == {"handle": None, "name": 80, "email": None, "role": None}


@pytest.mark.parametrize("email", ["", "nobody", "a@b", "a b@example.org", "a@@example.org",
                                   "<x>@example.org", "x" * 250 + "@example.org", "a@.example.org"])
def test_an_address_that_is_none(server, email):
    answer = Client(server.address).post("/v1/accounts", {**SIGN_UP, "email": email})
    assert answer.status == 400 and answer.code in ("invalid_email", "invalid_request")


def test_unknown_paths_and_methods(server):
    client = Client(server.address)
    for path in ("/v1/nothing", "/v1/accounts/", "/v1", "/media/1/320", "/v1/photos/abc",
                 "/v1/photos/99999999999999999999", "/v1/photos/1"):
        answer = client.get(path, check=False)
        assert answer.status == 404, path
    wrong = client.request("DELETE", "/v1/accounts", check=False)
    assert wrong.status == 405 and "POST" in wrong.headers["allow"]


def test_another_sites_page_changes_nothing(community, server):
    browser, _ = community.sign_up("yara", browser=True)
    browser.post("/v1/accounts/verify",
                 {"email": "yara@example.org", "code": community.code("yara@example.org")})
    for headers in ({"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}):
        answer = browser.patch("/v1/me", {"name": "Hacked"}, headers=headers)
        assert (answer.status, answer.code) == (403, "cross_site")
    plain = Client(server.address)
    plain.cookies = dict(browser.cookies)
    assert plain.patch("/v1/me", {"name": "Hacked"}).code == "cross_site"
    foreign = plain.patch("/v1/me", {"name": "Hacked"},
                          headers={"Origin": "http://evil.example", "Picsharz-Client": "x"})
    assert foreign.code == "cross_site"
    own = plain.patch("/v1/me", {"name": "Own"},
                      headers={"Origin": server.address, "Picsharz-Client": "x"})
    assert own.status == 200 and browser.get("/v1/me").json["name"] == "Own"


def test_what_is_meant_for_another_account_changes_nothing(community):
    browser, _ = community.sign_up("zelda", browser=True)
    browser.post("/v1/accounts/verify",
                 {"email": "zelda@example.org", "code": community.code("zelda@example.org")})
    me = browser.get("/v1/me").json["id"]
    answer = browser.patch("/v1/me", {"name": "Theirs"},
                           headers={"Picsharz-Account": str(int(me) + 1)})
    assert (answer.status, answer.code) == (403, "other_account")
    own = browser.patch("/v1/me", {"name": "Mine"}, headers={"Picsharz-Account": me})
    assert own.status == 200 and browser.get("/v1/me").json["name"] == "Mine"
    # Where the session is over meanwhile, that is what is said.
    assert browser.delete("/v1/sessions/current").status == 204
    over = browser.patch("/v1/me", {"name": "Late"}, headers={"Picsharz-Account": me})
    assert (over.status, over.code) == (401, "unauthenticated")


def test_a_closed_site_takes_nobody(fresh_server):
    server = fresh_server(PICSHARZ_ACCOUNTS__REGISTRATION="closed").start()
    answer = Client(server.address).post("/v1/accounts", SIGN_UP)
    assert (answer.status, answer.code) == (403, "registration_closed")
