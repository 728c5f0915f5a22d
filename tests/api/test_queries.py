"""Questions in SQL over a backup: what administrators get, what stays hidden, what is refused."""
import csv
import io
import json
import os
import pathlib
import sqlite3
import subprocess
import threading
import uuid

import pytest

from support.client import Community, wait_for
from support.invariants import drain
from support.server import ROOT, binary
from test_people import published

NEWEST, OLDER = "20261129t001500z", "20261128t001500z"
ACCOUNTS = [{"name": "id", "type": "integer"}, {"name": "handle", "type": "text"},
            {"name": "country", "type": "text"}, {"name": "state", "type": "integer"},
            {"name": "password_hash", "type": "text"}]
ROWS = [(1, "mei", "SG", 0, "$argon2id$1"), (2, "=cmd()", "MY", 0, "$argon2id$2"),
        (9007199254740993, "anna", "SG", 1, "$argon2id$3")]
SLOW = "select count(*) from range(1000000000000) where range % 7 = 3"

pytestmark = [
    pytest.mark.one_engine,  # DuckDB asks backups
    pytest.mark.skipif(
        not pathlib.Path(os.environ.get("PICSHARZ_MODELS", str(ROOT / "build/models")),
                         "libduckdb.so").exists(),
        reason="no DuckDB here: run tools/fetch_duckdb.py build/models"),
]


def lay_table(folder, name, columns, rows):
    """A table's file in a backup; what the manifest says of it."""
    names = [column["name"] for column in columns]
    (folder / "tables" / f"{name}.json").write_text("".join(
        json.dumps(dict(zip(names, row)), separators=(",", ":")) + "\n" for row in rows))
    return {"name": name, "file": f"tables/{name}.json", "format": "json", "columns": columns,
            "rows": len(rows), "sha256": ""}


def back_up(server, id_, rows, others=(), **more):
    """A backup as it lies in its folder, with the table of accounts and others, as JSON."""
    folder = pathlib.Path(server.directory, "backups", id_)
    (folder / "tables").mkdir(parents=True)
    tables = [lay_table(folder, *table) for table in [("accounts", ACCOUNTS, rows), *others]]
    (folder / "manifest.json").write_text(json.dumps(
        {"id": id_, "snapshot": 1_795_910_400_000_000, "sealed": False, "tables": tables, **more}))
    return folder


@pytest.fixture(scope="module")
def admin(server, community):
    back_up(server, OLDER, ROWS[:1])
    back_up(server, NEWEST, ROWS)
    return community.admin


def ask(admin, sql, **more):
    return admin.post("/v1/admin/query", {"sql": sql, **more})


def test_a_question_is_answered_from_the_newest_backup(admin):
    answer = ask(admin, "select handle, country from accounts order by id")
    assert answer.status == 200, answer.json
    assert answer.json["backup"] == NEWEST and not answer.json["truncated"]
    assert answer.json["rows"] == [["mei", "SG"], ["=cmd()", "MY"], ["anna", "SG"]]
    assert answer.json["columns"] == [{"name": "handle", "type": "VARCHAR", "kind": "text"},
                                      {"name": "country", "type": "VARCHAR", "kind": "text"}]


def test_another_backup_can_be_named(admin):
    assert ask(admin, "select count(*) from accounts", backup=OLDER).json["rows"] == [[1]]
    for unknown in ("20200101t000000z", "..", "../spool", "a/b"):
        answer = ask(admin, "select 1", backup=unknown)
        assert (answer.status, answer.code) == (404, "no_backup")


