"""The generated month of a community, and copies of it to serve."""

import contextlib
import hashlib
import shutil
import subprocess
import tempfile
from pathlib import Path

import lab

DATA = lab.ROOT / "build/bench-data"
GENERATOR = ["dice.h", "generate.cpp", "month.cpp", "pictures.cpp", "population.cpp",
             "population.h", "rows.h", "texts.cpp"]
INDEX = ["src/base/words.cpp", "src/db/search_index.cpp", "src/db/search_query.cpp"]


def data_key(options):
    """Of everything the generated data depends on."""
    content = hashlib.sha256()
    for file in GENERATOR:
        content.update((lab.ROOT / "bench" / file).read_bytes())
    if friends := getattr(options, "friends", None):
        content.update(friends.read_bytes())
    for file in [*sorted((lab.ROOT / "src/db/migrations").glob("*.sql")),
                 *(lab.ROOT / file for file in INDEX)]:
        content.update(file.read_bytes())
    return (f"{options.people}-{options.photos}-{options.seed}-{options.media}-"
            f"{content.hexdigest()[:12]}")


def generate(folder, options, *more):
    print("Generating a month of data (once, some minutes)", flush=True)
    command = [lab.PROGRAMS / "bench_generate", "--data", folder, "--people", options.people,
               "--photos", options.photos, "--seed", options.seed, *more]
    if friends := getattr(options, "friends", None):
        command += ["--friends", friends]
    subprocess.run([str(part) for part in command], check=True)


def forget(folder):
    """What an earlier generator left of the same size, or did not complete: most of a gigabyte."""
    for old in DATA.glob(folder.name.rpartition("-")[0] + "-*"):
        shutil.rmtree(old)


def sqlite_month(options):
    folder = DATA / f"sqlite-{data_key(options)}"
    if not folder.exists():
        forget(folder)
        unfinished = folder.with_suffix(".tmp")
        generate(unfinished, options, "--media", options.media)
        unfinished.rename(folder)
    return folder


@contextlib.contextmanager
def postgres_month(options):
    """Yields (pid, url) of a running cluster that holds the month."""
    folder = DATA / f"postgres-{data_key(options)}"
    done = folder / "complete"
    if not done.exists():
        forget(folder)
        folder.mkdir(parents=True)
    with lab.postgres(folder) as (pid, url):
        if not done.exists():
            with tempfile.TemporaryDirectory() as lists:
                generate(Path(lists), options, "--media", 0, "--database", url)
            subprocess.run([lab.POSTGRES_BIN / "vacuumdb", "--quiet", "--analyze", "-d", url],
                           check=True)
            done.touch()
        yield pid, url


@contextlib.contextmanager
def copy_of(month, objects=False):
    """A copy of the database to change; with the objects themselves where they are only read."""
    with tempfile.TemporaryDirectory(dir=DATA, prefix="run-") as folder:
        for name in ("picsharz.db", "picsharz.db-wal"):
            if (month / name).exists():
                shutil.copyfile(month / name, Path(folder) / name)
        if objects:
            (Path(folder) / "objects").symlink_to(month / "objects")
        yield Path(folder)


def lines_of(path):
    return path.read_text().splitlines()


