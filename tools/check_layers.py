#!/usr/bin/env python3
"""Keeps the arrows of docs/architecture.md on the #include lines of src/.

    main -> app -> features/*_routes, *_jobs -> *_service -> *_store -> db

Five rules, each a table below: which room may use which, which feature may use which, which role of
a feature may use what, which room may see which vendor's headers, and where text that is no literal
may reach a database as SQL. Tests (*_test.cpp,
test_*.h) may include anything: they build fakes of every layer.
"""

import re
import sys
from pathlib import Path

import tree

# room -> the rooms it may include. app may include everything; features have rules of their own.
ROOMS = {
    "base": set(),
    "crypto": {"base"},
    "http": {"base", "crypto"},
    "db": {"base"},
    "storage": {"base", "crypto"},
    "zip": {"base"},
    "mail": {"base", "crypto", "db", "jobs"},
    "jobs": {"base", "db"},
    "confinement": {"base"},
    "image": {"base", "confinement"},
    "vision": {"base", "image"},
    "warehouse": {"base", "confinement"},
}

# A feature may include those of a smaller rank; two of one rank know nothing of each other.
ORDER = [
    {"accounts"},
    {"sessions"},
    {"events"},
    {"activity"},
    {"follows"},
    {"photos"},
    {"uploads", "tags", "likes", "comments"},
    {"cards"},
    {"feed", "search", "similar", "suggestions", "collections"},
    {"pages"},
    {"notifications"},
    {"moderation"},
    {"exports", "imports"},
    {"departures"},
    {"usage"},
    {"analytics", "costs", "backups"},
    {"queries"},
    {"admin"},
]
RANK = {name: rank for rank, names in enumerate(ORDER) for name in names}

# role -> (rooms, roles of the same feature, roles of earlier features). A plain header is a
# "struct"; "rules" are pure functions over structs, which services and routes share; "mails" are
# the texts that a service sends.
ROLES = {
    "struct": ({"base", "crypto"}, {"struct"}, {"struct"}),
    "rules": ({"base", "crypto"}, {"struct", "rules"}, {"struct", "rules"}),
    "mails": ({"base", "crypto", "db", "jobs", "mail"}, {"struct", "rules", "mails"}, {"struct"}),
    # A join reads the row of an earlier feature with that feature's own mapping.
    "store": ({"base", "db"}, {"struct", "store"}, {"struct", "store"}),
    "service": (
        {"base", "crypto", "db", "storage", "zip", "mail", "image", "vision", "jobs",
         "warehouse"},
        {"struct", "rules", "mails", "store", "service"},
        {"struct", "rules", "service"},
    ),
    "routes": (
        {"base", "crypto", "http"},
        {"struct", "rules", "service", "routes"},
        {"struct", "rules", "service", "routes"},
    ),
    "jobs": ({"base", "crypto", "jobs"}, {"struct", "service", "jobs"}, {"struct"}),
}

# Plain structs, and pure functions over them, that every role of a feature may speak of, whatever
# room they stand in.
PLAIN = {"db/change.h", "db/snapshot.h", "image/image.h", "image/renditions.h",
         "warehouse/table.h"}

# (file, what it includes): why this one arrow may be there. Few, and each with its reason.
EXCEPTIONS: dict[tuple[str, str], str] = {}

# (pattern of <header>, where it may stand, as patterns of paths below src/). First match counts.
VENDORS = [
    (r"boost/json(/|\.hpp)", [r"base/[^/]+\.cpp"]),
    (r"boost/", [r"http/.+"]),
    (r"sqlite3", [r"db/.+"]),
    (r"libpq-fe\.h|postgres_ext\.h", [r"db/.+"]),
    (r"seccomp\.h", [r"confinement/.+"]),
    (r"duckdb\.h", [r"warehouse/.+"]),
    (r"vips/|glib|gmodule\.h|jpeglib\.h|jerror\.h|turbojpeg\.h|webp/", [r"image/.+"]),
    (r"onnxruntime", [r"vision/.+"]),
    (r"dlfcn\.h", [r"vision/.+", r"image/.+", r"warehouse/.+"]),
    (r"openssl/|sodium", [r"crypto/.+"]),
    (r"toml\+\+/", [r"app/.+"]),
    (r"zlib\.h", [r"zip/.+"]),
    (r"curl/", [r"mail/.+"]),
]
# SQL reaches an engine as a db::Sql, which the compiler makes of literals only. What takes any text
# is called where the engines are, and nowhere else.
ENGINE_CALLS = re.compile(r"\b(sqlite3_(?:exec|prepare\w*|get_table)"
                          r"|PQ(?:exec\w*|prepare|send(?:Query|Prepare)\w*))\s*\(")
