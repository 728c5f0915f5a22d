"""What holds after every fault, once everything has drained (reliability.md, "How to measure")."""
import json
import pathlib
import time

FINAL = {"3": "published", "4": "held", "5": "removed", "6": "rejected"}


def drain(server, seconds: float = 180):
    """Without faults every job ends; the last ones wait for a lease, or for their next try.

    And whoever was to be told of something has been. However many they are: in `seconds` they have
    to become fewer.
    """
    waiting = ("SELECT (SELECT count(*) FROM jobs WHERE state IN (0, 1))"
               " + (SELECT count(*) FROM activity)")
    fewest, since = None, time.monotonic()
    while left := server.count(waiting):
        now = time.monotonic()
        if fewest is None or left < fewest:
            fewest, since = left, now
        assert now - since < seconds, (left, server.rows(
            "SELECT kind, state, last_error, count(*), max(attempt) FROM jobs WHERE state IN (0, 1)"
            " GROUP BY kind, state, last_error"))
        time.sleep(0.03 if left < 100 else 1)  # to count is work, too


def renditions_on_disk(server, original: str) -> set[str]:
    folder = pathlib.Path(server.directory, "objects/renditions", original[:2], original)
    return {path.name for path in folder.iterdir()} if folder.is_dir() else set()


def temporary_files(server) -> list[pathlib.Path]:
    """Of bodies and of objects that are being written; kept files are of open uploads."""
    spool = pathlib.Path(server.directory, "spool")
    objects = pathlib.Path(server.directory, "objects/.tmp")
    return [path for folder in (spool, objects) for path in folder.rglob("*") if path.is_file()]


def check_photos(server) -> list[tuple[str, str, str]]:
    """Every photo is final and has one set of renditions; gives (id, state, reason) of each."""
    rows = {}
    for original, name in server.rows("SELECT original, name FROM renditions"):
        rows.setdefault(original, []).append(name)
    found = []
    for photo, state, reason, renditions, original in server.rows(
            "SELECT id, state, reason, renditions, original FROM photos"):
        assert state in FINAL, f"photo {photo} stays in state {state}"
        wanted = sorted(renditions.split(",")) if renditions else []
        assert sorted(rows.get(original, [])) == wanted, photo
        if not original:  # removed, and the time for an appeal is over
            assert (FINAL[state], wanted) == ("removed", []), photo
            continue
        stored = sorted(renditions_on_disk(server, original))
        # What a killed worker stored of a photo that was then given up goes when the photo goes.
        given_up = (FINAL[state], reason) == ("rejected", "processing_failed")
        assert stored == wanted or given_up, (photo, state, reason, stored, wanted)
        assert bool(wanted) == (FINAL[state] != "rejected"), (photo, state, reason, wanted)
        found.append((photo, FINAL[state], reason))
    return found


def check_sound(server, orphans=False):
    """Counters equal rows, nobody holds a job, nothing is dead, every byte is what it was.

    With `orphans` there may be objects of uploads that were cut before their row was written.
    """
    for handle, photos, size in server.rows("SELECT handle, photos, bytes FROM accounts"):
        mine = f"FROM photos WHERE owner_id = (SELECT id FROM accounts WHERE handle = '{handle}')"
        assert int(photos) == server.count(f"SELECT count(*) {mine} AND state = 3"
                                           " AND visibility = 0"), handle
        assert int(size) == server.count(f"SELECT coalesce(sum(bytes), 0) {mine}"), handle
    assert server.rows(
        "SELECT p.id, p.comments FROM photos p WHERE p.comments <> (SELECT count(*) FROM comments c"
        " WHERE c.photo_id = p.id AND c.state = 0)") == []
    # What is due by the clock, some of it twice a minute, may be about to be done; what failed is
    # not sound. A lease is lost with a process that is killed; where all of a photo's were, the
    # photo has ended with its job.
    assert server.rows(
        "SELECT id, kind, last_error FROM jobs WHERE state = 3"
        " AND (kind <> 'photo.develop' OR last_error <> 'lease lost') OR state IN (0, 1)"
        " AND (kind NOT LIKE 'task.%' OR last_error NOT IN ('', 'lease lost'))") == []
    verified = server.run("verify", "--json", seconds=900)  # thousands after a long run
    assert verified.returncode == 0, verified.stdout + verified.stderr
    said = json.loads(verified.stdout)
    assert (said["damaged"], said["rebuilt"], said["not_rebuilt"]) == ([], 0, 0)
    assert orphans or said["orphans"] == 0
    assert temporary_files(server) == [], "temporary files outlived the start of a process"
