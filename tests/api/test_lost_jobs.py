"""Whoever waits for a job hears of its end, also where its last worker was killed."""
import pytest

from support.client import PASSWORD, Community, wait_for
from support.pictures import png
from test_export import finished
from test_import import bring, ours, over

pytestmark = pytest.mark.one_engine  # what a death writes is asked on both in the unit tests


class Lossy:
    """A member of a server whose workers can be taken away."""

    def __init__(self, server):
        self.server = server.start()
        self.client = Community(server).member("mei")

    def restart(self, *command):
        self.server.end()
        self.server.command = list(command)
        self.server.start()
        self.client.host = self.server.address.split("//")[1]

    def lose(self, kind, wish):
        """Wishes for something whose job loses its worker as often as it may."""
        self.restart("serve", "--no-jobs")
        answer = wish()
        assert answer.status in (201, 202), answer.body
        mine = f"kind = '{kind}' AND state IN (0, 1)"
        self.server.change(f"UPDATE jobs SET state = 1, attempt = attempts, lease_until = 1"
                           f" WHERE {mine}")
        assert self.server.count(f"SELECT COUNT(*) FROM jobs WHERE {mine} AND state = 1") == 1
        self.restart("serve")
        return answer


@pytest.fixture
def mei(fresh_server):
    return Lossy(fresh_server())


def test_an_export_fails(mei):
    def wish():
        return mei.client.post("/v1/me/export", {"password": PASSWORD})

    mei.lose("export.make", wish)
    assert wait_for(lambda: finished(mei.client))["state"] == "failed"
    assert wish().status == 202
    assert wait_for(lambda: finished(mei.client))["state"] == "ready"


def test_an_import_fails(mei):
    data = ours({"photos/1.png": (png(700, 400), {"title": "Good"})})

    def wish():
        return mei.client.post("/v1/me/import", {"upload": bring(mei.client, data)})

    mei.lose("import.run", wish)
    failed = wait_for(lambda: over(mei.client))
    assert (failed["state"], failed["failure"]["code"]) == ("failed", "import_failed")
    assert wish().status == 202
    assert wait_for(lambda: over(mei.client), 240)["taken"] == 1


def test_a_photo_is_rejected(mei):
    made = mei.lose("photo.develop", lambda: mei.client.upload(png(710, 400), title="Lost"))
    waiting = ("received", "decoding", "classifying")

    def ended():
        shown = mei.client.get(f"/v1/photos/{made.json['id']}").json
        return shown if shown["state"] not in waiting else None

    shown = wait_for(ended)
    assert (shown["state"], shown["reason"]) == ("rejected", "processing_failed")
