"""What runs, how it is configured and what is damaged, as administrators see it."""
import json
import pathlib

import pytest

from support.client import Community
from support.invariants import drain
from test_people import published

pytestmark = pytest.mark.one_engine  # the program and its configuration


@pytest.fixture
def instance(fresh_server):
    server = fresh_server(PICSHARZ_SMTP__PASSWORD="s3cret-word", PICSHARZ_INSTANCE__NAME="Pier")
    return Community(server.start())


def original(server, photo):
    """The file of a photo's original."""
    sha256 = server.rows(f"SELECT original FROM photos WHERE id = {photo}")[0][0]
    return next(pathlib.Path(server.directory, "objects/originals").rglob(sha256))


def test_every_setting_tells_where_it_comes_from_and_no_secret(instance):
    answer = instance.admin.get("/v1/admin/installation")
    shown = {setting["name"]: setting for setting in answer.json["settings"]}
    assert shown["instance.name"]["value"] == "Pier"
    assert shown["instance.name"]["origin"] == "PICSHARZ_INSTANCE__NAME"
    assert shown["smtp.port"]["origin"] == "default"
    assert shown["smtp.port"]["value"] == shown["smtp.port"]["fallback"]
    assert shown["smtp.password"]["value"] == "(set)"
    assert "s3cret-word" not in str(answer.json)
    assert all(setting["meaning"] for setting in shown.values())
    listed = instance.server.run("config", "show", "--json")
    assert listed.returncode == 0 and set(shown) <= set(json.loads(listed.stdout))


def test_what_runs(instance):
    told = instance.admin.get("/v1/admin/installation").json
    assert told["version"] == instance.admin.get("/v1/instance").json["version"]
    assert told["database"]["step"] == told["database"]["latest"] > 40
    assert told["database"]["engine"] == ("postgres" if instance.server.database.url else "sqlite")


def test_it_says_whether_cookies_are_secure(fresh_server):
    server = fresh_server()
    admin = Community(server.start()).admin
    assert admin.get("/v1/admin/installation").json["secure"] is False
    for url, secure in (("http://photos.example.org", False), ("https://photos.example.org", True)):
        server.end()
        server.settings["PICSHARZ_INSTANCE__BASE_URL"] = url
        server.start()
        admin.host = server.address.split("//")[1]
        assert admin.get("/v1/admin/installation").json["secure"] is secure


def test_what_is_damaged_is_named_with_its_owner(instance):
    mei = instance.member("mei")
    good, bad, gone = (published(mei, width=640 + n)["id"] for n in range(3))
    before = instance.admin.get("/v1/admin/storage").json
    assert (before["originals"], before["damaged"], before["photos"]) == (3, 0, [])
    path = original(instance.server, bad)
    path.write_bytes(path.read_bytes()[:-1] + b"x")
    original(instance.server, gone).unlink()
    assert instance.server.run("verify").returncode != 0
    after = instance.admin.get("/v1/admin/storage").json
    assert (after["originals"], after["checked"], after["damaged"]) == (3, 3, 2)
    assert after["oldest_at"] is not None
    assert {(each["id"], each["owner"], each["damage"]) for each in after["photos"]} == {
        (bad, "mei", "altered"), (gone, "mei", "missing")}
    assert good not in [each["id"] for each in after["photos"]]


def test_everything_is_compared_again_when_it_is_asked_for(instance):
    published(instance.member("mei"))
    drain(instance.server)  # a start compares, too; the next time is in ten minutes
    assert instance.server.run("verify").returncode == 0
    before = instance.admin.get("/v1/admin/storage").json
    assert (before["originals"], before["checked"]) == (1, 1)
    assert instance.admin.request("POST", "/v1/admin/storage/check").status == 204
    after = instance.admin.get("/v1/admin/storage").json
    assert after["checked"] == 0 and after["since"] > before["since"]
    said = instance.admin.get("/v1/admin/actions").json["items"][0]
    assert (said["action"], said["by"], said["detail"]) == ("storage_checked", "ada", "")
    assert instance.server.run("verify").returncode == 0
    assert instance.admin.get("/v1/admin/storage").json["checked"] == 1


def test_members_have_no_business_here(instance):
    eve = instance.member("eve")
    for path in ("/v1/admin/installation", "/v1/admin/storage"):
        assert eve.get(path).status == 403
