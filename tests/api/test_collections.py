"""Collections: made, filled, ordered, shared; and what one saves for oneself."""
import pytest

from support.client import Client
from test_people import ids, published


@pytest.fixture(scope="module")
def people(community):
    return {name: community.member(name) for name in ("mei", "tom", "fan")}


@pytest.fixture(scope="module")
def photos(people):
    return [published(people["mei" if i % 2 else "tom"], 500 + i, title=f"Photo {i}")["id"]
            for i in range(4)]


def made(client, name="Harbours", **more):
    answer = client.post("/v1/collections", {"name": name, **more})
    assert answer.status == 201, answer.body
    assert answer.headers["location"] == f"/v1/collections/{answer.json['id']}"
    return f"/v1/collections/{answer.json['id']}"


def shown(client, path, limit=100):
    return ids(client.get(f"{path}/photos?limit={limit}").json)


def names(client, handle):
    return [one["name"] for one in client.get(f"/v1/accounts/{handle}/collections").json["items"]]


def test_a_collection_is_filled_ordered_and_emptied(people, photos):
    mei, visitor = people["mei"], Client("http://" + people["mei"].host)
    path = made(mei, "  Best of all  ", description="All I like")
    assert mei.get(path).json["name"] == "Best of all"
    assert mei.get(path).json["cover"] is None and shown(visitor, path) == []
    for photo in photos:
        for _ in range(2):
            assert mei.put(f"{path}/photos/{photo}").status == 204
    assert shown(visitor, path) == photos
    assert visitor.get(path).json["cover"]["id"] == photos[0]
    first = visitor.get(f"{path}/photos?limit=3").json
    rest = visitor.get(f"{path}/photos?limit=3&cursor={first['next']}").json
    assert ids(first) + ids(rest) == photos and rest["next"] is None
    wanted = {"photos": [photos[3], photos[1]]}
    assert mei.request("PUT", f"{path}/order", wanted).status == 204
    assert shown(visitor, path) == [photos[3], photos[1], photos[0], photos[2]]
    for _ in range(2):
        assert mei.delete(f"{path}/photos/{photos[1]}").status == 204
    assert shown(visitor, path) == [photos[3], photos[0], photos[2]]
    edited = mei.patch(path, {"name": "Some", "visibility": "private"}).json
    assert edited["name"] == "Some" and edited["description"] == "All I like"
    assert visitor.get(path).code == "not_found" and shown(mei, path)
    assert mei.delete(path).status == 204
    assert mei.get(path).code == "not_found" and mei.delete(path).code == "not_found"
    assert mei.get(f"/v1/photos/{photos[0]}").status == 200


def test_a_collection_shows_nobody_more_than_they_may_see(community, people, photos):
    mei, fan = people["mei"], people["fan"]
    visitor = Client(community.server.address)
    fan.put("/v1/accounts/mei/follow")
    secret = published(mei, 520, title="Own", visibility="private")["id"]
    friends = published(mei, 521, title="Friends", visibility="followers")["id"]
    open_ = made(mei, "Open")
    close = made(mei, "Close", visibility="followers")
    own = made(mei, "Own", visibility="private")
    for path in (open_, close, own):
        for photo in (secret, friends, photos[0]):
            mei.put(f"{path}/photos/{photo}")
    assert shown(mei, open_) == [secret, friends, photos[0]]
    assert shown(fan, open_, 1) == [] or shown(fan, open_) == [friends, photos[0]]
    assert shown(fan, open_) == [friends, photos[0]] and shown(visitor, open_) == [photos[0]]
    assert visitor.get(open_).json["cover"]["id"] == photos[0]
    for path, sees in ((open_, {"mei", "fan", "tom", ""}), (close, {"mei", "fan"}),
                       (own, {"mei"})):
        for name, one in (*people.items(), ("", visitor)):
            wanted = 200 if name in sees else 404
            assert one.get(path).status == wanted, (path, name)
            assert one.get(f"{path}/photos").status == wanted, (path, name)
    assert names(visitor, "mei") == ["Open"]
    assert names(fan, "mei") == ["Close", "Open"]
    assert names(mei, "mei") == ["Own", "Close", "Open"]
    mei.put("/v1/accounts/tom/block")
    assert people["tom"].get(open_).code == "not_found"
    mei.delete("/v1/accounts/tom/block")


