"""tools/setup.sh installs only what is missing, and says plainly when it cannot."""

import os
import re
import stat
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
LINE = re.compile(r"(build|test|bench|long)\s+(\S+)\s+(\S+)\s+(\S.*)")


def packages(group):
    lines = (ROOT / "tools/packages.txt").read_text().splitlines()
    return {line.split()[1] for line in lines if line.startswith(group + " ")}


@pytest.fixture
def system(tmp_path):
    """A PATH where dpkg-query knows only `installed`, and apt-get writes down what it is asked."""
    def program(name, text):
        path = tmp_path / name
        path.write_text("#!/bin/bash\n" + text)
        path.chmod(path.stat().st_mode | stat.S_IXUSR)

    def run(group, installed, user=0, sudo=True):
        known = "\n".join(f"echo installed {name}" for name in installed)
        program("dpkg-query", f"{known}\nexit 1")
        program("apt-get", f'echo "$DEBIAN_FRONTEND" "$@" >> {tmp_path}/asked')
        program("id", f"echo {user}")
        if sudo:
            program("sudo", f'echo sudo >> {tmp_path}/asked; exec "$@"')
        for name in ("bash", "env", "sed", "sort", "comm", "dirname", "cat"):
            (tmp_path / name).unlink(missing_ok=True)
            (tmp_path / name).symlink_to(f"/usr/bin/{name}")
        ran = subprocess.run(["/bin/bash", ROOT / "tools/setup.sh", group], capture_output=True,
                             text=True, env=dict(os.environ, PATH=str(tmp_path)))
        asked = tmp_path / "asked"
        return ran, asked.read_text() if asked.exists() else ""
    return run


MODULES = {"yaml": "python3-yaml", "numpy": "python3-numpy", "onnx": "python3-onnx"}


@pytest.mark.parametrize("script", ["tools/embed.py", *(
    path.relative_to(ROOT).as_posix() for path in sorted((ROOT / "tools/models").glob("*.py")))])
def test_what_the_build_imports_is_installed_by_make_run(script):
    imported = set(re.findall(r"^\s*(?:import|from) (\w+)", (ROOT / script).read_text(), re.M))
    own = {path.stem for path in (ROOT / script).parent.glob("*.py")}
    for module in imported - set(sys.stdlib_module_names) - own:
        assert MODULES[module] in packages("build"), module


def test_every_package_has_a_group_and_a_reason():
    for line in (ROOT / "tools/packages.txt").read_text().splitlines():
        assert not line or line.startswith("#") or LINE.fullmatch(line), line


def test_nothing_missing_changes_nothing(system):
    ran, asked = system("test", packages("test"))
    assert (ran.returncode, ran.stdout, asked) == (0, "", "")


def test_only_what_is_missing_is_installed(system):
    ran, asked = system("test", packages("test") - {"chromium"})
    assert ran.returncode == 0
    assert asked.splitlines() == [
        "noninteractive -q update",
        "noninteractive -q install -y --no-install-recommends chromium",
    ]


def test_a_user_goes_through_sudo(system):
    ran, asked = system("test", packages("test") - {"chromium"}, user=1000)
    assert ran.returncode == 0
    assert asked.splitlines()[0] == "sudo"


def test_without_root_and_sudo_it_says_what_to_do(system):
    ran, asked = system("test", packages("test") - {"chromium"}, user=1000, sudo=False)
    assert (ran.returncode, asked) == (1, "")
    assert "apt-get install --no-install-recommends chromium" in ran.stderr


def test_without_a_group_it_is_wrong_usage(system):
    ran = subprocess.run([ROOT / "tools/setup.sh"], capture_output=True, text=True)
    assert ran.returncode == 2
