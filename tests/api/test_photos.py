"""A photo develops: upload, states, renditions, labels, refusals."""
import hashlib
import json
import pathlib
import re

import pytest

from support.client import Client, wait_for
from support.pictures import png, png_header

# What becomes of photos; their rows are asked on both in the unit tests.
pytestmark = pytest.mark.one_engine


def developed(client, photo_id):
    """The photo once it has reached an end state."""
    def look():
        photo = client.get(f"/v1/photos/{photo_id}").json
        return photo if photo["state"] in ("published", "held", "removed", "rejected") else None
    return wait_for(look)


@pytest.fixture(scope="module")
def mei(community):
    return community.member("mei")


def test_a_real_photograph_develops(community, mei, photos):
    data = (photos / "train.jpg").read_bytes()
    answer = mei.upload(data, "IMG 0001 secret name.jpg", title="The evening train",
                        description="It waits.", alt="A train in a valley",
                        tags="Train, #Evening light,train")
    assert answer.status == 201
    photo = answer.json
    assert answer.headers["location"] == f"/v1/photos/{photo['id']}"
    assert photo["state"] == "received" and photo["urls"] == {}
    assert photo["tags"] == ["train", "evening-light"]
    done = developed(mei, photo["id"])
    assert done["state"] == "published" and done["reason"] is None
    assert done["thumbhash"] and set(done["urls"]) == {"320", "640", "1280", "2048"}
    visitor = Client(community.server.address)
    for size, kind in (("320", "image/webp"), ("640", "image/webp"), ("1280", "image/jpeg")):
        url = done["urls"][size]
        media = visitor.get(url)
        assert media.status == 200 and media.headers["content-type"] == kind
        assert media.headers["cache-control"].startswith("public, max-age=")
        assert "sandbox" in media.headers["content-security-policy"]
        for secret in (b"Exif", b"secret name", b"http://ns.adobe"):
            assert secret not in media.body
        again = visitor.get(url, headers={"If-None-Match": media.headers["etag"]}, check=False)
        assert again.status == 304
    assert done["width"] > done["height"] > 0
    assert [p["id"] for p in visitor.get("/v1/feed/recent").json["items"]][0] == photo["id"]


def test_labels_are_seen_and_found(community, mei, photos):
    """Shown from a confidence of 0.5, found from 0.3, and only what the pictures really show."""
    bear, train, car, squirrel = (mei.upload((photos / name).read_bytes(), name).json["id"]
                                  for name in ("wild-2.jpg", "train.jpg", "wild-1.jpg",
                                               "IMG_5910.jpg"))
    shown = {label["name"]: label["confidence"] for label in developed(mei, bear)["labels"]}
    assert {"bear", "animal"} <= set(shown) and min(shown.values()) >= 0.5
    for photo in (train, car, squirrel):
        developed(mei, photo)
    named = [("bear", bear), ("animal", bear), ("train", train), ("vehicle", train), ("car", car)]
    if mei.get("/v1/instance").json["models"] == "rich":  # the only one that knows squirrels
        named.append(("squirrel", squirrel))
    for word, photo in named:
        found = [p["id"] for p in mei.get(f"/v1/search?q={word}").json["items"]]
        assert photo in found, word
    assert train not in [p["id"] for p in mei.get("/v1/search?q=bear").json["items"]]


def test_png_and_small_pictures(mei):
    photo = mei.upload(png(200, 100), "small.png", title="Small").json
    done = developed(mei, photo["id"])
    assert (done["width"], done["height"]) == (200, 100)
    assert set(done["urls"]) == {"320"}
    middle = developed(mei, mei.upload(png(900, 300, (200, 40, 40)), "middle.png").json["id"])
    assert set(middle["urls"]) == {"320", "640", "1280"} or set(middle["urls"]) == {"320", "640"}


