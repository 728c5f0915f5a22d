"""What the instance says of itself: health, metrics, contract, headers, the command line."""
import json
import os
import pathlib
import re
import socket
import subprocess
import time
import urllib.request

import pytest

from support.client import CONTRACT, Client, wait_for
from support.server import ROOT, Server, binary, psql

pytestmark = pytest.mark.one_engine  # the program and its configuration


def ON_POSTGRES(test):
    """SQLite is a file of the server's own process: there is nothing that could go down."""
    return test if os.environ.get("PICSHARZ_TEST_ENGINE") == "postgres" else None



def prepared_pack():
    """The pack that lies where the servers of these tests look for it."""
    directory = pathlib.Path(os.environ.get("PICSHARZ_MODELS", str(ROOT / "build/models")))
    try:
        return json.loads((directory / "models.json").read_text())["pack"]
    except FileNotFoundError:
        return "none"


def test_doctor_says_which_pack_is_active(server):
    checks = json.loads(server.run("doctor", "--json").stdout)["checks"]
    said = [check for check in checks if check["part"] == "models"]
    assert [re.match(r"\w+", check["text"])[0] for check in said] == [prepared_pack()]


def test_health(server):
    client = Client(server.address)
    assert client.get("/livez").json == {"status": "ok"}
    assert wait_for(lambda: client.get("/readyz").status == 200)
    assert client.get("/healthz").json["status"] in ("ok", "degraded")


def test_metrics_are_on_the_admin_listener_only(server):
    client = Client(server.address)
    client.get("/v1/instance")
    with urllib.request.urlopen(server.metrics + "/metrics") as answer:
        assert answer.headers["Content-Type"].startswith("application/openmetrics-text")
        text = answer.read().decode()
    assert 'picsharz_http_requests_total{route="/v1/instance",method="GET",status="2xx"}' in text
    assert "picsharz_jobs_waiting " in text and text.endswith("# EOF\n")
    assert re.findall(r'^picsharz_models_info\{pack="(.*)"\} 1$', text, re.M) == [prepared_pack()]
    assert b"picsharz_" not in client.get("/metrics").body


def test_instance(server):
    instance = Client(server.address).get("/v1/instance").json
    assert instance["limits"]["photo_bytes"] == 50_000_000
    assert instance["formats"][:4] == ["image/jpeg", "image/png", "image/webp", "image/gif"]


def test_routes_and_contract_agree(server):
    """Both ways: every route is in the contract, every operation of the contract has a route."""
    listed = server.run("routes", "--json")
    assert listed.returncode == 0, listed.stderr
    # {name...} takes slashes too, which is a matter of the router.
    routes = {(r["method"], r["pattern"].replace("...}", "}")) for r in json.loads(listed.stdout)}
    normal = {(method, path) for method, path, _ in CONTRACT.operations()}
    assert routes == normal


def test_the_contract_is_served(server):
    served = Client(server.address).get("/v1/openapi.json")
    assert served.json == json.loads(json.dumps(CONTRACT.document, default=str))
    again = Client(server.address).get("/v1/openapi.json",
                                       headers={"If-None-Match": served.headers["etag"]},
                                       check=False)
    assert again.status == 304 and not again.body


def test_security_headers(server):
    client = Client(server.address)
    for path in ("/", "/v1/instance"):
        headers = client.get(path, check=False).headers
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "same-origin"
        assert headers["cross-origin-opener-policy"] == "same-origin"
        assert "strict-transport-security" not in headers
    # Pages to which an address with a secret leads.
    for path in ("/appeal", "/email", "/reset", "/setup", "/signup", "/unsubscribe", "/verify"):
        headers = client.get(path, check=False).headers
        assert headers["referrer-policy"] == "no-referrer", path
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["cross-origin-opener-policy"] == "same-origin"
    policy = client.get("/", check=False).headers["content-security-policy"]
    assert "default-src 'none'" in policy and "unsafe" not in policy


def test_requests_are_logged_without_secrets(community, server):
    person = community.member("logged")
    entry = server.log_entry("request", route="/v1/accounts/verify", status=201)
    assert len(entry["request_id"]) == 32 and entry["bytes"] > 0
    text = json.dumps(server.lines)
    assert person.token not in text and "logged@example.org" not in text


