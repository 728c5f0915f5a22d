"""What other programs read: robots.txt, sitemap, Atom, oEmbed, addresses of pictures."""
import re
import time
import xml.etree.ElementTree as ElementTree
from urllib.parse import quote

import pytest

from support.client import Client, Community, wait_for
from support.server import Server
from test_people import published

# Feeds and sitemaps; their rows are asked on both in the unit tests.
pytestmark = pytest.mark.one_engine

ATOM = "{http://www.w3.org/2005/Atom}"
MAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
ODD = "</title><script>alert(1)</script> & \"quoted\" ]]> \uFFFE灯台"


@pytest.fixture(scope="module")
def mei(community):
    return community.member("mei", name="Mei Tan")


@pytest.fixture(scope="module")
def boat(mei):
    return published(mei, 700, title="Boat", description="In the harbour.", alt="A small boat",
                     tags="harbour")["id"]


@pytest.fixture
def visitor(server):
    return Client(server.address)


@pytest.fixture
def site(visitor):
    """The address that the site gives itself."""
    return visitor.get("/robots.txt").body.decode().split("Sitemap: ")[1].split("/sitemap")[0]


def xml(client, path, status=200):
    answer = client.get(path)
    assert answer.status == status, (path, answer.status, answer.body[:200])
    return ElementTree.fromstring(answer.body) if status == 200 else None


def entries(feed):
    return [entry.find(ATOM + "id").text.rsplit("/", 1)[1] for entry in feed.iter(ATOM + "entry")]


def listed(client):
    paths = [loc.text for loc in xml(client, "/sitemap.xml").iter(MAP + "loc")]
    found = set()
    for path in paths:
        found |= {loc.text for loc in
                  xml(client, "/sitemap" + path.split("/sitemap")[1]).iter(MAP + "loc")}
    return found


def test_a_feed_of_a_person_and_of_a_tag(visitor, mei, boat, site):
    for path, title in (("/@mei", "Mei Tan · @mei"), ("/tags/harbour", "#harbour · Picsharz")):
        answer = visitor.get(path + "/atom.xml")
        assert answer.headers["content-type"] == "application/atom+xml; charset=utf-8"
        assert answer.headers["cache-control"] == "public, max-age=300"
        feed = ElementTree.fromstring(answer.body)
        assert feed.tag == ATOM + "feed" and feed.find(ATOM + "title").text == title
        assert feed.find(ATOM + "id").text == site + path
        assert [link.get("href") for link in feed.findall(ATOM + "link")] == [
            site + path, site + path + "/atom.xml"]
        entry = feed.find(ATOM + "entry")
        assert entry.find(ATOM + "title").text == "Boat"
        assert entry.find(ATOM + "link").get("href") == f"{site}/photo/{boat}"
        assert entry.find(ATOM + "author").find(ATOM + "uri").text == site + "/@mei"
        assert feed.find(ATOM + "updated").text == entry.find(ATOM + "updated").text
        content = entry.find(ATOM + "content")
        assert content.get("type") == "html" and 'alt="A small boat"' in content.text
        assert f"{site}/media/p/{boat}/640" in content.text
        same = visitor.get(path + "/atom.xml", headers={"If-None-Match": answer.headers["etag"]},
                           check=False)
        assert same.status == 304 and same.body == b""
        page = visitor.get(path).body.decode()
        assert f'type="application/atom+xml" href="{site}{path}/atom.xml"' in page
    assert entries(xml(visitor, "/tags/nobody-used-this/atom.xml")) == []
    assert xml(visitor, "/@nobody_here/atom.xml", 404) is None


def test_only_what_everybody_may_see(community, visitor, mei, boat, site):
    """Whoever asks, and as soon as it is taken away."""
    ada = community.member("ada_follows")
    ada.put("/v1/accounts/mei/follow")
    hidden = [published(mei, 701, title="For some", tags="harbour", visibility="followers")["id"],
              published(mei, 702, title="For nobody", tags="harbour", visibility="private")["id"]]
    gone = published(mei, 703, title="Gone", tags="harbour")["id"]
    for client in (visitor, ada, mei):
        for path in ("/@mei/atom.xml", "/tags/harbour/atom.xml"):
            assert entries(xml(client, path)) == [gone, boat]
        assert {f"{site}/photo/{gone}", f"{site}/photo/{boat}", site + "/@mei"} <= listed(client)
        for photo in hidden:
            assert f"{site}/photo/{photo}" not in listed(client)
            assert client.get(f"/media/p/{photo}/320").status == 404
            assert client.get(f"/oembed?url={site}/photo/{photo}").status == 404
    assert visitor.get(f"/media/p/{gone}/320").status == 200
    mei.patch("/v1/photos/" + gone, {"visibility": "followers"})
    wait_for(lambda: visitor.get(f"/media/p/{gone}/320").status == 404, 5)
    wait_for(lambda: entries(xml(visitor, "/@mei/atom.xml")) == [boat], 5)
    assert f"{site}/photo/{gone}" not in listed(visitor)
    assert visitor.get(f"/oembed?url={site}/photo/{gone}").status == 404
    mei.patch("/v1/me", {"private": True})
    wait_for(lambda: visitor.get(f"/media/p/{boat}/320").status == 404, 5)
    assert entries(xml(mei, "/@mei/atom.xml")) == [] and site + "/@mei" not in listed(ada)
    mei.patch("/v1/me", {"private": False})
    wait_for(lambda: visitor.get(f"/media/p/{boat}/320").status == 200, 5)


