"""Attacks of the security design that no other file has: each is one test.

Elsewhere: A04, A05, A08 and A09 in src/image (probe, metadata, corpus and sandbox tests; how A09
is counted, here); A11 in
test_edit.py; A13's cached addresses and A15's replays there too; A20 in test_ended_access.py; A21
in test_injection.py; A23 to A25 in tests/browser (redirect, policy, csrf) and test_reading.py; A28
in test_uploads.py; A30 in test_mass_assignment.py, test_roles.py and
test_account_security.py.
"""
import contextlib
import os
import pathlib
import re
import secrets
import signal
import struct
import threading

import pytest

from conftest import shared
from support.client import CONTRACT, Client, Community, wait_for
from support.pictures import png, png_header
from test_photos import developed

pytestmark = pytest.mark.one_engine  # requests and files of attackers; SQL is test_injection

UNKNOWN = "123456789"
RACES = int(os.environ.get("PICSHARZ_RACES", "120"))


@pytest.fixture(scope="module")
def mei(community):
    return community.member("mei")


@pytest.fixture(scope="module")
def ravi(community):
    return community.member("ravi")


@pytest.fixture(scope="module")
def corpus():
    folder = shared() / "corpus"
    if not folder.is_dir():
        pytest.skip("the corpus (../shared/corpus) is not there")
    return folder


def of_decoders(server, what: str) -> float:
    metrics = Client(server.metrics).get("/metrics", check=False).body.decode()
    return float(re.search(rf"^picsharz_decoder_{what}(?:_total)? (\S+)$", metrics, re.M)[1])


def decoded(server) -> float:
    """Pictures that the decoders were given so far."""
    return of_decoders(server, "pictures")


def refused(mei, server, data, status, code):
    before = decoded(server)
    answer = mei.upload(data)
    assert (answer.status, answer.code) == (status, code)
    assert decoded(server) == before  # the header was enough


def has_its_socket(process):
    """Whether a picture may still be sent to it: a process that ends gives back its memory, and
    with it its name, before its descriptors, which the last of its threads takes along."""
    def ended(thread):
        try:
            return (thread / "stat").read_text().rsplit(")", 1)[1].split()[0] in "ZX"
        except OSError:
            return True

    try:
        return not all(map(ended, pathlib.Path(f"/proc/{process}/task").iterdir()))
    except OSError:
        return False


def test_a09_a_forbidden_call_is_counted_for_the_operator(fresh_server):
    """What the kernel does to a decoder that is taken over, done to one that works: it ends by
    SIGSYS. Its photo is rejected, the metric moves, and nobody else notices."""
    server = fresh_server().start()
    member = Community(server).member("taker")
    assert developed(member, member.upload(png(60, 40)).json["id"])["state"] == "published"
    assert of_decoders(server, "forbidden") == of_decoders(server, "killed") == 0

    ended = set()

    def end_its_decoder(number):
        """A large photo whose decoder was ended; None where it was too quick for that, or where
        all that tried it were ended before they had begun."""
        photo = member.upload(png(7000, 7000, (number, 200, 3))).json["id"]
        while member.get(f"/v1/photos/{photo}").json["state"] in ("received", "decoding"):
            for process in server.decoders():
                ended.add(process)
                with contextlib.suppress(ProcessLookupError):
                    os.kill(process, signal.SIGSYS)
        seen = developed(member, photo)
        return seen if seen["reason"] == "image_corrupt" else None

    assert next(seen for seen in map(end_its_decoder, range(20)) if seen)["state"] == "rejected"
    assert of_decoders(server, "forbidden") >= 1
    assert of_decoders(server, "killed") >= of_decoders(server, "forbidden")
    wait_for(lambda: not any(map(has_its_socket, ended)))  # a busy machine ends them later
    after = developed(member, member.upload(png(60, 40, (1, 2, 3))).json["id"])
    assert after["state"] == "published"


def gif(width, height, frames):
    """A GIF89a whose frames have one pixel each."""
    pixel = b"\x2c\0\0\0\0\x01\0\x01\0\0\x02\x02\x44\x01\0"
    return (b"GIF89a" + struct.pack("<HH", width, height) + b"\x80\0\0" + b"\0\0\0\xff\xff\xff"
            + pixel * frames + b"\x3b")


# --- hostile pictures -----------------------------------------------------------------------------

