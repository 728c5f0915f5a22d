"""A21: SQL in whatever a request can hold, on every route of the contract.

The routes and their parameters are read out of api/openapi.yaml, so that a new one is attacked
without a word here. What is looked for: an answer that a database made (a 5xx, its words, a secret
out of a table that no route knows), a condition that is evaluated (true and false answer alike), a
pause (an answer that takes minutes), and afterwards a database that is not as it was.
"""
import base64
import concurrent.futures
import http.client
import json
import re
import threading
import urllib.parse

import pytest

from support.client import ACCEPTED, CONTRACT, PASSWORD, wait_for
from support.pictures import png
from test_people import published
from test_roles import ROUTES, UNKNOWN

SECRET = "plover-7141-of-the-canary"
SLEEP = 300  # seconds: a client waits for 60
CLASSES = {
    "quotes": ["'", '"', "`", "''", "')", '"))', "'||'", "x' || 'y"],
    "comments": ["x'--", "x'-- -", "x'/*", "x'#", "1;--", "*/ x"],
    "stacked": ["'; DROP TABLE canary; --", "1; DELETE FROM canary",
                "'); INSERT INTO canary VALUES (9, 'x'); --",
                "'; UPDATE accounts SET role = 2; --", '"; ALTER TABLE canary RENAME TO gone; --',
                "'; COPY canary TO PROGRAM 'id'; --", "'; ATTACH DATABASE 'c.db' AS c; --"],
    "union": ["' UNION SELECT secret FROM canary --", "0 UNION ALL SELECT secret FROM canary",
              "') UNION SELECT NULL, secret, NULL FROM canary --",
              "' UNION SELECT sql FROM sqlite_master --"],
    "time": [f"'||pg_sleep({SLEEP})||'", f"1; SELECT pg_sleep({SLEEP})",
             "' OR 1 = (SELECT count(*) FROM generate_series(1, 9999999999)) --",
             "1 AND 1 = like('A', upper(hex(randomblob(999999999))))"],
    "errors": ["1/0", "CAST('a' AS INT)", "' AND 1 = CAST((SELECT secret FROM canary) AS INT) --",
               "load_extension('x')"],
    "escapes": ["\\", "\\'", "\\\\'", "x\\", "E'\\047'", "$$x$$", "$1", "?1", ":id", "%s%n", "%27",
                "%2527"],
    "unicode": ["\u02bc", "\uff07 OR 1=1", "\u2019 OR \u20191\u2019=\u20191", "\u201cx\u201d",
                "\\u0027", "\ud55c'"],
    "nul": ["a\0'", "\0"],
    "search": ["%", "_", "%_%", "* OR *", '"unclosed', "NEAR(a b", "title:*", "a AND (b", "^a",
               "{a b}: c", "a & | !b", "a <-> ", ":*", "'a':B & (", "((((", "tag:' camera:\""],
}
PAYLOADS = [text for each in CLASSES.values() for text in each]
# They differ in a digit, and digits are taken out of what is compared.
PAIRS = [("' OR '1'='1", "' OR '1'='2"), ("1 OR 1=1", "1 OR 1=2"), ("1) OR (1=1", "1) OR (1=2"),
         ('" OR "1"="1', '" OR "1"="2'), ("x' AND '1'='1", "x' AND '1'='2")]
# No payload holds one of these.
WORDS = re.compile(
    rb"syntax error|SQLITE_|sqlite3|unterminated|unrecognized token|no such (?:table|column)|PSQL"
    rb"|libpq|operator does not exist|invalid input syntax|does not exist at character|SQLSTATE"
    rb"|in prepared statement|bind message|malformed MATCH|fts5:|" + SECRET.encode())
MEANT_BY_ERRORS = re.compile(rb"\bpg_|relation \"|\bFTS|tsquery|\bSELECT\b|canary")

