#!/usr/bin/env python3
"""The style guide as a check: columns, length of functions, names of files, headers, layout.

The length of C++ functions is found by matching braces after comments and literals are blanked out;
that is a heuristic, but a function it misjudges has been unusual enough to be looked at. TypeScript
is left to svelte-check.
"""

import ast
import json
import re
import shutil
import subprocess
import sys

import tree

COLUMNS = 100
FUNCTION_LINES = 70
FORBIDDEN = {"util", "utils", "helper", "helpers", "common", "manager", "misc"}
CPP = {".h", ".cpp"}
# What people write and read as code. Markdown, YAML and data may be wider.
CODE = CPP | {".py", ".sh", ".ts", ".mjs", ".js", ".svelte", ".css", ".sql", ".cmake"}
GENERATED = {"web/src/api/schema.d.ts"}
# Written in pieces, so that this file does not name what it looks for.
MACHINE = re.compile(
    r"(?<![\w/.])/(?:wo" r"rk|ro" r"ot|ho" r"me|Us" r"ers)/[\w.]"
    r"|registry\." r"npmjs|registry\." r"yarnpkg|npm\.pkg\." r"github|deb\." r"debian\.org"
    r"|pypi\." r"org|files\.python" r"hosted"
)
LITERAL = re.compile(
    r'R"(?P<mark>[^(\s]*)\(.*?\)(?P=mark)"'  # raw string
    r'|"(?:\\.|[^"\\\n])*"'
    r"|(?<![\w])'(?:\\.|[^'\\\n])+'"  # not the digit separator of 1'000
    r"|//[^\n]*|/\*.*?\*/",
    re.DOTALL,
)
CONTAINER = re.compile(r"\b(namespace|class|struct|union|enum)\b|extern \x22?")


def blank(text):
    """The text with comments, literals and preprocessor lines as spaces; lines stay in place."""
    def spaces(match):
        return re.sub(r"[^\n]", " ", match.group())

    text = LITERAL.sub(spaces, text)
    return re.sub(r"^[ \t]*#(?:\\\n|[^\n])*", spaces, text, flags=re.MULTILINE)


def is_container(head):
    """Whether the text before a brace opens a namespace or a type rather than a function."""
    return bool(CONTAINER.search(head.split("(")[0])) and not head.rstrip().endswith(")")


def functions(text):
    """(first line, last line) of every outermost function body in C++ text."""
    text = blank(text)
    depth, started, body, head_start = 0, 0, None, 0
    containers = []
    for place, char in enumerate(text):
        if char == "{":
            head = text[head_start:place]
            if body is None and depth == len(containers):
                if is_container(head):
                    containers.append(depth)
                elif "(" in head:
                    body = depth
                    lead = len(head) - len(head.lstrip())
                    started = text.count("\n", 0, head_start + lead) + 1
            depth += 1
            head_start = place + 1
        elif char == "}":
            depth -= 1
            if body == depth:
                yield started, text.count("\n", 0, place) + 1
                body = None
            elif containers and containers[-1] == depth:
                containers.pop()
            head_start = place + 1
        elif char == ";" and body is None:
            head_start = place + 1


def python_functions(text):
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            yield node.lineno, node.end_lineno


def length_problems(name, text):
    found = {".py": python_functions}.get(name.suffix, functions)
    for first, last in found(text):
        if last - first + 1 > FUNCTION_LINES:
            length = last - first + 1
            yield f"{name}:{first}: a function of {length} lines; {FUNCTION_LINES} at most"


def line_problems(name, text):
    code = name.suffix in CODE and name.as_posix() not in GENERATED
    for number, line in enumerate(text.split("\n"), 1):
        if code and len(line) > COLUMNS:
            yield f"{name}:{number}: {len(line)} columns; {COLUMNS} at most"
        if code and line != line.rstrip():
            yield f"{name}:{number}: spaces at the end of the line"
        if match := MACHINE.search(line):
            yield f"{name}:{number}: names a machine or a registry: {match.group()}"


def name_problems(name):
    for part in [*name.parts[:-1], name.stem]:
        if bad := FORBIDDEN & set(re.split(r"[_.-]", part.lower())):
            yield f"{name}: {bad.pop()} says nothing about what is inside"


def header_problems(name, text):
    if not text.startswith("//"):
        yield f"{name}:1: a header opens with what it is, its threads, ownership and failures"
    if not re.search("^#pragma once$", text, re.MULTILINE):
        yield f"{name}:1: #pragma once is missing"


def web_problems(name, text):
    if name.name == "package-lock.json":
        for package, entry in json.loads(text).get("packages", {}).items():
            if "resolved" in entry and not entry.get("link"):
                yield f'{name}: "resolved" of {package or "the root"} names a registry'
    if name.suffix == ".svelte" and re.search(r"\{@html\b", text):
        yield f"{name}: {{@html}} puts a string into the page as markup; it is banned"


def file_problems(root, name):
    yield from name_problems(name)
    text = tree.read(root, name)
    if text is None or name.name == "LICENSE":
        return
    yield from line_problems(name, text)
    if name.suffix in CPP | {".py"}:
        yield from length_problems(name, text)
    if name.suffix == ".h":
        yield from header_problems(name, text)
    if name.parts[0] == "web":
        yield from web_problems(name, text)


def layout_problems(root, names):
    """What clang-format would change, one line a file."""
    sources = [str(name) for name in names if name.suffix in CPP]
    if not sources:
        return []
    if not shutil.which("clang-format"):
        return ["clang-format is missing: tools/setup.sh test"]
    run = subprocess.run(["clang-format", "--dry-run", "-Werror", *sources], cwd=root,
                         capture_output=True, text=True)
    first = {}
    for match in re.finditer(r"^(.+?):(\d+):\d+: error: ", run.stderr, re.MULTILINE):
        first.setdefault(match.group(1), match.group(2))
    return [f"{file}:{line}: not as clang-format lays it out (clang-format -i {file})"
            for file, line in first.items()]


def check(root):
    names = tree.files(root)
    found = [problem for name in names for problem in file_problems(root, name)]
    return found + layout_problems(root, names)


if __name__ == "__main__":
    sys.exit(tree.report("style", check(tree.ROOT)))
