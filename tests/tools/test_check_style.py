"""The style check finds what it is there for, and understands enough C++ not to be fooled."""

import json

import check_style
import pytest


def problems(tmp_path, name, text):
    path = tmp_path / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return check_style.check(tmp_path)


def long_function(lines):
    return "int work() {\n" + "  step();\n" * (lines - 2) + "}\n"


HEADER = "// What it is.\n#pragma once\n\n"


def test_a_sound_header_has_no_problems(tmp_path):
    assert problems(tmp_path, "src/base/sound.h", HEADER + "int work();\n") == []


@pytest.mark.parametrize("name, text, expected", [
    ("src/a.h", HEADER + "// " + "x" * 98 + "\n", "101 columns"),
    ("web/src/a.ts", "const a = 1; \n", "spaces at the end"),
    ("src/photo_utils.cpp", "", "utils says nothing"),
    ("src/common/photo.cpp", "", "common says nothing"),
    ("src/a.h", "#pragma once\n\nint a();\n", "opens with what it is"),
    ("src/a.h", "// What.\nint a();\n", "#pragma once is missing"),
    ("src/a.cpp", long_function(71), "a function of 71 lines"),
    ("tools/a.py", "def f():\n" + "    step()\n" * 70, "a function of 71 lines"),
    ("README.md", "See /ho" "me/anna/photos.\n", "names a machine"),
    ("docs/a.md", "from registry." "npmjs.org\n", "names a machine or a registry"),
    ("web/src/A.svelte", "<p>{@html text}</p>\n", "{@html}"),
    ("src/a.cpp", "int  a;\n", "not as clang-format"),
])
def test_each_rule_finds_its_case(tmp_path, name, text, expected):
    found = problems(tmp_path, name, text)
    assert len(found) == 1
    assert expected in found[0]


def test_resolved_in_a_lock_file_is_found(tmp_path):
    lock = {"packages": {"": {}, "node_modules/a": {"resolved": "https://somewhere/a.tgz"}}}
    found = problems(tmp_path, "web/package-lock.json", json.dumps(lock))
    assert ['"resolved" of node_modules/a' in problem for problem in found] == [True]


def test_seventy_lines_and_a_hundred_columns_are_fine(tmp_path):
    text = long_function(70) + "// " + "ä" * 97 + "\n"
    assert problems(tmp_path, "src/a.cpp", text) == []


def test_the_route_feed_home_is_not_a_folder_of_a_machine(tmp_path):
    assert problems(tmp_path, "docs/a.md", "GET /v1/feed/ho" "me and /ho" "me\n") == []


def lengths(text):
    return [last - first + 1 for first, last in check_style.functions(text)]


@pytest.mark.parametrize("text, expected", [
    ("namespace a {\nclass B {\n  void f() {\n    g();\n  }\n};\n}\n", [3]),
    ("struct A { int b{1}; };\nint f() { return 1; }\n", [1]),
    ('int f() {\n  const char* s = R"x(\n}}}\n)x";\n}\n', [5]),
    ("int f() {\n  // }\n  char c = '}';\n  return 1'000;\n}\n", [5]),
    ("auto f() -> int {\n  if (a) {\n    b();\n  }\n  return [] { return 1; }();\n}\n", [6]),
    ("A::A(int b)\n    : b_(b) {\n  c();\n}\n", [4]),
    ("TEST(A, b) {\n  EXPECT_TRUE(c);\n}\n", [3]),
    ("#define X(a) { a\nint f() {\n}\n", [2]),
    ("template <class T>\nstruct A {\n  int f() const { return 1; }\n};\n", [1]),
    ("enum class A { b, c };\nconst B table[] = {{1}, {2}};\nvoid f() {\n}\n", [2]),
])
def test_functions_are_measured(text, expected):
    assert lengths(text) == expected
