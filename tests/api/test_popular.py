"""The popular list: ranked on demand, forgotten at once, announced to caches."""
import pytest

from support.client import Client, wait_for
from support.pictures import png
from test_photos import developed


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
    seen = visitor.get("/v1/popular")
    assert ids(seen) == [best, second]
    assert seen.json["items"][0]["likes"] == 2 and seen.json["items"][0]["liked"] is False
    assert seen.json["next"] is None
    assert fans[0].get("/v1/popular").json["items"][1]["liked"] is True
    # A cache may keep a visitor's answer, not a member's.
    assert "public" in seen.headers["cache-control"]
    assert "Cookie" in seen.headers["vary"] and seen.headers["cache-tag"] == "popular"
    links = seen.headers["link"].split(", ")
    assert len(links) == 2 and all("rel=preload; as=image" in link for link in links)
    first = links[0][1:links[0].index(">")]
    assert first in seen.json["items"][0]["urls"].values()
    assert visitor.get(first).status == 200
    assert "public" not in fans[0].get("/v1/popular").headers.get("cache-control", "")

    # What is taken away is gone within the change log's second.
    owner.patch(f"/v1/photos/{best}", {"visibility": "followers"})
    wait_for(lambda: ids(visitor.get("/v1/popular")) == [second])
    assert ids(fans[0].get("/v1/popular")) == [second]
    assert other.delete(f"/v1/photos/{second}").status in (200, 204)
    wait_for(lambda: ids(visitor.get("/v1/popular")) == [])
