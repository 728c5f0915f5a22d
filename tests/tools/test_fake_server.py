"""The fake server of the browser tests says nothing that the real one could not say.

Every answer that it has, to each method and path, is compared with api/openapi.yaml, and what is on
its dashboards with what is on the real server's; else pages would be tested against a server that
does not exist.
"""

import ast
import json
import os
import re
import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path

import pytest
from conftest import ROOT

sys.path.insert(0, str(ROOT / "tests/api"))
from support.contract import Contract  # noqa: E402

BROWSER = ROOT / "tests/browser"
LIST = ('import("./fake/fake.mjs").then(({ answers }) => '
        'console.log(JSON.stringify(answers.patterns())))')
# What stands for a parameter, by the beginning of the path.
NUMBERS = {"/v1/photos": "7000", "/v1/collections": "8000", "/v1/moderation": "3000"}
WORDS = {":handle": "jonas", ":tag": "harbour", ":photo": "7000", ":area": "people",
         ":file": "countries.csv", ":book": "machine"}
QUERY = {"/v1/search": ["q=har", "q=har&type=people", "q=har&type=tags", "q=har&type=experts",
                        "q=gutar", "q=before:yesterday"],
         "/v1/search/suggest": ["q=har"],
         "/v1/me/saved/ids": ["among=1,3"]}
BODY = json.dumps({"action": "approve"}).encode()


@pytest.fixture(scope="module")
def node():
    return subprocess.run([ROOT / "tools/node.sh"], check=True, capture_output=True,
                          text=True).stdout.strip()


@pytest.fixture(scope="module")
def address(node):
    if not (Path(os.environ.get("PICSHARZ_SHARED", ROOT.parent / "shared")) / "photos").is_dir():
        pytest.skip("the folder of real photographs (../shared/photos) is not there")
    fake = subprocess.Popen([node, "fake_server.mjs"], cwd=BROWSER, stdout=subprocess.PIPE,
                            text=True)
    yield fake.stdout.readline().strip()
    fake.kill()
    fake.wait()
    fake.stdout.close()


def patterns(node):
    listed = subprocess.run([node, "-e", LIST], cwd=BROWSER, check=True, capture_output=True,
                            text=True).stdout
    # What ends a session comes last.
    return sorted((pattern.split(" ") for pattern in json.loads(listed)),
                  key=lambda one: one[0] == "DELETE")


def targets(path):
    number = next((id for start, id in NUMBERS.items() if path.startswith(start)), "1")
    parts = [WORDS.get(part, number if part.startswith(":") else part)
             for part in path.split("/")]
    filled = "/".join(parts)
    return [f"{filled}?{query}" for query in QUERY.get(path, [])] or [filled]


def ask(address, method, target):
    request = urllib.request.Request(address + target, method=method,
                                     data=None if method == "GET" else BODY)
    try:
        with urllib.request.urlopen(request) as answer:
            # A line of events has no end.
            events = answer.headers.get_content_type() == "text/event-stream"
            return answer.status, answer.headers, b"" if events else answer.read()
    except urllib.error.HTTPError as refusal:
        return refusal.code, refusal.headers, refusal.read()


def wrong(contract, address, method, path):
    for target in targets(path):
        status, headers, body = ask(address, method, target)
        try:
            contract.check(method, target, status,
                           {name.lower(): value for name, value in headers.items()}, body)
        except AssertionError as difference:
            yield str(difference).splitlines()[0]


def test_every_answer_is_one_of_the_contract(node, address):
    contract, listed = Contract(), patterns(node)
    assert len(listed) > 60
    found = [line for method, path in listed for line in wrong(contract, address, method, path)]
    assert not found, "\n".join(found)
    # Each was compared with an operation; what the contract does not know would be passed over.
    compared = {(method, path) for method, path, _ in contract.seen}
    assert {(method, operation(contract, path)) for method, path in listed} <= compared


def operation(contract, path):
    target = targets(path)[0].split("?")[0]
    return next(name for pattern, name in contract.paths if pattern.match(target))