# A backup makes the archive of the month right behind itself: what is shipped is asked of people.
def test_what_is_shipped_is_answered_by_the_full_backup_and_not_by_its_archive(fresh_server):
    server = fresh_server(PICSHARZ_BACKUPS__EVERY="0", PICSHARZ_BACKUPS__FORMAT="parquet").start()
    community = Community(server)
    admin = community.admin
    mei, tom = community.member("mei", country="MY"), community.member("tom")
    photo = published(mei, title="Blue harbour", tags="harbour")["id"]
    assert tom.put(f"/v1/photos/{photo}/like").status == 200
    assert tom.put("/v1/accounts/mei/follow").status == 200
    drain(server)
    backup = admin.post("/v1/admin/backups", {"kind": "full"}).json["id"]

    def proved():
        found = {each["kind"]: each["id"] for each in admin.get("/v1/admin/backups").json["backups"]
                 if each["state"] == "proved"}
        return found if len(found) == 2 else None

    archive = wait_for(proved, 180)["archive"]
    assert archive > backup
    schema = admin.get("/v1/admin/query/schema").json
    assert schema["backup"] == backup
    assert schema["backups"] == [archive, backup] and schema["archives"] == [archive]
    assert "place" not in {column["name"] for table in schema["tables"]
                           if table["name"] == "photo_details" for column in table["columns"]}
    rows = {}
    for query in admin.get("/v1/admin/query/saved").json["items"]:
        answer = ask(admin, query["sql"])
        assert answer.status == 200, (query["name"], answer.json)
        assert answer.json["backup"] == backup
        rows[query["name"]] = answer.json["rows"]
    assert rows["members-by-country"] == [["SG", 2], ["MY", 1]]
    assert sum(row[1] for row in rows["sign-ups-by-month"]) == 3
    [[_, photos, size]] = rows["photos-by-day"]
    assert photos == 1 and size > 0
    assert [row[1:] for row in rows["most-liked-photos"]] == [["Blue harbour", "mei", 1, 0]]
    assert rows["most-followed-members"][0] == ["mei", "Mei", 1, 1]
    assert ["harbour", 1] in [row[:2] for row in rows["tags-typed-and-labels-seen"]]
    assert rows["storage-by-member"] == [["mei", 1, size]]
    assert [row[1] for row in rows["hours-of-uploads"]] == [1]
    assert rows["how-followed-how-liked"] == [["1-9", 1, 1]]
    assert rows["members-without-photos"] == [[3, 2, 2, 1]]
    assert rows["cameras"] == []
    # The archive can be named.
    assert ask(admin, "select 1", backup=archive).json["backup"] == archive


def test_who_asked_what_is_in_the_log(admin):
    ask(admin, "select count(*) from accounts where handle = 'somebody in particular'")
    [said] = admin.get("/v1/admin/actions?limit=1").json["items"]
    assert (said["action"], said["by"], said["handle"]) == ("question", "ada", "")
    assert said["detail"] == f"{NEWEST} accounts" and said["reason"] == ""
    # One that fails may tell of a row as well; what cannot be asked tells nothing.
    ask(admin, "select cast(handle as integer) from accounts", backup=OLDER)
    ask(admin, "select 1", backup="20200101t000000z")
    [said] = admin.get("/v1/admin/actions?limit=1").json["items"]
    assert (said["action"], said["detail"]) == ("question", f"{OLDER} accounts")
    # It is said before the question is read: a word that is no table's counts as well.
    ask(admin, "select 'accounts'")
    [said] = admin.get("/v1/admin/actions?limit=1").json["items"]
    assert said["detail"] == f"{NEWEST} accounts"
    admin.post("/v1/admin/query/download", {"sql": "select 1", "format": "json"})
    [said] = admin.get("/v1/admin/actions?limit=1").json["items"]
    assert (said["action"], said["detail"]) == ("question", NEWEST)


