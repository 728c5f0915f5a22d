"""Archives that become photos: Picsharz's own, Instagram's, and those that mean harm."""
import base64
import io
import json
import random
import signal
import struct
import zipfile
import zlib

import pytest

from support import tus
from support.client import Community, wait_for
from support.pictures import png, png_of_camera
from test_export import archive_of, finished as export_finished, read, ready
from test_people import developed, published

pytestmark = pytest.mark.one_engine  # archives; what they write is asked on both in the unit tests

SETTLED = ("published", "held", "rejected", "removed")


def bring(client, data: bytes, name="archive.zip", piece=1 << 20):
    """Uploads an archive as a client of tus does; the id of the upload."""
    created = tus.create(client, len(data), purpose="import", filename=name)
    assert created.status == 201, created.body
    place = created.headers["location"]
    at = 0
    while at < len(data):
        sent = tus.patch(client, place, at, data[at:at + piece])
        assert sent.status == 204, sent.body
        at = tus.offset(sent)
    return place.rsplit("/", 1)[1]


def over(client):
    shown = client.get("/v1/me/import").json["import"]
    return shown if shown and shown["state"] != "running" else None


def imported(client, data: bytes, **wishes):
    begun = client.post("/v1/me/import", {"upload": bring(client, data), **wishes})
    assert begun.status == 202, begun.body
    return wait_for(lambda: over(client), 240)


def refusals(client):
    items, cursor = [], ""
    while True:
        page = client.get("/v1/me/import/refused?limit=2" + cursor).json
        items += [(item["file"], item["code"]) for item in page["items"]]
        if page["next"] is None:
            return items
        cursor = "&cursor=" + page["next"]


def own_photos(client):
    """All of them, oldest first, when they are developed."""
    def settled():
        items, cursor = [], ""
        while True:
            page = client.get("/v1/me/photos?limit=100" + cursor).json
            items += page["items"]
            if page["next"] is None:
                break
            cursor = "&cursor=" + page["next"]
        return [items] if all(p["state"] in SETTLED for p in items) else None
    return wait_for(settled, 240)[0][::-1]


def zipped(files: dict, method=zipfile.ZIP_STORED) -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", method) as archive:
        for name, content in files.items():
            archive.writestr(name, content if isinstance(content, bytes) else
                             json.dumps(content))
    return data.getvalue()


ABOUT = {"format": "picsharz", "version": 1, "account": "somebody"}


def ours(photos: dict, **more) -> bytes:
    """An archive of our own with these files: name -> (bytes, fields)."""
    listed = [{"id": str(1000 + i), "file": name, "visibility": "public", **fields}
              for i, (name, (_, fields)) in enumerate(photos.items())]
    return zipped({"export.json": ABOUT, "photos.json": listed,
                   **{name: data for name, (data, _) in photos.items() if data is not None},
                   **more})


# What differs between an archive and the archive of what it was imported to: ids, and what is
# named by them.
def photos_in(archive):
    return [{k: v for k, v in photo.items() if k not in ("id", "file")} | {
        "bytes_of": zlib.crc32(archive.read(photo["file"]))}
        for photo in read(archive, "photos.json")]


def collections_in(archive):
    own = {photo["id"]: photo["title"] for photo in read(archive, "photos.json")}
    return [(c["saved"], c["name"], c["description"], c["visibility"],
             [own.get(p["id"], p["id"]) for p in c["photos"]])
            for c in read(archive, "collections.json")]


def people_in(archive):
    return {kind: sorted(p["handle"] for p in people)
            for kind, people in read(archive, "follows.json").items()}


def likes_in(archive):
    own = {photo["id"]: photo["title"] for photo in read(archive, "photos.json")}
    return sorted(own.get(like["photo"]["id"], like["photo"]["id"])
                  for like in read(archive, "likes.json"))


def profile_in(archive):
    return {k: v for k, v in read(archive, "profile.json").items()
            if k not in ("handle", "email", "created_at", "terms")}


