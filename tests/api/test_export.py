"""Everything of one's own as one archive: what is in it, who gets it, and that it goes on."""
import hashlib
import io
import json
import zipfile

import pytest

from support.client import PASSWORD, Client, wait_for
from support.pictures import png, png_of_camera
from test_account_security import Authenticator
from test_people import developed, published

pytestmark = pytest.mark.one_engine  # archives; what they read is asked on both in the unit tests


def ready(client, password=PASSWORD, **more):
    """Begins an export and waits for it."""
    begun = client.post("/v1/me/export", {"password": password, **more})
    assert begun.status == 202, begun.body
    assert begun.headers["location"] == "/v1/me/export"
    return wait_for(lambda: finished(client))


def finished(client):
    shown = client.get("/v1/me/export").json["export"]
    return shown if shown["state"] != "working" else None


def archive_of(client):
    """A complete archive, as a ZipFile whose every checksum is right."""
    shown = ready(client)
    assert shown["state"] == "ready", shown
    answer = client.get(shown["link"])
    assert answer.status == 200 and len(answer.body) == shown["size"]
    archive = zipfile.ZipFile(io.BytesIO(answer.body))
    assert archive.testzip() is None
    return archive


def read(archive, name):
    return json.loads(archive.read(name))


@pytest.fixture(scope="module")
def people(community):
    return {name: community.member(name) for name in ("mei", "tom", "eve", "ida")}


@pytest.fixture(scope="module")
def photos(people):
    mei = people["mei"]
    made = {
        "harbour": published(mei, 640, title="Blue harbour", description="Früh <am> Morgen\nund",
                             alt="Boats", tags="harbour,boats"),
        "friends": published(mei, 650, title="Friends", visibility="followers"),
        "own": published(mei, 660, title="Own", visibility="private"),
        "toms": published(people["tom"], 670, title="Of Tom"),
        "secret": published(people["tom"], 680, title="Secret", visibility="private"),
    }
    made["named"] = developed(mei, mei.upload(png(690, 480), file_name="Früh am/Morgen.png")
                              .json["id"])
    return made


@pytest.fixture(scope="module")
def relations(people, photos):
    mei, tom, eve = people["mei"], people["tom"], people["eve"]
    mei.put("/v1/accounts/tom/follow")
    tom.put("/v1/accounts/mei/follow")
    mei.put("/v1/accounts/eve/block")
    mei.put("/v1/accounts/ida/mute")
    mei.put(f"/v1/photos/{photos['toms']['id']}/like")
    tom.put(f"/v1/photos/{photos['harbour']['id']}/like")
    mei.post(f"/v1/photos/{photos['toms']['id']}/comments", {"text": "How green"})
    tom.post(f"/v1/photos/{photos['harbour']['id']}/comments", {"text": "Lovely <b>light</b>"})
    made = mei.post("/v1/collections", {"name": "Best", "description": "Of all"}).json
    for name in ("toms", "own", "harbour"):
        mei.put(f"/v1/collections/{made['id']}/photos/{photos[name]['id']}")
    mei.put(f"/v1/photos/{photos['toms']['id']}/saved")
    mei.patch("/v1/me/notifications/like", {"email": "never"})