def test_a_trace_id_is_kept(server):
    trace = "4bf92f3577b34da6a3ce929d0e0e4736"
    answer = Client(server.address).get(
        "/v1/me", headers={"traceparent": f"00-{trace}-00f067aa0ba902b7-01"})
    assert answer.json["request_id"] == trace


def test_a_port_in_use_is_said_in_words(server):
    taken = subprocess.run(
        [binary(), "serve", "--set", "http.listen=" + server.address.split("//")[1]],
        env=server.environment(), capture_output=True, text=True, timeout=60)
    assert taken.returncode == 1
    assert "in use" in taken.stderr and "PICSHARZ_HTTP__LISTEN" in taken.stderr


def test_a_database_that_is_newer_is_not_touched(fresh_server):
    server = fresh_server()
    assert server.run("migrate").returncode == 0
    statement = ("INSERT INTO schema_migrations (number, name, applied_at)"
                 " VALUES (9999, 'of_the_future', 0)")
    if server.database.url:
        psql(server.database.url, statement)
    else:
        import sqlite3
        with sqlite3.connect(server.directory + "/picsharz.db") as connection:
            connection.execute(statement)
    for words in (("serve",), ("migrate",), ("account", "list")):
        refused = server.run(*words)
        assert refused.returncode == 1 and "newer Picsharz" in refused.stderr, words
    doctor = server.run("doctor", "--json")
    assert doctor.returncode in (1, 3)


def test_a_database_that_is_down_is_said_in_words(fresh_server):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = fresh_server(PICSHARZ_DATABASE__URL=f"postgres://nobody@127.0.0.1:{port}/none")
    refused = server.run("serve")
    assert refused.returncode == 1
    assert "database does not answer" in refused.stderr and "database.url" in refused.stderr


@ON_POSTGRES
def test_a_database_that_goes_down_is_503_and_comes_back(fresh_server):
    server = fresh_server().start()
    client = Client(server.address)
    name = server.database.name
    psql(server.database.admin_url, f"ALTER DATABASE {name} ALLOW_CONNECTIONS false")
    end = f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'"
    psql(server.database.admin_url, end)
    login = {"login": "nobody", "password": "does not matter"}
    down = wait_for(lambda: (a := client.post("/v1/sessions", login)).status == 503 and a)
    assert down.code == "unavailable" and int(down.headers["retry-after"]) > 0
    wait_for(lambda: client.get("/readyz").status == 503)
    assert client.get("/livez").status == 200
    psql(server.database.admin_url, f"ALTER DATABASE {name} ALLOW_CONNECTIONS true")
    wait_for(lambda: client.get("/readyz").status == 200)
    assert client.post("/v1/sessions", login).code == "wrong_login"


def test_it_stops_gracefully_and_starts_again(fresh_server):
    server = fresh_server().start()
    # A link is printed behind the line that start() waits for.
    first = wait_for(lambda: server.setup_url)
    assert server.end() == 0
    server.start()
    # There is no administrator yet: a new one is printed.
    wait_for(lambda: server.setup_url != first)
    assert Client(server.address).get("/livez").status == 200


DAY = 24 * 3600 * 1000


@pytest.mark.parametrize("setting, text", [
    (("PICSHARZ_HTTP__LISTNE", "x"), "did you mean http.listen"),
    (("PICSHARZ_HTTP__WORKERS", "many"), "must be a number"),
    (("PICSHARZ_HTTP__WORKERS", "0"), "out of its range"),
    (("PICSHARZ_DATABASE__CACHE", "12 parsecs"), "must be a size"),
    (("PICSHARZ_LOG__REQUESTS", "perhaps"), "true or false"),
    (("PICSHARZ_ACCOUNTS__REGISTRATION", "opne"), "open, invitation or closed"),
    (("PICSHARZ_LOG__LEVEL", "loud"), "must be debug, info, warning or error"),
    (("PICSHARZ_MODERATION__CHECK", "never"), "must be before or after"),
    (("PICSHARZ_SESSIONS__IDLE", "30"), "must be a duration"),
    (("PICSHARZ_SESSIONS__IDLE", "59m"), "out of its range"),
    (("PICSHARZ_SESSIONS__ABSOLUTE", "401d"), "out of its range"),
])
def test_a_wrong_configuration_is_refused(engine, setting, text):
    server = Server("sqlite", **{setting[0]: setting[1]})
    for words in (("config", "check"), ("serve",)):
        refused = server.run(*words)
        assert refused.returncode == 2 and text in refused.stderr and setting[0] in refused.stderr
    server.stop()