@pytest.fixture(scope="module")
def mei(community):
    """Somebody with everything that an archive can hold."""
    mei = community.member("mei", name="Mei Lin")
    others = {name: community.member(name) for name in ("tom", "eve", "ida")}
    toms = published(others["tom"], 610, title="Of Tom")["id"]
    made = {}
    for i, (title, visibility) in enumerate((("One", "public"), ("Two", "followers"),
                                             ("Three", "private"), ("Four", "public"))):
        made[title] = published(mei, 620 + 10 * i, title=title, visibility=visibility,
                                alt=f"Alt of {title}", description=f"Zeile <1>\nZeile {i}, äöü 漢",
                                tags=f"tag{i},harbour,früh")["id"]
    developed(mei, mei.upload(png_of_camera(666, 480, make="Acme", model="Acme One",
                                            copyright="Mei Lin", taken="2026:11:23 20:15:00",
                                            offset="+08:00"), title="Of a camera").json["id"])
    twin = developed(mei, mei.upload(png(620, 480), title="Twin of One", file_name="zwilling.png")
                     .json["id"])["id"]
    mei.patch(f"/v1/photos/{made['One']}", {"place": "Port Klang", "show_camera": True,
                                           "allow_download": True, "comments_allowed": False})
    community.server.change("INSERT INTO photo_labels (photo_id, name, confidence, models)"
                            f" VALUES ({made['Four']}, 'boat', 0.9, 'test')")
    assert mei.delete(f"/v1/photos/{made['Four']}/labels/boat").status == 200
    community.server.change("UPDATE photos SET created_at = 150000000012900"
                            f" WHERE id = {made['One']}")
    mei.patch("/v1/me", {"bio": "I look", "show_camera": True, "language": "ms"})
    assert mei.send_form("PUT", "/v1/me/avatar", png(700, 500, (20, 150, 60))).status == 200
    mei.patch("/v1/me/notifications/like", {"in_app": False, "email": "never"})
    best = mei.post("/v1/collections", {"name": "Best", "description": "All",
                                        "visibility": "followers"}).json["id"]
    for photo in (made["Three"], toms, made["One"], twin):
        mei.put(f"/v1/collections/{best}/photos/{photo}")
    mei.post("/v1/collections", {"name": "Best"})
    mei.put(f"/v1/photos/{toms}/saved")
    mei.put(f"/v1/photos/{made['Two']}/saved")
    mei.put(f"/v1/photos/{toms}/like")
    mei.put(f"/v1/photos/{made['One']}/like")
    mei.post(f"/v1/photos/{toms}/comments", {"text": "How green"})
    mei.put("/v1/accounts/tom/follow")
    mei.put("/v1/accounts/eve/block")
    mei.put("/v1/accounts/ida/mute")
    return mei


@pytest.fixture(scope="module")
def archive(mei):
    return archive_of(mei)


def looks(client, picture: bytes):
    """What its ThumbHash says of a picture: the mean colour, and the coarse shapes as numbers."""
    photo = developed(client, client.upload(picture, visibility="private").json["id"])
    assert client.delete(f"/v1/photos/{photo['id']}").status == 200
    raw = base64.b64decode(photo["thumbhash"] + "==")
    mean = int.from_bytes(raw[:3], "little")
    shapes = [half for byte in raw[5:] for half in (byte & 15, byte >> 4)]
    return [photo["width"], photo["height"], mean & 63, mean >> 6 & 63, mean >> 12 & 63, *shapes]


def whole(archive) -> bytes:
    return archive.fp.getvalue()


def test_import_of_export_is_the_same_on_an_empty_instance(archive, fresh_server):
    server = fresh_server().start()
    people = Community(server)
    copy = people.member("somebody_else")
    report = imported(copy, whole(archive), profile=True)
    assert report["state"] == "done" and report["kind"] == "picsharz", report
    assert (report["photos"], report["taken"], report["refused"]) == (6, 6, 0)
    assert report["comments_left"] == 1 and report["people"] == 0
    own_photos(copy)
    again = archive_of(copy)
    assert photos_in(again) == photos_in(archive)
    of_camera = next(p for p in photos_in(again) if p["title"] == "Of a camera")
    assert of_camera["camera"]["model"] == "Acme One" and of_camera["copyright"] == "Mei Lin"
    assert of_camera["taken_at"] == "2026-11-23T20:15:00+08:00"
    assert profile_in(again) == profile_in(archive)
    assert profile_in(again)["language"] == copy.get("/v1/me").json["settings"]["language"] == "ms"
    assert read(again, "settings.json") == read(archive, "settings.json")
    toms = read(archive, "likes.json")
    foreign = {like["photo"]["id"] for like in toms if like["photo"]["owner"] == "tom"}
    assert collections_in(again) == [
        (*c[:4], [p for p in c[4] if p not in foreign]) for c in collections_in(archive)]
    assert server.count("SELECT COUNT(*) FROM comments") == 0
    assert server.count("SELECT COUNT(*) FROM follows") == 0
    # It was encoded anew: the same picture, but for a step of the coarsest numbers.
    before, after = (looks(copy, of.read("avatar.webp")) for of in (archive, again))
    assert len(after) == len(before) and before[:2] == after[:2] == [320, 320]
    assert all(abs(a - b) <= 1 for a, b in zip(before, after)), (before, after)
    # Its own archive once more, into the same account: nothing changes, byte for byte.
    avatar = copy.get("/v1/me").json["avatar"]
    report = imported(copy, whole(again), profile=True)
    assert copy.get("/v1/me").json["avatar"] == avatar
    assert (report["taken"], report["known"], report["refused"]) == (0, 6, 0)
    third = archive_of(copy)
    assert read(third, "photos.json") == read(again, "photos.json")
    assert read(third, "collections.json") == read(again, "collections.json")


