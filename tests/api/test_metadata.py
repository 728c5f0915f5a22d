"""What a camera and a program wrote into a file: the owner is answered all that they can use,
others what they show of it, and what names one camera for ever is in no answer and no rendition."""
import struct

import pytest

from support.client import Client, wait_for
from support.pictures import png

pytestmark = pytest.mark.one_engine  # what a file says, before any database

MAKE, MODEL, DESCRIPTION, ARTIST, COPYRIGHT = 0x010f, 0x0110, 0x010e, 0x013b, 0x8298
DNG_SERIAL, EXIF, GPS = 0xc62f, 0x8769, 0x8825
EXPOSURE, F_NUMBER, ISO, TAKEN_AT, FOCAL_LENGTH = 0x829a, 0x829d, 0x8827, 0x9003, 0x920a
MAKER_NOTE, USER_COMMENT, IMAGE_ID = 0x927c, 0x9286, 0xa420
CAMERA_OWNER, BODY_SERIAL, LENS, LENS_SERIAL = 0xa430, 0xa431, 0xa434, 0xa435
TEXT, SHORT, RATIONAL, UNDEFINED = 2, 3, 5, 7

# Of one camera or of one moment of it: for nobody.
NEVER = (b"NEVER-body", b"NEVER-lens", b"NEVER-dng", b"NEVER-note", b"NEVER-owner", b"NEVER-id",
         b"NEVER-comment")
# The owner's alone.
OWNERS = (b"SECRET-artist", b"SECRET-caption", b"SECRET-keyword", b"SECRET-file", b"SECRET-words")
# For others if the owner shows it; never in a rendition.
SHOWN = (b"SHOWN-make", b"SHOWN-model", b"SHOWN-lens")
RIGHTS = b"RIGHTS-reserved"


def directory(entries, at: int) -> bytes:
    """Entries of (tag, kind, value), as they stand at that place of a TIFF, and what they need."""
    size = {TEXT: 1, SHORT: 2, RATIONAL: 8, UNDEFINED: 1}
    rest = at + 2 + 12 * len(entries) + 4
    lines, values = b"", b""
    for tag, kind, value in sorted(entries):
        if isinstance(value, int):  # where another directory is
            lines += struct.pack("<HHII", tag, 4, 1, value)
            continue
        count = len(value) // size[kind]
        lines += struct.pack("<HHI", tag, kind, count)
        if len(value) <= 4:
            lines += value.ljust(4, b"\0")
        else:
            lines += struct.pack("<I", rest + len(values))
            values += value + b"\0" * (len(value) % 2)
    return struct.pack("<H", len(entries)) + lines + struct.pack("<I", 0) + values


def exif() -> bytes:
    def text(tag, value):
        return tag, TEXT, value + b"\0"

    def ratio(tag, above, below):
        return tag, RATIONAL, struct.pack("<II", above, below)

    camera = [ratio(EXPOSURE, 1, 250), ratio(F_NUMBER, 28, 10), ratio(FOCAL_LENGTH, 35, 1),
              (ISO, SHORT, struct.pack("<H", 400)), text(TAKEN_AT, b"2024:05:06 07:08:09"),
              (MAKER_NOTE, UNDEFINED, b"NEVER-note" * 20), text(IMAGE_ID, b"NEVER-id"),
              (USER_COMMENT, UNDEFINED, b"ASCII\0\0\0NEVER-comment"),
              text(CAMERA_OWNER, b"NEVER-owner"), text(BODY_SERIAL, b"NEVER-body"),
              text(LENS, b"SHOWN-lens 35 mm"), text(LENS_SERIAL, b"NEVER-lens")]
    first = [text(MAKE, b"SHOWN-make"), text(MODEL, b"SHOWN-model"), text(ARTIST, b"SECRET-artist"),
             text(DESCRIPTION, b"SECRET-words"), text(COPYRIGHT, RIGHTS),
             text(DNG_SERIAL, b"NEVER-dng")]
    here = len(directory([*first, (EXIF, 4, 0)], 8)) + 8
    return (b"II*\0" + struct.pack("<I", 8) + directory([*first, (EXIF, 4, here)], 8)
            + directory(camera, here))


