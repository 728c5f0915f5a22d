"""R20: everything of a member with 10,000 photos goes out as one archive, and comes in again."""

import base64
import concurrent.futures
import contextlib
import json
import sqlite3
import subprocess
import tempfile
import time
import zipfile
from pathlib import Path

import lab
from lab import BenchError, Meter
from memory import MEGABYTE
from months import DATA
from uploads import NO_MODELS, PHOTOS, distinct, open_database, peak_resident, wait_until_final

PASSWORD = "correct horse battery"
PICTURE = "IMG_1252.jpg"  # whose rendition of 1280 pixels the originals are
PIECE = 8 * 1024 * 1024
AT_ONCE = 8  # connections that upload
PATIENCE = 3600


def make_account(folder, handle):
    secret = folder / "password"
    secret.write_text(PASSWORD + "\n")
    subprocess.run([lab.BINARY, "account", "create", "--handle", handle, "--name", handle,
                    "--email", f"{handle}@example.org", "--password-file", secret],
                   env=lab.serve_environment(folder, {}), check=True, capture_output=True)


def log_in(api, handle):
    body = json.dumps({"login": handle, "password": PASSWORD, "use": "token"})
    return api.json("POST", "/v1/sessions", None, body, "application/json")["token"]


def small_original(folder):
    """A JPEG of 1280 pixels: small, and decoded as others are."""
    with lab.picsharz(folder, models__dir=NO_MODELS) as server, lab.Api(server.port) as api, \
            open_database(folder) as database:
        token = log_in(api, "from")
        photo = api.upload(token, PICTURE, (PHOTOS / PICTURE).read_bytes())["id"]
        wait_until_final(database, int(photo))
        urls = api.json("GET", f"/v1/photos/{photo}", token)["urls"]
        jpeg = api.bytes("GET", urls["1280"], token)
        api.bytes("DELETE", f"/v1/photos/{photo}", token)
        return jpeg


def upload_all(folder, jpeg, count):
    """`count` photos, whose development nobody waits for here: the rows say that it is over."""
    with lab.picsharz(folder, "--no-jobs", uploads__per_day="1000000",
                      uploads__quota="1TiB") as server:
        with lab.Api(server.port) as api:
            token = log_in(api, "from")

        def part(numbers):
            with lab.Api(server.port) as mine:
                for number in numbers:
                    mine.upload(token, f"{number}.jpg", distinct(jpeg, number))

        with concurrent.futures.ThreadPoolExecutor(AT_ONCE) as pool:
            list(pool.map(part, [range(first, count, AT_ONCE) for first in range(AT_ONCE)]))
    with contextlib.closing(sqlite3.connect(folder / "picsharz.db")) as db, db:
        db.execute("UPDATE photos SET state = 3 WHERE state = 0")
        db.execute("DELETE FROM jobs WHERE kind = 'photo.develop'")


def wait_until(look, what):
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        if found := look():
            return found
        time.sleep(0.2)
    raise BenchError(f"{what} took more than an hour")


def export(api, token):
    """Begins one and waits until it can be fetched."""
    api.bytes("POST", "/v1/me/export", token, json.dumps({"password": PASSWORD}),
              "application/json")

    def ready():
        shown = api.json("GET", "/v1/me/export", token)["export"]
        return shown if shown["state"] != "working" else None

    shown = wait_until(ready, "the export")
    if shown["state"] != "ready" or shown["left_out"]:
        raise BenchError(f"the export ended as {shown}")
    return shown


def fetch(api, token, link, into):
    api.connection.request("GET", link, headers={"Authorization": f"Bearer {token}"})
    response = api.connection.getresponse()
    with into.open("wb") as file:
        while piece := response.read(1 << 20):
            file.write(piece)


def check_archive(file, count, size):
    if file.stat().st_size != size:
        raise BenchError(f"the archive has {file.stat().st_size} bytes, not {size}")
    with zipfile.ZipFile(file) as archive:
        photos = [name for name in archive.namelist() if name.startswith("photos/")]
        if len(photos) != count or archive.testzip() is not None:
            raise BenchError(f"the archive has {len(photos)} of {count} photos, or damaged ones")


