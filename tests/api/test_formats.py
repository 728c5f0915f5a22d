"""AVIF and HEIC through the running server: accepted, switched off, and refused where the kernel
lacks a layer of the sandbox that they must not be decoded without."""
import json
import pathlib
import struct
import sys

import pytest

from support import tus
from support.client import Client, Community, wait_for
from support.pictures import png
from support.server import ROOT, binary

pytestmark = pytest.mark.one_engine  # decoders have no database

# A drawing of our own: a kite, 900 x 640.
AVIF = (ROOT / "tests" / "fixtures" / "kite.avif").read_bytes()
PLAIN = ["image/jpeg", "image/png", "image/webp", "image/gif"]


def heif_decoders(server) -> None:
    """Skips where this machine has no complete sandbox, or libvips no module."""
    formats = Client(server.address).get("/v1/instance").json["formats"]
    if "image/avif" not in formats:
        pytest.skip("no complete sandbox, or no decoder of AVIF and HEIC, on this machine")


def ended(client, photo):
    def look():
        seen = client.get(f"/v1/photos/{photo}").json
        return seen if seen["state"] in ("published", "held", "removed", "rejected") else None
    # A machine that is busy with other things lets a decoder work when it can.
    return wait_for(look, 300)


def webp_size(data: bytes) -> tuple[int, int]:
    assert data[:4] == b"RIFF" and data[8:16] == b"WEBPVP8 "
    width, height = struct.unpack("<HH", data[26:30])
    return width & 0x3fff, height & 0x3fff


def jpeg_size(data: bytes) -> tuple[int, int]:
    at = 2
    while data[at + 1] not in (0xc0, 0xc2):
        at += 2 + struct.unpack(">H", data[at + 2:at + 4])[0]
    height, width = struct.unpack(">HH", data[at + 5:at + 9])
    return width, height


def check_published(server, author, data: bytes, name: str, sides: tuple[int, int], sizes):
    made = author.upload(data, name)
    assert made.status == 201
    photo = ended(author, made.json["id"])
    assert (photo["state"], photo["reason"]) == ("published", None)
    assert (photo["width"], photo["height"]) == sides and photo["thumbhash"]
    assert set(sizes) <= set(photo["urls"])
    visitor = Client(server.address)
    for size in sizes:
        media = visitor.get(photo["urls"][size])
        kind = "image/jpeg" if size == "1280" else "image/webp"
        assert (media.status, media.headers["content-type"]) == (200, kind)
        width, height = (jpeg_size if size == "1280" else webp_size)(media.body)
        assert int(size) in (width, height)
        assert abs(width / height - sides[0] / sides[1]) < 0.01
        assert b"Exif" not in media.body
    assert author.get(f"/v1/photos/{photo['id']}/original").body == data


def test_a_heic_is_published_with_its_renditions(server, community, photos):
    heif_decoders(server)
    car = photos / "classic-car.heic"
    if not car.is_file():
        pytest.skip("classic-car.heic is not among the real photographs (../shared/photos)")
    driver = community.member("driver")
    check_published(server, driver, car.read_bytes(), car.name, (3024, 4032),
                    ("320", "640", "1280"))


def test_an_avif_is_published_with_its_renditions(server, community):
    heif_decoders(server)
    check_published(server, community.member("flyer"), AVIF, "kite.avif", (900, 640),
                    ("320", "640"))


def check_refused(answer, listed: str):
    assert (answer.status, answer.code) == (415, "unsupported_format")
    assert f"not a picture in an accepted format: {listed}." in answer.json["detail"]


def test_a_heic_that_is_switched_off_is_refused_with_what_is_accepted(fresh_server, photos):
    server = fresh_server(PICSHARZ_FORMATS__HEIC="false").start()
    heif_decoders(server)
    car = photos / "classic-car.heic"
    if not car.is_file():
        pytest.skip("classic-car.heic is not among the real photographs (../shared/photos)")
    heic = car.read_bytes()
    author = Community(server).member("driver")
    assert author.get("/v1/instance").json["formats"] == [*PLAIN, "image/avif"]
    for answer in (author.upload(heic), author.upload(heic, "car.jpg"),
                   tus.create(author, len(heic), heic)):
        check_refused(answer, "JPEG, PNG, WebP, GIF or AVIF")
    assert author.get("/v1/accounts/driver/photos").json["items"] == []
    assert ended(author, author.upload(AVIF).json["id"])["state"] == "published"


# A program that starts another one on a kernel without Landlock: asking for it is answered ENOSYS.
WITHOUT_LANDLOCK = """#!{python}
import ctypes, os, struct, sys
libc = ctypes.CDLL(None, use_errno=True)
steps = [(0x20, 0, 0, 0),             # the number of the call
         (0x15, 0, 1, 444),           # landlock_create_ruleset?
         (0x06, 0, 0, 0x00050000 | 38),
         (0x06, 0, 0, 0x7fff0000)]
code = ctypes.create_string_buffer(b"".join(struct.pack("=HBBI", *step) for step in steps))
program = ctypes.create_string_buffer(struct.pack("@HP", len(steps), ctypes.addressof(code)))
for call in ((38, 1, 0), (22, 2, ctypes.addressof(program))):
    if libc.prctl(call[0], ctypes.c_ulong(call[1]), ctypes.c_ulong(call[2]), 0, 0) != 0:
        sys.exit(os.strerror(ctypes.get_errno()))
os.execv({binary!r}, [{binary!r}, *sys.argv[1:]])
"""


@pytest.fixture
def without_landlock(tmp_path, monkeypatch):
    program = pathlib.Path(tmp_path, "picsharz")
    program.write_text(WITHOUT_LANDLOCK.format(python=sys.executable, binary=binary()))
    program.chmod(0o755)
    monkeypatch.setenv("PICSHARZ_BINARY", str(program))


def test_without_a_complete_sandbox_nothing_risky_is_accepted(fresh_server, without_landlock):
    server = fresh_server().start()
    assert server.log_entry("decoder sandbox incomplete")["what"].startswith(
        "This kernel has no Landlock: AVIF and HEIC are refused.")
    checks = json.loads(server.run("doctor", "--json").stdout)["checks"]
    decoders = next(check for check in checks if check["part"] == "decoders")
    assert decoders["state"] == "degraded" and "no Landlock" in decoders["text"]
    author = Community(server).member("flyer")
    assert author.get("/v1/instance").json["formats"] == PLAIN
    for answer in (author.upload(AVIF), tus.create(author, len(AVIF), AVIF)):
        check_refused(answer, "JPEG, PNG, WebP or GIF")
    # The rest is decoded as ever, with the layers that there are.
    assert ended(author, author.upload(png(80, 60)).json["id"])["state"] == "published"
