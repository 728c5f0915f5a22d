"""R17: the queue cannot run away.

PICSHARZ_WAITING (200; ten thousand in make check-long) photos of one account wait at once, others
wait behind them, and among all of it are what can never succeed: a job that always fails, and a
picture that ends its decoder.
"""
import concurrent.futures
import contextlib
import os
import pathlib
import signal

from support.client import Community, wait_for
from support.invariants import check_photos, check_sound, drain
from support.pictures import png
from support.server import Server, Worker

WAITING = int(os.environ.get("PICSHARZ_WAITING", "200"))
OTHERS = 20
MIB = 1024
SWEEP = "kind = 'task.uploads.sweep'"


def resident(server: Server, field: str) -> int:
    """KiB: VmRSS now, VmHWM at most."""
    with open(f"/proc/{server.process.pid}/status", encoding="ascii") as status:
        return int(dict(line.split(":", 1) for line in status)[field].split()[0])


def upload_all(member, wanted: int, blue: int):
    with concurrent.futures.ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(lambda n: member.upload(png(40, 30, (n % 256, n // 256, blue))),
                                range(wanted)))
    assert {answer.status for answer in answers} == {201}


def poison(server):
    """The sweep of uploads fails from now on, whoever runs it. It is due at once."""
    pathlib.Path(server.directory, "spool/kept").symlink_to("/dev/null")
    server.change("DELETE FROM schedules WHERE name = 'uploads.sweep'")


def dead_jobs(community, server):
    # The test does not wait for the back-off.
    server.change(f"UPDATE jobs SET run_at = 0 WHERE state = 0 AND {SWEEP}")
    return community.admin.get("/v1/admin/jobs?state=dead").json["items"]


def test_a_queue_of_waiting_uploads_cannot_run_away(fresh_server):
    # One at a time: of two, one may do a dozen while a busy machine lets the other wait.
    server = fresh_server(PICSHARZ_UPLOADS__PER_DAY="1000000", PICSHARZ_LOG__REQUESTS="false",
                          PICSHARZ_MEDIA__WORKERS="1", PICSHARZ_MODELS__DIR="/nonexistent")
    server.start()
    community = Community(server)
    many, other = community.member("many"), community.member("other")
    server.end()
    server.command = ["serve", "--no-jobs"]  # nobody develops
    server.start()
    for client in (many, other, community.admin):
        client.host = server.address.split("//")[1]
    upload_all(many, WAITING, 9)
    upload_all(other, OTHERS, 10)
    assert many.get("/v1/me/photos?limit=1").json["items"][0]["state"] == "received"
    waiting = resident(server, "VmHWM")
    poison(server)
    worker = Worker(server).start()
    try:
        work_through(server, community)
        working = resident(worker, "VmHWM")
    finally:
        worker.stop()
    check_photos(server)
    check_sound(server)
    print(f"{WAITING} waiting: at most {waiting} KiB resident in the server, {working} KiB in the"
          " worker")
    assert waiting <= 512 * MIB and working <= 512 * MIB


def work_through(server, community):
    dead, = wait_for(lambda: dead_jobs(community, server), 300)
    assert (dead["kind"], dead["attempt"], dead["attempts"]) == ("task.uploads.sweep", 5, 5)
    assert "spool: list" in dead["reason"]
    wait_for(lambda: server.count("SELECT count(*) FROM jobs WHERE state IN (0, 1)") == 0,
             60 + WAITING)
    # Everybody else was served, at the first try, and those who came last did not wait for all.
    assert server.rows("SELECT id FROM jobs WHERE state = 2 AND attempt <> 1") == []
    others = f"{server.account('other')} AND kind = 'photo.develop'"
    last = server.count(f"SELECT max(finished_at) FROM jobs WHERE account_id = {others}")
    before = server.count("SELECT count(*) FROM jobs WHERE kind = 'photo.develop' AND account_id ="
                          f" {server.account('many')} AND finished_at <= {last}")
    print(f"{before} of {WAITING} photos came before the last of {OTHERS} others")
    assert before <= OTHERS + 1  # half
    # What was wrong is put right, and the job is tried again.
    pathlib.Path(server.directory, "spool/kept").unlink()
    assert community.admin.request("POST", f"/v1/admin/jobs/{dead['id']}/retry").status == 204
    drain(server)


def test_a_picture_that_ends_its_decoder_is_rejected_alone(fresh_server):
    server = fresh_server(PICSHARZ_MEDIA__WORKERS="1", PICSHARZ_MODELS__DIR="/nonexistent").start()
    member = Community(server).member("poisoner")

    def state(photo):
        return member.get(f"/v1/photos/{photo}").json["state"]

    def poisoned(number) -> str:
        """A large picture, whose decoder is ended while it works; "" where it was too quick."""
        photo = member.upload(png(7000, 7000, (number, 200, 3))).json["id"]
        wait_for(lambda: state(photo) != "received")
        while state(photo) == "decoding":
            for process in server.decoders():
                with contextlib.suppress(ProcessLookupError):
                    os.kill(process, signal.SIGABRT)
        return photo if wait_for(lambda: state(photo) in ("held", "rejected")
                                 and state(photo)) == "rejected" else ""

    before = [member.upload(png(40, 30, (n, 1, 1))).json["id"] for n in range(5)]
    bad = next(photo for photo in map(poisoned, range(20)) if photo)
    after = [member.upload(png(40, 30, (n, 2, 1))).json["id"] for n in range(5)]
    assert member.get(f"/v1/photos/{bad}").json["reason"] == "image_corrupt"
    drain(server)
    for photo in before + after:
        assert state(photo) == "held"  # no models
    server.end()
    check_sound(server)