def with_avatar(content, **more) -> bytes:
    files = {} if content is None else {"avatar.webp": content}
    return ours({"photos/1.png": (png(330, 240), {"title": "One"})},
                **{"profile.json": {"name": "New name", "avatar": "avatar.webp", **more}, **files})


@pytest.mark.parametrize("content, code", [
    (b"no picture at all", "unsupported_format"),
    (png(400, 300)[:60], "image_corrupt"),
    (b"\x89PNG" + bytes(10_000_001), "archive_member_too_large"),
    (None, "file_missing"),
], ids=["no picture", "half a picture", "too large", "not there"])
def test_an_avatar_that_is_refused_is_told_and_the_import_goes_on(community, content, code):
    name = f"avatar_{code[:18]}"
    person = community.member(name)
    report = imported(person, with_avatar(content), profile=True)
    assert report["state"] == "done" and (report["photos"], report["taken"]) == (1, 1)
    assert report["refused"] == 1 and report["done"] == 1
    file, told = refusals(person)[0]
    assert (file, told) == ("avatar.webp", code)
    me = person.get("/v1/me").json
    assert me["name"] == "New name" and me["avatar"] is None


def test_an_avatar_that_is_not_allowed_is_refused_as_if_it_were_uploaded(fresh_server):
    server = fresh_server(PICSHARZ_MODERATION__GATE="0", PICSHARZ_MODERATION__SUGGESTIVE="0",
                          PICSHARZ_MODERATION__EXPLICIT="1").start()
    person = Community(server).member("kim")
    report = imported(person, with_avatar(png(400, 300)), profile=True)
    assert report["state"] == "done" and refusals(person) == [("avatar.webp", "suggestive")]
    assert person.get("/v1/me").json["avatar"] is None


def test_without_the_wish_the_avatar_stays_as_it_is(community):
    person = community.member("avatar_unasked")
    person.send_form("PUT", "/v1/me/avatar", png(200, 200))
    before = person.get("/v1/me").json["avatar"]
    assert imported(person, with_avatar(png(400, 300, (200, 0, 0))))["state"] == "done"
    assert person.get("/v1/me").json["avatar"] == before
    # With it, it is the one of the archive, whatever else the archive calls its file.
    report = imported(person, with_avatar(png(400, 300, (200, 0, 0))), profile=True)
    assert report["refused"] == 0 and person.get("/v1/me").json["avatar"] not in (None, before)


def test_where_the_same_people_are_follows_and_likes_come_too(community, mei, archive):
    copy = community.member("mei_again")
    report = imported(copy, whole(archive), profile=True, people=True)
    assert report["state"] == "done"
    assert (report["people"], report["people_unknown"]) == (3, 0)
    assert (report["likes"], report["likes_unknown"]) == (2, 0)
    own_photos(copy)
    again = archive_of(copy)
    assert photos_in(again) == photos_in(archive)
    assert collections_in(again) == collections_in(archive)
    assert people_in(again) == people_in(archive)
    assert likes_in(again) == likes_in(archive)
    assert profile_in(again) == profile_in(archive)
    before = community.server.rows("SELECT COUNT(*) FROM likes UNION ALL SELECT COUNT(*) FROM"
                                   " follows UNION ALL SELECT COUNT(*) FROM photos")
    assert imported(copy, whole(archive), people=True)["taken"] == 0
    assert before == community.server.rows(
        "SELECT COUNT(*) FROM likes UNION ALL SELECT COUNT(*) FROM"
        " follows UNION ALL SELECT COUNT(*) FROM photos")


