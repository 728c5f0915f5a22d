"""Every response of every test is compared with api/openapi.yaml."""
import json
import pathlib
import re

import jsonschema
import yaml

ROOT = pathlib.Path(__file__).resolve().parents[3]


class Contract:
    def __init__(self):
        with open(ROOT / "api" / "openapi.yaml", encoding="utf-8") as file:
            self.document = yaml.safe_load(file)
        self.resolver = jsonschema.RefResolver("", self.document)
        self.paths = [(self._pattern(path), path) for path in self.document["paths"]]
        # A literal segment wins over a parameter, as in the router.
        self.paths.sort(key=lambda entry: entry[1].count("{"))
        self.seen: set[tuple[str, str, str]] = set()

    @staticmethod
    def _pattern(path: str):
        return re.compile("^" + re.sub(r"\{[^}]+\}", "[^/]+", path) + "$")

    def operations(self):
        for path, item in self.document["paths"].items():
            for method in item:
                if method in ("get", "put", "post", "delete", "patch", "head", "options"):
                    yield method.upper(), path, item[method]

    def resolve(self, node):
        while "$ref" in node:
            node = self.resolver.resolve(node["$ref"])[1]
        return node

    def check(self, method: str, target: str, status: int, headers: dict, body: bytes):
        path = target.split("?")[0]
        found = next((name for pattern, name in self.paths if pattern.match(path)), None)
        if found is None:
            assert status == 404 or not path.startswith("/v1"), f"{path} is not in the contract"
            return
        item = self.document["paths"][found]
        if method.lower() not in item:
            assert status in (405, 400), f"{method} {found} is not in the contract: {status}"
            return
        responses = item[method.lower()]["responses"]
        response = responses.get(str(status)) or responses.get(f"{status // 100}XX") \
            or responses.get("default")
        assert response is not None, f"{method} {found} answered {status}, not in the contract"
        self.seen.add((method, found, str(status)))
        self._check_body(self.resolve(response), method, found, status, headers, body)

    def _check_body(self, response, method, path, status, headers, body):
        content = response.get("content")
        if not content:
            assert not body, f"{method} {path} {status} has a body"
            return
        kind = headers.get("content-type", "").split(";")[0]
        assert kind in content, f"{method} {path} {status} has the type {kind!r}"
        if "json" not in kind or "schema" not in content[kind]:
            return
        validator = jsonschema.Draft202012Validator(content[kind]["schema"],
                                                    resolver=self.resolver)
        value = json.loads(body)
        problems = [f"{'/'.join(map(str, e.absolute_path))}: {e.message}"
                    for e in validator.iter_errors(value)]
        assert not problems, f"{method} {path} {status}: {problems}\n{value}"
