"""Search: words and operators, tags, who uploads something often, suggestions, spelling."""
import json
import time

import pytest

from support.client import Client, Community, wait_for
from support.invariants import drain
from support.pictures import png
from test_people import ids, published


@pytest.fixture(scope="module")
def people(community):
    found = {name: community.member(name) for name in ("quill", "rowan", "sorrel")}
    found["visitor"] = Client(community.server.address)
    return found


@pytest.fixture(scope="module")
def photos(people):
    quill, rowan = people["quill"], people["rowan"]
    return {
        "lute": published(quill, 701, title="An old lute", tags="lute, music",
                          description="Played in Łódź"),
        "lutes": published(quill, 702, title="Two lutes", tags="lute", visibility="public"),
        "drum": published(rowan, 703, title="Drums at dusk", tags="drum, music"),
        "secret": published(quill, 704, title="Secret lute", tags="lute, hushhush",
                            visibility="private"),
    }


def found(client, q, **more):
    query = "&".join(f"{name}={value}" for name, value in {"q": q, **more}.items())
    return client.get(f"/v1/search?{query}").json


def test_words_and_operators(people, photos):
    visitor = people["visitor"]
    lute, lutes, drum = (photos[name]["id"] for name in ("lute", "lutes", "drum"))
    expected = {
        "lute": [lutes, lute],
        "LUTES": [lutes, lute],
        "lut": [lutes, lute],
        "lodz": [lute],
        "%22old%20lute%22": [lute],
        "%22lute%20old%22": [],
        "lute%20-old": [lutes],
        "lute%20OR%20drum": [drum, lutes, lute],
        "tag:music": [drum, lute],
        "tag:musi": [],
        "from:quill%20music": [lute],
        "from:@ROWAN": [drum],
        "lute%20from:nobody_there": [],
        "music%20likes:%3E0": [],
        "music%20after:2026-01%20before:2100": [drum, lute],
        "music%20before:2020": [],
        "sunset%20drum": [drum],  # a synonym of dusk
    }
    for q, wanted in expected.items():
        assert ids(found(visitor, q)) == wanted, q


def test_orders(people, photos):
    quill, rowan = people["quill"], people["rowan"]
    lute, lutes = photos["lute"]["id"], photos["lutes"]["id"]
    rowan.put(f"/v1/photos/{lute}/like")
    assert ids(found(quill, "lute%20-is:mine")) == []
    assert ids(found(rowan, "lute", sort="likes")) == [lute, lutes]
    assert ids(found(rowan, "lute", sort="relevance")) == [lutes, lute]
    assert ids(found(rowan, "old%20OR%20lute", sort="relevance"))[0] == lute
    assert ids(found(rowan, "is:liked")) == [lute]
    assert ids(found(rowan, "lute%20likes:1")) == [lute]
    rowan.put("/v1/accounts/quill/follow")
    assert ids(found(rowan, "is:following")) == [lutes, lute]
    rowan.delete("/v1/accounts/quill/follow")
    for sort in ("newest", "relevance", "likes"):
        page = found(rowan, "lute", sort=sort, limit=1)
        rest = found(rowan, "lute", sort=sort, limit=1, cursor=page["next"])
        assert sorted(ids(page) + ids(rest)) == sorted([lute, lutes]) and rest["next"] is None
    cursor = found(rowan, "lute", sort="likes", limit=1)["next"]
    other = rowan.get(f"/v1/search?q=lute&sort=relevance&cursor={cursor}")
    assert other.code == "invalid_cursor"


def test_tags_experts_and_suggestions_count_public_photos_only(people, photos):
    for client in (people["visitor"], people["quill"]):
        tags = found(client, "lut", type="tags")["items"]
        assert [(tag["kind"], tag["name"], tag["photos"]) for tag in tags] == [("tag", "lute", 2)]
        assert found(client, "hush", type="tags")["items"] == []
        assert client.get("/v1/search/suggest?q=hush").json["items"] == []
        experts = found(client, "lutes", type="experts")["items"]
        assert [(one["account"]["handle"], one["term"], one["photos"], one["photos_this_month"])
                for one in experts] == [("quill", "lute", 2, 2)]
        suggested = client.get("/v1/search/suggest?q=lu").json["items"]
        assert ("tag", "lute", 2) in [(s["kind"], s["q"], s["photos"]) for s in suggested]
    people_found = people["visitor"].get("/v1/search/suggest?q=quil").json["items"]
    assert [(one["kind"], one["handle"]) for one in people_found] == [("person", "quill")]
    everything = found(people["visitor"], "lute", type="all")
    assert len(everything["photos"]["items"]) == 2 and len(everything["experts"]["items"]) == 1
    assert everything["tags"]["items"][0]["name"] == "lute" and everything["people"]["items"] == []


