"""A30: nobody gives themselves by a field what a route does not offer.

Every body of the contract that is JSON is sent as it should be, and with one field more: a role, an
owner, a count, a state. It is refused by the name of that field, and afterwards every row is as it
was. What arrives in a form, in the metadata of an upload or in a query is not looked at.
"""
import json

import pytest

from support import tus
from support.client import CONTRACT
from support.invariants import drain
from support.pictures import png
from test_injection import EXAMPLES
from test_reading import NAMED, contents
from test_repeated import World
from test_roles import ROUTES

PRIVILEGED = {
    "role": "administrator", "Role": "administrator", "roles": ["administrator"], "admin": True,
    "is_admin": True, "moderator": True, "id": "1", "owner_id": "1", "owner": {"id": "1"},
    "account_id": "1", "author_id": "1", "session": "1", "handle": "ada", "email_verified": True,
    "verified": True, "state": "published", "likes": 1000000, "comments": 1000000, "counts": {},
    "bytes": 0, "quotas": {"bytes": 1}, "created_at": "2020-01-01T00:00:00Z", "terms": None,
    "scopes": ["admin"], "token_hash": "x", "password_hash": "x", "uses_max": 1000,
    "moderation": "approved", "labels": [], "epoch": 1, "__proto__": {"role": 2},
    "constructor": {"role": 2}, "role\0": 2, "": 2, "$set": {"role": 2},
}
# Sent without a password that is right, so that nothing would come of it if it were not refused.
BODIES = {**EXAMPLES, "POST /v1/setup": None}


@pytest.fixture(scope="module")
def world(server):
    made = World(server)
    made.comment_id = made.comment(made.mei)
    made.collection = made.mei.post("/v1/collections", {"name": "All"}).json["id"]
    made.case_id = made.reported("photo", made.new(made.tom))
    drain(server)
    return made


def operations():
    for method, path, operation in CONTRACT.operations():
        content = CONTRACT.resolve(operation.get("requestBody", {})).get("content", {})
        if "application/json" in content:
            schema = CONTRACT.resolve(content["application/json"]["schema"])
            yield f"{method} {path}", schema


def send(world, route, body):
    method, path = route.split()
    subject = {"photos": world.photo, "comments": world.comment_id, "cases": world.case_id,
               "collections": world.collection}
    known = next((subject[part] for part in path.split("/") if part in subject), "1")
    for name, value in {"id": known, "handle": "tom", "kind": "like", "token": "x",
                        "book": "machine"}.items():
        path = path.replace("{" + name + "}", value)
    client = (world.admin if "/admin/" in path else
              world.mod if "/moderation/" in path else world.mei)
    return client.request(method, path, json.dumps(body).encode(),
                          {"Content-Type": "application/json"})


def test_a30_every_body_refuses_what_it_does_not_offer(world):
    before = contents(world.server)
    wrong, sent = [], 0
    for route, schema in operations():
        # What is not said is no field: the contract itself has to say so of every body.
        if schema.get("additionalProperties") is not False:
            wrong.append(f"{route}: its schema lets any field in")
        example = BODIES.get(route) or ROUTES[route].body or {}
        for field, value in PRIVILEGED.items():
            if field in schema["properties"]:
                continue
            answer = send(world, route, {**example, field: value})
            sent += 1
            named = {(error["field"], error["code"]) for error in answer.json.get("errors", [])} \
                if answer.status == 400 else set()
            if (field, "unknown_field") not in named:
                wrong.append(f"{route} with {field!r}: {answer.status} {answer.body[:150]}")
    assert not wrong, f"{len(wrong)}:\n" + "\n".join(wrong[:40])
    assert sent > 1000
    after = contents(world.server)
    assert {name for name in after if before[name] != after[name]} - set(NAMED) == set()


def test_a30_what_comes_beside_a_body_gives_nothing(world):
    """Fields of a form, metadata of an upload, a query and headers."""
    eve, server = world.eve, world.server
    mine = server.account("eve")
    lie = {"role": "administrator", "owner_id": world.mei.account["id"], "state": "3",
           "likes": "1000", "account_id": world.mei.account["id"], "id": "7"}
    form = eve.upload(png(333, 200), title="Form", **lie)
    assert form.status in (201, 400), form.body
    data = png(334, 200)
    made = tus.create(eve, len(data), data, filename="a.png", title="Tus", **lie)
    assert made.status in (201, 400), made.body
    query = "&".join(f"{name}={value}" for name, value in lie.items())
    assert eve.patch("/v1/me?" + query, {"bio": "Hi"}).status == 200
    assert eve.patch("/v1/me", {"bio": "Hi"}, headers={
        "X-Role": "administrator", "X-Account-Id": world.mei.account["id"],
        "X-Forwarded-User": "ada", "Remote-User": "ada", "X-Original-URL": "/v1/admin/jobs",
        "X-Rewrite-URL": "/v1/admin/jobs"}).json["handle"] == "eve"
    drain(server)
    assert server.rows("SELECT role, state FROM accounts WHERE handle = 'eve'") == [("0", "0")]
    assert server.rows("SELECT count(*) FROM photos WHERE id = 7 OR likes > 900") == [("0",)]
    for (owner,) in server.rows("SELECT owner_id FROM photos WHERE title IN ('Form', 'Tus')"):
        assert owner == mine
    assert eve.get("/v1/admin/jobs").status == 403