def send_archive(api, token, file):
    """By tus; the id of the upload."""
    headers = {"Authorization": f"Bearer {token}", "Tus-Resumable": "1.0.0"}
    purpose = base64.b64encode(b"import").decode()
    api.connection.request("POST", "/v1/uploads", headers=headers | {
        "Upload-Length": str(file.stat().st_size), "Upload-Metadata": f"purpose {purpose}"})
    response = api.connection.getresponse()
    response.read()
    if response.status != 201:
        raise BenchError(f"the archive was not taken: {response.status}")
    place = response.headers["Location"]
    with file.open("rb") as source:
        while piece := source.read(PIECE):
            api.connection.request("PATCH", place, piece, headers | {
                "Upload-Offset": str(source.tell() - len(piece)),
                "Content-Type": "application/offset+octet-stream"})
            response = api.connection.getresponse()
            response.read()
            if response.status != 204:
                raise BenchError(f"a piece of the archive was not taken: {response.status}")
    return place.rsplit("/", 1)[1]


def bring_in(api, token, upload):
    api.bytes("POST", "/v1/me/import", token, json.dumps({"upload": upload}), "application/json")

    def over():
        shown = api.json("GET", "/v1/me/import", token)["import"]
        return shown if shown["state"] != "running" else None

    return wait_until(over, "the import")


def r20_export(report, server, token, file, count):
    with lab.Api(server.port) as api:
        meter = Meter(server.pid)
        made = export(api, token)
        wall, cpu, size = meter.seconds(), meter.cpu(), made["size"] / MEGABYTE
        report.add("R20", f"the archive of {count:,} photos, {size:,.0f} MB, is ready",
                   f"{wall:.1f} s, {cpu:.1f} s CPU ({size / wall:.0f} MB/s)",
                   wall_s=wall, cpu_s=cpu, bytes=made["size"])
        meter = Meter(server.pid)
        fetch(api, token, made["link"], file)
        wall, cpu = meter.seconds(), meter.cpu()
        check_archive(file, count, made["size"])
        report.add("R20", "it is fetched, over loopback",
                   f"{wall:.1f} s, {cpu:.2f} s CPU ({size / wall:,.0f} MB/s)",
                   wall_s=wall, cpu_s=cpu)
        peak = peak_resident(server.pid)
        report.add("R20", "peak RSS of the server since its start", f"{peak:.0f} MB",
                   peak_rss_mb=peak)


def r20_import(report, server, token, file, count):
    size = file.stat().st_size / MEGABYTE
    with lab.Api(server.port) as api:
        meter = Meter(server.pid)
        upload = send_archive(api, token, file)
        sent = meter.seconds()
        done = bring_in(api, token, upload)
        wall, cpu = meter.seconds(), meter.cpu()
        if (done["state"], done["taken"], done["refused"]) != ("done", count, 0):
            raise BenchError(f"the import ended as {done}")
        report.add("R20", "it is imported by another member, and developed",
                   f"{wall:.0f} s ({sent:.0f} s to send it), {cpu:.0f} s CPU, "
                   f"{cpu / count * 1e3:.1f} ms a photo ({size / wall:.0f} MB/s)",
                   wall_s=wall, cpu_s=cpu, sent_s=sent)
        report.add("R20", "peak RSS of the server while it imports",
                   f"{peak_resident(server.pid):.0f} MB", peak_rss_mb=peak_resident(server.pid))


def r20(report, options, _month):
    if not (PHOTOS / PICTURE).exists():
        raise BenchError(f"the photo is missing: {PICTURE}")
    settings = {"models__dir": NO_MODELS, "uploads__quota": "1TiB", "uploads__per_day": "1000000"}
    with tempfile.TemporaryDirectory(dir=DATA, prefix="archive-") as name:
        folder = Path(name)
        make_account(folder, "from")
        make_account(folder, "into")
        upload_all(folder, small_original(folder), options.archive)
        file = folder / "archive.zip"
        with lab.picsharz(folder, **settings) as server:
            with lab.Api(server.port) as api:
                token = log_in(api, "from")
            r20_export(report, server, token, file, options.archive)
        with lab.picsharz(folder, **settings) as server:
            with lab.Api(server.port) as api:
                token = log_in(api, "into")
            r20_import(report, server, token, file, options.archive)
