"""The documents check finds names, libraries, links and decisions that are not so."""

import check_docs
import pytest

DECISION = "# 0001. One thing\n\n## Context\n\na\n\n## Decision\n\nb\n\n## Consequences\n\nc\n"
SOUND = {
    "src/http/router.cpp": "Match Router::match(Method m) { return find<A>(m); }\n",
    "docs/life-of-a-request.md": "`Router::match()` in `http/router.cpp`, `src/http/router.cpp`\n",
    "docs/dependencies.md": "`sqlite3`, `svelte`, `g++`\n",
    "docs/adr/0001-one.md": DECISION,
    "CMakeLists.txt": "pkg_check_modules(SQLITE REQUIRED IMPORTED_TARGET sqlite3)\n",
    "web/package.json": '{"dependencies": {"svelte": "5.57.3"}}\n',
    "tools/packages.txt": "# group package unless why\nbuild g++ - the compiler\n",
    "README.md": "[a](docs/life-of-a-request.md#top) [b](https://example.org) [c](#here)\n",
}


def problems(tmp_path, **changed):
    for name, text in (SOUND | changed.get("files", {})).items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return check_docs.check(tmp_path)


def test_a_sound_tree_has_no_problems(tmp_path):
    assert problems(tmp_path) == []


@pytest.mark.parametrize("name, text, expected", [
    ("docs/life-of-a-request.md", "`http/server.cpp`", "there is no file http/server.cpp"),
    ("docs/life-of-a-request.md", "`Router::forget()`", "there is no Router::forget()"),
    ("docs/life-of-a-request.md", "`Rooter::match()`", "there is no Rooter::match()"),
    ("docs/life-of-an-upload.md", "`sweep()`", "there is no sweep()"),
    ("CMakeLists.txt", "pkg_check_modules(VIPS REQUIRED vips)", "vips is not in"),
    ("tests/browser/package.json", '{"devDependencies": {"tape": "5"}}', "tape is not in"),
    ("tools/packages.txt", "build wine - why\n", "wine is not in"),
    ("README.md", "[a](docs/nothing.md)", "leads nowhere"),
    ("docs/adr/0003-three.md", DECISION.replace("0001", "0003"), "expected the number 0002"),
    ("docs/adr/0002-two.md", DECISION, 'opens with "# 0002. "'),
    ("docs/adr/0001-one.md", DECISION.replace("## Context", "##"), "## Context is missing"),
])
def test_each_rule_finds_its_case(tmp_path, name, text, expected):
    found = problems(tmp_path, files={name: text})
    assert len(found) == 1
    assert expected in found[0]
