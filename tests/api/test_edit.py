"""Owners edit, hide and delete photos; what the camera wrote stays theirs."""
import hashlib
import itertools
import pathlib
import struct
import time

import pytest

from conftest import shared
from support.client import Client, wait_for
from support.pictures import chunk, png
from test_photos import developed

pytestmark = pytest.mark.one_engine  # what an edit changes is asked on both in the unit tests

UNKNOWN = "/v1/photos/123456789"


@pytest.fixture(scope="module")
def mei(community):
    return community.member("mei")


@pytest.fixture(scope="module")
def ravi(community):
    return community.member("ravi")


@pytest.fixture(scope="module")
def samples():
    folder = shared() / "corpus" / "exif-samples"
    if not folder.is_dir():
        pytest.skip("the corpus (../shared/corpus) is not there")
    return folder


# Each picture is another one by its size: not every colour is one that the models let pass.
widths = itertools.count(700)


def publish(member, data=None, **fields):
    data = data or png(next(widths), 500)
    photo = developed(member, member.upload(data, **fields).json["id"])
    assert photo["state"] == "published", photo
    return photo


def gone(client, url):
    """True within a second: the process that serves has heard of every change by then."""
    return wait_for(lambda: client.get(url).status == 404, 2)


def test_an_edit_is_seen_and_found(community, mei, ravi):
    photo = publish(mei, title="Grey day", tags="rain")
    address = f"/v1/photos/{photo['id']}"
    answer = mei.patch(address, {"title": "Sunbreak", "tags": ["#Clear Sky"], "place": "Ipoh",
                                 "description": "At last", "alt": "Sky"})
    assert answer.status == 200
    assert (answer.json["title"], answer.json["tags"]) == ("Sunbreak", ["clear-sky"])
    seen = ravi.get(address).json
    assert (seen["place"], seen["own"], seen["camera"]) == ("Ipoh", None, None)
    assert seen["urls"] == photo["urls"]  # nobody was shut out: addresses live on

    def ids(word):
        return [p["id"] for p in ravi.get(f"/v1/search?q={word}").json["items"]]

    assert photo["id"] in ids("sunbreak") and photo["id"] in ids("clear")
    assert photo["id"] not in ids("grey") and photo["id"] not in ids("rain")
    wrong = mei.patch(address, {"title": "x" * 201, "state": "published", "visibility": "all"})
    assert {e["field"] for e in wrong.json["errors"]} == {"title", "state", "visibility"}
    assert mei.patch(address, {}).json["title"] == "Sunbreak"


def test_who_may_edit_and_delete(community, mei, ravi):
    """Section 3 of the security design: 403 where it is visible, else 404; 401 for visitors."""
    visitor = Client(community.server.address)
    shown, hidden = publish(mei), publish(mei, visibility="private")
    for member in (ravi, community.admin):
        for photo, status in ((shown, 403), (hidden, 404)):
            address = f"/v1/photos/{photo['id']}"
            assert member.patch(address, {"title": "x"}).status == status
            assert member.delete(address).status == status
            assert member.put(address + "/labels/boat").status == status
            assert member.delete(address + "/labels/boat").status == status
            original = member.get(address + "/original")
            assert original.status == 404
            unknown = member.get(UNKNOWN + "/original")
            assert {**original.json, "request_id": 0} == {**unknown.json, "request_id": 0}
    for method in ("PATCH", "DELETE"):
        assert visitor.request(method, f"/v1/photos/{shown['id']}",
                               {} if method == "PATCH" else None).status == 401
    assert visitor.get(f"/v1/photos/{shown['id']}/original").status == 401
    assert mei.get(f"/v1/photos/{shown['id']}").json["title"] == shown["title"]


def test_old_addresses_die(community, mei, ravi):
    """A13, A15: public ones and those signed for one account, after every loss of permission."""
    visitor = Client(community.server.address)
    photo = publish(mei)
    old = photo["urls"]["320"]
    assert visitor.get(old).status == 200
    assert mei.patch(f"/v1/photos/{photo['id']}", {"visibility": "followers"}).status == 200
    assert gone(visitor, old)
    assert ravi.get(f"/v1/photos/{photo['id']}").status == 404
    ravi.put("/v1/accounts/mei/follow")
    signed = ravi.get(f"/v1/photos/{photo['id']}").json["urls"]["320"]
    assert ravi.get(signed).status == 200 and visitor.get(signed).status == 404
    ravi.delete("/v1/accounts/mei/follow")
    assert gone(ravi, signed)
    ravi.put("/v1/accounts/mei/follow")
    assert ravi.get(signed).status == 200
    mei.put("/v1/accounts/ravi/block")
    assert gone(ravi, signed)
    mei.delete("/v1/accounts/ravi/block")
    mei.patch(f"/v1/photos/{photo['id']}", {"visibility": "public"})
    assert visitor.get(old).status == 404 and ravi.get(signed).status == 404
    fresh = visitor.get(f"/v1/photos/{photo['id']}").json["urls"]["320"]
    assert visitor.get(fresh).status == 200
    mei.patch("/v1/me", {"private": True})
    assert gone(visitor, fresh)
    mei.patch("/v1/me", {"private": False})
    assert visitor.get(fresh).status == 200
    mei.delete(f"/v1/photos/{photo['id']}")
    assert gone(visitor, fresh)