def test_what_a_question_reads_is_metered(fresh_server):
    """The bytes of the tables that it names: a share of costs is billed by them."""
    server = fresh_server().start()
    # Called like a column of the other one.
    country = ("country", [{"name": "id", "type": "integer"}], [(id_,) for id_ in range(50)])
    folder = back_up(server, NEWEST, ROWS, [country])
    admin = Community(server).admin
    assert ask(admin, "select handle, country from accounts", backup=NEWEST).status == 200
    told = ask(admin, "select 'accounts', (select count(*) from COUNTRY)", backup=NEWEST)
    assert told.json["rows"] == [["accounts", 50]]
    assert ask(admin, "select 'accounts, country'", backup=NEWEST).status == 200
    refused = ask(admin, "select nothing from accounts", backup=NEWEST)
    assert refused.status == 422  # and costs nothing
    server.end()  # which writes what was counted
    sizes = [(folder / "tables" / f"{table}.json").stat().st_size
             for table in ("accounts", "country")]
    assert len(set(sizes)) == 2 and min(sizes) > 0
    for table in ("usage_days", "usage_hours"):
        assert server.rows(f"SELECT label, count, amount FROM {table} WHERE kind = 'query'") == [
            ("", "3", str(sum(sizes)))]


def test_a_large_cell_ends_the_question(admin):
    for sql in ("select repeat('x', 200000000)",
                "select " + ", ".join(f"repeat('x', 3000000) as c{n}" for n in range(4))):
        answer = ask(admin, sql)
        assert (answer.status, answer.code) == (422, "query_too_large"), answer.body[:500]
    rows = ask(admin, "select repeat('x', 1000000) from range(100)").json
    assert 1 <= len(rows["rows"]) <= 8 and rows["truncated"]


def test_values_are_what_they_are(admin):
    answer = ask(admin, "select max(id), true, 0.25, null, 1e300, 'a<b', 'x'::blob from accounts")
    assert answer.json["rows"] == [["9007199254740993", True, 0.25, None, 1e300, "a<b", "78"]]


def test_a_sum_that_is_too_wide_keeps_its_digits(admin):
    answer = ask(admin, "select sum(1793491200000000) as a, sum(1) as b, hash(1) as c"
                        " from range(10000)")
    assert answer.status == 200, answer.json
    [[wide, narrow, hashed]] = answer.json["rows"]
    assert (wide, narrow) == ("17934912000000000000", "10000") and hashed.isdigit()
    assert [column["kind"] for column in answer.json["columns"]] == ["text", "text", "text"]
    negative = download(admin, "csv", "select -sum(1793491200000000) as a from range(10000)")
    assert list(csv.reader(io.StringIO(negative.body.decode()))) == [
        ["a"], ["-17934912000000000000"]]


def test_ten_thousand_rows_at_most(admin):
    answer = ask(admin, "select * from range(10001)")
    assert len(answer.json["rows"]) == 10_000 and answer.json["truncated"]


def test_what_is_wrong_is_said(admin):
    answer = ask(admin, "select nothing from accounts")
    assert (answer.status, answer.code) == (422, "query_wrong")
    assert "nothing" in answer.json["errors"][0]["detail"]
    assert answer.json["errors"][0]["field"] == "sql"
    answer = ask(admin, "select handle::integer from accounts")
    assert (answer.status, answer.code) == (422, "query_wrong")
    assert "'mei'" in answer.json["errors"][0]["detail"]
    assert "LINE" not in answer.json["errors"][0]["detail"]  # it would be one of ours


@pytest.mark.parametrize("sql", [
    "select password_hash from accounts", "select * from read_text('/etc/passwd')",
    "copy (select 1) to '/tmp/picsharz-evil'", "attach '/tmp/picsharz-evil'", "install httpfs",
    'select * from "{folder}/accounts".json', 'describe "{folder}/accounts".json',
    'select (select max(password_hash) from "{folder}/accounts".json)',
    "set enable_external_access = true", "select getenv('PATH')", "select * from glob('/*')",
    "select * from read_csv('http://127.0.0.1:1/')", "select 1; select 2"])
def test_nothing_else_is_to_be_had(admin, server, sql):
    folder = pathlib.Path(server.directory, "backups", NEWEST, "tables")
    answer = ask(admin, sql.replace("{folder}", str(folder)))
    assert (answer.status, answer.code) == (422, "query_wrong"), answer.json
    assert not pathlib.Path("/tmp/picsharz-evil").exists()
    assert admin.get("/livez").status == 200


