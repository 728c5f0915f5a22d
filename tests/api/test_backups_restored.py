"""Restores: who keeps one out, which journals it reads, where it goes on, what was made before."""
import fcntl
import json
import pathlib
import shutil
import subprocess

import pytest

from support.client import Community
from support.invariants import check_sound, drain
from support.server import Server, Worker, binary
from test_backups import backup, moved, objects, people, target


@pytest.fixture
def instance(fresh_server):
    server = fresh_server(PICSHARZ_BACKUPS__EVERY="0", PICSHARZ_BACKUPS__FORMAT="json").start()
    return Community(server)


def restore(server, place, *words, status=0):
    done = server.run("restore", str(place), "--json", *words, seconds=300)
    assert done.returncode == status, done.stdout + done.stderr
    return json.loads(done.stdout.splitlines()[-1]) if status == 0 else done.stderr


def restore_elsewhere(server, place, folder):
    """Into the same database, from another host."""
    return subprocess.run([binary(), "restore", str(place)], capture_output=True, text=True,
                          env={**server.environment(), "PICSHARZ_DATA__DIR": str(folder)})


# It would work on restored jobs before the journal is replayed, and keep the secret of before.
@pytest.mark.long
def test_a_restore_keeps_away_from_whoever_is_at_work(instance, engine, tmp_path):
    people(instance)
    place = target(instance.server)
    backup(instance.server)
    there = Server(engine).start()
    worker = Worker(there).start()  # any number of them, as before
    try:
        for left in (there, worker):
            said = restore(there, place, status=1)
            assert "nothing was changed" in said and "at work" in said, said
            if engine == "postgres":
                done = restore_elsewhere(there, place, tmp_path / "other")
                assert done.returncode == 1 and "connected to this database" in done.stderr
            assert objects(there) == {} and there.count("SELECT count(*) FROM accounts") == 0
            assert not pathlib.Path(there.directory, "restoring").exists()
            left.end()
        assert restore(there, place)["damaged"] == 0
        there.start()
        check_sound(there)
    finally:
        worker.stop()
        there.stop()


@pytest.mark.parametrize("command", ["serve", "worker"])
def test_nobody_starts_where_a_restore_is_at_work(fresh_server, command):
    server = fresh_server()
    with open(pathlib.Path(server.directory, ".in-use"), "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        refused = server.run(command, seconds=60)
        assert refused.returncode == 1 and "A restore" in refused.stderr, refused.stderr
    assert not pathlib.Path(server.directory, "picsharz.db").exists()


@pytest.mark.long
def test_a_copy_elsewhere_is_restored_with_what_was_deleted_after_it(instance, engine, tmp_path):
    mei, tom, photos = people(instance)
    server = instance.server
    offsite = tmp_path / "offsite"
    assert backup(server, "--to", str(offsite))["proved"]
    assert mei.delete(f"/v1/photos/{photos[0]}").status == 200
    drain(server)
    backup(server, "--archive")  # copies the journal, into the configured target alone
    for words, settings in ((["--journal", str(target(server) / "journal")], {}),
                            ([], {"PICSHARZ_BACKUPS__DIRECTORY": str(target(server))})):
        there = Server(engine, PICSHARZ_BACKUPS__EVERY="0", **settings)
        try:
            made = restore(there, offsite, *words)
            assert made["deleted"] >= 1 and made["deleted_until"]
            there.start()
            guest = moved(tom, there)
            assert guest.get(f"/v1/photos/{photos[0]}", check=False).status == 404
            assert guest.get(f"/v1/photos/{photos[1]}").status == 200
        finally:
            there.stop()
    # What is another instance's is not read; without any journal that is said.
    other = tmp_path / "other"
    shutil.copytree(target(server), other)
    (other / ".owner").write_text("another\n")
    there = Server(engine, PICSHARZ_BACKUPS__DIRECTORY=str(other))
    try:
        for words in (["--journal", str(other)], ["--journal", str(tmp_path)]):
            assert "nothing was changed" in restore(there, offsite, *words, status=1)
        done = there.run("restore", str(offsite), seconds=300)
        assert done.returncode == 0, done.stderr
        assert f"The journal in {other} was not read" in done.stderr
        assert "0 things" in done.stdout and "--journal" in done.stdout
    finally:
        there.stop()


def test_a_restore_that_ended_before_the_journal_was_replayed_goes_on(instance, engine):
    mei, tom, photos = people(instance)
    made = backup(instance.server)
    assert mei.delete(f"/v1/photos/{photos[0]}").status == 200
    drain(instance.server)
    backup(instance.server, "--archive")
    place = target(instance.server) / made["id"]
    there = Server(engine)
    begun = pathlib.Path(there.directory, "restoring")
    # What the services need is looked at when the rows are there, and the journal would be next.
    missing = {"PICSHARZ_SMTP__HOST": "127.0.0.1", "PICSHARZ_SMTP__FROM": "photos@example.org",
               "PICSHARZ_SMTP__PASSWORD_FILE": "/nonexistent"}
    try:
        there.settings.update(missing)
        assert "/nonexistent" in restore(there, place, status=1)
        assert begun.read_text().split()[:2] == [made["id"], "compared"]
        assert there.count(f"SELECT count(*) FROM photos WHERE id = {photos[0]}") == 1
        for name in missing:
            del there.settings[name]
        refused = there.run("serve", seconds=60)
        assert refused.returncode == 1 and "not finished" in refused.stderr
        assert restore(there, place)["deleted"] >= 1
        assert not begun.exists()
        there.start()
        assert moved(tom, there).get(f"/v1/photos/{photos[0]}", check=False).status == 404
        check_sound(there)
    finally:
        there.stop()


def test_a_page_that_shows_no_picture_fails_the_proof(instance):
    _, _, photos = people(instance)
    instance.server.change(f"UPDATE photos SET renditions = '' WHERE id = {photos[1]}")
    made = backup(instance.server, status=1)
    assert not made["proved"] and made["lost"] == 0 and made["pages"] == len(photos) - 1
    assert f"{photos[1]} does not open: its picture" in made["problem"]


# An older version has not known what came later: what it kept is asked all the same.
def test_an_archive_without_a_column_is_asked_for_the_others(instance):
    people(instance)
    server = instance.server
    server.end()
    server.change("ALTER TABLE accounts DROP COLUMN language")
    made = backup(server, "--archive", "--format", "parquet")
    assert made["proved"] and made["format"] == "parquet"
    folder = str(target(server) / made["id"])
    done = server.run("query", "select country, count(*) from accounts group by country",
                      "--format", "csv", "--backup", folder)
    assert done.returncode == 0, done.stderr
    assert done.stdout.replace('"', "").split()[1:] == ["SG,3"]
    done = server.run("query", "select language from accounts", "--backup", folder)
    assert done.returncode == 1 and "language" in done.stderr, done.stderr