def test_a_draft_is_published_where_it_was_uploaded(community):
    """Sent as private, published later: feeds hold it from then on, below what came after it."""
    ada, tom, eve = (community.member(name) for name in ("ada_drafts", "tom_drafts", "eve_drafts"))
    visitor = Client(community.server.address)
    for who in ("ada_drafts", "tom_drafts"):
        assert eve.put(f"/v1/accounts/{who}/follow").status == 200
    draft = publish(ada, visibility="private")["id"]
    newer = publish(tom)["id"]

    def feeds():
        ids = []
        for client, path in ((eve, "feed/home"), (visitor, "feed/recent"),
                             (visitor, "accounts/ada_drafts/photos")):
            items = client.get(f"/v1/{path}?limit=100").json["items"]
            ids.append([photo["id"] for photo in items if photo["id"] in (draft, newer)])
        return ids

    for _ in range(2):  # what was remembered of them must not outlive the change
        assert feeds() == [[newer], [newer], []]
        assert eve.get(f"/v1/photos/{draft}").status == 404
        told = {"title": "The 7:42", "alt": "A train.", "tags": ["train"], "visibility": "public"}
        shown = ada.patch(f"/v1/photos/{draft}", told).json
        assert (shown["title"], shown["tags"]) == ("The 7:42", ["train"])
        assert feeds() == [[newer, draft], [newer, draft], [draft]]
        card = eve.get("/v1/feed/home").json["items"][1]
        assert (card["title"], card["alt"]) == ("The 7:42", "A train.")
        assert eve.get(card["urls"]["320"]).status == 200
        assert visitor.get("/v1/accounts/ada_drafts").json["counts"]["photos"] == 1
        assert ada.patch(f"/v1/photos/{draft}", {"visibility": "private"}).status == 200


def test_what_is_said_while_it_develops_stays(community, mei, ravi):
    ravi.put("/v1/accounts/mei/follow")
    made = mei.upload(png(900, 700, (9, 80, 40)), visibility="private").json
    told = {"title": "While it develops", "tags": ["soon"], "visibility": "followers"}
    assert mei.patch(f"/v1/photos/{made['id']}", told).status == 200
    photo = developed(mei, made["id"])
    assert (photo["state"], photo["title"]) == ("published", "While it develops")
    assert photo["visibility"] == "followers" and photo["tags"] == ["soon"]
    assert ravi.get(f"/v1/photos/{made['id']}").status == 200


def files_of(server):
    return [p for p in (pathlib.Path(server.directory) / "objects").rglob("*") if p.is_file()]


def test_deleting_erases_every_byte_unless_shared(server, mei, ravi):
    data = png(640, 420, (7, 99, 3))
    mine, theirs = publish(mei, data), publish(ravi, data)
    digest = hashlib.sha256(data).hexdigest()

    def stored():
        return [p for p in files_of(server) if digest in str(p)]

    count = len(stored())
    assert count >= 3
    before = mei.get("/v1/accounts/mei").json["counts"]["photos"]
    answer = mei.delete(f"/v1/photos/{mine['id']}")
    assert answer.status == 200 and "erased" in answer.json["message"]
    assert mei.get("/v1/accounts/mei").json["counts"]["photos"] == before - 1
    assert mei.get(f"/v1/photos/{mine['id']}").status == 404
    assert mei.delete(f"/v1/photos/{mine['id']}").status == 404
    time.sleep(1.5)
    assert len(stored()) == count
    last = ravi.delete(f"/v1/photos/{theirs['id']}")
    assert last.json["message"] == answer.json["message"]  # does not tell who else had it
    assert wait_for(lambda: not stored())


