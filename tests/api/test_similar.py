"""Similar photos, and an owner's near duplicates: who is told of what."""
import pytest

from support.client import Client
from test_photos import developed

pytestmark = pytest.mark.one_engine  # what is similar is asked on both in the unit tests

NOBODY = "/v1/photos/123456789"


@pytest.fixture(scope="module")
def mei(community):
    return community.member("mei")


@pytest.fixture(scope="module")
def ravi(community):
    return community.member("ravi")


def publish(member, data, **fields):
    photo = developed(member, member.upload(data, **fields).json["id"])
    assert photo["state"] == "published", photo
    return photo


def copy(member, photo, size):
    """The same picture, smaller and compressed anew: what the server itself makes of it."""
    answer = member.get(photo["urls"][size])
    assert answer.status == 200
    return answer.body


def ids(member, photo, what):
    answer = member.get(f"/v1/photos/{photo}/{what}")
    assert answer.status == 200, answer.json
    assert answer.json["next"] is None
    return [each["id"] for each in answer.json["items"]]


def test_copies_are_found_by_whoever_may_see_them(community, mei, ravi, photos):
    original = publish(mei, (photos / "IMG_5910.jpg").read_bytes(), title="First")
    older = original["id"]
    newer = publish(mei, copy(mei, original, "1280"), title="Second")["id"]
    foreign = publish(ravi, copy(mei, original, "640"), title="Theirs")["id"]
    hidden = publish(ravi, copy(mei, original, "320"), title="Hidden", visibility="private")["id"]
    nobody = Client(community.server.address)

    # Everybody may see similar photos, as far as he may see them at all.
    for who in (nobody, mei):
        assert set(ids(who, older, "similar")) == {newer, foreign}
    assert set(ids(ravi, older, "similar")) == {newer, foreign, hidden}
    assert nobody.get(f"/v1/photos/{hidden}/similar").status == 404

    # The newer one tells, its owner alone, and of the owner's photos alone.
    assert ids(mei, newer, "duplicates") == [older]
    assert ids(mei, older, "duplicates") == []
    assert ids(ravi, hidden, "duplicates") == [foreign]
    assert ravi.get(f"/v1/photos/{newer}/duplicates").status == 404
    assert nobody.get(f"/v1/photos/{newer}/duplicates").status == 401
    assert ravi.delete(f"/v1/photos/{newer}/duplicates").status == 404

    # Keep both: it is not told again.
    assert mei.delete(f"/v1/photos/{newer}/duplicates").status == 204
    assert ids(mei, newer, "duplicates") == []

    # What is deleted is nobody's duplicate, and like nothing.
    assert ravi.delete(f"/v1/photos/{foreign}").status == 200
    assert ids(ravi, hidden, "duplicates") == []
    assert ids(nobody, older, "similar") == [newer]


def test_the_same_bytes_are_a_duplicate_as_well(mei, photos):
    data = (photos / "wild-2.jpg").read_bytes()
    first = publish(mei, data)["id"]
    assert ids(mei, publish(mei, data)["id"], "duplicates") == [first]


def test_what_is_not_there_has_neither(mei):
    for what in ("similar", "duplicates"):
        assert mei.get(f"{NOBODY}/{what}").status == 404
    assert mei.delete(f"{NOBODY}/duplicates").status == 404
