"""What people do about each other: requests, mutes, blocks, followers; and the lists that follow
from it: likes, tags, suggestions."""
import pytest

from support.client import PASSWORD, Client
from test_people import ids, published


@pytest.fixture(scope="module")
def people(community):
    return {name: community.member(name) for name in ("mei", "tom", "eve", "zoe")}


def handles(answer):
    return [account["handle"] for account in answer.json["items"]]


def walked(client, path, key):
    """The whole list, two by two."""
    found, cursor = [], ""
    while True:
        page = client.get(f"{path}?limit=2{cursor}").json
        found += [key(item) for item in page["items"]]
        if not page["next"]:
            return found
        cursor = "&cursor=" + page["next"]


def test_a_request_is_approved_or_declined(community, people):
    shy = community.member("shy")
    shy.patch("/v1/me", {"private": True})
    for name in ("mei", "tom", "eve"):
        assert people[name].put("/v1/accounts/shy/follow").json["requested"] is True
    assert handles(shy.get("/v1/me/follow-requests")) == ["eve", "tom", "mei"]
    assert walked(shy, "/v1/me/follow-requests", lambda one: one["handle"]) == ["eve", "tom", "mei"]
    assert shy.put("/v1/me/follow-requests/mei").json["followed_by"] is True
    assert shy.put("/v1/me/follow-requests/MEI").json["followed_by"] is True
    assert shy.delete("/v1/me/follow-requests/tom").json["followed_by"] is False
    assert shy.delete("/v1/me/follow-requests/tom").status == 200
    assert people["mei"].get("/v1/accounts/shy").json["relation"]["following"] is True
    told = people["tom"].get("/v1/accounts/shy").json["relation"]
    assert told["following"] is False and told["requested"] is False
    assert handles(shy.get("/v1/me/follow-requests")) == ["eve"]
    assert shy.get("/v1/me").json["counts"]["followers"] == 1
    assert shy.put("/v1/me/follow-requests/tom").code == "not_found"
    assert shy.put("/v1/me/follow-requests/nobody_here").code == "not_found"
    assert people["eve"].put("/v1/me/follow-requests/shy").code == "not_found"
    assert shy.put("/v1/me/follow-requests/shy").code == "invalid_request"


def test_a_private_account_shows_strangers_its_outside(community):
    """Handle, name and counts; what it says of itself is for those who may see its photos."""
    shy = community.member("shy_one", name="Shy One")
    shy.patch("/v1/me", {"private": True, "bio": "Looks out of the window.", "country": "SG"})
    near, far, asks = (community.member(name) for name in ("near_one", "far_one", "asks_one"))
    for who in (near, asks):
        assert who.put("/v1/accounts/shy_one/follow").json["requested"] is True
    assert shy.put("/v1/me/follow-requests/near_one").status == 200
    far.put("/v1/accounts/shy_one/mute")
    outside, inside = ("", None), ("Looks out of the window.", "SG")
    visitor = Client(community.server.address)
    for who, wanted in ((visitor, outside), (far, outside), (asks, outside), (near, inside),
                        (shy, inside), (community.admin, inside)):
        seen = who.get("/v1/accounts/shy_one").json
        assert (seen["bio"], seen["country"]) == wanted
        assert (seen["name"], seen["private"], seen["counts"]["followers"]) == ("Shy One", True, 1)
        listed = [each for each in who.get("/v1/search?q=shy_one&type=people").json["items"]
                  if each["handle"] == "shy_one"]
        assert [(each["bio"], each["country"]) for each in listed] == [outside]
    me = shy.post("/v1/sessions", {"login": "shy_one", "password": PASSWORD, "use": "token"}).json
    assert (me["account"]["bio"], me["account"]["country"]) == inside


def test_a_public_account_leaves_nobody_waiting(community, people):
    timid = community.member("timid")
    timid.patch("/v1/me", {"private": True})
    for name in ("mei", "tom"):
        people[name].put("/v1/accounts/timid/follow")
    photo = published(timid, 410, title="For followers")
    assert people["mei"].get(f"/v1/photos/{photo['id']}").status == 404
    timid.patch("/v1/me", {"private": False})
    assert handles(timid.get("/v1/me/follow-requests")) == []
    assert handles(timid.get("/v1/accounts/timid/followers")) == ["tom", "mei"]
    assert timid.get("/v1/me").json["counts"]["followers"] == 2
    assert photo["id"] in ids(people["mei"].get("/v1/feed/home").json)


