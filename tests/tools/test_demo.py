"""make demo against a double of the API: who signs up, what is sent, and what a second run adds."""

import calendar
import stat
import time

import api_client
import api_double
import demo
import demo_history
import pytest
from demo_people import PEOPLE


@pytest.fixture
def server(tmp_path, monkeypatch):
    monkeypatch.setattr(demo, "DATA", tmp_path / "data")
    monkeypatch.setattr(demo.time, "sleep", lambda _: None)
    running = api_double.serve()
    yield running
    running.shutdown()
    running.server_close()


@pytest.fixture
def folder(tmp_path):
    photos = tmp_path / "photos"
    (photos / "more").mkdir(parents=True)
    for number in range(20):
        (photos / f"harbour_{number:02}.JPG").write_bytes(b"picture %d" % number)
    (photos / "more/fin de journée.png").write_bytes(b"\x89PNG\r\n\x1a\n\x00\xff")
    (photos / "notes.txt").write_text("no picture")
    return photos


LINK = "http://127.0.0.1:1/setup#token=one-time"


def test_a_community_comes_to_life(server, folder, capsys):
    demo.demonstrate(server.url, folder, LINK)
    state = server.state
    members = {handle for handle, _, _ in PEOPLE}
    assert set(state.accounts) == members | {"demo_admin"}
    assert len(state.photos) == 21
    assert {photo["owner"] for photo in state.photos} == members
    last = next(photo for photo in state.photos if photo["title"] == "Fin de journée")
    assert last["data"].encode("latin-1") == b"\x89PNG\r\n\x1a\n\x00\xff"
    assert len(state.follows) == len(PEOPLE) * demo.FOLLOWS
    assert all(who != whom for who, whom in state.follows)
    assert len(state.likes) == len(PEOPLE) * demo.LIKES
    assert state.most_in_flight <= demo.PARALLEL
    assert "21 published" in capsys.readouterr().out


def test_a_server_that_says_much_is_not_held_up(tmp_path, monkeypatch):
    talkative = tmp_path / "server"
    said = '{"message": "listening", "address": "http://127.0.0.1:1"}'
    talkative.write_text(f"#!/bin/sh\necho '{said}'\nyes 'a line of the log' | head -c 300000\n"
                         "exit 7\n")
    talkative.chmod(0o755)
    monkeypatch.setattr(demo, "BINARY", talkative)
    monkeypatch.setattr(demo.subprocess, "run", lambda *_, **_named: None)
    process, address = demo.start_server()
    assert address == "http://127.0.0.1:1"
    assert process.wait(timeout=60) == 7  # more than a pipe holds


def test_a_second_run_changes_nothing(server, folder):
    demo.demonstrate(server.url, folder, LINK)
    before = (dict(server.state.accounts), len(server.state.photos), set(server.state.follows),
              set(server.state.likes))
    demo.demonstrate(server.url, folder, "")
    after = (dict(server.state.accounts), len(server.state.photos), set(server.state.follows),
             set(server.state.likes))
    assert before == after


def test_all_but_the_last_photo_of_each_is_of_weeks_before(server, folder):
    demo.demonstrate(server.url, folder, LINK)
    photos = server.state.photos
    for handle, _, _ in PEOPLE:
        mine = [photo for photo in photos if photo["owner"] == handle]
        assert sum("created_at" not in photo for photo in mine) == 1
    ages = [time.time() - calendar.timegm(time.strptime(photo["created_at"], "%Y-%m-%dT%H:%M:%SZ"))
            for photo in photos if "created_at" in photo]
    assert all(7 * 86_400 < age < 84 * 86_400 for age in ages)
    assert max(ages) - min(ages) > 14 * 86_400
    assert all(photo["description"] for photo in photos if "created_at" in photo)


def test_a_refused_import_is_said(server, folder):
    server.state.failing_import = "The archive is damaged."
    with pytest.raises(demo_history.HistoryError, match="archive is damaged"):
        demo.demonstrate(server.url, folder, LINK)


def test_a_busy_server_is_waited_for(server, folder):
    server.state.busy = 3
    demo.demonstrate(server.url, folder, LINK)
    assert len(server.state.photos) == 21


def program(tmp_path, monkeypatch, text):
    path = tmp_path / "picsharz"
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)
    monkeypatch.setattr(demo, "BINARY", path)


def test_without_a_link_the_program_makes_the_administrator(server, folder, tmp_path, monkeypatch):
    asked = tmp_path / "asked"
    program(tmp_path, monkeypatch, f'echo "$@" > {asked}; cat >> {asked}')
    # The double knows nothing of the program: the log-in does not work there.
    with pytest.raises(demo.DemoError, match="does not use the database"):
        demo.demonstrate(server.url, folder, "")
    line, password = asked.read_text().splitlines()
    assert line.startswith("account create --admin --handle demo_admin")
    assert password == demo.Logins(server.url).mine["demo_admin"]
    assert password not in line


def test_what_the_program_refuses_is_shown(server, folder, tmp_path, monkeypatch):
    program(tmp_path, monkeypatch, "echo This handle belongs to somebody else. >&2; exit 1")
    with pytest.raises(demo.DemoError, match="belongs to somebody else"):
        demo.demonstrate(server.url, folder, "")


def test_a_link_without_a_token_is_refused(server, folder):
    with pytest.raises(demo.DemoError, match="is not the link"):
        demo.demonstrate(server.url, folder, "http://127.0.0.1:8080/")


def test_a_used_link_shows_the_server_s_own_sentence(server, folder):
    with pytest.raises(api_client.ApiError, match="setup_over"):
        demo.demonstrate(server.url, folder, "http://127.0.0.1:1/setup#token=old")


def test_an_administrator_that_is_not_ours_is_asked_for(server, folder, monkeypatch):
    server.state.accounts["boss"] = {"role": "administrator", "password": "secret words"}
    monkeypatch.setenv("PICSHARZ_ADMIN", "boss")
    monkeypatch.setenv("PICSHARZ_ADMIN_PASSWORD", "secret words")
    demo.demonstrate(server.url, folder, "")
    assert len(server.state.accounts) == len(PEOPLE) + 1


def test_a_handle_of_somebody_else_is_not_taken_over(server, folder):
    server.state.accounts[PEOPLE[0][0]] = {"role": "member", "password": "hers"}
    with pytest.raises(demo.DemoError, match=f"Somebody else is @{PEOPLE[0][0]}"):
        demo.demonstrate(server.url, folder, LINK)


def test_a_folder_without_pictures_is_refused_before_anybody_signs_up(server, tmp_path):
    with pytest.raises(demo.DemoError, match="no photos"):
        demo.demonstrate(server.url, tmp_path, LINK)
    assert server.state.accounts == {}


def test_the_log_ins_are_readable_for_their_owner_alone(server, folder):
    demo.demonstrate(server.url, folder, LINK)
    assert stat.S_IMODE((demo.DATA / "demo.json").stat().st_mode) == 0o600


def test_no_server_answers():
    assert not demo.answers("http://127.0.0.1:1")
