#!/usr/bin/python3
"""Sets up DuckDB, which writes backups as Parquet and answers questions over them.

    tools/fetch_duckdb.py DIRECTORY [--cache DIRECTORY]

DIRECTORY gets libduckdb.so. It comes from npm, by npm's own client (its configuration and mirrors
apply), or first from the directory that PICSHARZ_DUCKDB_MIRROR names; its bytes are pinned below,
and nothing of the package is executed. Exit status 1 says that nothing was changed; the server then
runs without: backups are JSON or CSV, and no question is answered.
"""

import argparse
import os
import platform
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent / "models"))
import prepare  # noqa: E402  what fetches the inference runtime fetches this, too

LIBRARY = "libduckdb.so"
PATH = "package/" + LIBRARY
VERSION = "1.4.4-r.1"
# machine -> (package, sha256 of the library)
MACHINES = {
    "x86_64": ("@duckdb/node-bindings-linux-x64",
               "1ef33048e12235115ac0d277a0aaccbb560e33248144f488b5ac005cd9ba81b5"),
    "aarch64": ("@duckdb/node-bindings-linux-arm64",
                "c8e20af1e0064bdb7bf79af4d16f17ee8be16803bc98a4df58588bed1301c042"),
}


def say(text):
    print("duckdb: " + text, flush=True)


def wanted_file():
    machine = platform.machine()
    if platform.system() != "Linux" or machine not in MACHINES:
        raise prepare.SetupFailed("there is no library for this machine; it exists for Linux on "
                                  + " and ".join(MACHINES) + ".")  # fmt: skip
    return MACHINES[machine]


def from_mirror(checksum):
    """The library in the mirror's directory, where there is one and it is the right one."""
    mirror = os.environ.get("PICSHARZ_DUCKDB_MIRROR")
    path = Path(mirror) / LIBRARY if mirror else None
    return path if path and path.is_file() and prepare.sha256_of(path) == checksum else None


def from_npm(cache, package, checksum):
    cache.mkdir(parents=True, exist_ok=True)
    prepare.fetch(cache, package, VERSION, {PATH: checksum})
    path = prepare.unpacked(cache, package, VERSION) / PATH
    prepare.check(path, checksum)
    return path


def set_up(directory, cache):
    package, checksum = wanted_file()
    target = directory / LIBRARY
    if target.is_file() and prepare.sha256_of(target) == checksum:
        say(f"{directory} has version {VERSION} and is up to date")
        return
    source = from_mirror(checksum) or from_npm(cache, package, checksum)
    prepare.replace(target, source.read_bytes())
    say(f"{directory} has version {VERSION}")


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("directory", type=Path)
    parser.add_argument("--cache", type=Path,
                        default=Path(__file__).resolve().parents[1] / ".cache" / "duckdb")
    options = parser.parse_args()
    try:
        options.directory.mkdir(parents=True, exist_ok=True)
        set_up(options.directory, options.cache)
    except (prepare.SetupFailed, OSError) as failure:
        say(f"failed: {failure}")
        say("the server starts without it: backups are JSON or CSV, no question is answered")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
