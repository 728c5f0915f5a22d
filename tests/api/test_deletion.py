"""R20, as far as photos go: what is deleted is nowhere any more."""
import hashlib
import pathlib
import subprocess
import time

from support.client import Client, Community, wait_for
from support.invariants import check_sound, drain
from support.pictures import png
from test_photos import developed

# Words that nothing else contains, in every place that a member can write one.
WORDS = {"title": "Quokkanine", "description": "Wombatseven", "alt": "Xerusfive",
         "place": "Jerboathree", "tags": "vicunatwo", "file": "Ibexinone"}


def dump(server) -> bytes:
    """Every value of every table, those of the search index included."""
    if server.database.url:
        return subprocess.run(["pg_dump", "--inserts", server.database.url], check=True,
                              capture_output=True).stdout
    tables = server.rows("SELECT name FROM sqlite_master WHERE type = 'table'")
    return "\n".join(repr(server.rows(f"SELECT * FROM {name}")) for name, in tables).encode()


def everything_on_disk(server) -> dict[pathlib.Path, bytes]:
    return {path: path.read_bytes() for path in pathlib.Path(server.directory).rglob("*")
            if path.is_file()}


def traces(content: bytes, secrets) -> list[bytes]:
    """An index keeps words without the letters that they share with the one before."""
    small = content.lower()
    return [secret for secret in secrets if secret.lower()[2:] in small]


def forget(server):
    """A day passes: what is done daily is due."""
    server.end()
    server.change("DELETE FROM schedules")
    done = server.count("SELECT count(*) FROM jobs WHERE kind = 'task.search.forget'")
    server.start()
    wait_for(lambda: server.count("SELECT count(*) FROM jobs WHERE state = 2"
                                  " AND kind = 'task.search.forget'") > done)
    drain(server)


def issued(member, visitor, photo) -> list[str]:
    """Every address that anybody was ever given for it."""
    address = f"/v1/photos/{photo}"
    seen = member.get(address).json
    urls = list(seen["urls"].values()) + list(visitor.get(address).json["urls"].values())
    member.patch(address, {"visibility": "followers"})
    urls += member.get(address).json["urls"].values()
    member.patch(address, {"visibility": "public", "allow_download": True})
    urls += member.get(address).json["urls"].values()
    return [address, address + "/original", address + "/download", *dict.fromkeys(urls)]


def test_a_deleted_photo_is_nowhere(fresh_server):
    server = fresh_server().start()
    community = Community(server)
    member, visitor = community.member("quentin"), Client(server.address)
    data = png(700, 500, (201, 20, 113))
    fields = {name: word for name, word in WORDS.items() if name not in ("file", "place")}
    photo = developed(member, member.upload(data, WORDS["file"] + ".png", **fields).json["id"])
    assert photo["state"] == "published"
    member.patch(f"/v1/photos/{photo['id']}", {"place": WORDS["place"]})
    urls = issued(member, visitor, photo["id"])
    assert member.get(urls[1]).body == data and visitor.get(urls[2]).status == 200
    secrets = [word.encode() for word in WORDS.values()]
    digest = hashlib.sha256(data).hexdigest().encode()
    assert len(traces(dump(server), [*secrets, digest])) == len(secrets) + 1

    begin = time.monotonic()
    assert member.delete(urls[0]).status == 200
    for url in urls:
        wait_for(lambda: visitor.get(url).status in (401, 404))  # noqa: B023
        assert member.get(url).status == 404, url
    print(f"{len(urls)} addresses are dead after {time.monotonic() - begin:.2f} s")
    for word in WORDS.values():
        for path in (f"/v1/search/suggest?q={word}", "/v1/feed/recent",
                     "/v1/accounts/quentin/photos", "/v1/me/photos"):
            assert word.encode() not in member.get(path).body
    forget(server)
    assert traces(dump(server), [*secrets, digest]) == []
    server.end()
    for path, content in everything_on_disk(server).items():
        assert data not in content, path
        assert digest.decode() not in str(path)
        assert traces(content, secrets) == [], path
    # Last, because what somebody looks for is noted.
    server.start()
    member.host = server.address.split("//")[1]
    for word in WORDS.values():
        assert word.encode() not in member.get(f"/v1/search?q={word}").body
    check_sound(server)
