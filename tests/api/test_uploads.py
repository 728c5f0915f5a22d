"""Resumable uploads: tus 1.0.0 as reliability.md section 4 asks for, quotas, keys, hash first."""
import base64
import concurrent.futures
import hashlib
import http.client
import json
import os
import signal
import socket
import struct

import pytest

from support import tus
from support.client import Client, Community, insist, wait_for
from support.pictures import png

# Ways of sending; test_upload_kills asks for what is kept, on both.
pytestmark = pytest.mark.one_engine


def noise(bytes_wanted: int, seed: int = 1) -> bytes:
    """A PNG of about so many bytes: what follows its image is kept as it is."""
    whole = png(64, 64, (seed % 256, seed // 256 % 256, 7))
    end = whole[-12:]
    import zlib
    filler = hashlib.shake_128(str(seed).encode()).digest(max(0, bytes_wanted - len(whole) - 12))
    chunk = (struct.pack(">I", len(filler)) + b"teSt" + filler
             + struct.pack(">I", zlib.crc32(b"teSt" + filler)))
    return whole[:-12] + chunk + end


@pytest.fixture(scope="module")
def mei(community):
    return community.member("mei")


@pytest.fixture(scope="module")
def noor(community):
    return community.member("noor")


def original(server, data: bytes) -> bool:
    import pathlib
    name = hashlib.sha256(data).hexdigest()
    path = pathlib.Path(server.directory, "objects", "originals", name[:2], name)
    return path.is_file() and path.read_bytes() == data


# --- core -----------------------------------------------------------------------------------------

def test_discovery(server):
    for path in ("/v1/uploads", "/v1/uploads/1"):
        answer = Client(server.address).request("OPTIONS", path)
        assert answer.status == 204
        assert answer.headers["tus-version"] == answer.headers["tus-resumable"] == "1.0.0"
        assert set(answer.headers["tus-extension"].split(",")) == {
            "creation", "creation-with-upload", "creation-defer-length", "expiration", "checksum",
            "termination"}
        assert answer.headers["tus-max-size"] == "50000000"
        assert answer.headers["tus-checksum-algorithm"] == "sha1,sha256"


def test_a_photo_in_three_pieces(server, mei):
    data = noise(700_000)
    made = tus.create(mei, len(data), title="The harbour", tags="Sea,old town", filename="a.png",
                      visibility="private", filetype="image/png")
    place = made.headers["location"]
    assert made.status == 201 and tus.offset(made) == 0 and "picsharz-photo" not in made.headers
    assert made.headers["upload-expires"].endswith("GMT")
    at = 0
    for piece in (data[:100_000], data[100_000:600_001], b""):
        answer = tus.patch(mei, place, at, piece)
        at += len(piece)
        assert (answer.status, tus.offset(answer)) == (204, at)
        now = tus.head(mei, place)
        assert tus.offset(now) == at and now.headers["upload-length"] == str(len(data))
        assert now.headers["cache-control"] == "no-store" and not now.body
        assert now.headers["upload-metadata"].startswith("title ")
    last = tus.patch(mei, place, at, data[at:])
    photo = mei.get("/v1/photos/" + last.headers["picsharz-photo"]).json
    assert (photo["title"], photo["tags"], photo["visibility"]) == (
        "The harbour", ["sea", "old-town"], "private")
    assert original(server, data)
    assert tus.head(mei, place).headers["picsharz-photo"] == photo["id"]
    # A finished upload: nothing more may come, nothing more is made.
    assert tus.patch(mei, place, len(data), b"").status == 204
    assert tus.patch(mei, place, len(data), b"x").code == "upload_too_long"
    assert tus.patch(mei, place, 5, b"x").code == "offset_mismatch"


@pytest.mark.parametrize("version", [None, "0.2.2", "1.0.1"])
def test_another_version_is_412(mei, version):
    place = tus.create(mei, 10).headers["location"]
    headers = {"Tus-Resumable": version} if version else {}
    for method, path, more in (("POST", "/v1/uploads", {"Upload-Length": "5"}), ("HEAD", place, {}),
                               ("DELETE", place, {}),
                               ("PATCH", place, {"Upload-Offset": "0",
                                                 "Content-Type": tus.STREAM})):
        answer = mei.request(method, path, None, {**headers, **more})
        assert answer.status == 412, method
        assert answer.headers["tus-version"] == "1.0.0"
    tus.terminate(mei, place)


def test_what_a_patch_must_not_do(mei):
    place = tus.create(mei, 1000).headers["location"]
    assert tus.patch(mei, place, 0, b"x" * 400).status == 204
    for offset in (0, 399, 401, 5000):
        answer = tus.patch(mei, place, offset, b"y")
        assert (answer.status, answer.code) == (409, "offset_mismatch")
    for offset in ("", "x", "-1", "1e3", "9" * 19):
        assert tus.patch(mei, place, offset, b"y").code == "invalid_upload_offset"
    assert tus.patch(mei, place, 400, b"y", {"Content-Type": "image/png"}).status == 415
    too_long = tus.patch(mei, place, 400, b"y" * 601)
    assert (too_long.status, too_long.code) == (413, "upload_too_long")
    chunked = mei.request("PATCH", place, iter(
        [b"12c\r\n" + b"y" * 300 + b"\r\n", b"12d\r\n" + b"z" * 301 + b"\r\n0\r\n\r\n"]), {
        "Tus-Resumable": "1.0.0", "Upload-Offset": "400", "Content-Type": tus.STREAM,
        "Transfer-Encoding": "chunked"})
    assert (chunked.status, chunked.code) == (413, "upload_too_long")
    # The refused connection lets go of the upload a moment after its answer.
    wait_for(lambda: tus.head(mei, place).status == 200)
    assert 400 <= tus.offset(tus.head(mei, place)) <= 1000
    tus.terminate(mei, place)


def test_an_upload_is_its_owners_alone(mei, noor, server):
    place = tus.create(mei, 1000).headers["location"]
    unknown = tus.patch(noor, "/v1/uploads/1", 0, b"x")
    assert unknown.status == 404
    for answer in (tus.patch(noor, place, 0, b"x"), tus.terminate(noor, place)):
        assert answer.status == 404 and answer.json["detail"] == unknown.json["detail"]
    assert tus.head(noor, place).status == 404
    assert tus.patch(Client(server.address), place, 0, b"x").status == 401
    assert tus.head(mei, place).status == 200
    tus.terminate(mei, place)


# --- extensions -----------------------------------------------------------------------------------

@pytest.mark.parametrize("headers, status, code", [
    ({}, 400, "invalid_upload_length"),
    ({"Upload-Length": "5", "Upload-Defer-Length": "1"}, 400, "invalid_upload_length"),
    ({"Upload-Defer-Length": "2"}, 400, "invalid_upload_length"),
    ({"Upload-Length": "-5"}, 400, "invalid_upload_length"),
    ({"Upload-Length": "0"}, 422, "image_empty"),
    ({"Upload-Length": "50000001"}, 413, "file_too_large"),
    ({"Upload-Length": "5", "Upload-Metadata": "title !!"}, 400, "invalid_upload_metadata"),
    ({"Upload-Length": "5", "Upload-Metadata": "title eA==,title eA=="}, 400,
     "invalid_upload_metadata"),
    ({"Upload-Length": "5", "Upload-Metadata": "colour eA=="}, 400, "invalid_request"),
    ({"Upload-Length": "5", "Upload-Metadata": "visibility eA=="}, 400, "invalid_request"),
    ({"Upload-Length": "5", "Upload-Metadata": "sha256 eA=="}, 400, "invalid_upload_metadata"),
])
def test_creations_that_are_refused(mei, headers, status, code):
    answer = tus.create(mei, headers=headers)
    assert (answer.status, answer.code) == (status, code)


def test_creation_with_upload(server, mei):
    data = noise(300_000, 2)
    whole = tus.create(mei, len(data), data)
    assert whole.status == 201 and tus.offset(whole) == len(data)
    assert mei.get("/v1/photos/" + whole.headers["picsharz-photo"]).status == 200
    assert original(server, data)
    data = noise(300_000, 3)
    part = tus.create(mei, len(data), data[:1000])
    assert tus.offset(part) == 1000
    done = tus.patch(mei, part.headers["location"], 1000, data[1000:])
    assert done.status == 204 and original(server, data)


@pytest.mark.parametrize("declared_at", [0, 1, 2])
def test_the_length_may_come_later(server, mei, declared_at):
    data = noise(90_000, 10 + declared_at)
    made = tus.create(mei, headers={"Upload-Defer-Length": "1"})
    place, at = made.headers["location"], 0
    assert tus.head(mei, place).headers["upload-defer-length"] == "1"
    for number, piece in enumerate((data[:30_000], data[30_000:60_000], data[60_000:])):
        headers = {"Upload-Length": str(len(data))} if number == declared_at else {}
        answer = tus.patch(mei, place, at, piece, headers)
        assert answer.status == 204
        at += len(piece)
        if number == declared_at and number < 2:
            again = tus.patch(mei, place, at, b"", {"Upload-Length": "99"})
            assert again.code == "invalid_upload_length"
    assert answer.headers["picsharz-photo"] and original(server, data)


def test_a_deferred_length_is_bound_too(mei):
    place = tus.create(mei, headers={"Upload-Defer-Length": "1"}).headers["location"]
    assert tus.patch(mei, place, 0, b"x" * 10).status == 204
    assert tus.patch(mei, place, 10, b"x", {"Upload-Length": "5"}).code == "invalid_upload_length"
    assert tus.patch(mei, place, 10, b"x", {"Upload-Length": "50000001"}).code == "file_too_large"
    tus.terminate(mei, place)


@pytest.mark.parametrize("name", ["sha1", "sha256"])
def test_checksums(server, mei, name):
    data = noise(400_000, 20 + len(name))
    place = tus.create(mei, len(data)).headers["location"]

    def checksum(piece):
        return {"Upload-Checksum": name + " " + base64.b64encode(
            hashlib.new(name, piece).digest()).decode()}
    assert tus.patch(mei, place, 0, data[:300_000], checksum(data[:300_000])).status == 204
    wrong = tus.patch(mei, place, 300_000, data[300_000:], checksum(b"other"))
    assert (wrong.status, wrong.code) == (460, "checksum_mismatch")
    assert tus.offset(tus.head(mei, place)) == 300_000
    for bad in ("md5 " + "A" * 24, name, name + " !!", name + " eA=="):
        answer = tus.patch(mei, place, 300_000, data[300_000:], {"Upload-Checksum": bad})
        assert (answer.status, answer.code) == (400, "invalid_checksum"), bad
    last = tus.patch(mei, place, 300_000, data[300_000:], checksum(data[300_000:]))
    assert last.status == 204 and original(server, data)


def test_termination(server, mei):
    place = tus.create(mei, 1000, b"x" * 10).headers["location"]
    gone = tus.terminate(mei, place)
    assert gone.status == 204 and gone.headers["tus-resumable"] == "1.0.0"
    assert tus.head(mei, place).status == tus.terminate(mei, place).status == 404
    assert tus.patch(mei, place, 10, b"x").status == 404
    kept = os.path.join(server.directory, "spool", "kept", place.split("/")[-1])
    assert not os.path.exists(kept)
    done = tus.create(mei, len(data := noise(5_000, 30)), data)
    assert tus.terminate(mei, done.headers["location"]).status == 204
    assert mei.get("/v1/photos/" + done.headers["picsharz-photo"]).status == 200


def test_another_method_by_post(server, mei, community):
    data = noise(5_000, 31)
    place = tus.create(mei, len(data)).headers["location"]
    headers = {"Tus-Resumable": "1.0.0", "Content-Type": tus.STREAM, "Upload-Offset": "0"}
    sent = mei.request("POST", place, data[:100], {**headers, "X-HTTP-Method-Override": "PATCH"})
    assert (sent.status, tus.offset(sent)) == (204, 100)
    seen = mei.request("POST", place, None, {**headers, "X-HTTP-Method-Override": "HEAD"})
    assert (seen.status, tus.offset(seen)) == (200, 100)
    assert mei.request("POST", place, None, headers).code == "method_override"
    # A page of another site can send neither: the check comes before the override.
    browser = Client(server.address, browser=True)
    login = browser.post("/v1/sessions", {"login": "mei", "password": "correct horse battery"})
    assert login.status == 201
    foreign = browser.request("POST", place, None, {
        **headers, "X-HTTP-Method-Override": "DELETE", "Sec-Fetch-Site": "cross-site"})
    assert (foreign.status, foreign.code) == (403, "cross_site")
    ended = mei.request("POST", place, None, {**headers, "X-HTTP-Method-Override": "DELETE"})
    assert ended.status == 204 and tus.head(mei, place).status == 404
    # Nowhere else is the header anything.
    assert mei.request("POST", "/v1/photos/1", None, {"X-HTTP-Method-Override": "GET"},
                       check=False).status == 405


# --- interrupted ----------------------------------------------------------------------------------

@pytest.mark.parametrize("how", ["fin", "reset", "half"])
def test_an_interrupted_body_keeps_what_came(server, mei, how):
    data = noise(900_000, 40 + len(how))
    place = tus.create(mei, len(data)).headers["location"]
    connection = tus.begin_patch(mei, place, 0, len(data), data[:555_555])
    raw = connection.sock
    # The server has read it all before the connection ends: what is lost by the network alone is
    # the business of tests/uploads.
    kept = os.path.join(server.directory, "spool", "kept", place.split("/")[-1])
    wait_for(lambda: os.path.exists(kept) and os.path.getsize(kept) == 555_555)
    assert tus.head(mei, place).status == 423
    assert tus.patch(mei, place, 0, data).code == "upload_locked"
    if how == "reset":
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    if how == "half":
        raw.shutdown(socket.SHUT_WR)
    else:
        connection.close()
    wait_for(lambda: tus.head(mei, place).headers.get("upload-offset") == "555555")
    last = tus.patch(mei, place, 555_555, data[555_555:])
    assert last.status == 204 and last.headers["picsharz-photo"] and original(server, data)
    connection.close()


def test_two_at_once_cannot_mix(server, mei):
    data = noise(900_000, 50)
    place = tus.create(mei, len(data)).headers["location"]
    first = tus.begin_patch(mei, place, 0, len(data), data[:300_000])
    wait_for(lambda: tus.head(mei, place).status == 423)
    second = tus.patch(mei, place, 0, b"\0" * 100)
    assert (second.status, second.code) == (423, "upload_locked")
    assert int(second.headers["retry-after"]) >= 1
    assert tus.terminate(mei, place).status == 423
    first.send(data[300_000:])
    answer = first.getresponse()
    assert answer.status == 204 and original(server, data)
    first.close()


def test_a_body_that_is_no_photo_is_refused_at_its_end(server, mei):
    for data, status, code in ((b"PK\x03\x04" + b"\0" * 500, 415, "unsupported_format"),
                               (png(64, 64)[:40], 422, "image_corrupt")):
        place = tus.create(mei, len(data), filename="photo.jpg").headers["location"]
        answer = tus.patch(mei, place, 0, data)
        assert (answer.status, answer.code) == (status, code)
        assert tus.head(mei, place).status == 404 and not original(server, data)


def test_an_upload_survives_restarts_of_every_kind(fresh_server):
    server = fresh_server().start()
    person = Community(server).member("patient")
    data = noise(1_000_000, 60)
    place = tus.create(person, len(data), title="Patience").headers["location"]
    at = 0
    for how, upto in ((signal.SIGKILL, 300_000), (signal.SIGTERM, 700_000)):
        assert tus.patch(person, place, at, data[at:upto]).status == 204
        connection = tus.begin_patch(person, place, upto, len(data) - upto,
                                     data[upto:upto + 290_000])
        kept = os.path.join(server.directory, "spool", "kept", place.split("/")[-1])
        wait_for(lambda: os.path.getsize(kept) == upto + 290_000)
        server.end(how)
        connection.close()
        server.start()
        person.host = server.address.split("//")[1]
        at = tus.offset(tus.head(person, place))
        # kill -9 loses what was not synced yet, an orderly stop nothing that was read.
        assert upto + 190_000 < at <= upto + 290_000
        if how == signal.SIGTERM:
            assert at == upto + 290_000
    last = tus.patch(person, place, at, data[at:])
    assert last.headers["picsharz-photo"] and original(server, data)


# --- hash first -----------------------------------------------------------------------------------

def test_bytes_that_one_has_already_are_not_sent_again(server, mei, noor):
    data = noise(200_000, 70)
    digest = hashlib.sha256(data).digest()
    first = tus.create(mei, len(data), sha256=digest, title="One")
    assert tus.offset(first) == 0
    assert tus.patch(mei, first.headers["location"], 0, data).status == 204
    again = tus.create(mei, len(data), sha256=digest, title="Two")
    assert again.status == 201 and tus.offset(again) == len(data)
    photo = mei.get("/v1/photos/" + again.headers["picsharz-photo"]).json
    assert photo["title"] == "Two"
    assert tus.head(mei, again.headers["location"]).headers["picsharz-photo"] == photo["id"]
    assert wait_for(lambda: mei.get("/v1/photos/" + photo["id"]).json["state"]
                    not in ("received", "decoding", "classifying"))
    # Somebody else learns nothing: the same answer as for bytes that nobody has.
    theirs = tus.create(noor, len(data), sha256=digest)
    nobodys = tus.create(noor, len(data), sha256=hashlib.sha256(b"nobody").digest())
    alike = [{k: v for k, v in answer.headers.items()
              if k not in ("location", "x-request-id", "date", "upload-expires")}
             for answer in (theirs, nobodys)]
    assert alike[0] == alike[1] and tus.offset(theirs) == 0
    wrong_length = tus.create(mei, len(data) - 1, sha256=digest)
    assert tus.offset(wrong_length) == 0
    for client, answer in ((noor, theirs), (noor, nobodys), (mei, wrong_length)):
        tus.terminate(client, answer.headers["location"])


# --- Idempotency-Key ------------------------------------------------------------------------------

def form(data: bytes, boundary: str, **fields):
    body = b"".join(f'--{boundary}\r\nContent-Disposition: form-data; name="{k}"\r\n\r\n{v}\r\n'
                    .encode() for k, v in fields.items())
    return (body + f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="a"'
            f'\r\n\r\n'.encode() + data + f"\r\n--{boundary}--\r\n".encode())


def post_photo(client, key, data, boundary="b", **fields):
    return client.request("POST", "/v1/photos", form(data, boundary, **fields), {
        "Content-Type": f"multipart/form-data; boundary={boundary}", "Idempotency-Key": key})


def photos_of(client):
    return {p["id"] for p in client.get("/v1/me/photos?limit=100").json["items"]}


def test_a_creation_sent_again_has_one_effect(community):
    person = community.member("again")
    data = noise(20_000, 80)
    # 3 times, one after the other; the boundary of a form is another one each time.
    answers = [post_photo(person, "key-1", data, f"b{n}", title="x") for n in range(3)]
    assert [a.status for a in answers] == [201] * 3
    assert len({a.body for a in answers}) == 1
    assert len({a.headers["location"] for a in answers}) == 1 and len(photos_of(person)) == 1
    # 32 times at once.
    with concurrent.futures.ThreadPoolExecutor(32) as pool:
        answers = list(pool.map(
            lambda n: insist(lambda: post_photo(person, "key-2", data, f"b{n}", title="y")),
            range(32)))
    assert {a.status for a in answers} == {201} and len({a.body for a in answers}) == 1
    assert len(photos_of(person)) == 2
    # The same key with another wish; another person's key is another key.
    other = post_photo(person, "key-1", data, title="z")
    assert (other.status, other.code) == (422, "idempotency_key_reused")
    assert post_photo(community.member("other_again"), "key-1", data, title="z").status == 201
    # A refusal leaves the key free.
    assert post_photo(person, "key-3", b"no photo").status == 415
    assert post_photo(person, "key-3", data, title="w").status == 201
    assert post_photo(person, "x" * 129, data).code == "invalid_idempotency_key"
    assert len(photos_of(person)) == 3


def test_an_upload_created_again_is_the_same_upload(community):
    person = community.member("again_tus")
    data = noise(50_000, 81)
    key = {"Idempotency-Key": "upload-1"}
    first = [tus.create(person, len(data), headers=key, title="x") for _ in range(3)]
    assert {a.status for a in first} == {201}
    assert len({a.headers["location"] for a in first}) == 1
    with concurrent.futures.ThreadPoolExecutor(32) as pool:
        again = {"Idempotency-Key": "upload-2"}
        many = list(pool.map(
            lambda _: insist(lambda: tus.create(person, len(data), title="y", headers=again)),
            range(32)))
    assert {a.status for a in many} == {201} and len({a.headers["location"] for a in many}) == 1
    place = first[0].headers["location"]
    tus.patch(person, place, 0, data[:1000])
    half = tus.create(person, len(data), data[:2000], headers=key, title="x")
    assert half.status == 201 and tus.offset(half) == 1000
    done = tus.patch(person, place, 1000, data[1000:])
    once_more = tus.create(person, len(data), headers=key, title="x")
    assert once_more.headers["picsharz-photo"] == done.headers["picsharz-photo"]
    assert tus.create(person, len(data), headers=key, title="z").code == "idempotency_key_reused"
    assert len(photos_of(person)) == 1


# --- creations that come to nothing ---------------------------------------------------------------

def sha256_of(data: bytes) -> dict:
    return {"Upload-Checksum": "sha256 " + base64.b64encode(
        hashlib.sha256(data).digest()).decode()}


def chunked(client, length, data, headers=None, pieces=3):
    """A creation whose body does not say how long it is. The answer's status and its code."""
    connection = http.client.HTTPConnection(client.host, timeout=60)
    sent = {**client.headers("POST"), "Tus-Resumable": "1.0.0", "Content-Type": tus.STREAM,
            "Upload-Length": str(length), **(headers or {})}
    step = -(-len(data) // pieces)
    try:
        connection.request("POST", "/v1/uploads", encode_chunked=True,
                           body=(data[at:at + step] for at in range(0, len(data), step)),
                           headers={**sent, "Transfer-Encoding": "chunked"})
        answer = connection.getresponse()
        return answer.status, json.loads(answer.read() or b"{}").get("code")
    finally:
        connection.close()


def fails_with_wrong_checksum(person, data):
    answer = tus.create(person, len(data), data, sha256_of(b"other"))
    assert (answer.status, answer.code) == (460, "checksum_mismatch")


def fails_with_malformed_checksum(person, data):
    answer = tus.create(person, len(data), data, {"Upload-Checksum": "md5 AAAA"})
    assert (answer.status, answer.code) == (400, "invalid_checksum")


def fails_with_long_body(person, data):
    answer = tus.create(person, len(data) - 1, data)
    assert (answer.status, answer.code) == (413, "upload_too_long")


def fails_with_long_chunks(person, data):
    assert chunked(person, len(data) - 1, data) == (413, "upload_too_long")


def fails_with_no_photo(person, data):
    answer = tus.create(person, len(data), b"PK\x03\x04" + data[4:])
    assert (answer.status, answer.code) == (415, "unsupported_format")


def fails_with_cut_connection(person, data):
    connection = http.client.HTTPConnection(person.host, timeout=60)
    connection.putrequest("POST", "/v1/uploads")
    for name, value in {**person.headers("POST"), "Tus-Resumable": "1.0.0",
                        "Upload-Length": str(len(data)), "Content-Type": tus.STREAM,
                        "Content-Length": str(len(data))}.items():
        connection.putheader(name, value)
    connection.endheaders()
    connection.send(data[:1000])
    connection.close()


def test_creations_that_fail_take_no_place(fresh_server):
    """Nobody could name what is left of them: neither one of the twenty places nor a byte of the
    quota stays taken, and no file."""
    server = fresh_server(PICSHARZ_UPLOADS__QUOTA="1MiB").start()
    community = Community(server)
    kept = os.path.join(server.directory, "spool", "kept")

    def makes(person, count, size) -> bool:
        made = [tus.create(person, size) for _ in range(count)]
        places = [answer.headers["location"] for answer in made if answer.status == 201]
        for place in places:
            assert tus.terminate(person, place).status == 204
        return len(places) == count

    data = noise(100_000, 85)
    for number, fail in enumerate([
            fails_with_wrong_checksum, fails_with_malformed_checksum, fails_with_long_body,
            fails_with_long_chunks, fails_with_no_photo, fails_with_cut_connection]):
        person = community.member(f"hopeful_{number}")
        for _ in range(22):  # more than there are places, and than fit into the quota
            fail(person, data)
            wait_for(lambda: not (os.path.isdir(kept) and os.listdir(kept)))
        wait_for(lambda: makes(person, 20, 1000))
        wait_for(lambda: makes(person, 1, 1 << 20))


def test_a_keyed_upload_outlives_what_is_sent_wrongly_under_its_key(community):
    """The first answer named it: whatever comes later, it is there."""
    person = community.member("keyed")
    data = noise(50_000, 86)
    key = {"Idempotency-Key": "mine"}
    place = tus.create(person, len(data), headers=key).headers["location"]
    longer = tus.create(person, len(data), data + b"x", headers=key)
    assert (longer.status, longer.code) == (413, "upload_too_long")
    malformed = tus.create(person, len(data), data, {**key, "Upload-Checksum": "md5 AAAA"})
    assert (malformed.status, malformed.code) == (400, "invalid_checksum")
    wrong = tus.create(person, len(data), data, {**key, **sha256_of(b"other")})
    assert (wrong.status, wrong.code) == (460, "checksum_mismatch")
    assert tus.offset(tus.head(person, place)) == 0
    assert chunked(person, len(data), data + b"x", key) == (413, "upload_too_long")
    at = int(wait_for(lambda: tus.head(person, place).headers.get("upload-offset")))
    assert tus.patch(person, place, at, data[at:]).headers["picsharz-photo"]
    assert len(photos_of(person)) == 1


# --- quotas and bounds (A28) ----------------------------------------------------------------------

def test_the_quota_is_exact(fresh_server):
    server = fresh_server(PICSHARZ_UPLOADS__QUOTA="1MiB").start()
    community = Community(server)
    one = noise(100_000, 90)
    fit = (1 << 20) // len(one)
    assert fit == 10
    # 64 at once: as many as fit, not one more. The same bytes count each time.
    simple = community.member("simple")
    with concurrent.futures.ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(lambda _: simple.upload(one), range(64)))
    outcomes = sorted((a.status, a.code if a.status != 201 else "") for a in answers)
    assert outcomes.count((201, "")) == fit
    refused = {(413, "quota_exceeded"), (429, "too_many_attempts"), (503, "busy")}
    assert set(outcomes) - {(201, "")} <= refused
    assert len(photos_of(simple)) == fit
    # Creations reserve; what is given up, refused or finished gives back.
    person = community.member("resumable")
    with concurrent.futures.ThreadPoolExecutor(20) as pool:
        made = list(pool.map(lambda _: insist(lambda: tus.create(person, len(one))), range(64)))
    places = [a.headers["location"] for a in made if a.status == 201]
    assert len(places) == fit
    assert {a.code for a in made if a.status != 201} == {"quota_exceeded"}
    assert person.upload(one).code == "quota_exceeded"
    assert tus.patch(person, places[0], 0, one).status == 204
    assert tus.create(person, len(one)).code == "quota_exceeded"
    assert tus.terminate(person, places[1]).status == 204
    assert tus.patch(person, places[2], 0, b"PK\x03\x04" + one[4:]).status == 415
    assert person.upload(one).status == person.upload(one).status == 201
    assert person.upload(one).code == "quota_exceeded"


def test_many_tiny_creations_are_bounded(community):
    person = community.member("tiny")
    made = [tus.create(person, 1) for _ in range(30)]
    assert [a.status for a in made] == [201] * 20 + [429] * 10
    assert made[-1].code == "too_many_attempts" and int(made[-1].headers["retry-after"]) > 0
    tus.terminate(person, made[0].headers["location"])
    assert tus.create(person, 1).status == 201


def test_no_room_is_507_before_a_byte_is_read(fresh_server):
    server = fresh_server(PICSHARZ_DATA__RESERVE="800TiB").start()
    person = Community(server).member("full")
    for answer in (tus.create(person, 5), person.upload(png(32, 32))):
        assert (answer.status, answer.code) == (507, "storage_full")