def test_people_only_where_it_is_wished_and_known(community):
    somebody = community.member("wanda")
    follows = {"following": [{"handle": "nobody_here"}, {"handle": "tom"}], "requested": [],
               "followers": [{"handle": "ida"}], "blocks": [], "mutes": []}
    data = ours({}, **{"follows.json": follows, "likes.json": [
        {"photo": {"id": "77", "owner": "tom"}}], "comments.json": [{"text": "x"}]})
    report = imported(somebody, data)
    assert report["people"] == report["likes"] == 0
    assert somebody.get("/v1/accounts/wanda/following").json["items"] == []
    report = imported(somebody, data, people=True)
    assert (report["people"], report["people_unknown"]) == (1, 1)
    assert (report["likes"], report["likes_unknown"], report["comments_left"]) == (0, 1, 1)
    assert [p["handle"] for p in somebody.get("/v1/accounts/wanda/following").json["items"]
            ] == ["tom"]
    assert somebody.get("/v1/accounts/wanda/followers").json["items"] == []


def test_what_cannot_be_taken_is_told_and_the_rest_is_taken(community):
    rita = community.member("rita")
    damaged = bytearray(png(710, 400))
    data = ours({
        "photos/1.png": (png(700, 400), {"title": "Good", "visibility": "nonsense"}),
        "photos/2.txt": (b"no picture at all", {}),
        "photos/3.png": (None, {}),
        "photos/4.png": (bytes(damaged), {"title": "x" * 500, "tags": ["a" * 90, "fine"],
                                          "created_at": "2031-01-01T00:00:00.000Z"}),
        "photos/5.png": (png(720, 400)[:200], {}),
    })
    report = imported(rita, data)
    assert report["state"] == "done" and (report["taken"], report["refused"]) == (2, 3)
    assert refusals(rita) == [("photos/2.txt", "unsupported_format"),
                              ("photos/3.png", "file_missing"),
                              ("photos/5.png", "image_corrupt")]
    photos = {p["title"]: p for p in own_photos(rita)}
    assert photos["Good"]["visibility"] == "private"  # what is unreadable is shown to nobody
    assert photos["x" * 200]["tags"] == ["fine"]
    assert photos["x" * 200]["created_at"] < "2031"  # the future is no date of a photo
    for broken in (b"[1, 2", b"{}", b"[{]", b"\xff", b"[" + b'"x' * 200_000):
        answer = imported(rita, zipped({"export.json": ABOUT, "photos.json": broken}))
        assert answer["state"] == "failed" or answer["refused"] > 0, broken[:20]
    assert imported(rita, zipped({"export.json": {**ABOUT, "version": 2}}))["failure"]["code"] \
        == "archive_newer"


def hostile():
    good = zipped({"export.json": ABOUT, "photos.json": []})
    yield "truncated", good[:-30], "archive_broken"
    yield "no archive", random.Random(5).randbytes(5000), "archive_broken"
    yield "another kind", zipped({"a.txt": b"x"}), "archive_unknown"
    for name in ("../../etc/passwd", "/etc/passwd", "a/../../b", "C:\\x"):
        yield f"name {name}", zipped({"export.json": ABOUT, name: b"x"}), "archive_unsafe_name"
    bomb = zipped({"export.json": ABOUT, "zeros": b"\0" * 100_000_000}, zipfile.ZIP_DEFLATED)
    yield "bomb", bomb, "archive_bomb"
    many = bytearray(zipped({"a": b"x" * 5000, "b": b"y" * 5000}))
    second = many.rindex(b"PK\x01\x02")
    many[second + 42:second + 46] = struct.pack("<I", 100)
    yield "overlapping", bytes(many), "archive_overlapping"
    secret = bytearray(good)
    first = secret.index(b"PK\x01\x02")
    secret[first + 8] |= 1
    yield "encrypted", bytes(secret), "archive_encrypted"


@pytest.mark.parametrize("data, code", [pytest.param(data, code, id=what)
                                        for what, data, code in hostile()])
def test_archives_that_mean_harm(server, community, people_cache, data, code):
    hal = people_cache("hal")
    report = imported(hal, data)
    assert report["state"] == "failed" and report["failure"]["code"] == code
    assert report["failure"]["detail"].endswith(".")
    assert report["photos"] == report["taken"] == 0
    wait_for(lambda: server.count("SELECT COUNT(*) FROM uploads WHERE archive = 1") == 0)


@pytest.fixture(scope="module")
def people_cache(community):
    known = {}
    return lambda name: known.setdefault(name, None) or known.update(
        {name: community.member(name)}) or known[name]