def test_a_follower_is_removed(people):
    mei, tom = people["mei"], people["tom"]
    tom.put("/v1/accounts/mei/follow")
    mei.put("/v1/accounts/tom/follow")
    for _ in range(2):
        relation = mei.delete("/v1/me/followers/tom").json
        assert relation["followed_by"] is False and relation["following"] is True
    assert tom.get("/v1/accounts/mei").json["relation"]["following"] is False
    assert handles(mei.get("/v1/accounts/mei/followers")) == []
    assert mei.delete("/v1/me/followers/nobody_here").code == "not_found"
    assert mei.delete("/v1/me/followers/mei").code == "invalid_request"


def test_a_mute_hides_from_the_home_feed_alone(people):
    mei, eve = people["mei"], people["eve"]
    photo = published(mei, 420, title="Too many of these")
    eve.put("/v1/accounts/mei/follow")
    assert photo["id"] in ids(eve.get("/v1/feed/home").json)
    for _ in range(2):
        relation = eve.put("/v1/accounts/mei/mute").json
        assert relation["muted"] is True and relation["following"] is True
    assert photo["id"] not in ids(eve.get("/v1/feed/home").json)
    assert photo["id"] in ids(eve.get("/v1/feed/recent").json)
    assert photo["id"] in ids(eve.get("/v1/accounts/mei/photos").json)
    assert mei.get("/v1/accounts/eve").json["relation"]["muted"] is False
    assert handles(mei.get("/v1/accounts/mei/followers")) == ["eve"]
    assert handles(eve.get("/v1/me/mutes")) == ["mei"]
    assert handles(mei.get("/v1/me/mutes")) == []
    assert eve.delete("/v1/accounts/mei/mute").json["muted"] is False
    assert photo["id"] in ids(eve.get("/v1/feed/home").json)
    assert eve.put("/v1/accounts/eve/mute").code == "invalid_request"
    assert eve.put("/v1/accounts/nobody_here/mute").code == "not_found"


def test_own_lists_are_pages_and_for_oneself(people):
    zoe = people["zoe"]
    for name in ("mei", "tom", "eve"):
        zoe.put(f"/v1/accounts/{name}/mute")
        zoe.put(f"/v1/accounts/{name}/block")
    for path in ("/v1/me/mutes", "/v1/me/blocks"):
        assert walked(zoe, path, lambda one: one["handle"]) == ["eve", "tom", "mei"]
    cursor = zoe.get("/v1/me/mutes?limit=1").json["next"]
    assert zoe.get(f"/v1/me/blocks?cursor={cursor}").code == "invalid_cursor"
    for name in ("mei", "tom", "eve"):
        zoe.delete(f"/v1/accounts/{name}/block")
    assert handles(zoe.get("/v1/me/blocks")) == []


def test_who_likes_a_photo(people):
    mei, tom, eve = people["mei"], people["tom"], people["eve"]
    photo = published(mei, 430, title="Liked")
    visitor = Client("http://" + mei.host)
    path = f"/v1/photos/{photo['id']}/likes"
    assert handles(visitor.get(path)) == []
    for one in (tom, eve, mei):
        one.put(f"/v1/photos/{photo['id']}/like")
    assert handles(visitor.get(path)) == ["mei", "eve", "tom"]
    assert walked(tom, path, lambda one: one["handle"]) == ["mei", "eve", "tom"]
    eve.put("/v1/accounts/tom/block")
    assert handles(tom.get(path)) == ["mei", "tom"]
    eve.delete("/v1/accounts/tom/block")
    mei.patch(f"/v1/photos/{photo['id']}", {"visibility": "private"})
    assert tom.get(path).code == "not_found"
    assert visitor.get(path).code == "not_found"
    assert len(handles(mei.get(path))) == 3
    for wrong in ("123", "x"):
        assert mei.get(f"/v1/photos/{wrong}/likes").code == "not_found"


def test_what_one_liked_is_for_oneself(people):
    mei, tom = people["mei"], people["tom"]
    photos = [published(mei, 440 + i, title=f"Seen {i}")["id"] for i in range(3)]
    for photo in (photos[1], photos[2], photos[0]):
        tom.put(f"/v1/photos/{photo}/like")
    assert ids(tom.get("/v1/me/likes").json)[:3] == [photos[0], photos[2], photos[1]]
    assert walked(tom, "/v1/me/likes", lambda one: one["id"])[:3] == \
        [photos[0], photos[2], photos[1]]
    mei.patch(f"/v1/photos/{photos[2]}", {"visibility": "private"})
    tom.delete(f"/v1/photos/{photos[0]}/like")
    listed = ids(tom.get("/v1/me/likes").json)
    assert listed[0] == photos[1] and photos[2] not in listed
    assert all(photo["liked"] for photo in tom.get("/v1/me/likes").json["items"])


