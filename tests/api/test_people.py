"""People meet: follow, feed, like, profile, search."""
import concurrent.futures

import pytest

from support.client import Client, wait_for
from support.pictures import png
from test_photos import developed


def published(client, width=640, **fields):
    photo = developed(client, client.upload(png(width, 480), **fields).json["id"])
    assert photo["state"] == "published"
    return photo


@pytest.fixture(scope="module")
def people(community):
    return {name: community.member(name) for name in ("mei", "tom", "eve")}


def ids(page):
    return [photo["id"] for photo in page["items"]]


def test_the_whole_path(community, people):
    mei, tom = people["mei"], people["tom"]
    photo = published(mei, title="Blue harbour", tags="harbour,boats",
                      description="Früh am Morgen, Kuala/Lumpur")
    assert ids(tom.get("/v1/feed/home").json) == []
    relation = tom.put("/v1/accounts/mei/follow")
    assert relation.status == 200 and relation.json["following"]
    assert tom.put("/v1/accounts/mei/follow").json["following"]
    assert ids(tom.get("/v1/feed/home").json) == [photo["id"]]
    assert tom.put(f"/v1/photos/{photo['id']}/like").json == {"likes": 1, "liked": True}
    assert tom.put(f"/v1/photos/{photo['id']}/like").json == {"likes": 1, "liked": True}
    assert mei.get(f"/v1/photos/{photo['id']}").json["likes"] == 1
    assert tom.get(f"/v1/photos/{photo['id']}").json["liked"] is True
    assert mei.get(f"/v1/photos/{photo['id']}").json["liked"] is False
    for query in ("harbour", "BLUE", "boa", "fruh", "lumpur", "mei", "harbour%20blue"):
        found = tom.get(f"/v1/search?q={query}").json
        assert ids(found) == [photo["id"]], query
    assert ids(tom.get("/v1/search?q=harbour%20red").json) == []
    assert tom.delete("/v1/accounts/mei/follow").json["following"] is False
    assert ids(tom.get("/v1/feed/home").json) == []
    assert tom.delete(f"/v1/photos/{photo['id']}/like").json == {"likes": 0, "liked": False}


def test_profiles_count(people):
    mei, eve = people["mei"], people["eve"]
    eve.put("/v1/accounts/mei/follow")
    profile = eve.get("/v1/accounts/mei").json
    assert profile["counts"]["followers"] == 1 and profile["counts"]["photos"] >= 1
    assert profile["relation"] == {"following": True, "followed_by": False, "requested": False,
                                   "blocked": False, "muted": False}
    assert "email" not in profile and mei.get("/v1/accounts/mei").json["relation"] is None
    assert [a["handle"] for a in eve.get("/v1/accounts/mei/followers").json["items"]] == ["eve"]
    assert [a["handle"] for a in eve.get("/v1/accounts/eve/following").json["items"]] == ["mei"]
    assert eve.get("/v1/accounts/MEI").status == 200
    eve.delete("/v1/accounts/mei/follow")
    assert eve.get("/v1/accounts/mei").json["counts"]["followers"] == 0


def test_a_private_account_is_asked(community, people):
    shy = community.member("shy")
    shy.patch("/v1/me", {"private": True})
    photo = published(shy, 650, title="Only for friends")
    eve = people["eve"]
    assert eve.put("/v1/accounts/shy/follow").json["requested"] is True
    for path in (f"/v1/photos/{photo['id']}", f"/v1/accounts/shy/followers"):
        assert eve.get(path).status == 404
    assert ids(eve.get("/v1/feed/home").json) == []
    assert ids(eve.get("/v1/accounts/shy/photos").json) == []
    assert ids(eve.get("/v1/search?q=friends").json) == []
    assert eve.put(f"/v1/photos/{photo['id']}/like").code == "not_found"
    assert eve.get("/v1/accounts/shy").json["counts"]["followers"] == 0
    url = shy.get(f"/v1/photos/{photo['id']}").json["urls"]["320"]
    assert shy.get(url).status == 200 and eve.get(url).status == 404