def test_a_wrong_file_is_refused_with_its_line(tmp_path):
    file = tmp_path / "picsharz.toml"
    file.write_text('[http]\nlisten = "127.0.0.1:0"\nwrokers = 3\n\n[colour]\nx = 1\n')
    refused = subprocess.run([binary(), "--config", str(file), "config", "check"],
                             capture_output=True, text=True, timeout=60)
    assert refused.returncode == 2
    assert "picsharz.toml:3" in refused.stderr and "did you mean http.workers" in refused.stderr
    assert "picsharz.toml:6" in refused.stderr
    file.write_text('[http]\nworkers = 3\n[instance]\nrules = ["Be kind, always.", "No ads."]\n'
                    '[sessions]\nidle = "7d"\n')
    shown = subprocess.run([binary(), "--config", str(file), "config", "show", "--json"],
                           capture_output=True, text=True, timeout=60)
    values = json.loads(shown.stdout)
    assert values["http.workers"] == {"value": "3", "origin": "picsharz.toml:2"}
    assert values["sessions.idle"] == {"value": f"{7 * DAY}ms", "origin": "picsharz.toml:6"}
    assert values["sessions.absolute"] == {"value": f"{180 * DAY}ms", "origin": "default"}
    file.write_text("[http\n")
    broken = subprocess.run([binary(), "--config", str(file), "config", "check"],
                            capture_output=True, text=True, timeout=60)
    assert broken.returncode == 2 and "picsharz.toml:1" in broken.stderr


def test_the_command_line_explains_itself(server):
    for words, status in ((("--help",), 0), (("serve", "--help"), 0), ((), 2), (("dance",), 2),
                          (("serve", "--fast"), 2), (("account", "role", "mei"), 2),
                          (("--version",), 0)):
        answer = subprocess.run([binary(), *words], capture_output=True, text=True, timeout=60)
        assert answer.returncode == status, words
        assert "picsharz" in answer.stdout + answer.stderr


def test_accounts_from_the_command_line(fresh_server):
    server = fresh_server()
    create = ("account", "create", "--admin", "--handle", "root_of_all", "--email",
              "root@example.org", "--password-file", "-", "--json")
    made = server.run(*create, input="a long enough secret\n")
    assert made.returncode == 0 and json.loads(made.stdout)["role"] == "administrator"
    again = server.run(*create, input="a long enough secret\n")
    assert again.returncode == 1 and "has an account" in again.stderr
    weak = server.run("account", "create", "--handle", "weak_one", "--email", "w@example.org",
                      "--password-file", "-", input="12345678\n")
    assert weak.returncode == 1 and "Choose" in weak.stderr
    listed = json.loads(server.run("account", "list", "--json").stdout)
    assert [a["handle"] for a in listed] == ["root_of_all"]
    server.start()
    assert server.setup_url == ""


def test_doctor_says_what_is_wrong(fresh_server):
    server = fresh_server(PICSHARZ_MODELS__DIR="/nonexistent")
    server.run("migrate")
    doctor = server.run("doctor", "--json")
    states = {c["part"]: c["state"] for c in json.loads(doctor.stdout)["checks"]}
    assert doctor.returncode == 3
    assert states["database"] == "ok" and states["models"] == "degraded"
    assert states["decoders"] in ("ok", "degraded")
    for memory, passes, state in (("8MiB", "2", "degraded"), ("19MiB", "1", "degraded"),
                                  ("19MiB", "2", "ok")):
        server = fresh_server(PICSHARZ_ACCOUNTS__PASSWORD_MEMORY=memory,
                              PICSHARZ_ACCOUNTS__PASSWORD_PASSES=passes)
        checks = json.loads(server.run("doctor", "--json").stdout)["checks"]
        line = next(check for check in checks if check["part"] == "passwords")
        assert line["state"] == state and f"{passes} passes" in line["text"]


def findings(server):
    checks = json.loads(server.run("doctor", "--json").stdout)["checks"]
    return {check["part"]: check for check in checks}