def test_the_original_is_its_owners_byte_for_byte(mei, ravi):
    data = png(300, 200, (1, 2, 3))
    photo = developed(mei, mei.upload(data, "Ferien \u00e4m \u201csee\u201d.png").json["id"])
    answer = mei.get(f"/v1/photos/{photo['id']}/original")
    assert answer.status == 200 and answer.body == data
    assert answer.headers["cache-control"] == "private, no-store"
    assert answer.headers["content-disposition"].startswith(
        f"attachment; filename=\"{photo['id']}.png\"")
    assert "sandbox" in answer.headers["content-security-policy"]


def test_metadata_is_the_owners_and_shown_when_they_say_so(community, mei, ravi, samples):
    data = (samples / "gps" / "DSCN0010.jpg").read_bytes()
    photo = developed(mei, mei.upload(data, "DSCN0010.jpg").json["id"])
    address = f"/v1/photos/{photo['id']}"
    own = mei.get(address).json
    assert own["camera"] == {"make": "NIKON", "model": "COOLPIX P6000", "exposure_time": "1/75",
                             "f_number": 5.9, "iso": 64, "focal_length": 24}
    assert own["taken_at"] == "2008-10-22T16:28:39"
    assert own["own"]["position"] == {"latitude": 43.4674, "longitude": 11.8851}
    assert own["own"]["file_name"] == "DSCN0010.jpg"
    if own["state"] != "published":
        pytest.skip("the models hold this photo")
    hidden = ravi.get(address).json
    assert (hidden["camera"], hidden["taken_at"], hidden["own"]) == (None, None, None)
    mei.patch(address, {"show_camera": True, "place": "Arezzo"})
    shown = ravi.get(address).json
    assert shown["camera"]["model"] == "COOLPIX P6000" and shown["place"] == "Arezzo"
    assert shown["own"] is None
    for answer in (ravi.get(address), ravi.get("/v1/feed/recent"),
                   ravi.get("/v1/accounts/mei/photos")):
        for secret in (b"43.46", b"11.88", b"DSCN0010", b"latitude"):
            assert secret not in answer.body


def test_a_download_is_full_size_and_clean(community, mei, ravi, samples):
    data = (samples / "camera" / "Pentax_K10D.jpg").read_bytes()
    photo = developed(mei, mei.upload(data, "IMGP1.jpg").json["id"])
    address = f"/v1/photos/{photo['id']}"
    own = mei.get(address + "/download")
    assert own.status == 200 and own.headers["content-type"] == "image/jpeg"
    assert own.headers["content-disposition"] == f"attachment; filename=\"{photo['id']}.jpg\""
    assert b"ICC_PROFILE" in own.body
    assert b"Laitche (This file is in the public domain.)" in own.body  # written anew
    for secret in (b"PENTAX", b"2008:05:04", b"IMGP1"):
        assert secret not in own.body
    assert struct.pack(">HH", photo["height"], photo["width"]) in own.body[:8192]
    if photo["state"] != "published":
        pytest.skip("the models hold this photo")
    assert ravi.get(address + "/download").code == "forbidden"
    mei.patch(address, {"allow_download": True})
    visitor = Client(community.server.address)
    assert visitor.get(address + "/download").body == own.body
    assert visitor.get(UNKNOWN + "/download").status == 404


SECRETS = (b"Exif\0\0", b"http://ns.adobe", b"Photoshop 3.0", b"8BIM", b"COOLPIX", b"NIKON",
           b"Canon", b"OLYMPUS", b"SONY", b"samsung", b"PENTAX", b"Panasonic", b"KODAK", b"W5M0",
           b"DSCN", b"Operation Mountain", b"eXIf", b"EXIF", b"iTXt", b"tEXt")


def test_no_rendition_has_metadata(community, mei, samples):
    """A11: every sample, every rendition, every byte."""
    ids = {}
    for file in sorted(samples.glob("*/*.jp*g")):
        answer = mei.upload(file.read_bytes(), file.name)
        assert answer.status == 201, (file, answer.body)
        ids[file.name] = answer.json["id"]
    looked = 0
    for name, photo_id in ids.items():
        photo = developed(mei, photo_id)
        assert photo["state"] in ("published", "held", "removed"), (name, photo)
        for url in photo["urls"].values():
            picture = mei.get(url)
            assert picture.status == 200
            for secret in SECRETS:
                assert secret not in picture.body, (name, url, secret)
            looked += 1
    assert looked > 40