def test_a_picture_by_an_address_that_lasts(visitor, boat):
    for size in ("320", "640"):
        begun = time.monotonic()
        picture = visitor.get(f"/media/p/{boat}/{size}")
        took = time.monotonic() - begun  # which is gone of the five minutes, on a busy machine
        assert picture.status == 200 and picture.body[:4] == b"RIFF"
        told = re.fullmatch(r"public, max-age=(\d+)", picture.headers["cache-control"])
        assert 299 - took <= int(told[1]) <= 300
        assert picture.headers["cross-origin-resource-policy"] == "cross-origin"
        assert picture.headers["content-security-policy"] == "default-src 'none'; sandbox"
        again = visitor.get(f"/media/p/{boat}/{size}", check=False,
                            headers={"If-None-Match": picture.headers["etag"]})
        assert again.status == 304
    for path in (f"/media/p/{boat}/2048", f"/media/p/{boat}/x", "/media/p/1/320", "/media/p/x/320",
                 f"/media/p/{boat}/original"):
        assert visitor.get(path).status == 404, path


def test_oembed(visitor, boat, site):
    def ask(**query):
        return visitor.get("/oembed?" + "&".join(f"{k}={quote(str(v), safe='')}"
                                                 for k, v in query.items()))

    said = ask(url=f"{site}/photo/{boat}")
    assert said.status == 200
    assert {k: said.json[k] for k in ("type", "title", "author_name", "author_url")} == {
        "type": "photo", "title": "Boat", "author_name": "Mei Tan", "author_url": site + "/@mei"}
    assert said.json["url"].startswith(f"{site}/media/p/{boat}/") and said.json["width"] >= 640
    assert visitor.get(said.json["url"][len(site):]).status == 200
    small = ask(url=f"{site}/photo/{boat}/view", maxwidth=400, maxheight=10000).json
    assert small["width"] == 320 and small["url"].endswith("/320")
    assert ask(url=f"{site}/photo/{boat}", maxwidth=100).status == 404
    assert ask(url=f"{site}/photo/{boat}", maxwidth="x").status == 400
    refused = ask(url=f"{site}/photo/{boat}", format="xml")
    assert (refused.status, refused.code) == (501, "format_unknown")
    for url in ("", "x", f"https://evil.example/photo/{boat}", f"{site}/@mei", site + "/photo/",
                f"{site}/photo/{boat}/../1", f"{site}.evil.example/photo/{boat}",
                f"{site}/photo/{boat}?x", "javascript:alert(1)"):
        assert ask(url=url).status == 404, url
    assert visitor.get("/oembed").status == 404
    page = visitor.get("/photo/" + boat).body.decode()
    link = page.split('type="application/json+oembed" href="')[1].split('"')[0]
    assert visitor.get(link[len(site):].replace("&amp;", "&")).json == said.json


def test_what_people_type_is_text(community, visitor, site):
    odd = community.member("odd_words")
    odd.patch("/v1/me", {"name": "]]><x>&y;\""})
    photo = published(odd, 704, title=ODD, description=ODD, alt=ODD, tags="odd&<tag>")["id"]
    feed = xml(visitor, "/@odd_words/atom.xml")
    entry = feed.find(ATOM + "entry")
    assert entry.find(ATOM + "title").text == ODD.replace("\uFFFE", "")
    assert "<script" not in entry.find(ATOM + "content").text
    assert feed.find(ATOM + "title").text.startswith("]]><x>&y;\"")
    tagged = xml(visitor, "/tags/" + quote("odd&<tag>", safe="") + "/atom.xml")
    assert entries(tagged) in ([photo], [])
    assert visitor.get(f"/oembed?url={site}/photo/{photo}").json["title"] == ODD


def test_the_sitemap_comes_in_parts(visitor, site):
    parts = [loc.text for loc in xml(visitor, "/sitemap.xml").iter(MAP + "loc")]
    assert parts == [site + "/sitemap/people", site + "/sitemap/photos-1"]
    for path in ("photos-2", "photos-0", "photos--1", "photos-11", "photos-x", "photos-", "x"):
        assert visitor.get("/sitemap/" + path).status == 404, path


def test_robots(visitor, site):
    answer = visitor.get("/robots.txt")
    lines = answer.body.decode().splitlines()
    assert lines[0] == "User-agent: *" and lines[-1] == f"Sitemap: {site}/sitemap.xml"
    assert {"Disallow: /v1/", "Disallow: /search", "Allow: /media/p/"} <= set(lines)


def test_an_instance_for_members_tells_programs_nothing(engine):
    server = Server(engine, PICSHARZ_INSTANCE__VISITORS="false").start()
    try:
        member = Community(server).member("insider")
        photo = published(member, 700)["id"]
        visitor = Client(server.address)
        assert visitor.get("/robots.txt").body == b"User-agent: *\nDisallow: /\n"
        for path in ("/@insider/atom.xml", "/tags/x/atom.xml", "/sitemap.xml", "/sitemap/people",
                     f"/media/p/{photo}/320", "/oembed"):
            assert visitor.get(path).status == 401, path
        # A feed says to a member what it says to everybody: nothing.
        assert member.get("/@insider/atom.xml").status == 404
        assert member.get(f"/media/p/{photo}/320").status == 200
    finally:
        server.stop()