def test_who_may_import_what(community, people_cache):
    hal, tess = people_cache("hal"), community.member("tess")
    upload = bring(hal, zipped({"export.json": ABOUT, "photos.json": []}))
    assert tess.post("/v1/me/import", {"upload": upload}).code == "not_found"
    for other in ("77", "x"):
        assert hal.post("/v1/me/import", {"upload": other}).code in ("not_found",
                                                                     "invalid_request")
    photo = tus.create(tess, 100)  # an upload, but of a photo
    assert tess.post("/v1/me/import",
                     {"upload": photo.headers["location"].rsplit("/", 1)[1]}).code == "not_found"
    unfinished = tus.create(tess, 100, purpose="import").headers["location"].rsplit("/", 1)[1]
    assert tess.post("/v1/me/import", {"upload": unfinished}).code == "not_found"
    assert tus.create(tess, 100, purpose="else").code == "invalid_upload_metadata"
    assert tus.create(tess, None, headers={"Upload-Defer-Length": "1"},
                      purpose="import").code == "invalid_upload_length"
    key = {"Idempotency-Key": "one"}
    first = hal.post("/v1/me/import", {"upload": upload}, headers=key).json["import"]
    again = hal.post("/v1/me/import", {"upload": upload}, headers=key).json["import"]
    assert first["id"] == again["id"]
    wait_for(lambda: over(hal))
    assert hal.post("/v1/me/import", {"upload": upload}).code == "not_found"  # it is used up
    assert tess.get("/v1/me/import").json == {"import": None}
    assert tess.delete("/v1/me/import").code == "not_found"


def test_a_newer_archive_takes_the_place_of_one_that_waits(server, community):
    nan = community.member("nan")
    first = bring(nan, zipped({"export.json": ABOUT, "photos.json": []}))
    second = bring(nan, zipped({"export.json": ABOUT, "photos.json": []}))
    assert nan.post("/v1/me/import", {"upload": first}).code == "not_found"
    assert nan.post("/v1/me/import", {"upload": second}).status == 202
    wait_for(lambda: over(nan))


def test_bounds_of_archive_day_and_quota(fresh_server):
    server = fresh_server(PICSHARZ_IMPORTS__ARCHIVE="1MiB", PICSHARZ_UPLOADS__PER_DAY="2",
                          PICSHARZ_UPLOADS__QUOTA="1MiB").start()
    people = Community(server)
    bob = people.member("bob")
    assert tus.create(bob, 1 << 21, purpose="import").code == "file_too_large"
    data = ours({f"photos/{i}.png": (png(300 + i, 200), {}) for i in range(5)})
    assert imported(bob, data)["taken"] == 5  # a day has two, but not for imports
    server.change("UPDATE accounts SET bytes = 1048570 WHERE handle = 'bob'")
    report = imported(bob, ours({"photos/x.png": (png(600, 400), {})}))
    assert report["taken"] == 0 and refusals(bob) == [("photos/x.png", "quota_exceeded")]


def test_a_server_that_is_killed_goes_on_where_it_was(fresh_server):
    server = fresh_server().start()
    people = Community(server)
    kim = people.member("kim")
    count = 60
    data = ours({f"photos/{i}.png": (png(200 + i, 150), {"title": f"No {i}", "place": f"At {i}"})
                 for i in range(count)})
    upload = bring(kim, data)
    assert kim.post("/v1/me/import", {"upload": upload}).status == 202
    wait_for(lambda: kim.get("/v1/me/import").json["import"]["done"] > 5)
    server.end(signal.SIGKILL)
    # As if it had died between the last photo and what is said about it.
    server.change("UPDATE photo_details SET place = '' WHERE photo_id ="
                  " (SELECT photo_id FROM import_items ORDER BY number DESC LIMIT 1)")
    server.change("UPDATE import_items SET outcome = 0 WHERE number ="
                  " (SELECT MAX(number) FROM import_items)")
    server.start()
    kim.host = server.address.split("//")[1]
    report = wait_for(lambda: over(kim), 240)
    assert report["state"] == "done" and report["taken"] == count and report["refused"] == 0
    photos = own_photos(kim)
    assert [p["title"] for p in photos] == [f"No {i}" for i in range(count)]
    places = server.rows("SELECT place FROM photo_details d JOIN photos p ON p.id = d.photo_id"
                         " ORDER BY p.id")
    assert [row[0] for row in places] == [f"At {i}" for i in range(count)]


