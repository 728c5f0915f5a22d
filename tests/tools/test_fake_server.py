"""The fake server of the browser tests says nothing that the real one could not say.

Every answer that it has, to each method and path, is compared with api/openapi.yaml; else pages
would be tested against a server that does not exist.
"""

import json
import os
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
WORDS = {":handle": "jonas", ":tag": "harbour", ":photo": "7000"}
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
            return answer.status, answer.headers, answer.read()
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


def test_an_answer_that_the_contract_does_not_have_is_found():
    with pytest.raises(AssertionError, match="is not in the contract"):
        Contract().check("GET", "/v1/invented", 200, {}, b"")
    with pytest.raises(AssertionError, match="GET /v1/me 200"):
        Contract().check("GET", "/v1/me", 200, {"content-type": "application/json"}, b"{}")