def test_generated_pictures_lose_what_they_carry(community, mei, ravi):
    """Markers in every place a PNG has for words, and behind its end."""
    tiff = (b"II*\0\x08\0\0\0\x01\0\x0f\x01\x02\0\x0e\0\0\0\x1a\0\0\0\0\0\0\0"
            b"MARKER-camera\0")
    whole = png(900, 700, (90, 20, 160))
    data = (whole[:33] + chunk(b"tEXt", b"Comment\0MARKER-text") + chunk(b"eXIf", tiff)
            + chunk(b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0MARKER-xmp") + whole[33:]
            + b"MARKER-trailer")
    photo = publish(mei, data, visibility="public")
    address = f"/v1/photos/{photo['id']}"
    mei.patch(address, {"allow_download": True})
    assert mei.get(address).json["camera"] == {"make": "MARKER-camera"}
    assert b"MARKER" in mei.get(address + "/original").body
    seen = [ravi.get(url) for url in photo["urls"].values()] + [
        ravi.get(where) for where in (address, address + "/download", "/v1/feed/recent",
                                      "/v1/accounts/mei/photos", "/v1/search?q=MARKER")]
    for answer in seen:
        assert answer.status == 200 and b"MARKER" not in answer.body


def test_a_label_goes_or_becomes_a_tag(mei, photos):
    bear = publish(mei, (photos / "wild-2.jpg").read_bytes())
    address = f"/v1/photos/{bear['id']}"
    names = [label["name"] for label in bear["labels"]]
    assert len(names) >= 2
    tagged = mei.put(f"{address}/labels/{names[0].replace(' ', '%20')}").json
    assert names[0].replace(" ", "-") in tagged["tags"]
    left = mei.delete(f"{address}/labels/{names[1].replace(' ', '%20')}").json
    assert not {names[0], names[1]} & {label["name"] for label in left["labels"]}
    assert mei.put(f"{address}/labels/nothing").status == 404


def test_a_draft_of_the_alt_text_is_offered_to_the_owner_alone(mei, ravi, photos):
    bear = publish(mei, (photos / "wild-1.jpg").read_bytes())
    address = f"/v1/photos/{bear['id']}"
    draft = mei.get(address).json["own"]["alt_draft"]
    assert draft.endswith(".") and bear["alt"] == ""
    seen = ravi.get(address)
    assert seen.json["alt"] == "" and seen.json["own"] is None
    assert draft.encode() not in seen.body
    mei.patch(address, {"alt": "A car in the rain."})
    assert mei.get(address).json["own"]["alt_draft"] is None


def test_the_account_decides_how_new_photos_begin(community):
    member = community.member("opener")
    assert member.get("/v1/me").json["settings"] == {
        "private": False, "show_camera": False, "allow_download": False,
        "comments_allowed": True, "language": "en"}
    member.patch("/v1/me", {"show_camera": True, "allow_download": True,
                            "comments_allowed": False})
    photo = developed(member, member.upload(png(64, 64)).json["id"])
    page = member.get(f"/v1/photos/{photo['id']}").json
    assert page["own"]["show_camera"] and page["allow_download"]
    assert page["comments_allowed"] is False


def test_verify_finds_and_repairs(fresh_server):
    """R15: one bit in each stored file. The command of a stopped server finds all of them."""
    import json
    from support.client import Community
    server = fresh_server(PICSHARZ_MODELS__DIR="/nonexistent").start()
    community = Community(server)
    member = community.member("keeper")
    for number in range(3):
        developed(member, member.upload(png(900, 600 + number)).json["id"])
    server.end()
    clean = server.run("verify", "--json")
    assert clean.returncode == 0, clean.stderr
    assert json.loads(clean.stdout)["originals"] == 3
    renditions = [p for p in files_of(server) if "renditions" in str(p)]
    originals = [p for p in files_of(server) if "originals" in str(p)]
    good = {p: p.read_bytes() for p in renditions}
    for path in renditions:
        broken = bytearray(good[path])
        broken[len(broken) // 2] ^= 8
        path.write_bytes(broken)
    repaired = server.run("verify", "--json")
    assert repaired.returncode == 3
    assert json.loads(repaired.stdout)["rebuilt"] == len(renditions)
    assert all(p.read_bytes() == good[p] for p in renditions)
    whole = originals[0].read_bytes()
    originals[0].write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
    found = server.run("verify")
    assert found.returncode == 1 and originals[0].name in found.stdout
    doctor = server.run("doctor")
    assert doctor.returncode == 1 and "1 are damaged" in doctor.stdout
    server.start()
    member.host = server.address.split("//")[1]
    answers = [member.get(f"/v1/photos/{p['id']}/original")
               for p in member.get("/v1/me/photos").json["items"]]
    assert sorted(a.status for a in answers) == [200, 200, 503]
