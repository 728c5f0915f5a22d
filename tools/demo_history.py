"""The weeks before the demonstration: what its people wrote on their photos, and when.

Photos of the past come in as an archive does (format of docs/export.md, over tus): only an import
keeps a photo's own date. Whoever has one photo alone has it of today.
"""

import base64
import json
import random
import tempfile
import time
import zipfile

BATCH = 20  # photos of an archive
PIECE = 8 << 20  # bytes of a request
OLDEST, NEWEST = 80, 8  # days ago; the week before today is what is new
IMPORT_SECONDS = 300

# (description, tags). Everybody's words are in them, and phrases that several people use.
USUAL = [
    ("The last of the golden hour, and the best of it.", ["golden hour", "light"]),
    ("This is what the old film camera saw on the way home.", ["film", "35mm"]),
    ("It was over in a minute: a long exposure, with the camera on the wall.", ["long exposure"]),
    ("I was there for the golden hour and have stayed until it was dark.", ["golden hour"]),
    ("That is the one of the roll of film I would keep.", ["film", "35mm"]),
    ("Das ist ein Bild von der goldenen Stunde, und es ist mir das liebste.", ["golden hour"]),
    ("C'est une pose longue, et la lumière est celle du soir.", ["long exposure", "light"]),
    ("Es la luz de la tarde, y no la de la mañana.", ["light"]),
]
THIS_WEEK = [
    ("From the photo walk that we have had on Sunday.", ["photo walk"]),
    ("The photo walk was worth the wet shoes.", ["photo walk", "light"]),
    ("And this is the last one of the photo walk.", ["photo walk"]),
]


class HistoryError(Exception):
    """What went wrong; shown without a trace."""


def words(title, is_new):
    """The same photo is described alike each time."""
    return random.Random(title).choice(THIS_WEEK if is_new else USUAL)


def taken(title, now):
    ago = random.Random(title).uniform(NEWEST, OLDEST) * 86_400
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(now - ago))


def archive(photos, account, now):
    """A ZIP of (title, path) in a temporary file."""
    listed = []
    file = tempfile.TemporaryFile()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as into:
        for number, (title, path) in enumerate(photos, 1):
            description, tags = words(title, is_new=False)
            name = f"photos/{number}{path.suffix.lower()}"
            into.write(path, name)
            listed.append({"id": str(number), "file": name, "file_name": path.name, "title": title,
                           "description": description, "tags": tags, "visibility": "public",
                           "show_camera": True, "comments_allowed": True,
                           "created_at": taken(title, now)})
        into.writestr("photos.json", json.dumps(listed))
        into.writestr("export.json",
                      json.dumps({"format": "picsharz", "version": 1, "account": account}))
    return file


def send(client, file):
    """The id of an upload of the file."""
    length = file.seek(0, 2)
    kind, name = (base64.b64encode(text).decode() for text in (b"import", b"archive.zip"))
    client.send("POST", "/v1/uploads", b"", {"Tus-Resumable": "1.0.0", "Upload-Length": str(length),
                                             "Upload-Metadata": f"purpose {kind},filename {name}"})
    place = client.location
    file.seek(0)
    at = 0
    while piece := file.read(PIECE):
        client.send("PATCH", place, piece, {"Tus-Resumable": "1.0.0", "Upload-Offset": str(at),
                                            "Content-Type": "application/offset+octet-stream"})
        at += len(piece)
    return place.rsplit("/", 1)[1]


def wait_imported(client):
    deadline = time.monotonic() + IMPORT_SECONDS
    while time.monotonic() < deadline:
        shown = client.call("GET", "/v1/me/import")["import"]
        if shown["state"] != "running":
            return shown
        time.sleep(1)
    raise HistoryError("The import of older photos does not come to its end.")


def bring(client, account, photos, now):
    """(title, path) of somebody's older photos come in; how many of them were taken."""
    came = 0
    for start in range(0, len(photos), BATCH):
        with archive(photos[start:start + BATCH], account, now) as file:
            client.call("POST", "/v1/me/import", {"upload": send(client, file)})
        shown = wait_imported(client)
        if shown["state"] != "done":
            raise HistoryError((shown["failure"] or {}).get("detail", "The import has ended."))
        came += shown["taken"]
    return came
