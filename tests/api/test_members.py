"""Members for administrators: who is here, roles, suspensions, quotas, sessions, and the log."""
import urllib.parse

import pytest

from support import tus
from support.client import PASSWORD, Client
from support.pictures import png
from test_account_security import token_of
from test_events import Stream

PHOTO = png(64, 48)


def log_in(community, handle):
    client = Client(community.server.address)
    answer = client.post("/v1/sessions", {"login": handle, "password": PASSWORD, "use": "token"})
    assert answer.status == 201, answer.body
    client.token = answer.json["token"]
    return client


def act(client, handle, what, reason="A test", **wish):
    return client.post(f"/v1/admin/users/{handle}/{what}", {"reason": reason, **wish})


def shown(community, handle):
    answer = community.admin.get(f"/v1/admin/users/{handle}")
    assert answer.status == 200
    return answer.json


def log(community, handle):
    return community.admin.get(f"/v1/admin/actions?handle={handle}").json["items"]


def test_an_account_as_administrators_see_it(community):
    member = community.member("seen_whole")
    assert member.upload(PHOTO).status == 201
    seen = shown(community, "seen_whole")
    me = member.get("/v1/me").json
    assert (seen["handle"], seen["email"]) == ("seen_whole", me["email"])
    assert (seen["role"], seen["state"], seen["photos"]) == ("member", "active", 1)
    assert seen["bytes"] == me["quotas"]["bytes"]["used"] > 0
    assert (seen["quota"], seen["own_quota"]) == (me["quotas"]["bytes"]["limit"], False)
    assert seen["sessions"] == len(member.get("/v1/sessions").json["items"]) == 1
    assert seen["seen_at"] >= seen["created_at"]


@pytest.mark.parametrize("text", ["needle_in_a", "NEEDLE_in", "Find Mé", "FIND MÉ",
                                  "find mé", "find me", "needle_in_a_haystack@"])
def test_a_member_is_found_by_a_part_of_what_they_are_called(community, text):
    if community.admin.get("/v1/admin/users/needle_in_a_haystack").status == 404:
        community.member("needle_in_a_haystack", name="Find Mé")
    found = community.admin.get("/v1/admin/users?q=" + urllib.parse.quote(text))
    assert [each["handle"] for each in found.json["items"]] == ["needle_in_a_haystack"]


def test_lists_by_role_and_state_are_whole_and_in_order(community):
    for number in range(5):
        community.member(f"listed_{number}")
    assert act(community.admin, "listed_3", "suspension", suspended=True).status == 200
    walked, cursor = [], ""
    while cursor is not None:
        page = community.admin.get(f"/v1/admin/users?q=listed_&limit=2&cursor={cursor}"
                                   if cursor else "/v1/admin/users?q=listed_&limit=2").json
        walked += [each["handle"] for each in page["items"]]
        cursor = page["next"]
    assert walked == [f"listed_{number}" for number in (4, 3, 2, 1, 0)]
    suspended = community.admin.get("/v1/admin/users?q=listed_&state=suspended").json["items"]
    assert [each["handle"] for each in suspended] == ["listed_3"]
    staff = community.admin.get("/v1/admin/users?role=administrator").json["items"]
    assert [each["handle"] for each in staff] == ["ada"]
    for wrong, code in (("role=king", "unknown_role"), ("state=asleep", "unknown_state"),
                        ("q=" + "x" * 101, "invalid_search")):
        refused = community.admin.get(f"/v1/admin/users?{wrong}", check=False)
        assert (refused.status, refused.code) == (400, code)


def test_whose_role_rises_logs_in_anew_and_may_more(community):
    member = community.member("rises")
    raised = act(community.admin, "rises", "role", role="moderator")
    assert (raised.status, raised.json["role"], raised.json["sessions"]) == (200, "moderator", 0)
    assert member.get("/v1/me").status == 401
    back = log_in(community, "rises")
    assert back.get("/v1/moderation/queue").status == 200
    assert act(community.admin, "rises", "role", role="member").json["role"] == "member"
    assert back.get("/v1/moderation/queue").status == 403
    # Who has that role already is given nothing, and the log says nothing.
    same = act(community.admin, "rises", "role", role="member")
    assert (same.status, same.code) == (409, "role_unchanged")
    assert [each["detail"] for each in log(community, "rises")] == ["member", "moderator"]