SIGN_UP = {"handle": "injected", "name": "In Jected", "email": "in@example.org",
           "password": PASSWORD, "country": "SG", **ACCEPTED}
EXAMPLES = {"POST /v1/accounts": SIGN_UP, "POST /v1/accounts/verify/resend": {"email": "a@b.org"},
            "POST /v1/sessions": {"login": "nobody_here", "password": "not mine"},
            "POST /v1/password/forgot": {"login": "nobody_here"},
            "POST /v1/me/invitations": {"uses": 1},
            "POST /v1/moderation/blocklist": {"hash": "0123456789abcdef", "note": "No"}}
# Ends what all the others are sent with.
NOT_SIGNED_IN = {"DELETE /v1/sessions/current"}
HEADERS = ("User-Agent", "X-Forwarded-For", "Idempotency-Key", "Accept-Language", "Cookie",
           "traceparent", "If-None-Match", "Range")


def names_of(node):
    """The fields of a body that take text, alone or in a list."""
    for name, schema in CONTRACT.resolve(node).get("properties", {}).items():
        schema = CONTRACT.resolve(schema)
        kinds = schema.get("type")
        if kinds == "array":
            yield name, True
        elif "string" in (kinds if isinstance(kinds, list) else [kinds]):
            yield name, False


class Slot:
    """One place of one route that takes text; `request(text)` puts it there."""

    def __init__(self, method, path, kind, name, listed=False):
        self.route = f"{method} {path}"
        self.kind, self.name, self.listed = kind, name, listed

    def __str__(self):
        return f"{self.route} {self.kind} {self.name}"

    def request(self, place, text):
        example = ROUTES[self.route]
        method, path = self.route.split()
        headers = {**example.headers}
        body = EXAMPLES.get(self.route, example.body)
        query = dict(urllib.parse.parse_qsl(example.values.get("?", "")))
        values = place.values(method, path) | {
            name: value for name, value in example.values.items() if value != "case"}
        if self.kind == "path":
            values[self.name] = text
        elif self.kind == "query":
            query[self.name] = text
        elif self.kind == "body":
            body = (body or {}) | {self.name: [text] if self.listed else text}
        elif self.name == "Upload-Metadata":
            coded = base64.b64encode(text.encode(errors="replace")).decode()
            headers[self.name] = f"filename {coded},title {coded}"
        elif self.name == "Cookie":
            headers[self.name] = ("sid=" + text).encode()
        else:
            headers[self.name] = text.encode()
        for name, value in values.items():
            path = path.replace("{" + name + "}", urllib.parse.quote(value, safe=""))
        if query:
            path += "?" + urllib.parse.urlencode(query)
        if isinstance(body, dict):
            body = json.dumps(body).encode()
            headers["Content-Type"] = "application/json"
        return example.how or method, path, body, headers


def slots():
    found = []
    for method, path, operation in CONTRACT.operations():
        item = CONTRACT.document["paths"][path]
        for parameter in [*item.get("parameters", []), *operation.get("parameters", [])]:
            parameter = CONTRACT.resolve(parameter)
            found.append(Slot(method, path, {"path": "path", "query": "query"}.get(
                parameter["in"], "header"), parameter["name"]))
        content = CONTRACT.resolve(operation.get("requestBody", {})).get("content", {})
        if "application/json" in content:
            found += [Slot(method, path, "body", name, listed) for name, listed in
                      names_of(content["application/json"]["schema"])]
    return found


class Wire:
    """Connections that are kept, one a thread: tens of thousands of requests."""

    def __init__(self, client):
        self.client = client
        self.local = threading.local()

    def send(self, method, path, body, headers, signed_in=True):
        sent = {**(self.client.headers(method) if signed_in else {}), **headers}
        for last in (False, True):
            connection = getattr(self.local, "connection", None)
            if connection is None:
                connection = http.client.HTTPConnection(self.client.host, timeout=60)
                self.local.connection = connection
            try:
                connection.request(method, path, body=body, headers=sent)
                answer = connection.getresponse()
                return answer.status, dict(answer.getheaders()), answer.read()
            except (http.client.RemoteDisconnected, ConnectionError):
                connection.close()
                self.local.connection = None
                if last:  # a head that cannot be read closes the connection with its 400
                    raise