def test_everything_is_in_it_byte_for_byte(people, photos, relations):
    mei = people["mei"]
    mei.patch(f"/v1/photos/{photos['harbour']['id']}",
              {"place": "Port Klang", "show_camera": True, "comments_allowed": False})
    archive = archive_of(mei)
    names = set(archive.namelist())
    assert {"README.txt", "index.html", "profile.json", "photos.json", "collections.json",
            "comments.json", "likes.json", "follows.json", "settings.json",
            "export.json"} <= names
    listed = {photo["id"]: photo for photo in read(archive, "photos.json")}
    own = [photos[name] for name in ("harbour", "friends", "own", "named")]
    assert list(listed) == [photo["id"] for photo in own]
    for photo in own:
        entry = listed[photo["id"]]
        content = archive.read(entry["file"])
        assert content == mei.get(f"/v1/photos/{photo['id']}/original").body
        assert entry["sha256"] == hashlib.sha256(content).hexdigest()
        assert entry["file"].startswith(f"photos/{photo['id']}-")
        assert ".." not in entry["file"] and entry["file"].count("/") == 1
    assert listed[photos["named"]["id"]]["file_name"] == "Früh am/Morgen.png"
    harbour = listed[photos["harbour"]["id"]]
    assert harbour["title"] == "Blue harbour" and harbour["tags"] == ["harbour", "boats"]
    assert harbour["description"] == "Früh <am> Morgen\nund" and harbour["alt"] == "Boats"
    assert harbour["place"] == "Port Klang" and harbour["show_camera"]
    assert not harbour["comments_allowed"]
    assert harbour["created_at"] == photos["harbour"]["created_at"]
    assert [listed[p["id"]]["visibility"] for p in own] == ["public", "followers", "private",
                                                           "public"]
    assert read(archive, "profile.json")["email"] == "mei@example.org"
    page = archive.read("index.html").decode()
    assert "Früh &lt;am&gt; Morgen" in page and "<script" not in page
    for photo in own:
        assert f'src="photos/{photo["id"]}-' in page


OF_CAMERA = {"make": "Acme", "model": "Acme One", "copyright": "Ada Admin 2026",
             "taken": "2026:11:23 20:15:00", "offset": "+08:00"}


def test_what_the_camera_wrote_is_in_it(community):
    ned = community.member("ned")
    photo = developed(ned, ned.upload(png_of_camera(900, 600, **OF_CAMERA)).json["id"])
    shown = ned.get(f"/v1/photos/{photo['id']}").json
    entry, = read(archive_of(ned), "photos.json")
    assert entry["camera"] == shown["camera"] == {
        "make": "Acme", "model": "Acme One", "exposure_time": "1/125", "iso": 200}
    assert entry["taken_at"] == shown["taken_at"] == "2026-11-23T20:15:00+08:00"
    assert entry["copyright"] == "Ada Admin 2026"
    # What did not stand in the file is not made up.
    plain = developed(ned, ned.upload(png(910, 600)).json["id"])
    entry = next(e for e in read(archive_of(ned), "photos.json") if e["id"] == plain["id"])
    assert (entry["camera"], entry["taken_at"], entry["copyright"]) == (None, None, "")


def test_the_avatar_and_the_accepted_terms_are_in_it(community, people):
    ida = people["ida"]
    archive = archive_of(ida)
    profile = read(archive, "profile.json")
    assert profile["avatar"] is None and "avatar.webp" not in archive.namelist()
    assert profile["terms"] == ida.get("/v1/me").json["terms"]
    assert profile["terms"]["version"] and profile["terms"]["minimum_age"] >= 13
    shown = ida.send_form("PUT", "/v1/me/avatar", png(500, 400, (10, 160, 90))).json["avatar"]
    kept = ida.get(shown.replace("/128", "/320")).body
    archive = archive_of(ida)
    assert read(archive, "profile.json")["avatar"] == "avatar.webp"
    assert archive.read("avatar.webp") == kept and kept[8:12] == b"WEBP"
    # A picture that its owner took away is not handed out any more.
    link = ida.get("/v1/me/export").json["export"]["link"]
    assert ida.get(link).status == 200
    assert ida.delete("/v1/me/avatar").status == 200
    assert ida.get(link).code == "export_outdated"
    assert "avatar.webp" not in archive_of(ida).namelist()


def test_people_likes_comments_and_collections(people, photos, relations):
    archive = archive_of(people["mei"])
    follows = read(archive, "follows.json")
    assert {kind: [p["handle"] for p in follows[kind]] for kind in follows} == {
        "following": ["tom"], "requested": [], "followers": ["tom"], "requests": [],
        "blocks": ["eve"], "mutes": ["ida"]}
    assert [like["photo"] for like in read(archive, "likes.json")] == [
        {"id": photos["toms"]["id"], "owner": "tom"}]
    comments = {c["text"]: c for c in read(archive, "comments.json")}
    assert comments["How green"]["author"] == "mei"
    assert comments["Lovely <b>light</b>"]["author"] == "tom"
    assert comments["Lovely <b>light</b>"]["photo"]["id"] == photos["harbour"]["id"]
    best = next(c for c in read(archive, "collections.json") if not c["saved"])
    assert best["name"] == "Best" and best["description"] == "Of all"
    assert [p["id"] for p in best["photos"]] == [photos[n]["id"]
                                                 for n in ("toms", "own", "harbour")]
    assert {k["kind"] for k in read(archive, "settings.json")["notifications"]} >= {"like"}


