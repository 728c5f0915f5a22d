#!/usr/bin/env python3
"""What the documents say must be so.

- A file in backticks in docs/life-of-*.md exists, from the root or from src/; a function in
  backticks, written with (), occurs in src/, its class in the same file.
- Every library CMake asks for, every Debian package of tools/packages.txt and every npm package of
  a package.json stands in backticks in docs/dependencies.md.
- A link between documents leads somewhere.
- Decisions in docs/adr are numbered without a gap and have their three parts.
"""

import json
import re
import sys

import tree

TOKEN = re.compile(r"`([^`\n]+)`")
FILE = re.compile(r"[\w.-]+(?:/[\w.-]+)+|[\w-]+\.(?:cpp|h|sql|py|yaml|sh)")
FUNCTION = re.compile(r"(?:([A-Za-z_][\w:]*)(?:::|\.))?([A-Za-z_~]\w*)\(\)")
LINK = re.compile(r"\]\(([^)\s]+)\)")
PARTS = ("## Context", "## Decision", "## Consequences")


def texts(root, names, suffixes, below):
    return {name: tree.read(root, name) or "" for name in names
            if name.suffix in suffixes and name.as_posix().startswith(below)}


def function_exists(owner, function, sources):
    """Whether some source calls or defines the function and, where it has one, names its class."""
    used = re.compile(rf"\b{re.escape(function)}\s*(?:<[^;{{}}]*>)?\(")
    for text in sources.values():
        if used.search(text) and (not owner or re.search(rf"\b{owner.split('::')[-1]}\b", text)):
            return True
    return False


def life_problems(root, names):
    sources = texts(root, names, {".h", ".cpp"}, "src/")
    for name, text in texts(root, names, {".md"}, "docs/life-of-").items():
        for token in TOKEN.findall(text):
            if match := FUNCTION.fullmatch(token):
                if not function_exists(*match.groups(), sources):
                    yield f"{name}: there is no {token} in src/"
            elif FILE.fullmatch(token):
                if not any((root / base / token).exists() for base in ("", "src")):
                    yield f"{name}: there is no file {token}"


def packages_of_npm(root, names):
    for name in names:
        if name.name == "package.json":
            content = json.loads(tree.read(root, name))
            for group in ("dependencies", "devDependencies", "optionalDependencies"):
                for package in content.get(group, {}):
                    yield name, package


def packages_of_debian(root):
    path = root / "tools/packages.txt"
    if path.exists():
        for line in path.read_text(encoding="utf-8").splitlines():
            if line and not line.startswith("#"):
                yield line.split()[1]


def dependency_problems(root, names):
    listed = root / "docs/dependencies.md"
    if not listed.exists():
        return ["docs/dependencies.md is missing"]
    known = set(TOKEN.findall(listed.read_text(encoding="utf-8")))
    wanted = list(packages_of_npm(root, names))
    wanted += [("tools/packages.txt", package) for package in packages_of_debian(root)]
    cmake = tree.read(root, "CMakeLists.txt") if (root / "CMakeLists.txt").exists() else ""
    for modules in re.findall(r"pkg_check_modules\(\w+([^)]*)\)", cmake):
        wanted += [("CMakeLists.txt", module) for module in modules.split()
                   if module not in {"REQUIRED", "IMPORTED_TARGET", "QUIET"}]
    return sorted({f"{place}: {package} is not in docs/dependencies.md"
                   for place, package in wanted if package not in known})


def link_problems(root, names):
    for name, text in texts(root, names, {".md"}, "").items():
        for target in LINK.findall(text):
            if re.match(r"[a-z]+:|#", target):
                continue
            path = target.split("#")[0]
            if not (root / name.parent / path).exists():
                yield f"{name}: the link to {target} leads nowhere"


def decision_problems(root, names):
    expected = 1
    for name, text in sorted(texts(root, names, {".md"}, "docs/adr/").items()):
        number = f"{expected:04d}"
        if not name.stem.startswith(number + "-"):
            yield f"{name}: expected the number {number}"
        elif not text.startswith(f"# {number}. "):
            yield f"{name}: opens with \"# {number}. \" and the title"
        for part in PARTS:
            if f"\n{part}\n" not in text:
                yield f"{name}: {part} is missing"
        expected += 1


def check(root):
    names = tree.files(root)
    return [*life_problems(root, names), *dependency_problems(root, names),
            *link_problems(root, names), *decision_problems(root, names)]


if __name__ == "__main__":
    sys.exit(tree.report("documents", check(tree.ROOT)))
