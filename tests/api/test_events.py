"""Server-sent events: what becomes of a photo is told to its owner, and to nobody else."""
import http.client
import json

import pytest

from support.client import Client, Community, wait_for
from support.pictures import png


class Stream:
    """An open /v1/events."""

    def __init__(self, client, watched=None):
        self.connection = http.client.HTTPConnection(client.host, timeout=60)
        target = f"/v1/events?photo={watched}" if watched else "/v1/events"
        self.connection.request("GET", target, headers=client.headers("GET"))
        self.response = self.connection.getresponse()

    def event(self):
        """The next event's name and data; (None, None) at the end."""
        name, data = None, None
        for raw in self.response:
            line = raw.decode().rstrip("\n")
            if line.startswith("event: "):
                name = line[7:]
            elif line.startswith("data: "):
                data = json.loads(line[6:])
            elif not line and name:
                return name, data
        return None, None

    def next(self, wanted):
        """The data of the next event of that name."""
        name = ""
        while name != wanted:
            name, data = self.event()
            assert name, "the stream ended"
        return data

    def until_final(self, photo):
        """The states of one photo that were told, up to the last."""
        states = []
        while not states or states[-1] in ("received", "decoding", "classifying"):
            name, data = self.event()
            assert name == "photo", "the stream ended"
            assert set(data) == {"id", "state", "reason"}
            if data["id"] == photo:
                states.append(data["state"])
        return states

    def close(self):
        self.connection.close()


@pytest.fixture(scope="module")
def mei(community):
    return community.member("mei_events")


def test_the_owner_hears_what_becomes_of_a_photo(community, mei):
    stranger = community.member("ana_events")
    mine, foreign = Stream(mei), Stream(stranger)
    assert mine.response.status == 200
    assert mine.response.headers["Content-Type"] == "text/event-stream"
    assert mine.response.headers["Cache-Control"] == "no-store"
    photo = mei.upload(png(60, 40), "told.png").json["id"]
    states = mine.until_final(photo)
    assert states[-1] == mei.get(f"/v1/photos/{photo}").json["state"]
    # The first that the stranger hears is of a photo of her own.
    own = stranger.upload(png(60, 40, (9, 9, 9)), "own.png").json["id"]
    name, data = foreign.event()
    assert (name, data["id"]) == ("photo", own)
    mine.close()
    foreign.close()


STATES = ["received", "decoding", "classifying"]


def told_of(stream, photos):
    """What was told of each photo, as (state, reason), up to the end of all."""
    told = {photo: [] for photo in photos}
    while any(not each or each[-1][0] in STATES for each in told.values()):
        name, data = stream.event()
        assert name, "the stream ended"
        if name == "photo" and data["id"] in told:
            told[data["id"]].append((data["state"], data["reason"]))
    return list(told.values())


def test_every_step_of_a_photo_is_told(fresh_server):
    """One decodes at a time and the others wait, so each state lasts for long enough in some.

    What is told is how a photo is when its change is read: on a slow machine one more round of
    photos may be needed until each state was.
    """
    server = fresh_server(PICSHARZ_MEDIA__WORKERS="1").start()
    person = Community(server).member("waiting")
    stream, seen = Stream(person), set()
    for turn in range(5):
        photos = [person.upload(png(3000, 2000, (8 * turn + n, 120, 60)), f"{n}.png").json["id"]
                  for n in range(8)]
        for steps in told_of(stream, photos):
            states = [state for state, _ in steps]
            assert states == sorted(states, key=[*STATES, "published"].index)
            assert steps[-1] == ("published", None)
            assert all(reason is None for _, reason in steps)
            seen |= set(states)
        if seen == {*STATES, "published"}:
            break
    assert seen == {*STATES, "published"}
    stream.close()


def test_a_refusal_is_told_with_its_reason(community, mei):
    stream = Stream(mei)
    broken = bytearray(png(400, 300, (1, 2, 3)))
    middle = broken.index(b"IDAT") + 20  # its header is right, its pixels are not
    broken[middle:middle + 30] = b"\xff" * 30
    photo = mei.upload(bytes(broken), "torn.png").json["id"]
    [steps] = told_of(stream, [photo])
    assert steps[-1] == ("rejected", "image_corrupt")
    stream.close()


def test_what_is_held_is_told_with_its_reason(fresh_server):
    server = fresh_server(PICSHARZ_MODELS__DIR="/nonexistent").start()
    person = Community(server).member("held")
    stream = Stream(person)
    photo = person.upload(png(60, 40), "held.png").json["id"]
    [steps] = told_of(stream, [photo])
    assert steps[-1] == ("held", "models_missing")
    stream.close()


def publish(author, name, **fields):
    """A photo that stands where it may be seen; each name is a picture of its own."""
    photo = author.upload(png(60, 40, tuple(name.encode()[:3])), name, **fields).json["id"]
    wait_for(lambda: author.get(f"/v1/photos/{photo}").json["state"] == "published")
    return photo


def test_who_looks_at_a_photo_sees_its_likes_move(community, mei):
    ana = community.member("ana_likes")
    photo = publish(mei, "liked.png")
    looking = Stream(ana, photo)

    def sees(likes):
        """What is known is told again every ten looks, and so may come before what is new."""
        while (told := looking.next("likes")) != {"photo": photo, "likes": likes}:
            assert told == {"photo": photo, "likes": likes - 1}

    sees(0)
    assert mei.put(f"/v1/photos/{photo}/like").json["likes"] == 1
    sees(1)
    assert ana.put(f"/v1/photos/{photo}/like").json["likes"] == 2
    sees(2)
    assert mei.put("/v1/accounts/ana_likes/block").status == 200
    assert looking.next("unseen") == {"photo": photo}
    assert mei.delete(f"/v1/photos/{photo}/like").status == 200
    looking.close()


def test_who_follows_hears_of_a_new_photo(community):
    author, reader = community.member("author_live"), community.member("reader_live")
    assert reader.put("/v1/accounts/author_live/follow").status == 200
    line = Stream(reader)
    hidden = publish(author, "hidden.png", visibility="private")
    photo = publish(author, "shown.png")
    assert line.next("feed") == {"photos": [photo]}
    # The draft is heard of when it is shared.
    assert author.patch(f"/v1/photos/{hidden}", {"visibility": "public"}).status == 200
    while hidden not in line.next("feed")["photos"]:
        pass
    shown = [card["id"] for card in reader.get("/v1/feed/home").json["items"]]
    assert shown == [photo, hidden]
    line.close()


def test_a_stream_ends_with_its_session(community):
    person = community.member("leaver")
    stream = Stream(person)
    assert stream.response.status == 200
    assert person.delete("/v1/sessions/current").status == 204
    assert stream.event() == (None, None)


def test_visitors_have_no_events(community):
    answer = Client(community.server.address).get("/v1/events")
    assert (answer.status, answer.code) == (401, "unauthenticated")


def test_so_many_open_pages_and_no_more(community):
    person = community.member("collector")
    streams = [Stream(person) for _ in range(10)]
    assert all(stream.response.status == 200 for stream in streams)
    refused = person.get("/v1/events")
    assert (refused.status, refused.code) == (429, "too_many_streams")
    for stream in streams:
        stream.close()