def test_what_takes_too_much_memory_ends_alone(admin):
    answer = ask(admin, "select len(list_transform(range(2000000000), lambda x: x + 1))")
    assert (answer.status, answer.code) == (422, "query_too_large"), answer.json
    assert admin.get("/livez").status == 200
    assert ask(admin, "select 1").status == 200


def test_a_question_can_be_cancelled_and_two_run_at_once(fresh_server):
    server = fresh_server(PICSHARZ_QUERIES__TIME="10m").start()
    back_up(server, NEWEST, ROWS)
    admin = Community(server).admin
    ids, answers = [uuid.uuid4().hex for _ in range(2)], {}

    def is_busy(answer):
        return answer.status == 503 and answer.code == "query_busy"

    def run(id_):  # the questions that look whether two run take a place, too
        answers[id_] = wait_for(lambda: (lambda a: None if is_busy(a) else a)(
            ask(admin, SLOW, id=id_)))

    threads = [threading.Thread(target=run, args=(id_,)) for id_ in ids]
    for thread in threads:
        thread.start()
    busy = wait_for(lambda: (lambda a: a if is_busy(a) else None)(ask(admin, "select 1")))
    assert int(busy.headers["retry-after"]) > 0
    again = ask(admin, "select 1", id=ids[0])
    assert (again.status, again.code) == (409, "query_running")
    for id_ in ids:
        assert admin.delete(f"/v1/admin/query/{id_}").status == 204
    for thread in threads:
        thread.join()
    assert {(a.status, a.code) for a in answers.values()} == {(409, "query_cancelled")}
    assert admin.delete(f"/v1/admin/query/{ids[0]}").status == 404


def test_what_takes_too_long_ends(fresh_server):
    server = fresh_server(PICSHARZ_QUERIES__TIME="1s").start()
    back_up(server, NEWEST, ROWS)
    answer = ask(Community(server).admin, SLOW)
    assert (answer.status, answer.code) == (422, "query_too_slow")


def test_the_schema_shows_what_can_be_asked(admin):
    schema = admin.get("/v1/admin/query/schema").json
    assert schema["backup"] == NEWEST and schema["backups"] == [NEWEST, OLDER]
    assert schema["archives"] == []
    [table] = schema["tables"]
    assert (table["name"], table["rows"]) == ("accounts", 3)
    assert [column["name"] for column in table["columns"]] == ["id", "handle", "country", "state"]
    assert admin.get(f"/v1/admin/query/schema?backup={OLDER}").json["tables"][0]["rows"] == 1


def test_a_sealed_or_damaged_backup_says_so(community, server, admin):
    back_up(server, "20261127t001500z", ROWS, sealed=True)
    answer = ask(admin, "select 1", backup="20261127t001500z")
    assert (answer.status, answer.code) == (409, "backup_sealed")
    assert "not sealed" in answer.json["detail"]
    folder = back_up(server, "20261126t001500z", ROWS)
    (folder / "tables" / "accounts.json").unlink()
    answer = ask(admin, "select 1", backup="20261126t001500z")
    assert (answer.status, answer.code) == (503, "query_unavailable")
    text = (folder / "manifest.json").read_text()
    (folder / "manifest.json").write_text(text.replace("tables/accounts", "../../picsharz"))
    answer = ask(admin, "select 1", backup="20261126t001500z")
    assert (answer.status, answer.code) == (409, "backup_damaged")


def test_who_names_no_backup_asks_the_newest_that_is_not_sealed(fresh_server):
    server = fresh_server().start()
    back_up(server, NEWEST, ROWS, sealed=True)
    admin = Community(server).admin
    refused = admin.get("/v1/admin/query/schema")
    assert (refused.status, refused.code) == (409, "backup_sealed")
    back_up(server, OLDER, ROWS[:1])
    schema = admin.get("/v1/admin/query/schema").json
    assert schema["backup"] == OLDER and schema["backups"] == [NEWEST, OLDER]
    assert ask(admin, "select count(*) from accounts").json["rows"] == [[1]]


