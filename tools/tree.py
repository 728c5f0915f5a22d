"""The files of a checkout that count: committed, or about to be."""

import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def files(root=ROOT):
    """Every file git tracks or would track, as sorted paths relative to `root`.

    A folder that is no repository (a tree made by a test) gives all its files.
    """
    if (root / ".git").exists():
        listing = subprocess.run(
            ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
            cwd=root, capture_output=True, text=True, check=True,
        ).stdout
        names = {Path(name) for name in listing.split("\0") if name}
    else:
        names = {path.relative_to(root) for path in root.rglob("*")}
    return sorted(name for name in names if (root / name).is_file())


def read(root, name):
    """The text of a file, or None where it is no text (a picture)."""
    try:
        return (root / name).read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return None


def report(what, problems):
    """Prints each problem on a line and returns the exit code."""
    for problem in problems:
        print(problem)
    print(f"{what}: {len(problems)} problems" if problems else f"{what}: fine")
    return 1 if problems else 0
