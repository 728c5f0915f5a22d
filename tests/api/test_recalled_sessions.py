"""Likes and follows go by who was signed in a moment ago, and decide by who is signed in now."""
import pytest

from support.client import PASSWORD, Client
from support.server import Server
from test_people import published

RENEWED = "another horse battery"


@pytest.fixture(scope="module")
def photo(community):
    return published(community.member("owner"), 500)["id"]


@pytest.fixture(scope="module")
def neighbour(server, community):
    """A second process on the same database, which remembers nobody yet."""
    community.member("neighbour_of_owner")
    second = Server("sqlite", PICSHARZ_DATA__DIR=server.directory)
    second.database = server.database
    second.start()
    yield second
    second.end()


def changes(client, photo):
    for path in (f"/v1/photos/{photo}/like", "/v1/accounts/owner/follow"):
        yield client.put(path)
        yield client.delete(path)


def rows_of(server, handle):
    return server.count("SELECT (SELECT count(*) FROM likes l JOIN accounts a"
                        f" ON a.id = l.account_id WHERE a.handle = '{handle}')"
                        " + (SELECT count(*) FROM follows f JOIN accounts a"
                        f" ON a.id = f.follower_id WHERE a.handle = '{handle}')")


def expect_out(server, client, handle, photo):
    for _ in range(2):  # recalled, then looked up
        for answer in changes(client, photo):
            assert (answer.status, answer.code) == (401, "unauthenticated")
    assert rows_of(server, handle) == 0


def expect_in(client, photo):
    for _ in range(2):
        assert [answer.status for answer in changes(client, photo)] == [200] * 4


def test_a_session_that_was_ended_does_nothing_more(server, community, photo):
    member = community.member("leaver")
    expect_in(member, photo)
    assert member.delete("/v1/sessions/current").status == 204
    expect_out(server, member, "leaver", photo)


def test_a_session_that_was_ended_elsewhere_does_nothing_more(server, community, photo):
    member, elsewhere = community.member("two_places"), Client(server.address)
    login = elsewhere.post("/v1/sessions", {"login": "two_places", "password": PASSWORD,
                                            "use": "token"})
    elsewhere.token = login.json["token"]
    expect_in(elsewhere, photo)
    assert member.delete(f"/v1/sessions/{login.json['session']['id']}").status == 204
    expect_out(server, elsewhere, "two_places", photo)
    expect_in(member, photo)


def test_with_a_new_password_the_old_token_of_the_same_session_is_worth_nothing(server, community,
                                                                                photo):
    member, old = community.member("renewer"), Client(server.address)
    old.token = member.token
    expect_in(old, photo)
    changed = member.post("/v1/me/password", {"password": PASSWORD, "new_password": RENEWED})
    member.token = changed.json["token"]
    expect_out(server, old, "renewer", photo)
    expect_in(member, photo)


def test_who_is_suspended_does_nothing_more(server, community, photo):
    member = community.member("suspect")
    expect_in(member, photo)
    server.change("UPDATE accounts SET state = 1 WHERE handle = 'suspect'")
    expect_out(server, member, "suspect", photo)


def test_what_another_process_ended_does_nothing_more(server, neighbour, community, photo):
    member, there = community.member("commuter"), Client(neighbour.address)
    there.token = member.token
    expect_in(member, photo)
    expect_in(there, photo)
    assert there.delete("/v1/sessions/current").status == 204
    expect_out(server, member, "commuter", photo)


def test_a_token_of_a_program_is_looked_up_each_time(server, community, photo):
    member, program = community.member("maker"), Client(server.address)
    made = member.post("/v1/me/tokens",
                       {"name": "p", "scopes": ["write:social"], "password": PASSWORD})
    assert made.status == 201, made.body
    program.token = made.json["secret"]
    expect_in(program, photo)
    token = made.json["token"]["id"]
    assert member.delete(f"/v1/me/tokens/{token}").status == 204
    expect_out(server, program, "maker", photo)


def test_a_recalled_cookie_still_needs_the_mark_of_our_own_page(community, photo):
    browser, _ = community.sign_up("browser_one", browser=True)
    code = community.code("browser_one@example.org")
    assert browser.post("/v1/accounts/verify",
                        {"email": "browser_one@example.org", "code": code}).status == 201
    expect_in(browser, photo)
    for headers in ({"Sec-Fetch-Site": "cross-site"}, {"Picsharz-Client": ""}):
        bare = Client("http://" + browser.host)
        bare.cookies = dict(browser.cookies)
        answer = bare.request("PUT", f"/v1/photos/{photo}/like", headers={
            name: value for name, value in headers.items() if value})
        assert (answer.status, answer.code) == (403, "cross_site")