def test_cancelled_keeps_what_was_taken(community):
    pia = community.member("pia")
    count = 40
    data = ours({f"photos/{i}.png": (png(200 + i, 151), {"title": str(i)}) for i in range(count)})
    assert pia.post("/v1/me/import", {"upload": bring(pia, data)}).status == 202
    other = bring(pia, zipped({"export.json": ABOUT}))
    # It runs until its photos are developed.
    assert pia.post("/v1/me/import", {"upload": other}).code == "import_running"
    assert pia.delete("/v1/me/import").json["import"]["state"] == "cancelled"
    assert over(pia)["state"] == "cancelled"
    taken = len(own_photos(pia))
    report = imported(pia, data)
    assert report["taken"] + report["known"] == count and report["known"] >= taken
    assert len(own_photos(pia)) == count


def mojibake(text: str) -> str:
    """As Instagram writes it: each byte of UTF-8 as a character."""
    return text.encode().decode("latin-1")


def instagram(newer: bool, folder="") -> bytes:
    place = "your_instagram_activity/media" if newer else "content"
    caption = "Früh am Hafen 🚢 #harbour #früh_am"
    posts = [
        {"media": [{"uri": "media/posts/202401/1.png", "creation_timestamp": 1_600_000_000,
                    "title": mojibake(caption)}]},
        {"media": [{"uri": "media/posts/202402/2.png", "creation_timestamp": 1_650_000_000,
                    "title": ""},
                   {"uri": "media/posts/202402/3.mp4", "creation_timestamp": 1_650_000_000,
                    "title": ""}],
         "title": mojibake("Two at once, «öffentlich» #Tag.x"),
         "creation_timestamp": 1_650_000_001},
        {"media": [{"uri": "media/posts/gone.png", "creation_timestamp": 1}]},
    ]
    more = [{"media": [{"uri": "media/posts/202403/9.png", "title": "plain ascii"}],
             "creation_timestamp": 1_690_000_000}]
    person = {"profile_user": [{"string_map_data": {"Name": {"value": mojibake("Zoë Müller")},
                                                    "Bio": {"value": mojibake("Fährt Rad 🚲")}}}]}
    following = {"relationships_following": [
        {"title": "tom", "string_list_data": [{"href": "https://example.org/tom"}]} if newer else
        {"title": "", "string_list_data": [{"value": "tom", "timestamp": 1}]},
        {"title": "", "string_list_data": [{"value": "not.here"}]}]}
    about = ("personal_information/personal_information/personal_information.json" if newer else
             "account_information/personal_information.json")
    files = {f"{place}/posts_1.json": json.dumps(posts, ensure_ascii=True).encode(),
             f"{place}/posts_2.json": more, about: person,
             ("connections/followers_and_following/following.json" if newer else
              "followers_and_following/following.json"): following,
             "media/posts/202401/1.png": png(801, 500), "media/posts/202402/2.png": png(802, 500),
             "media/posts/202402/3.mp4": b"a film", "media/posts/202403/9.png": png(803, 500),
             "your_instagram_activity/messages/inbox.json": b"{}"}
    return zipped({folder + name: content for name, content in files.items()},
                  zipfile.ZIP_DEFLATED)


@pytest.mark.parametrize("newer, folder", [(False, ""), (True, ""), (True, "instagram-zoe-2026/")])
def test_an_archive_of_instagram(community, newer, folder):
    zoe = community.member(f"zoe_{int(newer)}{len(folder)}")
    report = imported(zoe, instagram(newer, folder), people=True, profile=True)
    assert report["state"] == "done" and report["kind"] == "instagram", report
    assert (report["photos"], report["taken"], report["refused"]) == (5, 3, 2)
    assert refusals(zoe) == [(folder + "media/posts/202402/3.mp4", "video"),
                             (folder + "media/posts/gone.png", "file_missing")]
    assert (report["people"], report["people_unknown"]) == (1, 1)
    photos = own_photos(zoe)
    assert [(p["description"], p["tags"], p["created_at"]) for p in photos] == [
        ("Früh am Hafen 🚢 #harbour #früh_am", ["harbour", "früh_am"], "2020-09-13T12:26:40.000Z"),
        ("Two at once, «öffentlich» #Tag.x", ["tag"], "2022-04-15T05:20:00.000Z"),
        ("plain ascii", [], "2023-07-22T04:26:40.000Z")]
    me = zoe.get("/v1/me").json
    assert (me["name"], me["bio"]) == ("Zoë Müller", "Fährt Rad 🚲")
    assert imported(zoe, instagram(newer, folder))["known"] == 3
    assert len(own_photos(zoe)) == 3