# Tx::script() takes a migration's text.
SCRIPT = re.compile(r"(?:\.|->)\s*script\s*\(")
ENGINES = {"db/sqlite_connection.cpp", "db/sqlite_score.cpp", "db/postgres_connection.cpp"}
ENGINE_HEADERS = re.compile(r"db/(?:sqlite|postgres)_connection\.h")
# What the C++ library, the C library and the kernel bring; everything else needs a line in VENDORS.
SYSTEM = re.compile(
    r"[a-z0-9_]+"
    r"|(sys|linux|arpa|netinet|net|bits|asm)/[a-z0-9_/]+\.h"
    r"|(cxxabi|dirent|errno|fcntl|getopt|grp|ifaddrs|limits|malloc|netdb|poll|pthread|pwd|sched"
    r"|signal|spawn|stddef|stdint|stdio|stdlib|string|syslog|termios|time|unistd|immintrin)\.h"
)
INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]', re.MULTILINE)


def role_of(path):
    """accounts/account_store.cpp -> store."""
    match = re.search(r"_(rules|mails|store|service|routes|jobs)$", Path(path).stem)
    return match.group(1) if match else "struct"


def feature_of(path):
    """The feature of a path below src/, or None: features/accounts/account.h -> accounts."""
    parts = Path(path).parts
    return parts[1] if parts[0] == "features" and len(parts) > 2 else None


def vendor_problem(source, header):
    for pattern, places in VENDORS:
        if re.match(pattern, header):
            if any(re.fullmatch(place, source) for place in places):
                return None
            return f"<{header}> may be included only in {', '.join(places)}"
    if SYSTEM.fullmatch(header):
        return None
    return f"<{header}> has no room: give it one in VENDORS of tools/check_layers.py"


def feature_problem(source, target):
    """Why a file of a feature may not include the file of a feature, or None."""
    here, there = feature_of(source), feature_of(target)
    for name in (here, there):
        if name not in RANK:
            return f"the feature {name} has no place in ORDER of tools/check_layers.py"
    role, other = role_of(source), role_of(target)
    _, own, earlier = ROLES[role]
    if here == there:
        return None if other in own else f"{role} files may not include their feature's {other}"
    if RANK[there] >= RANK[here]:
        return f"{here} may not know {there}: the order of features is one way"
    return None if other in earlier else f"{role} files may not include another feature's {other}"


def arrow_problem(source, target):
    """Why source may not include target (both below src/), or None."""
    if (source, target) in EXCEPTIONS:
        return None
    room, other = Path(source).parts[0], Path(target).parts[0]
    if room != "db" and ENGINE_HEADERS.fullmatch(target):
        return f"{target} takes any text as SQL: only db/ may include it"
    if source == "main.cpp":
        return None if other in {"app", "base"} else "main.cpp includes only app/ and base/"
    if room == "app":
        return None
    if room == "features":
        if other == "features":
            return feature_problem(source, target)
        role = role_of(source)
        allowed = other in ROLES[role][0] or target in PLAIN
        return None if allowed else f"{role} files may not include {other}/"
    if room not in ROOMS:
        return f"the room {room} has no arrows: give it some in ROOMS of tools/check_layers.py"
    if other == room or other in ROOMS[room]:
        return None
    return f"{room} may include only {', '.join(sorted(ROOMS[room] | {room}))}"


def problems_of(root, name):
    source = name.relative_to("src").as_posix()
    text = tree.read(root, name) or ""
    for match in INCLUDE.finditer(text):
        kind, header = match.groups()
        line = text.count("\n", 0, match.start(2)) + 1
        if kind == "<":
            problem = vendor_problem(source, header)
        elif "/" not in header:
            problem = f'"{header}": name it from src/, with its room'
        else:
            problem = arrow_problem(source, header)
        if problem:
            yield f"{name}:{line}: {problem}"
    if not source.startswith("db/"):
        for match in SCRIPT.finditer(text):
            line = text.count("\n", 0, match.start()) + 1
            yield f"{name}:{line}: script() takes any text as SQL: only db/ may call it"
    if source not in ENGINES:
        for match in ENGINE_CALLS.finditer(text):
            line = text.count("\n", 0, match.start()) + 1
            what = f"{match.group(1)} takes any text as SQL"
            yield f"{name}:{line}: {what}: only the engines may call it"


def check(root):
    found = []
    for name in tree.files(root):
        if name.parts[0] != "src" or name.suffix not in {".h", ".cpp"}:
            continue
        if not (name.stem.endswith("_test") or name.stem.startswith("test_")):
            found.extend(problems_of(root, name))
    return found


if __name__ == "__main__":
    sys.exit(tree.report("layers", check(tree.ROOT)))
