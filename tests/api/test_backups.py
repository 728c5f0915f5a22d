"""Backups that prove themselves, and restores onto an empty host of either engine (R14)."""
import fcntl
import hashlib
import json
import os
import pathlib
import random
import shutil
import subprocess
import threading
import time

import pytest

from support.client import Client, Community, wait_for
from support.invariants import check_sound, drain
from support.server import Server, binary
from test_account_security import log_in, token_of
from test_comments import write
from test_mail import metric
from test_people import published
from test_usage import Metrics, counts

# No photo that goes takes a row of these with it.
OF_NO_PHOTO = ("accounts", "follows", "secrets")
OF_DEVELOPED = ("renditions", "moderation_decisions")
COUNTED = ("accounts", "photos", "likes", "follows", "comments", "photo_tags", "renditions",
           "sessions", "secrets", "moderation_decisions")


def backup(server, *words, status=0):
    done = server.run("backup", *words, "--json", seconds=300)
    assert done.returncode == status, done.stdout + done.stderr
    return json.loads(done.stdout.splitlines()[-1])


def target(server):
    return pathlib.Path(server.directory, "backups")


def manifest(server, made):
    return json.loads((target(server) / made["id"] / "manifest.json").read_text())


def journal(server):
    return [json.loads(line) for path in (target(server) / "journal").rglob("*") if path.is_file()
            for line in path.read_text().splitlines()]


def asked(server, made, sql):
    """The first column of what a backup answers."""
    done = server.run("query", sql, "--format", "csv", "--backup", made["id"])
    assert done.returncode == 0, done.stderr
    return {line.strip('"') for line in done.stdout.splitlines()[1:]}