def areas():
    """AREAS of the tests of the real server: read, because to import them needs what they test."""
    text = (ROOT / "tests/api/test_analytics.py").read_text(encoding="utf-8")
    return next(ast.literal_eval(node.value) for node in ast.parse(text).body
                if isinstance(node, ast.Assign) and node.targets[0].id == "AREAS")


def parts(board):
    """Figures, charts with their series, tables with their columns: ids, in order."""
    return {"figures": [figure["id"] for figure in board["figures"]],
            "charts": {chart["id"]: [line["id"] for line in chart["series"]]
                       for chart in board["charts"]},
            "tables": {table["id"]: [column["id"] for column in table["columns"]]
                       for table in board["tables"]}}


def differences(area, fake, server):
    """Of what is on a dashboard. `server`: ids alone, or with what is in each (None: anything)."""
    for what, ids in server.items():
        if set(fake[what]) != set(ids):
            yield f"{area}: {what} {sorted(set(fake[what]) ^ set(ids))}"
        if isinstance(ids, list) and fake[what] != ids:
            yield f"{area}: {what} in another order: {fake[what]}"
        inside = ids if isinstance(ids, dict) else {}
        for each, wanted in inside.items():
            found = fake[what].get(each)
            if found is not None and wanted and type(wanted)(found) != wanted:
                yield f"{area}: {each} has {found}, the server's {wanted}"


def works():
    """What the program counts CPU time for: base/cpu_meter.h, and the lanes of the workers."""
    found = {"decode", "other"}  # of other processes; of threads that say nothing
    for path in (ROOT / "src").rglob("*.cpp"):
        if not path.stem.endswith("_test"):
            text = path.read_text(encoding="utf-8")
            found.update(re.findall(r'(?:meter_thread|MeteredWork \w+)\("([^"]+)"\)', text))
    worker = (ROOT / "src/jobs/worker.cpp").read_text(encoding="utf-8")
    return sorted(found | set(re.findall(r'"(\w+)"', re.search(r"lanes = {([^}]+)}", worker)[1])))


def test_dashboards_have_what_the_server_has(address):
    shown = {area: parts(json.loads(ask(address, "GET", f"/v1/admin/analytics/{area}")[2]))
             for area in areas()}
    found = [line for area, server in areas().items()
             for line in differences(area, shown[area], server)]
    assert not found, "\n".join(found)
    assert shown["system"]["charts"]["cpu"] == works()
    overview = json.loads(ask(address, "GET", "/v1/admin/overview")[2])["figures"]
    assert [(each["id"], each["unit"]) for each in overview] == [
        ("members", "count"), ("active", "count"), ("photos", "count"), ("views", "count"),
        ("storage", "bytes"), ("p99", "milliseconds")]
    assert all(len(each["spark"]) == 30 and "before" in each for each in overview)


def test_a_difference_of_dashboards_is_found():
    fake = {"figures": ["a", "b"], "charts": {"c": ["d", "e"]}, "tables": {"f": ["g"]}}
    for server in ({"figures": {"a", "b"}, "charts": {"c"}, "tables": {"f"}},
                   {"figures": ["a", "b"], "charts": {"c": ["d", "e"]}, "tables": {"f": None}},
                   {"charts": {"c": {"e", "d"}}}):
        assert list(differences("x", fake, server)) == []
    for server in ({"figures": {"a"}}, {"figures": ["b", "a"]}, {"charts": {"c", "h"}},
                   {"charts": {"c": ["e", "d"]}}, {"charts": {"c": {"d"}}},
                   {"tables": {"f": ["g", "h"]}}, {"tables": {"f": ["g"], "i": ["j"]}}):
        assert list(differences("x", fake, server)), server


def test_an_answer_that_the_contract_does_not_have_is_found():
    with pytest.raises(AssertionError, match="is not in the contract"):
        Contract().check("GET", "/v1/invented", 200, {}, b"")
    with pytest.raises(AssertionError, match="GET /v1/me 200"):
        Contract().check("GET", "/v1/me", 200, {"content-type": "application/json"}, b"{}")