def test_a_members_own_photos_with_their_states(mei):
    mine = mei.get("/v1/me/photos?limit=1").json
    assert len(mine["items"]) == 1 and mine["next"]
    ids, cursor = [], ""
    while True:
        page = mei.get(f"/v1/me/photos?limit=2{cursor}").json
        ids += [p["id"] for p in page["items"]]
        if not page["next"]:
            break
        cursor = "&cursor=" + page["next"]
    assert ids == sorted(set(ids), key=int, reverse=True) and len(ids) >= 3
    assert mei.get("/v1/me/photos?cursor=nonsense").code == "invalid_cursor"


@pytest.mark.parametrize("data, status, code", [
    (b"", 422, "image_empty"),
    (b"BM" + b"\0" * 60, 415, "unsupported_format"),
    (b"GIF89a" + b"\0" * 60, 422, "image_corrupt"),
    (b"<svg xmlns='http://www.w3.org/2000/svg'/>", 415, "unsupported_format"),
    (b"\x1f\x8b\x08\0" + b"\0" * 60, 415, "unsupported_format"),
    (b"MZ\x90 not an image at all", 415, "unsupported_format"),
    (b"\xff\xd8\xff\xe0" + b"\0" * 30, 422, "image_corrupt"),
    (png(64, 64)[:40], 422, "image_corrupt"),
    (png_header(30_000, 30_000), 422, "image_too_large"),
])
def test_what_is_no_photo_is_refused(mei, data, status, code):
    before = mei.get("/v1/me/photos").json["items"][:1]
    answer = mei.upload(data, "photo.jpg", title="x")
    assert (answer.status, answer.code) == (status, code)
    assert answer.json["detail"].endswith(".")
    assert mei.get("/v1/me/photos").json["items"][:1] == before


def test_a_broken_picture_says_so_in_its_state(mei):
    whole = bytearray(png(400, 300))
    middle = whole.index(b"IDAT") + 20
    whole[middle:middle + 30] = b"\xff" * 30
    answer = mei.upload(bytes(whole), "broken.png")
    if answer.status == 201:
        done = developed(mei, answer.json["id"])
        assert done["state"] == "rejected" and done["reason"] == "image_corrupt"
        assert done["urls"] == {}
    else:
        assert answer.code == "image_corrupt"


def test_too_large_a_file_is_refused_before_it_is_read(mei):
    answer = mei.request("POST", "/v1/photos", None, {
        "Content-Type": "multipart/form-data; boundary=x", "Content-Length": "60000000"})
    assert (answer.status, answer.code) == (413, "file_too_large")
    assert answer.json["limit"] == 50_000_000


def test_wrong_fields_are_named(mei):
    answer = mei.upload(png(32, 32), title="x" * 201, visibility="everybody", colour="red",
                        tags=",".join(f"t{i}" for i in range(31)))
    assert (answer.status, answer.code) == (400, "invalid_request")
    assert {e["field"] for e in answer.json["errors"]} == {"title", "visibility", "colour", "tags"}
    no_file = mei.request("POST", "/v1/photos", b"--x\r\n\r\n--x--\r\n",
                          {"Content-Type": "multipart/form-data; boundary=x"})
    assert no_file.status == 400
    not_a_form = mei.post("/v1/photos", {"title": "x"})
    assert not_a_form.status in (400, 415)


def test_only_members_upload(server):
    answer = Client(server.address).upload(png(32, 32))
    assert (answer.status, answer.code) == (401, "unauthenticated")


def forged(url):
    """With another signature, whatever the right one is."""
    return url[:-1] + ("A" if url[-1] != "A" else "Q")