class Place:
    """A small world in which every route finds what it is about."""

    def __init__(self, community):
        self.community = community
        self.owner = community.admin  # who gets the farthest
        self.neighbour = community.member("neighbour")
        self.photo = published(self.owner, 500, title="Harbour", tags="harbour")["id"]
        self.kept = published(self.neighbour, 510, title="Kept")["id"]
        self.comment = self.owner.post(f"/v1/photos/{self.photo}/comments",
                                       {"text": "Light"}).json["id"]
        self.collection = self.owner.post("/v1/collections", {"name": "All"}).json["id"]
        reported = published(self.neighbour, 520)["id"]
        report = self.owner.post(f"/v1/photos/{reported}/reports", {"reason": "spam"})
        assert report.status == 201, report.body
        self.case = self.owner.get("/v1/moderation/queue").json["items"][0]["id"]
        # One that is being made is 503 for a while.
        wait_for(lambda: self.owner.get(f"/v1/photos/{self.photo}/download").status != 503)

    def restore(self):
        """What the attacks before may have written."""
        self.owner.patch("/v1/me", {"name": "Ada", "bio": ""}, check=False)
        self.owner.patch(f"/v1/photos/{self.photo}", {
            "title": "Harbour", "description": "", "alt": "", "tags": ["harbour"], "place": ""},
            check=False)
        self.owner.patch(f"/v1/collections/{self.collection}", {
            "name": "All", "description": ""}, check=False)

    def values(self, method, path):
        thing = {"photos": self.photo, "comments": self.comment, "collections": self.collection,
                 "cases": self.case}
        known = next((thing[part] for part in path.split("/") if part in thing), UNKNOWN)
        return {"id": UNKNOWN if method == "DELETE" else known, "photo": self.photo,
                "handle": "neighbour", "rendition": "320", "avatar": "x", "size": "64"}


@pytest.fixture(scope="module")
def place(community):
    made = Place(community)
    community.server.change("CREATE TABLE canary (id BIGINT PRIMARY KEY, secret TEXT)")
    community.server.change(f"INSERT INTO canary VALUES (1, '{SECRET}'), (2, 'b'), (3, 'c')")
    return made


SCHEMA = {
    "sqlite": "SELECT type, name, sql FROM sqlite_master ORDER BY 1, 2",
    "postgres": "SELECT table_name, column_name, data_type FROM information_schema.columns"
                " WHERE table_schema = 'public' UNION ALL SELECT tablename, indexname, indexdef"
                " FROM pg_indexes WHERE schemaname = 'public' UNION ALL SELECT event_object_table,"
                " trigger_name, action_statement FROM information_schema.triggers ORDER BY 1, 2, 3",
}


def state(place, engine):
    """The schema, and rows that no request may change."""
    server = place.community.server
    own = server.account("neighbour")
    return [server.rows(SCHEMA[engine]),
            server.rows("SELECT id, secret FROM canary ORDER BY id"),
            server.rows("SELECT id, handle, email, role, state FROM accounts ORDER BY id"),
            server.rows(f"SELECT id, title, state, visibility FROM photos WHERE id = {place.kept}"),
            server.rows(f"SELECT count(*) FROM sessions WHERE account_id = {own}"),
            server.rows("SELECT count(*) FROM accounts WHERE role > 0")]


def complaints(said, status, headers, body):
    text = body + json.dumps(headers).encode()
    if status >= 500 and status != 501:  # oEmbed in another format than JSON
        yield f"{said}: {status} {body[:200]}"
    if found := WORDS.search(text):
        yield f"{said}: {found[0]} in {body[:200]}"
    if status >= 400 and (found := MEANT_BY_ERRORS.search(body)):
        yield f"{said}: {found[0]} in {body[:200]}"