def test_nothing_of_others_is_in_it(community, people, photos, relations):
    """No address of others, no photo of theirs, nothing that they share no more."""
    mei, tom = people["mei"], people["tom"]
    lost = published(tom, 700, title="Soon private")
    mei.put(f"/v1/photos/{lost['id']}/like")
    mei.post(f"/v1/photos/{lost['id']}/comments", {"text": "Under what is gone"})
    tom.patch(f"/v1/photos/{lost['id']}", {"visibility": "private"})
    community.admin.post(f"/v1/photos/{photos['harbour']['id']}/report", {"reason": "spam"},
                         check=False)
    archive = archive_of(mei)
    texts = {name: archive.read(name).decode() for name in archive.namelist()
             if not name.startswith("photos/")}
    for secret in ("tom@", "eve@", "ada@", "Secret", "Soon private", lost["id"], "report"):
        assert [name for name, text in texts.items() if secret in text] == [], secret
    gone = next(c for c in read(archive, "comments.json") if c["text"] == "Under what is gone")
    assert gone["photo"] is None
    assert len([name for name in archive.namelist() if name.startswith("photos/")]) == 4
    # Whom one blocked meanwhile says nothing any more.
    mei.put("/v1/accounts/tom/block")
    assert "Lovely" not in archive_of(mei).read("comments.json").decode()
    mei.delete("/v1/accounts/tom/block")


def test_the_download_goes_on_from_any_byte(people, photos):
    mei = people["ida"]
    for width in (300, 310, 320):
        published(mei, width)
    link = ready(mei)["link"]
    whole = mei.get(link)
    etag = whole.headers["etag"]
    assert whole.headers["accept-ranges"] == "bytes"
    assert whole.headers["content-type"] == "application/zip"
    assert 'filename="picsharz-ida-' in whole.headers["content-disposition"]
    size = len(whole.body)
    assert mei.get(link).headers["etag"] == etag
    head = mei.request("HEAD", link, check=False)
    assert head.status == 200 and int(head.headers["content-length"]) == size and not head.body
    pieces = b""
    step = size // 23 + 1
    while len(pieces) < size:
        last = min(len(pieces) + step, size) - 1
        part = mei.get(link, headers={"Range": f"bytes={len(pieces)}-{last}", "If-Range": etag})
        assert part.status == 206
        assert part.headers["content-range"] == f"bytes {len(pieces)}-{last}/{size}"
        pieces += part.body
    assert pieces == whole.body
    assert mei.get(link, headers={"Range": f"bytes={size}-"}, check=False).status == 416
    other = mei.get(link, headers={"Range": "bytes=5-", "If-Range": '"another"'})
    assert other.status == 200 and other.body == whole.body
    assert mei.get(link, headers={"If-None-Match": etag}).status == 304


def test_the_password_and_the_code_are_asked_for(community):
    zoe = community.member("zoe")
    assert zoe.get("/v1/me/export").json == {"export": None}
    assert zoe.post("/v1/me/export", {}).code == "invalid_request"
    assert zoe.post("/v1/me/export", {"password": "wrong"}).code == "wrong_password"
    assert Client(community.server.address).post("/v1/me/export",
                                                 {"password": PASSWORD}).code == "unauthenticated"
    phone = Authenticator(zoe.post("/v1/me/totp", {"password": PASSWORD}).json["secret"])
    codes = zoe.post("/v1/me/totp/on", {"code": phone.code()}).json["recovery_codes"]
    assert zoe.post("/v1/me/export", {"password": PASSWORD}).code == "totp_required"
    assert zoe.post("/v1/me/export", {"password": PASSWORD, "code": "123"}).code == "wrong_totp"
    assert zoe.get("/v1/me/export").json == {"export": None}
    assert ready(zoe, code=codes[0])["state"] == "ready"
    mail = community.mail("zoe@example.org", "archive")
    assert "/settings/data" in mail["text"] and "exports/" not in mail["text"]