@pytest.mark.parametrize("name", ["bombs/badsize.jpeg", "bombs/badsize.png", "bombs/20K-gray.png",
                                  "sharp/65536-uint32-limit.png", "libvips/17000x17000.avif",
                                  "bombs/20k.gif", "bombs/10K.gif"])
def test_a01_a02_a03_floods_of_pixels(mei, server, corpus, name):
    refused(mei, server, (corpus / name).read_bytes(), 422, "image_too_large")


@pytest.mark.parametrize("data", [png_header(300_000, 300_000), gif(8, 8, 100_000),
                                  gif(6000, 5000, 1)])
def test_a02_a03_generated_floods(mei, server, data):
    refused(mei, server, data, 422, "image_too_large")


@pytest.mark.parametrize("data", [
    b"\x1f\x8b\x08\0\0\0\0\0\0\3" + bytes(40),
    b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
    b"<!DOCTYPE svg [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><svg>&x;</svg>",
    b"push graphic-context\nimage over 0,0 0,0 'https://example.org/x.png'\npop graphic-context",
    b"<?xml version='1.0'?><image><read filename='/etc/passwd'/></image>",
    b"%PDF-1.4\n", b"II*\0" + bytes(40), b"BM" + bytes(60), b"PK\x03\x04" + bytes(60)])
def test_a06_what_only_calls_itself_a_picture(mei, server, data):
    refused(mei, server, data, 415, "unsupported_format")


def test_a06_disguised_archives(mei, server, corpus):
    polyglots = sorted((corpus / "corkami/polyglots").glob("*.gz"))
    for file in (corpus / "libvips/truncated.svgz", *polyglots):
        refused(mei, server, file.read_bytes(), 415, "unsupported_format")


def test_a07_polyglots_leave_no_payload(mei, corpus):
    payload = b"<?php MARKER(); ?><script>MARKER</script>"
    picture = png(640, 480, (12, 140, 77))
    jpeg = (corpus / "corkami/images/rgb.jpg").read_bytes()
    comment = b"\xff\xfe" + struct.pack(">H", len(payload) + 2) + payload
    for data in (picture + payload, jpeg[:2] + comment + jpeg[2:] + payload):
        photo = developed(mei, mei.upload(data, "x.php.png").json["id"])
        assert photo["urls"], photo
        for url in photo["urls"].values():
            answer = mei.get(url)
            assert answer.status == 200 and b"MARKER" not in answer.body
            assert answer.headers["x-content-type-options"] == "nosniff"
            assert answer.headers["content-type"] in ("image/webp", "image/jpeg")
            assert ".php" not in answer.headers["content-disposition"]
    for file in sorted((corpus / "corkami/polyglots").glob("*.mp3")):
        answer = mei.upload(file.read_bytes(), "song.mp3")
        assert answer.status in (201, 415, 422), file.name


# --- paths and ids --------------------------------------------------------------------------------

HOSTILE = ["..", "../../etc/passwd", "..%2f..%2fetc%2fpasswd", "%2e%2e%5c%2e%2e%5cboot.ini",
           "%252e%252e%252f", "..%c0%af..%c0%afetc", "%00", "1%00.png", "/etc/passwd",
           "%2fetc%2fpasswd", "....//....//etc", "0x10", "-1", "1e3", "99999999999999999999999",
           "1 "]


@pytest.mark.parametrize("text", HOSTILE)
def test_a10_paths_lead_nowhere(mei, community, text):
    visitor = Client(community.server.address)
    text = text.replace(" ", "%20")
    for address in (f"/v1/photos/{text}", f"/media/{text}/320?e=9999999999&s=x",
                    f"/media/1/{text}?e=9999999999&s=x", f"/assets/{text}", f"/v1/accounts/{text}",
                    f"/v1/photos/{text}/original", f"/v1/uploads/{text}"):
        for client in (visitor, mei):
            answer = client.get(address, check=False)
            assert answer.status in (400, 401, 404, 405), (address, answer.status)
            assert b"root:" not in answer.body