def essence(status, headers, body):
    """What must not depend on whether a condition holds."""
    body = re.sub(rb'"(request_id|token|id|next|urls)":("[^"]*"|\{[^}]*\})', b"", body)
    return status, headers.get("Content-Type"), re.sub(rb"\d+", b"#", body)


def attack(wire, place, slot):
    texts = PAYLOADS if slot.kind != "header" or slot.name.startswith("Upload") else PAYLOADS[::9]
    return [each for text in texts for each in
            complaints(f"{slot} = {text!r}", *wire.send(*slot.request(place, text),
                                                        slot.route not in NOT_SIGNED_IN))]


def compare(wire, place, slot):
    """Whether a condition that is true is answered like one that is not."""
    for pair in PAIRS:
        answers = []
        for text in pair:
            place.restore()
            answers.append(essence(*wire.send(*slot.request(place, text))))
        if answers[0] != answers[1] and 429 not in (answers[0][0], answers[1][0]):
            yield f"{slot}: {pair[0]!r} and {pair[1]!r} differ: {answers}"


def test_a21_the_contract_gives_what_is_attacked():
    """So that the next test cannot pass because it found nothing."""
    found = {str(slot) for slot in slots()}
    assert len(found) > 220
    for each in ("GET /v1/search query q", "GET /v1/search query sort",
                 "GET /v1/tags/{tag} path tag", "GET /v1/feed/home query cursor",
                 "PATCH /v1/photos/{id} body tags", "POST /v1/accounts body handle",
                 "POST /v1/uploads header Upload-Metadata"):
        assert each in found, each
    assert len(PAYLOADS) + 2 * len(PAIRS) >= 40
    # An answer out of a database is known as one, and what was sent is not taken for one.
    for status, body in ((500, b"{}"), (400, b'near "x": syntax error'), (200, SECRET.encode()),
                         (404, b'relation "accounts" does not exist')):
        assert list(complaints("x", status, {}, body)), body
    assert essence(200, {}, b'{"items":[1]}') == essence(200, {}, b'{"items":[2]}')
    assert essence(200, {}, b'{"items":[1]}') != essence(200, {}, b'{"items":[]}')
    assert not [text for text in PAYLOADS if WORDS.search(text.encode(errors="replace"))]


def headers_of_all():
    return [Slot(method, path, "header", name) for method, path, _ in CONTRACT.operations()
            for name in HEADERS]


def test_a21_no_parameter_reaches_the_engines_as_sql(place, engine):
    before = state(place, engine)
    wire = Wire(place.owner)
    seen = len(place.community.server.lines)
    # Before anything else is stored, so that nothing is found under the name of an attack.
    wrong = [each for slot in slots() for each in compare(wire, place, slot)]
    assert not wrong, f"{len(wrong)} conditions were evaluated:\n" + "\n".join(wrong[:40])
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        found = pool.map(lambda slot: attack(wire, place, slot), slots() + headers_of_all())
        wrong = [each for some in found for each in some]
    assert not wrong, f"{len(wrong)} findings:\n" + "\n".join(wrong[:40])
    changed = [pair for pair in zip(before, state(place, engine)) if pair[0] != pair[1]]
    assert changed == []
    failed = [line for line in place.community.server.lines[seen:]
              if line.get("message") == "handler failed"]
    assert failed == []


def test_a21_the_fields_of_a_form(place, engine):
    before = state(place, engine)
    for name, texts in CLASSES.items():
        for text in (texts[0], texts[-1]):
            answer = place.owner.upload(png(16, 16), title=text, description=" ".join(texts),
                                        alt=text, tags=text)
            assert answer.status < 500, (name, text, answer.body)
            assert not list(complaints(text, answer.status, answer.headers, answer.body))
    assert state(place, engine) == before