def iptc() -> bytes:
    def record(number, value):
        return struct.pack(">BBBH", 0x1c, 2, number, len(value)) + value
    records = (record(25, b"SECRET-keyword one") + record(25, b"SECRET-keyword two")
               + record(120, b"SECRET-caption of it"))
    return (b"Photoshop 3.0\0" + b"8BIM\x04\x04\0\0" + struct.pack(">I", len(records)) + records
            + b"\0" * (len(records) % 2))


def with_metadata(jpeg: bytes) -> bytes:
    def segment(marker, body):
        return b"\xff" + bytes([marker]) + struct.pack(">H", len(body) + 2) + body
    assert jpeg[:2] == b"\xff\xd8"
    return (jpeg[:2] + segment(0xe1, b"Exif\0\0" + exif()) + segment(0xed, iptc())
            + segment(0xfe, b"NEVER-comment") + jpeg[2:])


def published(author, data, name, **fields):
    photo = author.upload(data, name, **fields).json["id"]

    def look():
        seen = author.get(f"/v1/photos/{photo}").json
        return seen if seen["state"] == "published" else None
    return wait_for(look)


@pytest.fixture(scope="module")
def mei(community):
    return community.member("mei")


@pytest.fixture(scope="module")
def photo(mei):
    """Of a JPEG that this server itself has made, and so is free of all that, and then is not."""
    plain = published(mei, png(1500, 1100, (120, 20, 60)), "plain.png")
    jpeg = mei.get(plain["urls"]["1280"]).body
    return published(mei, with_metadata(jpeg), "SECRET-file.jpg", tags="harbour")


def test_the_owner_is_answered_what_the_file_says(mei, photo):
    assert photo["camera"] == {
        "make": "SHOWN-make", "model": "SHOWN-model", "lens": "SHOWN-lens 35 mm",
        "exposure_time": "1/250", "f_number": 2.8, "iso": 400, "focal_length": 35}
    assert photo["taken_at"] == "2024-05-06T07:08:09"
    assert photo["copyright"] == "RIGHTS-reserved"
    own = photo["own"]
    assert (own["artist"], own["caption"]) == ("SECRET-artist", "SECRET-caption of it")
    assert own["keywords"] == ["SECRET-keyword one", "SECRET-keyword two"]
    assert own["file_name"] == "SECRET-file.jpg"


def answers_about(client, server, photo):
    where = [f"/v1/photos/{photo['id']}", "/v1/feed/recent", "/v1/accounts/mei/photos",
             "/v1/search?q=harbour", f"/v1/photos/{photo['id']}/similar"]
    return [client.get(path) for path in where]


def media_of(client, photo):
    return [client.get(url) for url in photo["urls"].values()]


def test_serial_numbers_and_maker_notes_are_for_nobody(server, mei, photo):
    address = f"/v1/photos/{photo['id']}"
    mei.patch(address, {"show_camera": True, "allow_download": True})
    visitor = Client(server.address)
    seen = [answer for client in (mei, visitor)
            for answer in (*answers_about(client, server, photo), *media_of(client, photo),
                           client.get(address + "/download"))]
    seen.append(mei.get("/v1/me"))
    for answer in seen:
        assert answer.status == 200
        for secret in NEVER:
            assert secret not in answer.body
    original = mei.get(address + "/original").body  # which is the owner's, byte for byte
    assert all(secret in original for secret in (*NEVER, *SHOWN, RIGHTS))


def test_others_are_answered_what_the_owner_shows(server, mei, photo):
    address = f"/v1/photos/{photo['id']}"
    visitor = Client(server.address)
    for shows in (False, True):
        mei.patch(address, {"show_camera": shows, "allow_download": True})
        page = visitor.get(address).json
        assert page["own"] is None
        assert (page["camera"] or {}).get("lens") == ("SHOWN-lens 35 mm" if shows else None)
        assert page["copyright"] == ("RIGHTS-reserved" if shows else None)
        for answer in answers_about(visitor, server, photo):
            assert not any(secret in answer.body for secret in OWNERS)
            if not shows:
                assert not any(secret in answer.body for secret in (*SHOWN, RIGHTS))
        for answer in media_of(visitor, photo):
            assert not any(secret in answer.body for secret in (*OWNERS, *SHOWN, RIGHTS))
        full = visitor.get(address + "/download").body
        assert RIGHTS in full  # the notice goes along with a copy
        assert not any(secret in full for secret in (*OWNERS, *SHOWN))
