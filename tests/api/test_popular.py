"""The popular list: ranked on demand, forgotten at once, announced to caches."""
import json
import pathlib
import re

import pytest

from support.client import Client, Community, wait_for
from support.invariants import drain
from support.pictures import png
from test_photos import developed

SIZES = json.loads((pathlib.Path(__file__).parents[2] / "web/src/lib/sizes.json").read_text())


@pytest.fixture(scope="module")
def crowd(community):
    return [community.member(f"pop{i}") for i in range(4)]


def published(client, width, **fields):
    photo = developed(client, client.upload(png(width, 480), **fields).json["id"])
    assert photo["state"] == "published"
    return photo["id"]


def ids(answer):
    assert answer.status == 200
    return [photo["id"] for photo in answer.json["items"]]


def test_the_list_and_who_may_rank_it(community, crowd):
    owner, other, *fans = crowd
    visitor = Client(community.server.address)
    best = published(owner, 700, title="Best")
    second = published(other, 701, title="Second")
    for fan in fans:
        fan.put(f"/v1/photos/{best}/like")
    fans[0].put(f"/v1/photos/{second}/like")
    assert owner.request("POST", "/v1/admin/popular").status == 403
    assert visitor.request("POST", "/v1/admin/popular").status == 401
    assert ids(community.admin.request("POST", "/v1/admin/popular")) == [best, second]
    said = community.admin.get("/v1/admin/actions").json["items"][0]
    assert (said["action"], said["by"], said["detail"]) == ("popular_ranked", "ada", "")
    seen = visitor.get("/v1/popular")
    assert ids(seen) == [best, second]
    assert seen.json["items"][0]["likes"] == 2 and seen.json["items"][0]["liked"] is False
    assert seen.json["next"] is None
    assert fans[0].get("/v1/popular").json["items"][1]["liked"] is True
    # A cache may keep a visitor's answer, not a member's.
    assert "public" in seen.headers["cache-control"]
    assert "Cookie" in seen.headers["vary"] and seen.headers["cache-tag"] == "popular"
    links = re.findall(r"<([^>]*)>; rel=preload; as=image([^<]*)", seen.headers["link"])
    assert len(links) == 2
    for photo, (url, more) in zip(seen.json["items"], links):
        assert url in photo["urls"].values() and visitor.get(url).status == 200
        assert ('type="image/avif"' in more) == ("640.avif" in url)
        # As the page's own <picture> has them, so that a browser fetches nothing twice.
        said = dict(re.findall(r'; (\w+)="([^"]*)"', more))
        assert said["imagesizes"] == SIZES["grid"]["sizes"]
        srcset = [each.split(" ")[0] for each in said["imagesrcset"].split(", ")]
        assert set(srcset) <= set(photo["urls"].values()) and url in srcset
    assert "public" not in fans[0].get("/v1/popular").headers.get("cache-control", "")

    # One answer for everybody, which no cookie of a visitor's splits.
    def both():
        one, other = (visitor.get("/v1/popular" + more) for more in ("", "?for=visitors"))
        return (one, other) if one.json == other.json else None  # an AVIF may come in between
    seen, shared = wait_for(both)
    assert "vary" not in shared.headers
    for name in ("cache-control", "cache-tag", "link"):
        assert shared.headers[name] == seen.headers[name]
    of_member = fans[0].get("/v1/popular?for=visitors")
    assert of_member.json["items"][1]["liked"] is False
    assert "public" not in of_member.headers.get("cache-control", "")
    assert visitor.get("/v1/popular?for=me").code == "invalid_for"

    # What is taken away is gone within the change log's second.
    owner.patch(f"/v1/photos/{best}", {"visibility": "followers"})
    wait_for(lambda: ids(visitor.get("/v1/popular")) == [second])
    assert ids(fans[0].get("/v1/popular")) == [second]
    assert other.delete(f"/v1/photos/{second}").status in (200, 204)
    wait_for(lambda: ids(visitor.get("/v1/popular")) == [])


def test_it_is_ranked_by_itself_once_it_is_due(community, crowd):
    owner, fan = crowd[1:3]
    visitor = Client(community.server.address)
    drain(community.server)  # a start ranks, too; the next time is in an hour
    photo = published(owner, 702, title="Later")
    fan.put(f"/v1/photos/{photo}/like")
    assert photo not in ids(visitor.get("/v1/popular"))
    community.server.change("DELETE FROM schedules WHERE name = 'popular.rank'")
    wait_for(lambda: photo in ids(visitor.get("/v1/popular?for=visitors")))


def test_a_members_only_instance_gives_caches_nothing(fresh_server):
    server = fresh_server(PICSHARZ_INSTANCE__VISITORS="false").start()
    community = Community(server)
    for address in ("/v1/popular", "/v1/popular?for=visitors"):
        refused = Client(server.address).get(address)
        assert refused.status == 401 and "public" not in refused.headers.get("cache-control", "")
        own = community.admin.get(address)
        assert own.status == 200 and "public" not in own.headers.get("cache-control", "")
        assert "link" not in own.headers


def pinned(server) -> float:
    text = Client(server.metrics).get("/metrics", check=False).body.decode()
    return float(re.search(r"^picsharz_renditions_pinned_bytes (\S+)$", text, re.M)[1])


def test_its_pictures_are_in_memory_also_after_a_start(fresh_server):
    server = fresh_server().start()
    community = Community(server)
    avif = "image/avif" in community.admin.get("/v1/instance").json["formats"]
    owner = community.member("owner")
    assert pinned(server) == 0
    photo = published(owner, 1400, title="Best")
    community.admin.put(f"/v1/photos/{photo}/like")
    community.admin.request("POST", "/v1/admin/popular")

    def all_there():
        urls = community.admin.get(f"/v1/photos/{photo}").json["urls"]
        names = ["320", "640", "1280"] + ["640.avif", "1280.avif"] * avif
        if not all(name in urls for name in names):
            return None
        size = sum(len(community.admin.get(urls[name]).body) for name in names)
        return size if pinned(server) == size else None
    size = wait_for(all_there)
    server.end()
    server.start()
    # Nobody has asked for anything.
    wait_for(lambda: pinned(server) == size)