def test_doctor_says_what_to_do(fresh_server, tmp_path):
    server = fresh_server()
    server.run("migrate")
    found = findings(server)
    assert found["disk"]["state"] == "ok" and "GB free" in found["disk"]["text"]
    assert found["originals"]["state"] == found["jobs"]["state"] == "ok"
    # Of another address than one's own machine, and over a line that everybody may read.
    assert found["web"]["state"] == "degraded" and "instance.base_url" in found["web"]["text"]
    server.settings["PICSHARZ_INSTANCE__BASE_URL"] = "https://photos.example.org"
    assert findings(server)["web"] == {
        "part": "web", "state": "ok", "text": "https://photos.example.org"}
    # A database of before.
    server.change("DELETE FROM schema_migrations WHERE number ="
                  " (SELECT max(number) FROM schema_migrations)")
    found = findings(server)
    assert found["database"]["state"] == "degraded"
    assert "picsharz migrate" in found["database"]["text"]
    server.settings["PICSHARZ_DATABASE__URL"] = "postgres://nobody@127.0.0.1:9/none"
    found = findings(server)
    assert found["database"]["state"] == "bad" and "database.url" in found["database"]["text"]
    assert found["originals"]["state"] == found["jobs"]["state"] == "degraded"
    server.settings["PICSHARZ_DATA__DIR"] = str(tmp_path / "nowhere")
    found = findings(server)
    assert found["disk"]["state"] == "bad" and "data.dir" in found["disk"]["text"]


PARTS = ["database", "disk", "originals", "jobs", "backups", "target", "log", "models", "decoders",
         "passwords", "mail", "web", "queries"]


@pytest.mark.parametrize("name, value, part, says", [
    ("SMTP__PASSWORD_FILE", "/nonexistent/password", "mail", "smtp.password_file cannot be read"),
    ("SMTP__FROM", "nonsense", "mail", "smtp.from is not an address"),
    ("DATABASE__URL_FILE", "/nonexistent/url", "log", "database.url_file cannot be read"),
])
def test_doctor_says_what_a_setting_breaks_and_looks_at_the_rest(fresh_server, name, value, part,
                                                                 says):
    server = fresh_server(PICSHARZ_SMTP__HOST="127.0.0.1", PICSHARZ_SMTP__PORT="9",
                          PICSHARZ_SMTP__FROM="photos@example.org",
                          PICSHARZ_BACKUPS__EVERY="24h", PICSHARZ_BACKUPS__LOG_EVERY="1s",
                          PICSHARZ_MODELS__DIR="/nonexistent")
    server.run("migrate")
    server.settings["PICSHARZ_" + name] = value
    doctor = server.run("doctor", "--json")
    assert doctor.returncode == 1
    checks = json.loads(doctor.stdout)["checks"]
    assert [check["part"] for check in checks] == PARTS
    found = {check["part"]: check for check in checks}
    assert found[part]["state"] == "bad" and says in found[part]["text"]
    assert "\n" not in found[part]["text"]
    assert found["disk"]["state"] == "ok"
    assert len(server.run("doctor").stdout.splitlines()) == len(PARTS)


def test_doctor_finds_a_wrong_data_folder_and_does_not_make_it(fresh_server, tmp_path):
    folder = tmp_path / "typo"
    server = fresh_server(PICSHARZ_DATABASE__URL="", PICSHARZ_DATA__DIR=str(folder),
                          PICSHARZ_MODELS__DIR="/nonexistent", PICSHARZ_BACKUPS__LOG_EVERY="1s",
                          PICSHARZ_BACKUPS__EVERY="24h")
    found = findings(server)
    assert not folder.exists(), "it was made by looking for it"
    assert found["database"]["state"] == "bad"
    assert f"There is no database at {folder}/picsharz.db" in found["database"]["text"]
    assert "data.dir" in found["database"]["text"]
    assert "migrate" not in found["database"]["text"]
    assert found["disk"]["state"] == "bad" and "is not there" in found["disk"]["text"]
    assert found["originals"]["state"] == found["jobs"]["state"] == "degraded"
    # A folder that is there, and is another one.
    folder.mkdir()
    assert findings(server)["database"]["state"] == "bad"
    assert list(folder.iterdir()) == []
    assert server.run("migrate").returncode == 0
    assert findings(server)["database"]["state"] == "ok"


def test_heic_can_be_switched_off(fresh_server):
    server = fresh_server(PICSHARZ_FORMATS__HEIC="false")
    server.run("migrate")
    checks = json.loads(server.run("doctor", "--json").stdout)["checks"]
    decoders = next(check["text"] for check in checks if check["part"] == "decoders")
    assert "accepted: JPEG" in decoders and "HEIC" not in decoders.split("accepted: ")[1]