def test_a10_names_never_reach_the_file_system(mei, server):
    word = secrets.token_hex(8)  # nobody else's files are called so
    for name in (f"../../{word}.png", f"/tmp/{word}.png", f"..\\{word}.png", f"{word}%00.png"):
        answer = mei.upload(png(64, 48, (1, 2, 99)), name)
        assert answer.status == 201
        # Folders of the decoder come and go meanwhile, which os.walk takes as they are.
        found = [one for _, folders, files in os.walk(pathlib.Path(server.directory).parent)
                 for one in (*folders, *files)]
        assert found and not [one for one in found if word in one]


# --- what is not there for somebody ---------------------------------------------------------------

def routes_of_a_photo():
    """Every operation of the contract whose path names a photo."""
    for method, path, _ in CONTRACT.operations():
        if path.startswith("/v1/photos/{id}"):
            yield method, path


def fill(path, photo):
    return path.replace("{id}", photo).replace("{name}", "boat")


# Without a body that would do, the answer tells nothing about the photo.
BODIES = {"PATCH": {}, "reports": {"reason": "spam"}, "appeal": {"text": "Please look again."},
          "comments": {"text": "Lovely"}}


def body_of(method, path):
    if method == "GET":
        return None
    return BODIES.get(method, BODIES.get(path.rsplit("/", 1)[1]))


def alike(one, other):
    """Two answers that nobody can tell apart: status, headers and body but for the request's id."""
    def essence(answer):
        headers = {k: v for k, v in answer.headers.items()
                   if k not in ("date", "x-request-id", "ratelimit")}
        body = re.sub(rb'"request_id":"[^"]*"', b"", answer.body)
        headers.pop("content-length", None)  # the length of a request's id may differ
        return answer.status, headers, body
    return essence(one) == essence(other)


def test_a12_a_foreign_id_is_an_unknown_id_on_every_route(community, mei, ravi):
    hidden = mei.upload(png(64, 48, (3, 3, 3)), visibility="private").json["id"]
    followers = mei.upload(png(64, 48, (3, 3, 4)), visibility="followers").json["id"]
    for photo in (hidden, followers):
        developed(mei, photo)
    visitor = Client(community.server.address)
    routes = list(routes_of_a_photo())
    assert len(routes) >= 8
    for client in (visitor, ravi, community.admin):
        for method, path in routes:
            body = body_of(method, path)
            unknown = client.request(method, fill(path, UNKNOWN), body)
            assert unknown.status in (401, 404), (method, path, unknown.status)
            for photo in (hidden, followers):
                foreign = client.request(method, fill(path, photo), body)
                assert alike(foreign, unknown), (method, path, foreign.body, unknown.body)
    assert mei.get(f"/v1/photos/{hidden}").status == 200


def test_a13_no_fetch_after_an_unfollow_sees_anything(community, mei):
    """Follows and fetches in a race, PICSHARZ_RACES (120) times.

    Whoever asks after the answer to the unfollow gets nothing."""
    reader = community.member("racer")
    photo = developed(mei, mei.upload(png(64, 48, (5, 5, 5)), visibility="followers").json["id"])
    address = f"/v1/photos/{photo['id']}"
    wrong, stop = [], threading.Event()
    fetches = [0]
    turns = [0]  # odd from before a follow is asked for until its end is answered

    def fetch():
        while not stop.is_set():
            before = turns[0]
            status = reader.get(address, check=False).status
            if before % 2 == 0 and turns[0] == before and status != 404:
                wrong.append(status)
            fetches[0] += 1

    threads = [threading.Thread(target=fetch) for _ in range(2)]
    for thread in threads:
        thread.start()
    for _ in range(RACES):
        turns[0] += 1
        assert reader.put("/v1/accounts/mei/follow").status == 200
        assert reader.get(address).status == 200
        assert reader.delete("/v1/accounts/mei/follow").status == 200
        turns[0] += 1
        for _ in range(4):
            assert reader.get(address).status == 404
    wait_for(lambda: fetches[0] > 200)
    stop.set()
    for thread in threads:
        thread.join()
    assert not wrong


def test_a13_a_request_that_waits_is_no_follow(community, mei):
    private = community.member("private_one")
    asker = community.member("asker")
    photo = developed(private, private.upload(png(64, 48, (6, 6, 6))).json["id"])
    private.patch("/v1/me", {"private": True})
    assert asker.put("/v1/accounts/private_one/follow").json["requested"] is True
    assert asker.get(f"/v1/photos/{photo['id']}").status == 404
    assert asker.get("/v1/feed/home").json["items"] == []
    assert asker.get("/v1/accounts/private_one/photos").json["items"] == []