def test_one_wish_is_one_archive(community):
    una = community.member("una")
    key = {"Idempotency-Key": "one wish"}
    first = una.post("/v1/me/export", {"password": PASSWORD}, headers=key)
    again = una.post("/v1/me/export", {"password": PASSWORD}, headers=key)
    assert first.json["export"]["id"] == again.json["export"]["id"]
    wait_for(lambda: finished(una))
    again = una.post("/v1/me/export", {"password": PASSWORD}, headers=key)
    assert again.json["export"]["id"] == first.json["export"]["id"]
    newer = ready(una)
    assert newer["id"] != first.json["export"]["id"]
    assert una.get(f"/v1/me/exports/{first.json['export']['id']}").code == "not_found"
    # The code and two archives.
    wait_for(lambda: len(community.mails("una@example.org")) == 3)
    for key in ("x" * 129,):
        assert una.post("/v1/me/export", {"password": PASSWORD},
                        headers={"Idempotency-Key": key}).code == "invalid_idempotency_key"


def test_the_archive_is_its_owners_for_a_day(server, community, people):
    eve = people["eve"]
    shown = ready(eve)
    for other in (people["tom"], community.admin):
        assert other.get(shown["link"]).code == "not_found"
    assert Client(server.address).get(shown["link"]).code == "unauthenticated"
    server.change(f"UPDATE exports SET expires_at = 1 WHERE id = {shown['id']}")
    assert eve.get(shown["link"]).code == "not_found"
    assert eve.get("/v1/me/export").json == {"export": None}
    assert eve.get("/v1/me/exports/77").code == "not_found"
    assert eve.get("/v1/me/exports/x").code == "not_found"


def test_what_is_deleted_or_removed_ends_the_archive(server, community):
    leo = community.member("leo")
    first, second = (published(leo, width)["id"] for width in (400, 410))
    link = ready(leo)["link"]
    assert leo.get(link).status == 200
    leo.delete(f"/v1/photos/{first}")
    assert leo.get(link).code == "export_outdated"
    link = ready(leo)["link"]
    assert leo.get(link).status == 200
    server.change(f"UPDATE photos SET state = 5 WHERE id = {second}")
    assert leo.get(link).code == "export_outdated"
    archive = archive_of(leo)
    assert read(archive, "photos.json") == []
    assert "photos/" not in "".join(archive.namelist())


def test_a_damaged_original_is_left_out_and_told(server, community):
    import pathlib
    max_ = community.member("max")
    good, bad = (published(max_, width) for width in (500, 510))
    digest = hashlib.sha256(max_.get(f"/v1/photos/{bad['id']}/original").body).hexdigest()
    path = pathlib.Path(server.directory, "objects", "originals", digest[:2], digest)
    path.chmod(0o600)
    path.write_bytes(b"something else")
    archive = archive_of(max_)
    listed = {photo["id"]: photo for photo in read(archive, "photos.json")}
    assert listed[bad["id"]]["file"] is None and listed[good["id"]]["file"] is not None
    assert max_.get("/v1/me/export").json["export"]["left_out"] == 1
    assert read(archive, "export.json")["left_out"] == 1


def test_a_server_that_is_killed_makes_it_all_the_same(fresh_server):
    import signal
    from support.client import Community
    server = fresh_server().start()
    people = Community(server)
    kim = people.member("kim")
    for width in range(200, 230):
        kim.upload(png(width, 100))
    assert kim.post("/v1/me/export", {"password": PASSWORD}).status == 202
    server.end(signal.SIGKILL)
    server.start()
    kim.host = server.address.split("//")[1]
    shown = wait_for(lambda: finished(kim))
    assert shown["state"] == "ready" and shown["photos"] == 30
    assert zipfile.ZipFile(io.BytesIO(kim.get(shown["link"]).body)).testzip() is None