def test_a_block_hides_everything(community, people):
    mei = people["mei"]
    rude = community.member("rude")
    photo = published(mei, 660, title="Quiet place")
    rude.put("/v1/accounts/mei/follow")
    url = rude.get(f"/v1/photos/{photo['id']}").json["urls"]["320"]
    assert mei.put("/v1/accounts/rude/block").json["blocked"] is True
    assert rude.get("/v1/accounts/mei").code == "not_found"
    assert rude.get(f"/v1/photos/{photo['id']}").code == "not_found"
    assert ids(rude.get("/v1/feed/home").json) == []
    assert photo["id"] not in ids(rude.get("/v1/feed/recent").json)
    assert ids(rude.get("/v1/search?q=quiet").json) == []
    assert rude.put("/v1/accounts/mei/follow").code == "not_found"
    assert url  # a public photo's address carries no viewer: it stays what every visitor may see
    assert mei.delete("/v1/accounts/rude/block").json["blocked"] is False
    assert rude.get(f"/v1/photos/{photo['id']}").status == 200


def test_pages_are_exact(people):
    mei, eve = people["mei"], people["eve"]
    eve.put("/v1/accounts/mei/follow")
    for i in range(5):
        published(mei, 300 + i, title=f"Series {i}")
    whole = ids(eve.get("/v1/feed/home?limit=100").json)
    walked, cursor = [], ""
    while True:
        page = eve.get(f"/v1/feed/home?limit=2{cursor}").json
        walked += ids(page)
        if not page["next"]:
            break
        cursor = "&cursor=" + page["next"]
    assert walked == whole == sorted(whole, key=int, reverse=True)
    other_list = eve.get("/v1/feed/recent?limit=1").json["next"]
    assert eve.get(f"/v1/feed/home?cursor={other_list}").code == "invalid_cursor"


def test_people_are_found_by_name(community, people):
    community.member("zoe_long", name="Zoë Müller")
    eve = people["eve"]
    for query in ("zoe", "mull", "zoe_lo", "M%C3%BCller%20Zo%C3%AB"):
        found = eve.get(f"/v1/search?q={query}&type=people").json["items"]
        assert [a["handle"] for a in found] == ["zoe_long"], query
    both = eve.get("/v1/search?q=series&type=all").json
    assert len(both["photos"]["items"]) == 5 and both["people"]["items"] == []


@pytest.mark.parametrize("query", ["%22", "*", "NEAR(a", "a%27%20OR%201=1", "%5E%20AND%20NOT",
                                   "%F0%9F%90%B1", "%00", "()", "%3A*%20%26%20!", "-"])
def test_hostile_searches_are_harmless(people, query):
    answer = people["eve"].get(f"/v1/search?q={query}&type=all", check=False)
    assert answer.status in (200, 400)
    if answer.status == 200:
        assert len(answer.json["photos"]["items"]) == 0


def test_searches_that_cannot_be_made(people):
    eve = people["eve"]
    assert eve.get("/v1/search?q=" + "x" * 201).code == "invalid_request"
    assert eve.get("/v1/search?q=x&type=cats").code == "invalid_request"


def test_many_likes_at_once_are_counted_exactly(community, people):
    photo = published(people["mei"], 670, title="Popular")
    fans = [community.member(f"fan_{i}") for i in range(8)]

    def toggle(fan):
        for _ in range(15):
            fan.put(f"/v1/photos/{photo['id']}/like")
            fan.delete(f"/v1/photos/{photo['id']}/like")
        return fan.put(f"/v1/photos/{photo['id']}/like").status

    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        assert set(pool.map(toggle, fans)) == {200}
    assert people["mei"].get(f"/v1/photos/{photo['id']}").json["likes"] == len(fans)


def test_what_visitors_may_do(community, people):
    visitor = Client(community.server.address)
    photo = people["mei"].get("/v1/me/photos").json["items"][0]
    assert visitor.get("/v1/feed/recent").status == 200
    assert visitor.get("/v1/feed/home").code == "unauthenticated"
    assert visitor.put(f"/v1/photos/{photo['id']}/like").code == "unauthenticated"
    assert visitor.put("/v1/accounts/mei/follow").code == "unauthenticated"
    assert visitor.get("/v1/accounts/nobody_here").code == "not_found"
    assert people["eve"].put("/v1/accounts/eve/follow").code == "invalid_request"
    assert people["eve"].put("/v1/photos/123/like").code == "not_found"
    assert people["eve"].put("/v1/photos/x/like").code == "not_found"
    wait_for(lambda: visitor.get("/livez").status == 200)