def test_only_its_owner_changes_a_collection(people, photos):
    mei, tom = people["mei"], people["tom"]
    visitor = Client("http://" + mei.host)
    open_, own = made(mei, "Shown"), made(mei, "Hidden", visibility="private")
    for one, codes in ((tom, ("forbidden", "not_found")), (visitor, ("unauthenticated",) * 2)):
        for path, code in zip((open_, own), codes):
            assert one.patch(path, {"name": "Mine"}).code == code
            assert one.delete(path).code == code
            assert one.put(f"{path}/photos/{photos[0]}").code == code
            assert one.delete(f"{path}/photos/{photos[0]}").code == code
            assert one.request("PUT", f"{path}/order", {"photos": []}).code == code
    assert visitor.post("/v1/collections", {"name": "Mine"}).code == "unauthenticated"
    hidden = published(tom, 530, title="Not yours", visibility="private")["id"]
    assert mei.put(f"{open_}/photos/{hidden}").code == "not_found"
    assert mei.put(f"{open_}/photos/123").code == "not_found"
    for path in ("/v1/collections/x", "/v1/collections/1"):
        assert mei.get(path).code == "not_found"


@pytest.mark.parametrize("body, field", [
    ({}, "name"), ({"name": " "}, "name"), ({"name": "x" * 101}, "name"), ({"name": 1}, "name"),
    ({"name": "a", "visibility": "friends"}, "visibility"), ({"name": "a", "saved": True}, "saved"),
    ({"name": "a", "description": "x" * 2001}, "description")])
def test_what_is_no_collection_is_refused(people, body, field):
    answer = people["mei"].post("/v1/collections", body)
    assert answer.code == "invalid_request"
    assert [error["field"] for error in answer.json["errors"]] == [field]


def test_making_one_again_with_its_key_makes_one(people):
    tom = people["tom"]
    headers = {"Idempotency-Key": "the-same-wish"}
    first = tom.post("/v1/collections", {"name": "Once"}, headers=headers)
    again = tom.post("/v1/collections", {"name": "Once"}, headers=headers)
    assert first.json["id"] == again.json["id"] and names(tom, "tom").count("Once") == 1


def test_what_one_saves_is_for_oneself(people, photos):
    fan, mei = people["fan"], people["mei"]
    assert fan.get("/v1/me/saved").json == {"items": [], "next": None}
    assert fan.get(f"/v1/photos/{photos[0]}/collections").json == {"saved": False,
                                                                   "collections": []}
    for photo in photos:
        for _ in range(2):
            assert fan.put(f"/v1/photos/{photo}/saved").status == 204
    assert ids(fan.get("/v1/me/saved").json) == photos[::-1]
    assert ids(mei.get("/v1/me/saved").json) == []
    among = f"/v1/me/saved/ids?among=1,{photos[2]},{photos[0]}"
    assert set(fan.get(among).json["items"]) == {photos[0], photos[2]}
    assert mei.get(among).json == {"items": []}
    for wrong in ("", "?among=", "?among=1,x", "?among=" + ",".join(["1"] * 101)):
        assert fan.get("/v1/me/saved/ids" + wrong).code == "invalid_request"
    path = made(fan, "Mine")
    fan.put(f"{path}/photos/{photos[1]}")
    around = fan.get(f"/v1/photos/{photos[1]}/collections").json
    assert around["saved"] is True
    assert [(one["name"], one["holds"]) for one in around["collections"]] == [("Mine", True)]
    for _ in range(2):
        assert fan.delete(f"/v1/photos/{photos[2]}/saved").status == 204
    mei.patch(f"/v1/photos/{photos[3]}", {"visibility": "private"})
    assert ids(fan.get("/v1/me/saved").json) == [photos[1], photos[0]]
    assert fan.put(f"/v1/photos/{photos[3]}/saved").code == "not_found"
    assert fan.get(f"/v1/photos/{photos[3]}/collections").code == "not_found"
    mei.patch(f"/v1/photos/{photos[3]}", {"visibility": "public"})
    assert names(fan, "fan") == ["Mine"]


def test_a_deleted_photo_is_gone_from_collections(people):
    mei, tom = people["mei"], people["tom"]
    photo = published(tom, 540, title="Soon gone")["id"]
    path = made(mei, "Fleeting")
    assert mei.put(f"{path}/photos/{photo}").status == 204
    assert mei.put(f"/v1/photos/{photo}/saved").status == 204
    assert tom.delete(f"/v1/photos/{photo}").status == 200
    assert shown(mei, path) == [] and mei.get(path).json["cover"] is None
    assert photo not in ids(mei.get("/v1/me/saved").json)


def test_saving_is_for_members(community):
    visitor = Client(community.server.address)
    assert visitor.get("/v1/me/saved").code == "unauthenticated"
    assert visitor.get("/v1/me/saved/ids?among=1").code == "unauthenticated"
    assert visitor.put("/v1/photos/1/saved").code == "unauthenticated"
    assert visitor.delete("/v1/photos/1/saved").code == "unauthenticated"
    assert visitor.get("/v1/photos/1/collections").code == "unauthenticated"