def killed(server, *words, when, after=0.0):
    """Kills a command so long after something is so; whether it was still at work."""
    process = subprocess.Popen([binary(), *words], env=server.environment(),
                               stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    while process.poll() is None and not when():
        time.sleep(0.001)
    time.sleep(after)
    at_work = process.poll() is None
    process.kill()
    process.wait()
    return at_work


def written(path):
    try:
        return path.stat().st_size > 0
    except FileNotFoundError:
        return False


def restored(engine, source, place=None, **settings):
    """An empty instance of an engine that takes the backup of another, started."""
    made = Server(engine, **settings)
    done = made.run("restore", str(place or target(source)), "--json", seconds=300)
    assert done.returncode == 0, done.stdout + done.stderr
    made.restored = json.loads(done.stdout.splitlines()[-1])
    return made.start()


def moved(client, server):
    """The same member, with the same session, at another server."""
    there = Client(server.address)
    there.__dict__.update({name: value for name, value in client.__dict__.items()
                           if name != "host"})
    return there


def objects(server, kinds=("originals", "renditions", "avatars")):
    found = {}
    for kind in kinds:
        for path in pathlib.Path(server.directory, "objects", kind).rglob("*"):
            if path.is_file():
                key = str(path.relative_to(pathlib.Path(server.directory, "objects")))
                found[key] = hashlib.sha256(path.read_bytes()).hexdigest()
    return found


@pytest.fixture
def instance(fresh_server):
    # JSON, which costs no process a table; what the engine of Parquet does is one test's.
    server = fresh_server(PICSHARZ_BACKUPS__EVERY="0", PICSHARZ_BACKUPS__FORMAT="json").start()
    return Community(server)


def people(community):
    mei, tom = community.member("mei"), community.member("tom")
    photos = [published(mei, width=640 + n, title=f"Photo {n}", tags=f"harbour,day{n}")["id"]
              for n in range(3)]
    tom.put(f"/v1/photos/{photos[0]}/like")
    tom.put("/v1/accounts/mei/follow")
    write(tom, photos[0], "A fine one.")
    drain(community.server)
    return mei, tom, photos


def test_a_backup_proves_itself_and_the_next_one_copies_only_what_is_new(instance):
    mei, _, photos = people(instance)
    first = backup(instance.server)
    assert first["proved"] and first["lost"] == 0 and first["problem"] == ""
    assert first["pages"] == len(photos)
    assert first["new_objects"] == len(set(objects(instance.server).values()))
    second = backup(instance.server)
    assert second["proved"] and second["new_objects"] == 0
    assert second["objects"] == first["objects"]
    published(mei, width=700, title="One more")
    drain(instance.server)
    third = backup(instance.server)
    assert third["proved"] and 0 < third["new_objects"] == third["objects"] - first["objects"]
    # Everything is asked for again, and lies there once nevertheless.
    again = backup(instance.server, "--full")
    assert again["proved"] and again["new_objects"] == again["objects"]
    hashes = set(objects(instance.server).values())
    kept = {path.name for path in (target(instance.server) / "objects").rglob("*")
            if path.is_file()}
    assert kept == hashes
    check_output(instance.server, again)


def check_output(server, made):
    """An answer goes into a pipe, and behind what stands in a file already."""
    assert asked(server, made, "select count(*) from photos") == {"4"}
    file = pathlib.Path(server.directory, "answer.csv")
    file.write_text("before\n")
    with open(file, "ab") as out:
        subprocess.run([binary(), "query", "select 7 as seven", "--format", "csv"], stdout=out,
                       env=server.environment(), check=True, stderr=subprocess.DEVNULL)
    assert file.read_text().replace('"', "").split() == ["before", "seven", "7"]


def check_rows(there, server, made):
    """What was restored is what was backed up, but for what the journal took away."""
    told = {table["name"]: table["rows"] for table in manifest(server, made)["tables"]}
    gone = {str(entry["id"]) for entry in journal(server) if entry["what"] == "photo"}
    backed_up = asked(server, made, "select id from photos")
    kept = {photo for photo, in there.rows("SELECT id FROM photos")}
    assert kept == backed_up - gone
    # A photo that was on its way when the backup was taken goes on where it is restored.
    underway = asked(server, made, "select id from photos where state < 3")
    for table in COUNTED:
        if table in OF_DEVELOPED and underway:
            continue
        rows = there.count(f"SELECT count(*) FROM {table}")
        if table in OF_NO_PHOTO or not backed_up & gone:
            assert rows == told[table], table
        assert rows <= told[table], table
    for table in ("likes", "photo_tags"):
        rows = asked(server, made,
                     f"select concat(photo_id, ' ', row_number() over ()) from {table}")
        of_gone = [row for row in rows if row.split()[0] in gone]
        assert there.count(f"SELECT count(*) FROM {table}") == told[table] - len(of_gone), table
    # Every photo has its original.
    originals = {path.split("/")[-1] for path in objects(there, ("originals",))}
    assert {row[0] for row in there.rows("SELECT original FROM photos")} <= originals


@pytest.mark.long
@pytest.mark.parametrize("to", ["sqlite", "postgres"])
def test_a_backup_taken_under_load_is_restored_and_equal(instance, engine, to):
    if to == "postgres" and engine == "sqlite":
        if "PICSHARZ_TEST_POSTGRES" not in os.environ:
            pytest.skip("PICSHARZ_TEST_POSTGRES names no PostgreSQL server")
    mei, tom, photos = people(instance)
    stop = threading.Event()
    failures = []

    def load(number):
        client = instance.member(f"busy{number}")
        turn = 0
        while not stop.is_set():
            turn += 1
            time.sleep(0.02)  # a backup gives way: it is not to wait for the end of all work
            for answer in (client.put(f"/v1/photos/{photos[turn % 3]}/like"),
                           client.delete(f"/v1/photos/{photos[(turn + 1) % 3]}/like")):
                if answer.status not in (200, 204):
                    failures.append(answer.body)
            if turn % 20 == 0:
                photo = published(client, width=600 + turn, title=f"Under load {turn}")["id"]
                if turn % 40 == 0:
                    client.delete(f"/v1/photos/{photo}")

    threads = [threading.Thread(target=load, args=(n,)) for n in range(3)]
    for thread in threads:
        thread.start()
    try:
        time.sleep(1)
        made = backup(instance.server, "--format", "parquet" if to == engine else "json")
    finally:
        stop.set()
        for thread in threads:
            thread.join()
    assert not failures
    assert made["proved"] and made["lost"] == 0
    drain(instance.server)
    there = restored(to, instance.server)
    try:
        assert there.restored["id"] == made["id"]
        check_rows(there, instance.server, made)
        # Counters are the number of their rows at that moment, on the new engine, too; work that
        # was on its way then goes on there.
        drain(there)
        check_sound(there)
        assert objects(there, ("originals",)).items() <= objects(
            instance.server, ("originals",)).items()
        # Sessions go on, words are found, pictures open.
        guest = moved(tom, there)
        assert guest.get("/v1/me").json["handle"] == "tom"
        found = guest.get("/v1/search?q=harbour").json
        assert {item["id"] for item in found["items"]} >= set(photos)
        page = guest.get(f"/v1/photos/{photos[0]}").json
        assert guest.get(list(page["urls"].values())[0], check=False).status == 200
        # And it works: a new photo has its number behind the others.
        fresh = published(moved(mei, there), width=701, title="On the new host")["id"]
        assert int(fresh) > max(int(photo) for photo in photos)
    finally:
        there.stop()


@pytest.mark.long
def test_what_was_deleted_since_stays_deleted(instance, engine):
    mei, tom, photos = people(instance)
    eve = instance.member("eve")
    published(eve, width=710, title="Eve's own")
    said = write(tom, photos[1], "Not for long.")["id"]
    rude = write(tom, photos[1], "A rude one.")["id"]
    stolen, _ = log_in(instance.server, "tom")
    program, token = token_of(tom, "read")
    assert stolen.get("/v1/me").status == program.get("/v1/me").status == 200
    # What was looked for is in no row of hers.
    today = int(time.time()) // 86400 * 86400 * 10**6
    instance.server.change("INSERT INTO search_days (day, words, searches, without_result) VALUES"
                           f" ({today}, 'photos of eve', 100, 0), ({today}, 'boats', 100, 0)")
    drain(instance.server)
    made = backup(instance.server)
    assert made["proved"]
    mei.delete(f"/v1/photos/{photos[0]}")
    tom.delete(f"/v1/comments/{said}")
    mei.post(f"/v1/comments/{rude}/reports", {"reason": "harassment"})
    case = next(case for case in instance.admin.get("/v1/moderation/queue").json["items"]
                if case["comment"])
    assert instance.admin.post(f"/v1/moderation/cases/{case['id']}/decision",
                               {"action": "remove", "reason": "harassment"}).status == 201
    session = next(each for each in tom.get("/v1/sessions").json["items"] if not each["current"])
    assert tom.delete(f"/v1/sessions/{session['id']}").status == 204
    assert tom.delete(f"/v1/me/tokens/{token['id']}").status == 204
    done = instance.server.run("account", "delete", "eve", "--now")
    assert done.returncode == 0, done.stderr
    wait_for(lambda: instance.server.count(
        "SELECT count(*) FROM accounts WHERE handle = 'eve'") == 0, 180)
    drain(instance.server)
    # The next backup would carry the journal, too; here only the journal is copied.
    backup(instance.server, "--archive")
    there = restored(engine, instance.server, target(instance.server) / made["id"])
    try:
        assert there.restored["deleted"] >= 3
        guest = moved(tom, there)
        assert guest.get(f"/v1/photos/{photos[0]}", check=False).status == 404
        assert guest.get(f"/v1/photos/{photos[1]}").status == 200
        assert guest.get("/v1/accounts/eve", check=False).status == 404
        assert there.count("SELECT count(*) FROM accounts WHERE handle = 'eve'") == 0
        assert there.rows("SELECT words FROM search_days") == [("boats",)]
        assert there.count(f"SELECT count(*) FROM comments WHERE id = {said} AND state = 0") == 0
        assert guest.get(f"/v1/comments/{rude}").json["state"] == "removed"
        assert moved(mei, there).get(f"/v1/comments/{rude}", check=False).status == 404
        for ended in (stolen, program):
            assert moved(ended, there).get("/v1/me", check=False).status == 401
        drain(there)
        check_sound(there)
    finally:
        there.stop()


@pytest.mark.long
def test_a_flipped_bit_is_found_wherever_it_is(instance):
    people(instance)
    made = backup(instance.server, "--format", "parquet")
    assert made["format"] == "parquet"
    folder = target(instance.server)
    files = [path for path in folder.rglob("*") if path.is_file() and path.stat().st_size
             and not any(part.startswith(".") for part in path.relative_to(folder).parts)
             and path.name != "proof.json"]
    tables = [path for path in files if path.suffix == ".parquet"]
    seed = random.randrange(2 ** 32)
    print("seed", seed)
    chance = random.Random(seed)
    for turn in range(12):  # the hundred of them are a unit test: this goes the whole way
        path = chance.choice(tables if turn % 3 == 0 else files)
        data = bytearray(path.read_bytes())
        at = chance.randrange(len(data) * 8)
        data[at // 8] ^= 1 << at % 8
        path.write_bytes(data)
        done = instance.server.run("backup", "prove", made["id"], "--json", seconds=120)
        assert done.returncode == 1, (path, at, done.stdout)
        data[at // 8] ^= 1 << at % 8
        path.write_bytes(data)
    assert backup_state(instance, made["id"]) == "unproved"
    done = instance.server.run("backup", "prove", made["id"], "--json", seconds=120)
    assert done.returncode == 0, done.stdout


def backup_state(community, backup_id):
    return community.admin.get(f"/v1/admin/backups/{backup_id}").json["state"]


def test_administrators_see_ask_download_and_remove(instance):
    people(instance)
    admin = instance.admin
    assert admin.get("/v1/admin/backups").json == {"backups": [], "next_at": None, "good_at": None,
                                                   "bytes": 0, "log_late_since": None}
    asked = admin.post("/v1/admin/backups", {"kind": "full"})
    assert asked.status == 202
    backup_id = asked.json["id"]
    wait_for(lambda: backup_state(instance, backup_id) not in ("waiting", "running"), 120)
    shown = admin.get(f"/v1/admin/backups/{backup_id}").json
    assert shown["state"] == "proved" and shown["proof"]["good"], shown
    assert shown["contents"]["rows"] == shown["proof"]["rows"] > 0
    assert admin.get("/v1/admin/backups").json["good_at"] == shown["contents"]["snapshot_at"]
    # The first good one of a month brings an archive with it: figures, no people.
    archives = wait_for(lambda: [each for each in admin.get("/v1/admin/backups").json["backups"]
                                 if each["kind"] == "archive" and each["state"] == "proved"], 120)
    assert len(archives) == 1
    described = admin.get(f"/v1/admin/backups/{archives[0]['id']}/manifest").json
    columns = {column["name"] for table in described["tables"] for column in table["columns"]}
    assert columns.isdisjoint({"id", "handle", "email", "name", "password_hash", "bio", "title",
                               "description", "owner_id", "account_id", "original", "file_name"})
    table = admin.get(f"/v1/admin/backups/{backup_id}/tables/follows")
    described = admin.get(f"/v1/admin/backups/{backup_id}/manifest").json
    entry = next(each for each in described["tables"] if each["name"] == "follows")
    assert hashlib.sha256(table.body if isinstance(table.body, bytes)
                          else table.body.encode()).hexdigest() == entry["sha256"]
    assert admin.get(f"/v1/admin/backups/{backup_id}/tables/nothing", check=False).status == 404
    # Hashes of passwords and the instance's secrets are among them: no token reaches them.
    program, _ = token_of(admin, "admin")
    assert program.get(f"/v1/admin/backups/{backup_id}").status == 200
    for name in ("follows", "accounts", "secrets"):
        refused = program.get(f"/v1/admin/backups/{backup_id}/tables/{name}")
        assert (refused.status, refused.code) == (403, "scope_missing"), name
    # The last good one stays.
    refused = admin.delete(f"/v1/admin/backups/{backup_id}")
    assert refused.status == 409 and refused.code == "last_backup"
    newer = backup(instance.server)
    assert admin.delete(f"/v1/admin/backups/{backup_id}").status == 204
    assert admin.get(f"/v1/admin/backups/{backup_id}", check=False).status == 404
    assert backup_state(instance, newer["id"]) == "proved"
    # What was done is in the log, and of downloads what came of them.
    said = [(each["action"], each["detail"], each["by"], each["handle"])
            for each in admin.get("/v1/admin/actions?limit=100").json["items"]
            if each["action"] != "mails_read"]
    assert said == [("backup_removed", backup_id, "ada", ""),
                    ("backup_downloaded", f"{backup_id} follows", "ada", ""),
                    ("backup_asked", backup_id, "ada", "")]
    done = instance.server.run("backup", "prove", newer["id"], "--json", seconds=120)
    assert done.returncode == 0, done.stdout


@pytest.mark.long
def test_what_is_sealed_opens_with_its_secret_alone(fresh_server, tmp_path, engine):
    secret = tmp_path / "secret"
    secret.write_text("a secret that is long enough\n")
    server = fresh_server(PICSHARZ_BACKUPS__EVERY="0",
                          PICSHARZ_BACKUPS__SECRET_FILE=str(secret)).start()
    community = Community(server)
    _, tom, photos = people(community)
    made = backup(server)
    assert made["proved"] and made["sealed"]
    for path in target(server).rglob("*"):
        if path.is_file():
            data = path.read_bytes()
            assert b"A fine one." not in data and b"mei@" not in data, path
            assert not data.startswith(b"\x89PNG") and not data.startswith(b"\xff\xd8"), path
    other = tmp_path / "other"
    other.write_text("another secret, long enough, too\n")
    for settings in ({}, {"PICSHARZ_BACKUPS__SECRET_FILE": str(other)}):
        empty = Server(engine, **settings)
        done = empty.run("restore", str(target(server)), seconds=120)
        assert done.returncode == 1 and "damaged" in done.stderr, done.stderr
        empty.stop()
    there = restored(engine, server, PICSHARZ_BACKUPS__SECRET_FILE=str(secret))
    try:
        assert moved(tom, there).get(f"/v1/photos/{photos[0]}").status == 200
    finally:
        there.stop()


# What was sealed with another secret would not open any more, nor would what is shared with it.
def test_a_target_is_of_one_secret(instance, tmp_path):
    server = instance.server
    first, second = tmp_path / "first", tmp_path / "second"
    first.write_text("the first secret of all\n")
    second.write_text("another one, as long as it is\n")
    server.settings["PICSHARZ_MODELS__DIR"] = "/nonexistent"  # which doctor would load each time
    server.settings["PICSHARZ_BACKUPS__SECRET_FILE"] = str(first)
    made = backup(server)
    assert made["proved"] and made["sealed"]
    proof = (target(server) / made["id"] / "proof.json").read_bytes()
    for other in (str(second), ""):
        server.settings["PICSHARZ_BACKUPS__SECRET_FILE"] = other
        done = server.run("backup", "prove", made["id"], seconds=120)
        assert done.returncode == 1 and "another backups.secret_file" in done.stderr, done.stderr
        refused = backup(server, "--full", status=1)
        assert "another backups.secret_file" in refused["problem"], refused
        told = doctor(server, "target")
        assert told["state"] == "bad" and "name a new folder" in told["text"], told
    server.settings["PICSHARZ_BACKUPS__SECRET_FILE"] = str(first)
    assert (target(server) / made["id"] / "proof.json").read_bytes() == proof
    assert server.run("backup", "prove", made["id"], seconds=120).returncode == 0
    assert doctor(server, "target")["state"] == "ok"


def sealing(fresh_server, tmp_path, text):
    secret = tmp_path / "secret"
    secret.write_text(text + "\n")
    return Community(fresh_server(PICSHARZ_BACKUPS__EVERY="0", PICSHARZ_BACKUPS__FORMAT="json",
                                  PICSHARZ_BACKUPS__SECRET_FILE=str(secret)).start())


def command_lines():
    for path in pathlib.Path("/proc").glob("[0-9]*/cmdline"):
        try:
            yield path.read_bytes()
        except OSError:  # it ended
            continue


def test_the_secret_is_in_no_log_and_no_process_list(fresh_server, tmp_path):
    secret = "what nobody is to see, but this file"
    community = sealing(fresh_server, tmp_path, secret)
    server = community.server
    people(community)
    made = community.admin.post("/v1/admin/backups", {"kind": "full"}).json["id"]
    processes = set()

    def is_done():
        processes.update(command_lines())
        return backup_state(community, made) not in ("waiting", "running")

    wait_for(is_done, 180)
    shown = community.admin.get(f"/v1/admin/backups/{made}").json
    assert shown["state"] == "proved" and shown["contents"]["sealed"], shown
    said = ""
    for words in (("backup", "prove", made), ("backup", "list"), ("doctor",)):
        done = server.run(*words, seconds=180)
        said += done.stdout + done.stderr
    server.end()
    said += server.errors + "".join(json.dumps(line) for line in server.lines)
    assert made in said
    assert any(b"picsharz" in each for each in processes)
    for text in (secret, secret.encode().hex()):
        assert text not in said
        assert not any(text.encode() in each for each in processes)


def test_a_sealed_table_is_downloaded_open_and_a_damaged_one_is_not(fresh_server, tmp_path):
    community = sealing(fresh_server, tmp_path, "a secret that is long enough")
    server, admin = community.server, community.admin
    people(community)
    made = backup(server)
    assert made["sealed"]
    entry = next(each for each in manifest(server, made)["tables"] if each["name"] == "accounts")
    path = target(server) / made["id"] / entry["file"]
    url = f"/v1/admin/backups/{made['id']}/tables/accounts"
    table = admin.get(url)
    body = table.body if isinstance(table.body, bytes) else table.body.encode()
    assert hashlib.sha256(body).hexdigest() == entry["sha256"]
    assert b"mei@" in body and b"mei@" not in path.read_bytes()
    flip_a_bit(path)
    refused = admin.get(url, check=False)
    assert (refused.status, refused.code) == (409, "backup_damaged")
    flip_a_bit(path)
    assert admin.get(url).status == 200


@pytest.mark.long
def test_a_restore_that_was_killed_goes_on_and_nothing_starts_before(instance, engine):
    people(instance)
    backup(instance.server)
    place = str(target(instance.server))
    interrupted = 0
    for seconds in (0, 0.05, 0.15, 0.3):
        there = Server(engine)
        begun = pathlib.Path(there.directory, "restoring")
        killed(there, "restore", place, when=lambda: written(begun), after=seconds)
        half_way = begun.exists()
        interrupted += half_way
        done = there.run("restore", place, "--json", seconds=300)
        # It goes on where it was, or it had been done before it could be killed.
        assert half_way == (done.returncode == 0), done.stderr
        assert half_way or "nothing was changed" in done.stderr, done.stderr
        assert not begun.exists()
        there.start()
        check_sound(there)
        there.stop()
    assert interrupted > 0
    there = Server(engine)
    pathlib.Path(there.directory, "restoring").write_text("20261129t001500z\n")
    refused = there.run("serve", seconds=60)
    assert refused.returncode == 1 and "restore" in refused.stderr
    there.stop()


def test_a_restore_touches_nothing_that_is_there(instance):
    people(instance)
    backup(instance.server)
    before = instance.server.rows("SELECT id, handle FROM accounts ORDER BY id")
    done = instance.server.run("restore", str(target(instance.server)), seconds=60)
    assert done.returncode == 1 and "nothing was changed" in done.stderr
    assert instance.server.rows("SELECT id, handle FROM accounts ORDER BY id") == before


@pytest.mark.parametrize("place", ["", "/objects", "/objects/mine", "/.."])
def test_backups_lie_neither_in_the_data_nor_around_it(instance, place):
    directory = instance.server.directory + place
    done = instance.server.run("backup", "--to", directory, seconds=60)
    assert done.returncode == 1 and f"Backups cannot lie in {directory}" in done.stderr
    if pathlib.Path(directory).is_dir():
        done = instance.server.run("restore", directory, seconds=60)
        assert done.returncode == 1 and f"Backups cannot lie in {directory}" in done.stderr
    assert not any(target(instance.server).glob("*/manifest.json"))


def flip_a_bit(path, at=100):
    data = bytearray(path.read_bytes())
    data[at] ^= 4
    path.write_bytes(data)


def test_a_restore_past_damage_names_it_and_says_that_it_is_not_whole(instance, engine):
    mei, _, photos = people(instance)
    made = backup(instance.server)
    key, digest = next((key, digest) for key, digest in objects(instance.server).items()
                       if key.startswith("originals/"))
    flip_a_bit(next((target(instance.server) / "objects").rglob(digest)))
    there = Server(engine)
    try:
        done = there.run("restore", str(target(instance.server) / made["id"]), "--json",
                         seconds=300)
        assert done.returncode == 3, done.stdout + done.stderr
        assert json.loads(done.stdout.splitlines()[-1])["damaged"] == 1
        assert f"Damaged in the backup, and left out: {key}" in done.stderr
        # It is an instance nevertheless, with everything else.
        there.start()
        assert set(objects(instance.server)) - set(objects(there)) == {key}
        shown = moved(mei, there)
        assert [shown.get(f"/v1/photos/{photo}").json["state"] for photo in photos] == [
            "published"] * len(photos)
    finally:
        there.stop()


def test_a_damaged_journal_stops_a_restore_before_it_begins(instance, engine):
    mei, _, photos = people(instance)
    made = backup(instance.server)
    mei.delete(f"/v1/photos/{photos[0]}")
    drain(instance.server)
    backup(instance.server, "--archive")
    written_down = next(path for path in (target(instance.server) / "journal").rglob("*")
                        if path.is_file() and path.stat().st_size)
    flip_a_bit(written_down, at=10)
    there = Server(engine)
    try:
        place = str(target(instance.server) / made["id"])
        done = there.run("restore", place, "--json", seconds=300)
        assert done.returncode == 1 and "nothing was changed" in done.stderr, done.stderr
        assert written_down.name in done.stderr
        assert objects(there) == {}
        flip_a_bit(written_down, at=10)
        done = there.run("restore", place, "--json", seconds=300)
        assert done.returncode == 0, done.stderr
        assert json.loads(done.stdout.splitlines()[-1])["deleted"] >= 1
    finally:
        there.stop()


@pytest.mark.long
def test_a_backup_that_was_killed_leaves_none(instance):
    people(instance)
    begun = set()

    def new_ones():
        return {path.name for path in target(instance.server).glob("20*")} - begun

    interrupted = 0
    for seconds in (0, 0.1, 0.3):
        begun |= new_ones()
        assert killed(instance.server, "backup", when=new_ones, after=seconds) or seconds
        interrupted += any(not (target(instance.server) / name / "manifest.json").exists()
                           for name in new_ones())
    assert interrupted > 0
    made = backup(instance.server)
    assert made["proved"] and made["id"] not in begun
    whole = [path.parent.name for path in target(instance.server).glob("*/manifest.json")]
    folders = [path.name for path in target(instance.server).iterdir()
               if path.name.startswith("20")]
    assert sorted(folders) == sorted(whole)


def test_an_alarm_is_mailed_and_listed(instance):
    people(instance)
    made = backup(instance.server)
    tables = target(instance.server) / made["id"] / "tables"
    path = next(tables.glob("photos.*"))
    path.write_bytes(path.read_bytes()[:-1])
    done = instance.server.run("backup", "prove", made["id"], seconds=120)
    assert done.returncode == 1
    shown = instance.admin.get(f"/v1/admin/backups/{made['id']}").json
    assert shown["state"] == "unproved" and "photos" in shown["problem"]

    def alarms():
        return [mail for mail in instance.admin.get("/v1/admin/mailbox").json["items"]
                if "does not count" in mail["subject"]]

    wait_for(alarms)
    # Once, however often it is looked at.
    done = instance.server.run("backup", "prove", made["id"], seconds=120)
    assert done.returncode == 1
    drain(instance.server)
    assert len(alarms()) == 1
    assert instance.admin.get("/v1/admin/backups").json["good_at"] is None


# The pages that a proof opens are those of another instance, and whoever opens them is nobody.
def test_a_proof_is_no_use_and_takes_no_counts(instance):
    _, tom, photos = people(instance)
    server = instance.server
    before = Metrics(server)("picsharz_usage_total", 'kind="view"')
    for photo in photos:
        assert tom.get(f"/v1/photos/{photo}").status == 200
    made = instance.admin.post("/v1/admin/backups", {"kind": "full"}).json["id"]
    wait_for(lambda: backup_state(instance, made) == "proved", 180)
    shown = instance.admin.get(f"/v1/admin/backups/{made}").json
    assert shown["proof"]["pages"] == len(photos)
    told = Metrics(server)
    views = told("picsharz_usage_total", 'kind="view"')
    assert views == before + len(photos)
    likes = told("picsharz_usage_total", 'kind="like"')
    drain(server)
    server.end()
    assert counts(server, "view", "like", "comment") == {"view": views, "like": likes, "comment": 1}


def doctor(server, part):
    done = server.run("doctor", "--json")
    assert len(done.stdout.splitlines()) == 1, done.stdout
    return next(check for check in json.loads(done.stdout)["checks"] if check["part"] == part)


def test_doctor_looks_at_backups_at_where_they_lie_and_at_jobs(instance, tmp_path):
    server = instance.server
    people(instance)
    server.settings["PICSHARZ_MODELS__DIR"] = "/nonexistent"  # which it would load each time
    assert doctor(server, "backups")["state"] == doctor(server, "target")["state"] == "ok"
    assert "none is proved" in doctor(server, "backups")["text"]
    first = backup(server)
    assert doctor(server, "backups")["state"] == "ok"
    # One whose proof fails.
    path = next((target(server) / first["id"] / "tables").glob("photos.*"))
    content = path.read_bytes()
    path.write_bytes(content[:-1])
    assert server.run("backup", "prove", first["id"], seconds=120).returncode == 1
    told = doctor(server, "backups")
    assert told["state"] == "degraded" and f"picsharz backup prove {first['id']}" in told["text"]
    path.write_bytes(content)
    assert server.run("backup", "prove", first["id"], seconds=120).returncode == 0
    assert doctor(server, "backups")["state"] == "ok"
    server.change("UPDATE backups SET state = 4, problem = 'It was interrupted.'")
    told = doctor(server, "backups")
    assert told["state"] == "degraded" and "failed (It was interrupted.)" in told["text"]
    server.change("UPDATE backups SET state = 3, problem = ''")
    # One that was made while the clock was ahead.
    month = 30 * 86_400 * 10**6
    server.change(f"UPDATE backups SET asked_at = asked_at + {month}")
    told = doctor(server, "backups")
    assert told["state"] == "degraded" and f"{first['id']} is of the future" in told["text"], told
    server.change(f"UPDATE backups SET asked_at = asked_at - {month}")
    assert doctor(server, "backups")["state"] == "ok"
    # A target that was wiped, is not there, or is no folder.
    away = tmp_path / "away"
    shutil.move(target(server), away)
    for make in (lambda: None, target(server).mkdir):
        make()
        told = doctor(server, "target")
        assert told["state"] == "degraded" and first["id"] in told["text"], told
        server.settings["PICSHARZ_BACKUPS__EVERY"] = "24h"
        assert doctor(server, "target")["state"] == "bad"
        server.settings["PICSHARZ_BACKUPS__EVERY"] = "0"
    shutil.rmtree(target(server))
    server.change("DELETE FROM backups")
    target(server).write_text("no folder")
    told = doctor(server, "target")
    assert told["state"] == "bad" and "no folder that can be written" in told["text"]
    # A secret that cannot be read.
    server.settings["PICSHARZ_BACKUPS__SECRET_FILE"] = str(tmp_path / "nothing")
    told = doctor(server, "target")
    assert told["state"] == "bad" and "backups.secret_file" in told["text"]
    del server.settings["PICSHARZ_BACKUPS__SECRET_FILE"]
    # Jobs that gave up.
    assert doctor(server, "jobs")["state"] == "ok"
    server.change("UPDATE jobs SET state = 3 WHERE state = 2")
    told = doctor(server, "jobs")
    assert told["state"] == "degraded"
    assert "gave up" in told["text"] and "/admin/jobs" in told["text"]


def test_metrics_say_how_old_the_last_good_backup_is(instance):
    server = instance.server
    people(instance)
    day = 86_400
    assert metric(server, "picsharz_backup_age_seconds") > 365 * day  # as old as time
    begun = time.time()
    assert backup(server)["proved"]
    taken = time.time() - begun + 2  # an answer of the metrics may be a moment old
    wait_for(lambda: metric(server, "picsharz_backup_age_seconds") < 365 * day)
    assert 0 < metric(server, "picsharz_backup_duration_seconds") <= taken
    assert 0 <= metric(server, "picsharz_backup_proof_age_seconds") \
        <= metric(server, "picsharz_backup_age_seconds") + 1


def shipping(fresh_server, **settings):
    return fresh_server(PICSHARZ_BACKUPS__EVERY="24h", PICSHARZ_BACKUPS__FORMAT="json",
                        PICSHARZ_BACKUPS__LOG_EVERY="1s",
                        PICSHARZ_COMMENTS__PER_MINUTE="100000",
                        PICSHARZ_COMMENTS__PER_HOUR="100000", **settings)


def log_line(server):
    checks = json.loads(server.run("doctor", "--json").stdout)["checks"]
    return next(check for check in checks if check["part"] == "log")


@pytest.mark.long
@pytest.mark.parametrize("sealed", [False, True], ids=["plain", "sealed"])
@pytest.mark.sqlite
def test_a_lost_host_had_told_the_log_nearly_everything(fresh_server, tmp_path, sealed):
    place = tmp_path / "target"
    settings = {"PICSHARZ_BACKUPS__DIRECTORY": str(place)}
    if sealed:
        secret = tmp_path / "secret"
        secret.write_text("a secret that is long enough\n")
        settings["PICSHARZ_BACKUPS__SECRET_FILE"] = str(secret)
    server = shipping(fresh_server, **settings).start()
    community = Community(server)
    mei, tom, photos = people(community)
    wait_for(lambda: log_line(server)["state"] == "ok")
    # Writes without a pause, each noted when it is acknowledged; and one photo more.
    photos.append(published(mei, width=800, title="The last one")["id"])
    drain(server)
    acknowledged = []
    end = time.monotonic() + 6
    while time.monotonic() < end:
        text = f"Comment {len(acknowledged)}"
        write(tom, photos[0], text)
        acknowledged.append((time.time(), text))
        time.sleep(0.1)
    killed_at = time.time()
    server.process.kill()
    server.process.wait()
    shutil.rmtree(server.directory)
    # An empty host, with the target and the secret alone.
    settings.pop("PICSHARZ_BACKUPS__DIRECTORY")
    there = Server("sqlite", PICSHARZ_BACKUPS__EVERY="0", PICSHARZ_BACKUPS__FORMAT="json",
                   **settings)
    done = there.run("backup", "rebuild", "--to", str(place), "--json", seconds=300)
    assert done.returncode == 0, done.stdout + done.stderr
    made = json.loads(done.stdout.splitlines()[-1])
    assert made["proved"] and made["lost"] == 0 and made["pages"] == len(photos)
    done = there.run("restore", str(place), "--json", seconds=300)
    assert done.returncode == 0, done.stdout + done.stderr
    there.start()
    try:
        kept = {row[0] for row in there.rows("SELECT text FROM comments")}
        lost = [when for when, text in acknowledged if text not in kept]
        rpo = killed_at - min(lost) if lost else 0
        print(f"acknowledged {len(acknowledged)}, lost {len(lost)}, RPO {rpo:.2f} s")
        # A second between rounds, and what a round takes on a machine that does other things.
        assert rpo < 10, rpo
        # The lost are the last ones: nothing before them is missing.
        assert lost == [when for when, _ in acknowledged[len(acknowledged) - len(lost):]]
        guest = moved(tom, there)
        for photo in photos:
            page = guest.get(f"/v1/photos/{photo}").json
            for url in page["urls"].values():
                assert guest.get(url, check=False).status == 200
        check_sound(there)
    finally:
        there.stop()


@pytest.mark.long
@pytest.mark.sqlite
def test_a_moment_before_a_mistake_is_restored(fresh_server, tmp_path):
    server = shipping(fresh_server).start()
    community = Community(server)
    mei, tom, photos = people(community)
    wait_for(lambda: log_line(server)["state"] == "ok")
    time.sleep(1.1)
    moment = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    time.sleep(1.1)
    write(tom, photos[1], "A mistake.")
    mei.delete(f"/v1/photos/{photos[2]}")
    drain(server)
    wait_for(lambda: list((target(server) / "journal").glob("*")))  # half a minute
    for wrong, says in (("yesterday", "time of UTC"), ("2020-01-01 00:00", "begins at")):
        refused = server.run("backup", "rebuild", "--at", wrong)
        assert refused.returncode == 1 and says in refused.stderr, refused.stderr
    refused = server.run("backup", "rebuild", "--to", str(tmp_path))
    assert refused.returncode == 1 and "no log" in refused.stderr, refused.stderr
    there = Server("sqlite", PICSHARZ_BACKUPS__EVERY="0", PICSHARZ_BACKUPS__FORMAT="json")
    done = there.run("restore", str(target(server)), "--at", moment, "--json", seconds=300)
    assert done.returncode == 0, done.stdout + done.stderr
    assert json.loads(done.stdout.splitlines()[-1])["snapshot_at"] <= moment.replace("Z", ".000Z")
    there.start()
    try:
        assert there.count("SELECT count(*) FROM comments WHERE text = 'A mistake.'") == 0
        assert there.count("SELECT count(*) FROM comments") == 1
        guest = moved(tom, there)
        assert guest.get(f"/v1/photos/{photos[1]}").status == 200
        # What was deleted since stays deleted.
        assert guest.get(f"/v1/photos/{photos[2]}", check=False).status == 404
        check_sound(there)
    finally:
        there.stop()


# Somebody looks at an earlier moment, on another host: the target has one more backup, made later.
@pytest.mark.long
@pytest.mark.sqlite
def test_a_moment_that_was_rebuilt_is_not_the_newest_backup(fresh_server):
    server = shipping(fresh_server).start()
    community = Community(server)
    people(community)
    wait_for(lambda: log_line(server)["state"] == "ok")
    time.sleep(1.1)
    moment = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    time.sleep(1.1)
    newest = backup(server)
    for words, expected in ((("--at", moment), None), ((), newest)):
        there = Server("sqlite", PICSHARZ_BACKUPS__EVERY="0", PICSHARZ_BACKUPS__FORMAT="json")
        try:
            done = there.run("restore", str(target(server)), *words, "--json", seconds=300)
            assert done.returncode == 0, done.stdout + done.stderr
            restored_one = json.loads(done.stdout.splitlines()[-1])
            if expected:
                assert restored_one["id"] == expected["id"]
                assert restored_one["snapshot_at"] == expected["snapshot_at"]
            else:
                assert restored_one["id"] > newest["id"]
                assert restored_one["snapshot_at"] < newest["snapshot_at"]
        finally:
            there.stop()
    # Nor is it for the instance itself.
    listed = community.admin.get("/v1/admin/backups").json
    assert listed["backups"][0]["id"] == newest["id"] and len(listed["backups"]) == 2
    assert listed["good_at"] == newest["snapshot_at"]


def logged(server, what):
    return {path.name for path in (target(server) / "log").rglob(f"{what}-*")}


def ship_rounds(place, member, photo):
    """Until whatever was committed before is in the target: three files of steps later."""
    before = len(list(place.rglob("steps-*")))

    def goes_on():
        member.delete(f"/v1/photos/{photo}/like")
        member.put(f"/v1/photos/{photo}/like")
        return len(list(place.rglob("steps-*"))) >= before + 3

    wait_for(goes_on, 180)


def rebuilt_in(place):
    there = Server("sqlite", PICSHARZ_BACKUPS__EVERY="0", PICSHARZ_BACKUPS__FORMAT="json")
    try:
        done = there.run("backup", "rebuild", "--to", str(place), "--json", seconds=300)
        assert done.returncode == 0, done.stdout + done.stderr
        return json.loads(done.stdout.splitlines()[-1]), done.stderr
    finally:
        there.stop()


# `picsharz backup` writes a row a second, and an idle server brings its log into the file between.
@pytest.mark.sqlite
def test_a_command_that_writes_beside_a_server_costs_the_log_nothing(fresh_server):
    server = shipping(fresh_server).start()
    community = Community(server)
    people(community)
    wait_for(lambda: log_line(server)["state"] == "ok")
    bases = logged(server, "base")
    for _ in range(3):
        assert backup(server)["proved"]
        assert log_line(server)["state"] == "ok"
    said = [line["message"] for line in server.lines if "the log is" in line["message"]]
    assert logged(server, "base") == bases, said
    assert "the log is copied anew" not in said


@pytest.mark.sqlite
def test_the_log_goes_on_where_its_target_was_replaced(fresh_server, tmp_path):
    place = tmp_path / "target"
    server = shipping(fresh_server, PICSHARZ_BACKUPS__DIRECTORY=str(place)).start()
    community = Community(server)
    mei, tom, photos = people(community)
    wait_for(lambda: log_line(server)["state"] == "ok")
    assert backup(server)["proved"]
    known = {path.name for path in place.rglob("base-*")}
    shutil.copytree(place, tmp_path / "copy")
    place.rename(tmp_path / "away")
    (tmp_path / "copy").rename(place)
    server.log_entry("the target of the log is another one, where it begins anew")
    wait_for(lambda: {path.name for path in place.rglob("base-*")} - known)
    late = published(mei, width=811, title="In the new folder")["id"]
    drain(server)
    ship_rounds(place, tom, photos[0])
    server.process.kill()
    server.process.wait()
    made, _ = rebuilt_in(place)
    assert late in (place / made["id"] / "tables" / "photos.json").read_text()


# The host goes while rows are copied and the photos that they speak of are not yet.
@pytest.mark.long
@pytest.mark.sqlite
def test_a_rebuild_takes_the_last_moment_that_has_its_photos(fresh_server, tmp_path):
    place = tmp_path / "target"
    server = shipping(fresh_server, PICSHARZ_BACKUPS__DIRECTORY=str(place)).start()
    community = Community(server)
    mei, tom, photos = people(community)
    wait_for(lambda: log_line(server)["state"] == "ok")
    drain(server)
    ship_rounds(place, tom, photos[0])
    with open(place / ".unlisted-lock", "a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        published(mei, width=812, title="Whose file is not copied")
        drain(server)
        ship_rounds(place, tom, photos[0])
        server.process.kill()
        server.process.wait()
    made, said = rebuilt_in(place)
    assert "is taken instead" in said, said
    assert made["proved"] and made["lost"] == 0 and made["pages"] == len(photos)


def test_doctor_says_that_the_log_is_not_copied(fresh_server, engine):
    server = shipping(fresh_server)
    shown = log_line(server)
    if engine != "sqlite":
        assert shown["state"] == "ok" and "not copied" in shown["text"]
        return
    assert shown["state"] == "degraded" and "nothing of it" in shown["text"]
    server.start()
    wait_for(lambda: log_line(server)["state"] == "ok")
    assert 0 <= metric(server, "picsharz_backup_log_age_seconds") < 3600
    state = target(server) / "log" / "state"
    server.process.kill()
    server.process.wait()
    state.write_text('{"at":1790000000000000}\n')
    shown = log_line(server)
    assert shown["state"] == "degraded" and "serve run" in shown["text"]
