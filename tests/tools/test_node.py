"""tools/node.sh: a new enough Node from the PATH, else the pinned one, fetched and checked."""

import os
import shutil
import stat
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
SCRIPT = ROOT / "tools/node.sh"


def program(folder, name, text):
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    path.write_text("#!/bin/sh\n" + text)
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return path


def hide_node(folder, version):
    """A `node` that says it is `version`; whatever else it is asked, the real one answers."""
    real = shutil.which("node")
    otherwise = f'exec {real} "$@"' if real else "exit 1"
    return program(folder, "node", f'[ "$1" = --version ] && echo {version} && exit\n{otherwise}\n')


def run(folder, **env):
    path = f"{folder}:{os.environ['PATH']}"
    return subprocess.run([SCRIPT], capture_output=True, text=True,
                          env=dict(os.environ, PATH=path, **env))


@pytest.mark.parametrize("version, enough", [
    ("v18.20.4", False), ("v20.18.3", False), ("v20.19.0", True), ("v20.20.2", True),
    ("v21.7.3", False), ("v22.11.0", False), ("v22.12.0", True), ("v23.1.0", True),
    ("v24.21.0", True), ("nonsense", False),
])
def test_which_versions_are_new_enough(tmp_path, version, enough):
    node = hide_node(tmp_path / "bin", version)
    program(tmp_path / "bin", "npm", "exit 9\n")
    ran = run(tmp_path / "bin", PICSHARZ_NODE_CACHE=str(tmp_path / "cache"))
    assert (ran.stdout.strip() == str(node)) == enough
    assert (ran.returncode == 0) == enough


def test_a_package_that_is_not_the_pinned_one_is_refused(tmp_path):
    hide_node(tmp_path / "bin", "v18.20.4")
    fake = 'while [ "$1" != --pack-destination ]; do shift; done\n' \
           'name=$(echo "$3" | tr @ -); echo evil > "$2/$name.tgz"\n'
    program(tmp_path / "bin", "npm", fake)
    ran = run(tmp_path / "bin", PICSHARZ_NODE_CACHE=str(tmp_path / "cache"))
    assert ran.returncode == 1
    assert "is not the one that was pinned" in ran.stderr
    assert not list((tmp_path / "cache").rglob("*"))


def test_with_the_newer_one_hidden_the_private_one_is_fetched_and_runs(tmp_path):
    """The real package, kept in .cache/node: only the first run of a checkout fetches it."""
    hide_node(tmp_path / "bin", "v18.20.4")
    ran = run(tmp_path / "bin")
    assert ran.returncode == 0, ran.stderr
    private = Path(ran.stdout.strip())
    assert private.parent != tmp_path / "bin"
    version = subprocess.run([private, "--version"], capture_output=True, text=True).stdout.strip()
    assert version[1:] == private.parent.parent.name
    # The second time nothing is fetched: an npm that fails is not even asked.
    program(tmp_path / "bin", "npm", "exit 9\n")
    assert run(tmp_path / "bin").stdout.strip() == str(private)


def test_the_private_one_builds_the_web(tmp_path):
    """Vite itself, loaded by the private Node, accepts its version."""
    vite = ROOT / "web/node_modules/vite/bin/vite.js"
    if not vite.exists():
        pytest.skip("web/node_modules is not there: tools/web.sh makes it")
    hide_node(tmp_path / "bin", "v18.20.4")
    private = run(tmp_path / "bin").stdout.strip()
    ran = subprocess.run([private, vite, "--version"], capture_output=True, text=True)
    assert ran.returncode == 0, ran.stderr
    assert "requires Node" not in ran.stderr + ran.stdout
    assert ran.stdout.startswith("vite/")