def test_photos_of_a_tag(people):
    mei, tom = people["mei"], people["tom"]
    visitor = Client("http://" + mei.host)
    first = published(mei, 450, title="One", tags="Old Harbour, b/w")
    second = published(tom, 451, title="Two", tags="old-harbour")
    hidden = published(tom, 452, title="Three", tags="old-harbour", visibility="private")
    assert first["tags"] == ["old-harbour", "b/w"]
    for typed in ("old-harbour", "Old%20Harbour", "%23OLD-HARBOUR"):
        assert ids(visitor.get(f"/v1/tags/{typed}").json) == [second["id"], first["id"]]
    assert ids(tom.get("/v1/tags/old-harbour").json) == [hidden["id"], second["id"], first["id"]]
    assert walked(visitor, "/v1/tags/old-harbour", lambda one: one["id"]) == \
        [second["id"], first["id"]]
    assert ids(visitor.get("/v1/tags/b%2Fw").json) == [first["id"]]
    assert ids(visitor.get("/v1/tags/nobody-used-this").json) == []
    assert visitor.get("/v1/tags/old-harbour?cursor=forged").code == "invalid_cursor"
    assert visitor.get("/v1/tags/old-harbour?limit=0").code == "invalid_limit"


@pytest.mark.parametrize("tag", ["%27%20OR%201=1", "%25", "%F0%9F%90%B1", "x" * 2000, "%0A", "%5C"])
def test_strange_tags_are_harmless(people, tag):
    answer = people["eve"].get(f"/v1/tags/{tag}")
    assert answer.status == 200 and answer.json == {"items": [], "next": None}


@pytest.mark.parametrize("tag", ["%00", "%FF", "%C3"])
def test_tags_that_are_no_text_are_refused(people, tag):
    assert people["eve"].get(f"/v1/tags/{tag}", check=False).status in (400, 404)


def test_suggestions_say_why(community, people):
    new = community.member("newcomer")
    friend, star, coy = (community.member(name) for name in ("friend", "star", "coy"))
    coy.patch("/v1/me", {"private": True})
    for one in ("star", "coy"):
        friend.put(f"/v1/accounts/{one}/follow")
    coy.put("/v1/me/follow-requests/friend")
    photo = published(people["mei"], 460, title="Shown to all")
    fresh = new.get("/v1/suggestions").json
    assert fresh["next"] is None and "mei" in [one["account"]["handle"] for one in fresh["items"]]
    assert {one["reason"]["kind"] for one in fresh["items"]} == {"active"}

    new.put("/v1/accounts/friend/follow")
    new.put(f"/v1/photos/{photo['id']}/like")
    found = {one["account"]["handle"]: one for one in new.get("/v1/suggestions").json["items"]}
    assert found["star"]["reason"] == {"kind": "followed_by", "count": 1, "label": None,
                                       "by": {"handle": "friend", "name": "Friend"}}
    assert found["coy"]["account"]["private"] is True
    assert found["mei"]["reason"]["kind"] == "liked" and found["mei"]["reason"]["count"] == 1
    assert "newcomer" not in found and "friend" not in found

    new.put("/v1/accounts/star/mute")
    new.put("/v1/accounts/mei/block")
    new.put("/v1/accounts/coy/follow")
    left = [one["account"]["handle"] for one in new.get("/v1/suggestions").json["items"]]
    assert not {"star", "mei", "coy", "friend", "newcomer"} & set(left)
    assert len(new.get("/v1/suggestions?limit=1").json["items"]) <= 1
    assert new.get("/v1/suggestions?limit=101").code == "invalid_limit"


def test_all_of_this_is_for_members(community):
    visitor = Client(community.server.address)
    for path in ("/v1/me/follow-requests", "/v1/me/mutes", "/v1/me/blocks", "/v1/me/likes",
                 "/v1/suggestions"):
        assert visitor.get(path).code == "unauthenticated"
    for path in ("/v1/accounts/mei/mute", "/v1/me/follow-requests/mei"):
        assert visitor.put(path).code == "unauthenticated"
        assert visitor.delete(path).code == "unauthenticated"
    assert visitor.delete("/v1/me/followers/mei").code == "unauthenticated"