def download(admin, format_, sql="select id, handle from accounts order by id"):
    answer = admin.post("/v1/admin/query/download", {"sql": sql, "format": format_})
    assert answer.status == 200, answer.json
    assert answer.headers["x-answer-truncated"] == "false"
    return answer


def test_an_answer_as_csv_has_no_formula(admin):
    answer = download(admin, "csv")
    assert answer.headers["content-disposition"] == 'attachment; filename="answer.csv"'
    assert list(csv.reader(io.StringIO(answer.body.decode()))) == [
        ["id", "handle"], ["1", "mei"], ["2", "'=cmd()"], ["9007199254740993", "anna"]]


def test_an_answer_as_json(admin):
    lines = download(admin, "json").body.decode().splitlines()
    assert [json.loads(line) for line in lines] == [
        {"id": row[0], "handle": row[1]} for row in ROWS]


def test_an_answer_as_parquet_leaves_nothing_behind(admin, server):
    answer = download(admin, "parquet")
    assert answer.body[:4] == answer.body[-4:] == b"PAR1"
    assert answer.headers["x-answer-rows"] == "3"
    assert list(pathlib.Path(server.directory, "answers").iterdir()) == []


def test_questions_are_kept(admin):
    shipped = admin.get("/v1/admin/query/saved").json["items"]
    assert len(shipped) >= 10 and all(query["shipped"] for query in shipped)
    made = admin.post("/v1/admin/query/saved",
                      {"name": "By country", "sql": "select 1", "chart": "bars"})
    assert made.status == 201
    query = made.json["query"]
    changed = admin.patch(f"/v1/admin/query/saved/{query['id']}", {"sql": "select 2"})
    assert changed.json["query"] | {"changed_at": ""} == query | {"sql": "select 2",
                                                                  "changed_at": ""}
    assert admin.get("/v1/admin/query/saved").json["items"][-1]["sql"] == "select 2"
    assert admin.delete(f"/v1/admin/query/saved/{query['id']}").status == 204
    assert admin.delete(f"/v1/admin/query/saved/{query['id']}").status == 404
    assert admin.get("/v1/admin/query/saved").json["items"] == shipped
    wrong = admin.post("/v1/admin/query/saved", {"name": "x", "sql": "select 1", "chart": "pie"})
    assert (wrong.status, wrong.json["errors"][0]["field"]) == (400, "chart")


def whole_schema(server):
    """Every table of the instance as it is, backed up as JSON."""
    types = {"BIGINT": "integer", "INTEGER": "integer", "DOUBLE PRECISION": "real", "TEXT": "text"}
    folder = back_up(server, "20261125t001500z", [])
    tables = []
    with sqlite3.connect(pathlib.Path(server.directory, "picsharz.db")) as database:
        names = [name for name, in database.execute(
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
            " AND name NOT LIKE '%_search%'")]
        for name in names:
            columns = [{"name": row[1], "type": types.get(row[2].upper(), "bytes")}
                       for row in database.execute(f"PRAGMA table_info({name})")]
            lines = ""
            for row in database.execute(f"SELECT * FROM {name}"):
                cells = [cell.hex() if isinstance(cell, bytes) else cell for cell in row]
                lines += json.dumps(dict(zip((c["name"] for c in columns), cells))) + "\n"
            (folder / "tables" / f"{name}.json").write_text(lines)
            tables.append({"name": name, "file": f"tables/{name}.json", "format": "json",
                           "columns": columns, "rows": lines.count("\n")})
    manifest = json.loads((folder / "manifest.json").read_text())
    (folder / "manifest.json").write_text(json.dumps(manifest | {"tables": tables}))
    return folder.name