def test_an_error_in_spelling_is_forgiven(people, photos):
    visitor = people["visitor"]
    assert found(visitor, "drim")["did_you_mean"] == "drum"
    assert found(visitor, "qiull", type="people")["did_you_mean"] == "quill"
    assert found(visitor, "hushush")["did_you_mean"] is None
    assert found(visitor, "drum")["did_you_mean"] is None


def test_a_new_photo_is_found_at_once_and_an_edit_too(people):
    sorrel, visitor = people["sorrel"], people["visitor"]
    photo = published(sorrel, 705, title="Theorbo")["id"]
    assert ids(found(visitor, "theorbo")) == [photo]
    sorrel.patch(f"/v1/photos/{photo}", {"title": "Cittern", "tags": ["plucked"]})
    assert ids(found(visitor, "theorbo")) == [] and ids(found(visitor, "cittern")) == [photo]
    assert found(visitor, "pluck", type="tags")["items"][0]["photos"] == 1
    sorrel.patch(f"/v1/photos/{photo}", {"visibility": "private"})
    assert ids(found(visitor, "cittern")) == [] and ids(found(sorrel, "cittern")) == [photo]
    assert found(visitor, "pluck", type="tags")["items"] == []
    sorrel.delete(f"/v1/photos/{photo}")
    assert ids(found(sorrel, "cittern")) == []


@pytest.mark.parametrize("q", ["before:yesterday", "likes:many", "is:nice", "color:beige"])
def test_a_value_that_cannot_be_one_is_explained(people, q):
    answer = people["visitor"].get(f"/v1/search?q={q}")
    assert answer.status == 400 and answer.code == "invalid_request"
    assert answer.json["errors"][0]["field"] == "q" and q.split(":")[0] in (
        answer.json["errors"][0]["detail"])
    assert people["visitor"].get(f"/v1/search/suggest?q={q}").json["items"] == []


@pytest.mark.parametrize("q", [
    "%22" * 100, "(" * 200, "-" * 200, "a%20" * 100, "aa*%20OR%20" * 25, "OR%20" * 60,
    "from:" + "x" * 190, "tag:%22" * 25, "%E6%9D%B1" * 200, "likes:%3E" + "9" * 180,
    "-a%20-b%20-c", "%F3%B0%80%81%EE%80%80", "NEAR(a%20b)%20NOT%20c", "%5C%27%22%3A*%20%7C%20%26"])
def test_hostile_queries_are_bounded(people, photos, q):
    for kind in ("photos", "people", "tags", "experts", "all"):
        for sort in ("newest", "relevance"):
            begin = time.monotonic()
            answer = people["visitor"].get(f"/v1/search?q={q}&type={kind}&sort={sort}")
            assert answer.status in (200, 400), (q, kind)
            assert time.monotonic() - begin < 20
    assert people["visitor"].get(f"/v1/search/suggest?q={q}").status in (200, 400)


def test_verify_compares_and_mends_the_index(fresh_server):
    server = fresh_server().start()
    member = Community(server).member("quill")
    photo = published(member, 710, title="Theorbo", tags="lute")["id"]
    drain(server)
    assert index_report(server)["stale"] == 0 and index_report(server)["missing"] == 0
    server.end()
    server.change("UPDATE photos SET title = 'Cittern'")
    server.start()
    visitor = Client(server.address)
    assert ids(found(visitor, "cittern")) == []
    assert index_report(server)["stale"] == 1
    assert ids(found(visitor, "cittern")) == [photo]
    assert index_report(server) == {"photos": 1, "accounts": 2, "missing": 0, "stale": 0,
                                    "surplus": 0, "counts": 0, "sound": True, "under_way": False}
    server.change("DELETE FROM search_photo_terms")
    assert found(visitor, "lut", type="tags")["items"] == []
    assert server.run("reindex").returncode == 0
    assert found(visitor, "lut", type="tags")["items"][0]["photos"] == 1


def index_report(server):
    return json.loads(server.run("verify", "--json").stdout)["search"]


def test_photos_are_found_by_their_owners_new_name(people, community):
    member = community.member("tansy", name="Tansy Alder")
    photo = published(member, 711)["id"]
    visitor = people["visitor"]
    assert ids(found(visitor, "alder")) == [photo]
    member.patch("/v1/me", {"name": "Tansy Birch"})
    assert [a["handle"] for a in found(visitor, "birch", type="people")["items"]] == ["tansy"]
    community.server.run("reindex", "--resume")
    wait_for(lambda: ids(found(visitor, "birch")) == [photo])
    assert ids(found(visitor, "alder")) == []