def test_media_addresses_are_theirs_alone(community, mei):
    public = developed(mei, mei.upload(png(700, 500), title="Public").json["id"])
    sent = mei.upload(png(710, 500), title="Own", visibility="private").json
    private = developed(mei, sent["id"])
    visitor, stranger = Client(community.server.address), community.member("stranger")
    url, own = public["urls"]["320"], private["urls"]["320"]
    assert visitor.get(url).status == 200 and mei.get(own).status == 200
    assert mei.get(own).headers["cache-control"] == "private, no-cache"
    unknown = visitor.get("/media/1/320?e=1&s=x")
    wrong = [url.replace("/320", "/640"), url.replace(public["id"], private["id"]), forged(url),
             url.split("?")[0], url.split("&s")[0], own]
    for address in wrong:
        answer = visitor.get(address)
        assert answer.status == 404, address
        assert answer.json["detail"] == unknown.json["detail"]
    assert stranger.get(own).status == 404
    assert stranger.get(f"/v1/photos/{private['id']}").code == "not_found"


def held_bytes(server) -> float:
    """Of renditions that the server has in memory."""
    metrics = Client(server.metrics).get("/metrics", check=False).body.decode()
    return float(re.search(r"^picsharz_renditions_held_bytes (\S+)$", metrics, re.M)[1])


def test_what_is_asked_for_often_comes_out_of_memory_and_dies_like_the_rest(community, mei):
    photo = developed(mei, mei.upload(png(720, 500, (9, 90, 30)), title="Hot").json["id"])
    visitor, url = Client(community.server.address), photo["urls"]["320"]
    before = held_bytes(community.server)
    answers = [visitor.get(url) for _ in range(8)]

    def held():
        # What is answered while the change log is read late does not count.
        answers.append(visitor.get(url))
        return held_bytes(community.server) >= before + len(answers[0].body)
    wait_for(held)
    answers.append(visitor.get(url))
    volatile = ("date", "x-request-id", "cache-control")
    for answer in answers:
        assert answer.status == 200 and answer.body == answers[0].body
        assert answer.headers["cache-control"].startswith("public, max-age=")
        assert ({name: value for name, value in answer.headers.items() if name not in volatile}
                == {name: value for name, value in answers[0].headers.items()
                    if name not in volatile})
    whole, etag = answers[0].body, answers[0].headers["etag"]
    part = visitor.get(url, headers={"Range": "bytes=2-5"}, check=False)
    assert part.status == 206 and part.body == whole[2:6]
    assert part.headers["content-range"] == f"bytes 2-5/{len(whole)}"
    beyond = visitor.get(url, headers={"Range": f"bytes={len(whole)}-"}, check=False)
    assert beyond.status == 416
    assert visitor.get(url, headers={"If-None-Match": etag}, check=False).status == 304
    head = visitor.request("HEAD", url, check=False)
    assert head.status == 200 and head.headers["content-length"] == str(len(whole))
    assert visitor.get(forged(url)).status == 404
    assert mei.patch(f"/v1/photos/{photo['id']}", {"visibility": "private"}).status == 200
    assert visitor.get(url).status == 404


def test_without_models_photos_are_held(fresh_server):
    from support.client import Community
    server = fresh_server(PICSHARZ_MODELS__DIR="/nonexistent").start()
    community = Community(server)
    person = community.member("held_one")
    photo = developed(person, person.upload(png(500, 400)).json["id"])
    assert (photo["state"], photo["reason"]) == ("held", "models_missing")
    assert photo["urls"] and person.get(photo["urls"]["320"]).status == 200
    visitor = Client(server.address)
    assert visitor.get(f"/v1/photos/{photo['id']}").status == 404
    assert visitor.get("/v1/feed/recent").json["items"] == []
    assert visitor.get("/healthz").json["status"] == "degraded"
    assert visitor.get("/v1/instance").json["models"] == "none"  # and no path of the server


