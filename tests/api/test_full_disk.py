"""A full disk degrades and does not break: uploads are refused, everything else goes on."""
import os
import pathlib
import random
import struct
import subprocess
import zlib

import pytest

from support.client import Community, wait_for
from support.pictures import png

MIB = 1024 * 1024


def noise(seed: int, width: int = 900, height: int = 600) -> bytes:
    """A PNG of about 1.6 MB that no compression makes smaller."""
    dice = random.Random(seed)
    rows = b"".join(b"\0" + dice.randbytes(width * 3) for _ in range(height))

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(
            ">I", zlib.crc32(kind + data))
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header)
            + chunk(b"IDAT", zlib.compress(rows, 0)) + chunk(b"IEND", b""))


@pytest.fixture
def small_disk(tmp_path):
    """A file system of 96 MiB."""
    if os.geteuid() != 0:
        pytest.skip("mounting a small file system needs root")
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=96m", "tmpfs", tmp_path], check=True)
    yield tmp_path
    subprocess.run(["umount", "-l", tmp_path], check=True)


def test_a_full_disk_refuses_uploads_and_nothing_else(small_disk, fresh_server):
    filler = small_disk / "filler"
    filler.write_bytes(bytes(30 * MIB))
    server = fresh_server(PICSHARZ_DATA__RESERVE="24MiB",
                          PICSHARZ_DATA__DIR=str(small_disk / "data")).start()
    community = Community(server)
    mei, ana = community.member("mei"), community.member("ana")
    first = mei.upload(png(40, 30), "first.png", title="First").json["id"]
    wait_for(lambda: mei.get(f"/v1/photos/{first}").json["state"] == "published")
    stored = []
    for seed in range(60):
        answer = mei.upload(noise(seed), f"{seed}.png")
        if answer.status != 201:
            break
        stored.append(answer.json["id"])
    assert (answer.status, answer.code) == (507, "storage_full") and stored
    # It says so every time, leaves nothing behind, and the rest of the site goes on.
    for seed in range(5):
        assert mei.upload(noise(1000 + seed), "more.png").code == "storage_full"
    assert ana.get("/v1/feed/recent").status == 200
    assert ana.put(f"/v1/photos/{first}/like").json == {"likes": 1, "liked": True}
    spool = pathlib.Path(small_disk / "data/spool")
    assert sum(file.stat().st_size for file in spool.rglob("*") if file.is_file()) == 0
    # Space returns, and so do uploads.
    filler.unlink()
    again = wait_for(lambda: next(
        (a for a in [mei.upload(noise(2000), "again.png")] if a.status == 201), None))
    # What was acknowledged waited for room, and develops.
    final = ("published", "held")
    for photo in [*stored, again.json["id"]]:
        wait_for(lambda: mei.get(f"/v1/photos/{photo}").json["state"] in final, 120)  # noqa: B023