@pytest.mark.sqlite
def test_what_is_shipped_is_right(admin, community, server):
    community.member("asked")
    backup = whole_schema(server)
    hidden = {"password_hash", "token_hash", "payload", "secret", "latitude", "html"}
    schema = admin.get(f"/v1/admin/query/schema?backup={backup}").json
    shown = {column["name"] for table in schema["tables"] for column in table["columns"]}
    assert not hidden & shown and "created_at" in shown
    assert "secrets" in {table["name"] for table in schema["tables"]}  # their names
    for query in admin.get("/v1/admin/query/saved").json["items"]:
        answer = ask(admin, query["sql"], backup=backup)
        assert answer.status == 200, (query["name"], answer.json)
    members = ask(admin, "select count(*) from accounts", backup=backup).json["rows"]
    assert members == [[int(server.database.rows(server.directory,
                                                 "SELECT count(*) FROM accounts")[0][0])]]


def run_query(server, *words):
    return subprocess.run([binary(), "query", *words], env=server.environment(), text=True,
                          capture_output=True, timeout=120)


def test_the_command_asks_too(admin, server, tmp_path):
    told = run_query(server, "select handle, state from accounts order by id limit 1")
    assert told.stdout.split() == ["handle", "state", "mei", "0"], told.stderr
    told = run_query(server, "select id from accounts order by id", "--format", "csv",
                     "--backup", str(pathlib.Path(server.directory, "backups", OLDER)))
    assert told.stdout == '"id"\n1\n', told.stderr
    told = run_query(server, "select 1 as one", "--json", "--backup", OLDER)
    assert json.loads(told.stdout)["rows"] == [[1]]
    told = run_query(server, "select repeat('x', 1000000) as x from range(200)", "--json")
    answer = json.loads(told.stdout)
    assert answer["truncated"] and 1 <= len(answer["rows"]) < 40, told.stderr
    file = tmp_path / "answer.parquet"
    assert run_query(server, "select 1", "--format=parquet", f"--output={file}").returncode == 0
    assert file.read_bytes()[:4] == b"PAR1"
    wrong = run_query(server, "select password_hash from accounts")
    assert wrong.returncode == 1 and "password_hash" in wrong.stderr
    tables = pathlib.Path(server.directory, "backups", NEWEST, "tables")
    wrong = run_query(server, f'select * from "{tables}/accounts".json')
    assert wrong.returncode == 1 and "files cannot be asked" in wrong.stderr and not wrong.stdout
    assert run_query(server, "select 1", "--backup", "/nowhere").returncode == 1


def test_the_command_prints_the_numbers_of_the_console(admin, server):
    sql = ("select 0.000001234 as a, 1e300 as b, -0.5 as c, true as d, 1 = 2 as e, 7 as f,"
           " sum(1793491200000000) as g from range(10000)")
    [row] = ask(admin, sql).json["rows"]
    assert row[:6] == [0.000001234, 1e300, -0.5, True, False, 7]
    printed = run_query(server, sql).stdout.splitlines()[1].split()
    assert printed[:6] == [json.dumps(value) for value in row[:6]]
    assert printed[6] == row[6] == "17934912000000000000"
    csv_sql = "select '=1+1' as a, 0.000001234 as b, 1e300 as c, '-5' as d, null as e"
    told = run_query(server, csv_sql, "--format", "csv")
    assert told.stdout == '"a","b","c","d","e"\n"\'=1+1",1.234e-06,1e+300,"-5",\n', told.stderr
    assert told.stdout == download(admin, "csv", csv_sql).body.decode()


def test_without_duckdb_it_says_what_to_do(fresh_server):
    server = fresh_server(PICSHARZ_MODELS__DIR="/nonexistent").start()
    back_up(server, NEWEST, ROWS)
    answer = ask(Community(server).admin, "select 1")
    assert (answer.status, answer.code) == (503, "query_unavailable")
    assert "fetch_duckdb.py" in answer.json["detail"]
    checks = json.loads(server.run("doctor", "--json").stdout)["checks"]
    [found] = [check for check in checks if check["part"] == "queries"]
    assert found["state"] == "degraded" and "fetch_duckdb.py" in found["text"]