def test_a14_nothing_can_be_done_to_what_is_not_seen(community, mei, ravi):
    hidden = developed(mei, mei.upload(png(64, 48, (8, 8, 8)), visibility="private",
                                       title="Nightingale").json["id"])
    address = f"/v1/photos/{hidden['id']}"
    for method in ("PUT", "DELETE"):
        foreign = ravi.request(method, address + "/like")
        assert alike(foreign, ravi.request(method, f"/v1/photos/{UNKNOWN}/like"))
    assert mei.get(address).json["likes"] == 0
    # Counters, search and lists do not count it for others.
    counts = ravi.get("/v1/accounts/mei").json["counts"]["photos"]
    seen = ravi.get("/v1/accounts/mei/photos?limit=100").json["items"]
    assert hidden["id"] not in [p["id"] for p in seen] and counts == len(seen)
    assert ravi.get("/v1/search?q=nightingale").json["items"] == []


def test_a15_addresses_that_were_tampered_with(community, mei):
    photo = developed(mei, mei.upload(png(700, 480, (9, 9, 10))).json["id"])
    other = developed(mei, mei.upload(png(700, 480, (9, 9, 11))).json["id"])
    assert photo["state"] == other["state"] == "published"
    visitor = Client(community.server.address)
    url = photo["urls"]["320"]
    path, query = url.split("?")
    fields = dict(pair.split("=") for pair in query.split("&"))
    assert visitor.get(url).status == 200
    expiry, signature = int(fields["e"]), fields["s"]

    def address(e=expiry, s=signature, at=path, more=""):
        return f"{at}?e={e}&s={s}{more}"

    wrong = [address(e=expiry + 1), address(e=expiry - 43200 * 4), address(e=1), address(e=-1),
             address(e=f"0{expiry}x"), address(s=signature[:-1]), address(s=signature[:8]),
             address(s=""), address(s=signature.swapcase()), address(s=signature + "A"),
             address(at=path.replace("/320", "/640")), address(at=path.replace("/320", "/1280")),
             address(at=path.replace(photo["id"], other["id"])), address(more="&a=1"),
             address(more=f"&a={mei.account['id']}"), f"{path}?e={expiry}", f"{path}?s={signature}",
             path]
    unknown = visitor.get(f"/media/{UNKNOWN}/320?e={expiry}&s={signature}")
    assert unknown.status == 404
    for each in wrong:
        assert alike(visitor.get(each), unknown), each


# --- where an answer leads (A23) ------------------------------------------------------------------

ELSEWHERE = ["//evil.example", "//evil.example/", "///evil.example/..", "/%09/evil.example",
             "/%5cevil.example", "/.%2f/evil.example", "//evil.example/%2e%2e",
             "/%2f%2fevil.example", "/v1//evil.example", "/v1/photos/", "/v1/photos/1/",
             "/assets//evil.example", "/media//evil.example/320", "/login?next=//evil.example",
             "/v1/accounts//evil.example", "/v1/accounts/%2f%2fevil.example",
             "/unsubscribe?next=//evil.example", "/v1/unsubscribe/%2f%2fevil.example",
             "/v1/unsubscribe/%0d%0aLocation:%20x", "//evil.example/v1/me", "/recent/",
             "/recent//", "http://evil.example/", "*"]


def test_a23_no_answer_leads_to_another_site(community, mei):
    """No path is answered by a redirect to where it looks like, whatever the headers say."""
    visitor = Client(community.server.address)
    asked = {"X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "https",
             "Forwarded": "host=evil.example", "X-Original-URL": "//evil.example",
             "X-Rewrite-URL": "//evil.example", "Referer": "https://evil.example/"}
    for client in (visitor, mei):
        for path in ELSEWHERE:
            for method in ("GET", "HEAD", "POST"):
                for headers in (asked, {**asked, "Host": "evil.example"}):
                    answer = client.request(method, path, None, headers, check=False)
                    said = (method, path, answer.status)
                    where = answer.headers.get("location", "/")
                    assert re.match(r"/(?![/\\\\])[!-~]*$", where), (said, where)
                    assert not 300 <= answer.status < 400 or where.startswith("/unsubscribe#"), said
                    assert "refresh" not in answer.headers, said
