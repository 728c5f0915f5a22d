"""R1: an acknowledged upload is never lost, whenever the server is killed.

PICSHARZ_KILLS (50, so a hundred on both engines together; two thousand in make check-long) times a
`kill -9` at a random instant, with clients that upload in both ways all the while. What was cut is
sent again with its Idempotency-Key, so that every wish becomes one photo. In the end each of them
can be had back, byte for byte, and nothing else is left behind.
"""
import hashlib
import http.client
import os
import pathlib
import random
import signal
import threading
import time

from support import tus
from support.client import Community, wait_for
from support.invariants import check_photos, check_sound, drain, temporary_files
from test_uploads import noise

KILLS = int(os.environ.get("PICSHARZ_KILLS", "50"))
CUT = (OSError, http.client.HTTPException)


class Uploader(threading.Thread):
    """One client: wishes with a key, a journal of what was acknowledged."""

    def __init__(self, member, number, seed):
        super().__init__(daemon=True)
        self.member, self.number = member, number
        self.random = random.Random(seed + number)
        self.over = False
        self.pending: list[tuple[str, bytes]] = []  # sent, not acknowledged yet
        self.journal: dict[str, str] = {}  # SHA-256 -> photo id
        self.offsets: dict[str, int] = {}  # acknowledged, by the upload's place
        self.problems: list[str] = []
        self.wishes = 0

    def run(self):
        while not self.over:
            self.step()

    def step(self):
        # An account may have 20 uploads open.
        if not self.pending or (len(self.pending) < 12 and self.random.random() < 0.3):
            self.wishes += 1
            size = self.random.choice((3_000, 20_000, 400_000))
            data = noise(size, self.number * 100_000 + self.wishes)
            self.pending.append((f"{self.number}-{self.wishes}", data))
        self.attempt(self.random.choice(self.pending))

    def attempt(self, wish):
        key, data = wish
        way = self.simply if int(key.split("-")[1]) % 3 == 0 else self.resumably
        try:
            photo = way(key, data)
        except CUT:
            time.sleep(0.02)
            return
        if photo:
            self.pending.remove(wish)
            self.journal[hashlib.sha256(data).hexdigest()] = photo

    def simply(self, key, data):
        name = hashlib.sha256(data).hexdigest()
        body = (f'--b\r\nContent-Disposition: form-data; name="title"\r\n\r\n{name}\r\n--b\r\n'
                'Content-Disposition: form-data; name="file"; filename="a"\r\n\r\n').encode() \
            + data + b"\r\n--b--\r\n"
        answer = self.member.request("POST", "/v1/photos", body, {
            "Content-Type": "multipart/form-data; boundary=b", "Idempotency-Key": key})
        if answer.status == 201:
            return answer.json["id"]
        self.expect(answer, {409, 503})
        return None

    def resumably(self, key, data):
        name = hashlib.sha256(data).hexdigest()
        made = tus.create(self.member, len(data), headers={"Idempotency-Key": key}, title=name)
        if made.status != 201:
            self.expect(made, {409, 423, 503})
            return None
        place = made.headers["location"]
        now = tus.head(self.member, place)
        if now.status != 200:
            self.expect(now, {423, 503})
            return None
        at = tus.offset(now)
        if at < self.offsets.get(place, 0):
            self.problems.append(f"{place} went back from {self.offsets[place]} to {at}")
        while "picsharz-photo" not in now.headers:
            piece = data[at:at + self.random.choice((1_000, 150_000, len(data)))]
            now = tus.patch(self.member, place, at, piece)
            if now.status != 204:
                self.expect(now, {409, 423, 503})
                return None
            at = self.offsets[place] = tus.offset(now)
        return now.headers["picsharz-photo"]

    def expect(self, answer, statuses):
        if answer.status not in statuses:
            self.problems.append(f"{answer.status} {answer.body[:200]}")


def test_no_acknowledged_upload_is_lost_by_kill_9(fresh_server):
    seed = int(os.environ.get("PICSHARZ_SEED", random.randrange(1 << 30)))
    print("PICSHARZ_SEED", seed)
    chance = random.Random(seed)
    server = fresh_server(PICSHARZ_MODELS__DIR="/nonexistent", PICSHARZ_LOG__REQUESTS="false",
                          PICSHARZ_UPLOADS__PER_DAY="1000000",
                          PICSHARZ_HTTP__LISTEN="127.0.0.1:0").start()
    community = Community(server)
    people = [Uploader(community.member(f"member{n}"), n, seed) for n in range(3)]
    for person in people:
        person.start()
    for _ in range(KILLS):
        time.sleep(chance.uniform(0.005, 0.25))
        server.end(signal.SIGKILL)
        server.start()
        for person in people:
            person.member.host = server.address.split("//")[1]
    for person in people:
        person.over = True
        person.join(60)
        assert not person.is_alive()
    # Liveness: without faults, every wish comes true.
    deadline = time.monotonic() + 120
    for person in people:
        while person.pending and time.monotonic() < deadline:
            person.attempt(person.pending[0])
        assert not person.pending and not person.problems, person.problems[:5]
    acknowledged = 0
    for person in people:
        acknowledged += check(server, person)
    print(f"{KILLS} kills, {acknowledged} acknowledged, 0 lost")
    assert acknowledged > KILLS / 4
    drain(server, 300)
    check_photos(server)
    check_leftovers(server, people[0].member)
    server.end()
    # An original whose upload was cut before its row is an orphan; the sweep has it in a day.
    check_sound(server, orphans=True)


def check(server, person) -> int:
    """Every acknowledged photo once, every row with its bytes."""
    rows, cursor = {}, ""
    while True:
        page = person.member.get(f"/v1/me/photos?limit=100{cursor}").json
        for photo in page["items"]:
            assert photo["title"] not in rows, "one wish, two photos"
            rows[photo["title"]] = photo["id"]
        if not page["next"]:
            break
        cursor = "&cursor=" + page["next"]
    for digest in rows:
        path = pathlib.Path(server.directory, "objects/originals", digest[:2], digest)
        assert hashlib.sha256(path.read_bytes()).hexdigest() == digest, "a row without its bytes"
    missing = person.journal.items() - rows.items()
    assert not missing, "acknowledged and lost"
    for digest, photo in person.journal.items():
        answer = person.member.get(f"/v1/photos/{photo}/original")
        assert hashlib.sha256(answer.body).hexdigest() == digest, "not what was sent"
    return len(person.journal)


def check_leftovers(server, member):
    """What a server that is killed leaves behind is gone within a minute of its next start."""
    length = 300_000
    connection = http.client.HTTPConnection(member.host, timeout=60)
    connection.putrequest("POST", "/v1/photos")
    for name, value in {**member.headers("POST"), "Content-Length": str(length),
                        "Content-Type": "multipart/form-data; boundary=b"}.items():
        connection.putheader(name, value)
    connection.endheaders()
    connection.send(b'--b\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\n'
                    + noise(length // 2))
    wait_for(lambda: temporary_files(server))
    server.end(signal.SIGKILL)
    connection.close()
    pathlib.Path(server.directory, "objects/.tmp/half").write_bytes(b"of a rendition")
    assert len(temporary_files(server)) == 2
    server.start()
    wait_for(lambda: not temporary_files(server))