def test_a_damaged_model_holds_photos_and_is_told(fresh_server, tmp_path):
    """A model comes when the first picture needs it; what is wrong with it shows then."""
    from support.client import Community
    for file in pathlib.Path(fresh_server().environment()["PICSHARZ_MODELS__DIR"]).iterdir():
        (tmp_path / file.name).symlink_to(file.resolve())
    (tmp_path / "centernet.onnx").unlink()
    (tmp_path / "centernet.onnx").write_bytes(b"no model")
    server = fresh_server(PICSHARZ_MODELS__DIR=str(tmp_path)).start()
    visitor = Client(server.address)
    assert visitor.get("/healthz").json["status"] == "ok"
    person = Community(server).member("doubted")
    photo = developed(person, person.upload(png(500, 400)).json["id"])
    assert (photo["state"], photo["reason"]) == ("held", "models_missing")
    wait_for(lambda: visitor.get("/healthz").json["status"] == "degraded")
    assert "centernet" in server.log_entry("photos are held for review: no models")["detail"]
    told = json.loads(server.run("doctor", "--json").stdout)
    shown = next(line for line in told["checks"] if line["part"] == "models")
    assert shown["state"] == "degraded" and "centernet.onnx cannot be loaded" in shown["text"]


def test_what_waited_for_models_is_published_once_there_are_some(fresh_server):
    from support.client import Community
    server = fresh_server(PICSHARZ_MODELS__DIR="/nonexistent").start()
    person = Community(server).member("waiting")
    photo = developed(person, person.upload(png(500, 400)).json["id"])
    assert photo["reason"] == "models_missing"
    server.end()
    del server.settings["PICSHARZ_MODELS__DIR"]
    server.start()
    person.host = server.address.removeprefix("http://")
    address = f"/v1/photos/{photo['id']}"
    wait_for(lambda: person.get(address).json["state"] == "published")
    assert Client(server.address).get(address).status == 200
    assert server.count("SELECT count(*) FROM moderation_cases WHERE closed_at IS NULL") == 0


def test_all_photos_are_labelled_again(fresh_server):
    from support.client import Community
    server = fresh_server().start()
    person = Community(server).member("again")
    photos = [developed(person, person.upload(png(500, 400, (9, n, n))).json["id"])
              for n in range(3)]
    status = json.loads(server.run("retag", "--status", "--json").stdout)
    assert status == {"asked": False, "photos": 0, "seen": 0, "changed": 0, "ended": False}
    server.change("UPDATE assessments SET models = 'of-old'")
    server.change("DELETE FROM photo_labels")
    server.change("UPDATE photos SET labels = '[]'")
    server.process.kill()  # the walk is asked for while nothing runs, and survives
    server.process.wait()
    assert "3 photos" in server.run("retag").stdout
    server.start()
    wait_for(lambda: json.loads(server.run("retag", "--status", "--json").stdout)["ended"])
    assert "All photos are done" in server.run("retag", "--status").stdout
    person.host = server.address.removeprefix("http://")
    for photo in photos:
        again = person.get(f"/v1/photos/{photo['id']}").json
        assert (again["labels"], again["state"]) == (photo["labels"], "published")


def test_work_goes_on_after_a_restart(fresh_server):
    """Uploads that were acknowledged develop, whatever happened to the process that took them."""
    import signal
    from support.client import Community
    server = fresh_server().start()
    community = Community(server)
    person = community.member("patient")
    ids = [person.upload(png(1500, 1000 + i)).json["id"] for i in range(4)]
    server.end(signal.SIGKILL)
    server.start()
    person.host = community.admin.host = server.address.split("//")[1]
    assert {developed(person, i)["state"] for i in ids} == {"published"}


def test_the_same_bytes_twice_are_stored_once(server, mei):
    import pathlib
    data = png(333, 222, (9, 9, 9))
    first, second = (mei.upload(data).json["id"] for _ in range(2))
    assert first != second
    developed(mei, first), developed(mei, second)
    digest = hashlib.sha256(data).hexdigest()
    found = list(pathlib.Path(server.directory).rglob(f"*{digest}*"))
    assert sum(p.is_file() and p.read_bytes() == data for p in found) == 1
