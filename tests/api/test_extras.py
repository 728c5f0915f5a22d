"""Pictures that are made when they are wanted: the 2048 at its first request, AVIF for photos that
many look at."""
import struct

import pytest

from support.client import Client, wait_for
from support.pictures import png
from test_photos import developed

# Renditions that are made later; their rows are asked on both in the unit tests.
pytestmark = pytest.mark.one_engine

POPULAR_FROM = 200  # limits.h


@pytest.fixture(scope="module")
def mei(community):
    return community.member("mei")


@pytest.fixture(scope="module")
def visitor(community):
    return Client(community.server.address)


def jpeg_size(data: bytes) -> tuple[int, int]:
    at = 2
    while True:
        marker, length = data[at + 1], struct.unpack(">H", data[at + 2:at + 4])[0]
        if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            height, width = struct.unpack(">HH", data[at + 5:at + 9])
            return width, height
        at += 2 + length


def made(client, url):
    """The answer once it is no longer the one for the meantime."""
    def look():
        answer = client.get(url)
        assert answer.status == 200
        return None if answer.headers["etag"].endswith('-interim"') else answer
    return wait_for(look)


def extra_jobs(community, state):
    items = community.admin.get(f"/v1/admin/jobs?state={state}&limit=100").json["items"]
    return [job for job in items if job["kind"] == "rendition.extra"]


def test_the_2048_comes_after_its_first_request(community, mei, visitor, photos):
    photo = developed(mei, mei.upload((photos / "train.jpg").read_bytes(), "train.jpg").json["id"])
    url = photo["urls"]["2048"]
    first = visitor.get(url)
    assert first.status == 200 and first.headers["content-type"] == "image/jpeg"
    assert first.headers["cache-control"] == "public, max-age=60"
    assert jpeg_size(first.body)[0] == 1280
    for _ in range(5):
        assert visitor.get(url).status == 200
    large = made(visitor, url)
    assert large.headers["cache-control"].startswith("public, max-age=")
    assert int(large.headers["cache-control"].split("=")[1]) > 60
    width, height = jpeg_size(large.body)
    assert width == 2048 and abs(height - 2048 * photo["height"] / photo["width"]) <= 1
    for secret in (b"Exif", b"http://ns.adobe", b"ICC_PROFILE"):
        assert secret not in large.body
    # Who kept the first one is not told that it is still good.
    again = visitor.get(url, headers={"If-None-Match": first.headers["etag"]})
    assert again.status == 200 and again.body == large.body
    assert mei.get(f"/v1/photos/{photo['id']}").json["urls"]["2048"] == url
    done = wait_for(lambda: extra_jobs(community, "done"))
    assert len(done) == 1 and done[0]["lane"] == "extras"
    assert extra_jobs(community, "waiting") + extra_jobs(community, "dead") == []


def test_small_photos_have_no_2048(mei):
    photo = developed(mei, mei.upload(png(1280, 400)).json["id"])
    assert "1280" in photo["urls"] and "2048" not in photo["urls"]


def test_the_2048_of_a_private_photo_is_private(mei, visitor):
    photo = developed(mei, mei.upload(png(1500, 900), visibility="private").json["id"])
    url = photo["urls"]["2048"]
    assert visitor.get(url).status == 404
    assert mei.get(url).headers["cache-control"] == "private, no-cache"
    large = made(mei, url)
    assert jpeg_size(large.body) == (1500, 900)
    assert large.headers["cache-control"] == "private, no-cache"
    assert visitor.get(url).status == 404


def test_nobody_learns_that_somebody_else_has_the_same_bytes(community):
    """Step by step a photo answers alike, whether or not another member has its bytes already."""
    def history(member, data):
        photo = developed(member, member.upload(data, visibility="private").json["id"])
        address = f"/v1/photos/{photo['id']}"
        seen = [sorted(photo["urls"])]
        first = member.get(photo["urls"]["2048"])
        seen.append((first.status, first.headers["etag"].replace(photo["id"], "photo"),
                     jpeg_size(first.body)))
        seen.append(jpeg_size(made(member, photo["urls"]["2048"]).body))
        seen.append(sorted(member.get(address).json["urls"]))
        for _ in range(2):
            kept = member.get(address + "/download")
            seen.append((kept.status, kept.headers["content-type"], jpeg_size(kept.body)))
        return seen

    same, other = png(1600, 1000, (40, 80, 120)), png(1600, 1000, (120, 80, 40))
    history(community.member("bobsame"), same)
    stranger = history(community.member("carolother"), other)
    assert history(community.member("alicesame"), same) == stranger
    assert stranger[1][1].endswith('-interim"')


def test_a_photo_that_many_look_at_has_avif(mei, visitor, photos):
    if "image/avif" not in visitor.get("/v1/instance").json["formats"]:
        pytest.skip("this machine writes no AVIF: the decoders' sandbox is incomplete")
    data = (photos / "mongolia.jpeg").read_bytes()
    photo = developed(mei, mei.upload(data, "mongolia.jpeg").json["id"])
    assert not any(name.endswith(".avif") for name in photo["urls"])
    for _ in range(POPULAR_FROM):
        assert visitor.get(photo["urls"]["320"]).status == 200

    def offered():
        # What is answered while the change log is read late does not count.
        assert visitor.get(photo["urls"]["320"]).status == 200
        urls = visitor.get(f"/v1/photos/{photo['id']}").json["urls"]
        return urls if "640.avif" in urls else None
    urls = wait_for(offered)
    for size in ("640", "1280"):
        avif, plain = visitor.get(urls[size + ".avif"]), visitor.get(urls[size])
        assert avif.headers["content-type"] == "image/avif" and avif.body[4:12] == b"ftypavif"
        assert avif.headers["cache-control"].startswith("public, max-age=")
        assert f'-{size}.avif"' in avif.headers["content-disposition"]
        assert len(avif.body) < len(plain.body)
        assert b"Exif" not in avif.body
        forged = urls[size + ".avif"].replace(f"/{size}.avif?", f"/{size}?")
        assert visitor.get(forged).status == 404


def test_deleting_takes_the_larger_ones_away(server, mei, visitor):
    import hashlib
    import pathlib
    data = png(1700, 1100, (1, 2, 3))
    photo = developed(mei, mei.upload(data).json["id"])
    url = photo["urls"]["2048"]
    made(visitor, url)
    digest = hashlib.sha256(data).hexdigest()

    def files():
        return [p for p in pathlib.Path(server.directory).rglob("*")
                if p.is_file() and digest in str(p)]
    assert any(p.name == "2048.jpg" for p in files())
    assert mei.delete(f"/v1/photos/{photo['id']}").status == 200
    assert visitor.get(url).status == 404
    wait_for(lambda: not files())
