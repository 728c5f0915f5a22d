"""R14: 10,000 photos are backed up, proved, and restored onto an empty host."""

import contextlib
import hashlib
import json
import os
import sqlite3
import subprocess
import tempfile
import time
from pathlib import Path

import lab
from lab import BenchError
from months import DATA

PEOPLE = 1_000
# Bytes of an original and of what is made from it. A photo of a phone has ten times as many:
# what they cost is that of the disk, once, and is said beside the time.
ORIGINAL = 500_000
RENDITIONS = {"320.webp": 15_000, "640.webp": 45_000, "1280.webp": 120_000}
MEGABYTE = 1_000_000


def write_object(folder, part, sha256, name, data):
    path = folder / "objects" / part / sha256[:2] / sha256 / name if name else \
        folder / "objects" / part / sha256[:2] / sha256
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)


def fill(folder):
    """Bytes for every photo that the rows speak of; no camera took them, and no two are alike."""
    noise = os.urandom(ORIGINAL)
    total = 0
    with contextlib.closing(sqlite3.connect(folder / "picsharz.db")) as db, db:
        db.execute("PRAGMA foreign_keys = OFF")
        db.execute("DELETE FROM renditions")
        db.execute("DELETE FROM originals")
        for number, (photo,) in enumerate(db.execute("SELECT id FROM photos").fetchall()):
            data = number.to_bytes(8, "big") + noise[8:]
            sha256 = hashlib.sha256(data).hexdigest()
            write_object(folder, "originals", sha256, "", data)
            db.execute("UPDATE photos SET original = ?, bytes = ?, renditions = ? WHERE id = ?",
                       (sha256, len(data), ",".join(RENDITIONS), photo))
            db.execute("INSERT INTO originals (sha256, bytes) VALUES (?, ?)", (sha256, len(data)))
            total += len(data)
            for name, size in RENDITIONS.items():
                made = data[:size]
                write_object(folder, "renditions", sha256, name, made)
                db.execute("INSERT INTO renditions VALUES (?, ?, ?, ?)",
                           (sha256, name, hashlib.sha256(made).hexdigest(), len(made)))
                total += len(made)
    return total


def timed(data, target, *words):
    """What a command said, its seconds, and the seconds of CPU of it and all that it started."""
    env = lab.serve_environment(data, {"PICSHARZ_BACKUPS__DIRECTORY": str(target)})
    started, before = time.perf_counter(), os.times()
    done = subprocess.run([lab.BINARY, *words, "--json"], env=env, text=True, capture_output=True)
    wall, after = time.perf_counter() - started, os.times()
    if done.returncode:
        raise BenchError(f"{' '.join(words)}: {done.stdout}{done.stderr}")
    spent = (after.children_user + after.children_system
             - before.children_user - before.children_system)
    return json.loads(done.stdout.splitlines()[-1]), wall, spent


def count(folder, table):
    with contextlib.closing(sqlite3.connect(folder / "picsharz.db")) as db:
        return db.execute(f"SELECT count(*) FROM {table}").fetchone()[0]


def r14(report, options, _month):
    with tempfile.TemporaryDirectory(dir=DATA, prefix="restore-") as name:
        folder, target, empty = (Path(name) / part for part in ("from", "target", "to"))
        for each in (target, empty):
            each.mkdir()
        subprocess.run([str(part) for part in (
            lab.PROGRAMS / "bench_generate", "--data", folder, "--people", PEOPLE,
            "--photos", options.restored, "--seed", options.seed)], check=True)
        size = fill(folder) / MEGABYTE
        for what in ("a backup, proved", "the next one, of the same photos"):
            made, wall, spent = timed(folder, target, "backup")
            if not made["proved"]:
                raise BenchError(f"the backup was not proved: {made['problem']}")
            report.add("R14", what, f"{wall:.0f} s, {spent:.0f} s of CPU; {made['objects']} files,"
                       f" {made['new_objects']} of them new, {size:.0f} MB",
                       wall_s=wall, cpu_s=spent, mb=size)
        _, wall, spent = timed(empty, target, "restore", str(target))
        if count(empty, "photos") != count(folder, "photos"):
            raise BenchError("photos are missing after the restore")
        report.add("R14", f"restored onto an empty host, {options.restored} photos",
                   f"{wall:.0f} s, {spent:.0f} s of CPU", wall_s=wall, cpu_s=spent)