def test_who_is_suspended_is_out_and_hidden_until_reinstated(community):
    member = community.member("goes_quiet")
    stranger = community.member("looks_on")
    suspended = act(community.admin, "goes_quiet", "suspension", "Spam in comments", suspended=True)
    assert (suspended.json["state"], suspended.json["sessions"]) == ("suspended", 0)
    assert member.get("/v1/me").status == 401
    assert stranger.get("/v1/accounts/goes_quiet").status == 404
    again = act(community.admin, "goes_quiet", "suspension", suspended=True)
    assert (again.status, again.code) == (409, "state_unchanged")
    assert act(community.admin, "goes_quiet", "suspension", suspended=False).status == 200
    assert stranger.get("/v1/accounts/goes_quiet").status == 200
    assert log_in(community, "goes_quiet").get("/v1/me").status == 200
    written = log(community, "goes_quiet")
    assert [(each["action"], each["by"], each["reason"]) for each in written] == [
        ("reinstate", "ada", "A test"), ("suspend", "ada", "Spam in comments")]


def test_a_quota_of_ones_own_is_what_counts(community):
    member = community.member("has_more")
    assert member.upload(PHOTO).status == 201
    used = member.get("/v1/me").json["quotas"]["bytes"]["used"]
    assert used > 0
    narrow = act(community.admin, "has_more", "quota", bytes=used)
    assert (narrow.json["quota"], narrow.json["own_quota"]) == (used, True)
    assert member.get("/v1/me").json["quotas"]["bytes"]["limit"] == used
    full = member.upload(png(65, 48))
    assert (full.status, full.code, full.json["limit"]) == (413, "quota_exceeded", used)
    resumed = tus.create(member, 9999)
    assert (resumed.status, resumed.code) == (413, "quota_exceeded")
    assert act(community.admin, "has_more", "quota", bytes=None).json["own_quota"] is False
    assert member.upload(png(65, 48)).status == 201
    assert [each["detail"] for each in log(community, "has_more")] == ["", str(used)]


def test_all_sessions_end_at_once(community):
    member = community.member("left_a_phone")
    other = log_in(community, "left_a_phone")
    # Whoever stole the account has made one.
    program, _ = token_of(member, "read", "write:social")
    assert program.get("/v1/me").status == 200
    ended = act(community.admin, "left_a_phone", "sessions/end", "A lost phone")
    assert (ended.status, ended.json["sessions"]) == (200, 0)
    assert {each.get("/v1/me").status for each in (member, other, program)} == {401}
    assert log(community, "left_a_phone")[0]["detail"] == "2 1"
    back = log_in(community, "left_a_phone")
    assert back.get("/v1/me/tokens").json["items"] == []
    act(community.admin, "left_a_phone", "sessions/end")
    assert log(community, "left_a_phone")[0]["detail"] == "1"


def test_a_suspension_ends_tokens_and_what_listens(community):
    member = community.member("listens_on")
    program, _ = token_of(member, "read")
    streams = [Stream(member), Stream(program)]
    assert [each.response.status for each in streams] == [200, 200]
    assert act(community.admin, "listens_on", "suspension", suspended=True).status == 200
    assert {member.get("/v1/me").status, program.get("/v1/me").status} == {401}
    for each in streams:
        while each.event()[0] is not None:  # what was told before is read to its end
            pass
    # What is given back is the account, and not what others had of it.
    assert act(community.admin, "listens_on", "suspension", suspended=False).status == 200
    assert {member.get("/v1/me").status, program.get("/v1/me").status} == {401}
    assert log_in(community, "listens_on").get("/v1/me/tokens").json["items"] == []


def test_what_nobody_may_do(community):
    community.member("second_admin")
    assert act(community.admin, "second_admin", "role", role="administrator").status == 200
    outranked = act(community.admin, "second_admin", "suspension", suspended=True)
    assert (outranked.status, outranked.code) == (403, "outranked")
    for what, wish in (("role", {"role": "member"}), ("suspension", {"suspended": True}),
                       ("quota", {"bytes": 1}), ("sessions/end", {})):
        own = act(community.admin, "ada", what, **wish)
        assert (own.status, own.code) == (409, "own_account")
        assert act(community.admin, "nobody_at_all", what, **wish).status == 404
    assert log(community, "ada") == []


@pytest.mark.parametrize("what, wish, field", [
    ("role", {}, "role"), ("role", {"role": "king"}, "role"),
    ("suspension", {}, "suspended"), ("quota", {"bytes": -1}, "bytes"),
    ("quota", {"bytes": "1"}, "bytes"),
    ("sessions/end", {"reason": ""}, "reason"),
])
def test_a_wish_that_makes_no_sense_names_its_field(community, what, wish, field):
    refused = community.admin.post(f"/v1/admin/users/ada/{what}",
                                   {"reason": "A test", **wish}, check=False)
    assert (refused.status, refused.code) == (400, "invalid_request")
    assert [each["field"] for each in refused.json["errors"]] == [field]
