"""make test counts right: what passes, fails, is skipped, breaks off or is missing."""

import argparse
import re
import subprocess
import sys
import threading
import time

import junit
import pytest
import run_tests

PYTEST = """<testsuites><testsuite><testcase classname="a" name="one" />
<testcase classname="a" name="two"><failure message="m">why
it failed</failure></testcase>
<testcase classname="a" name="three"><skipped type="pytest.skip" message="no
  photos">x.py:3</skipped></testcase>
<testcase classname="a" name="four"><error message="fixture">setup</error></testcase>
</testsuite></testsuites>"""
GTEST = """<testsuites><testsuite name="Db"><testcase name="A" status="run" result="completed"
classname="Db" /><testcase name="B" status="run" result="skipped" classname="Db"><skipped
message="no PostgreSQL" /></testcase><testcase name="DISABLED_C" status="notrun"
result="suppressed" classname="Db" /></testsuite></testsuites>"""
NODE = """<testsuites><testsuite name="s"><testcase name="one" classname="test"/>
<testcase name="two" classname="test"><skipped type="skipped" message="no browser"/></testcase>
</testsuite></testsuites>"""


def read(tmp_path, text):
    report = tmp_path / "report.xml"
    report.write_text(text)
    return [(case.name, case.outcome, case.reason) for case in junit.read(report, "s")]


def test_reports_of_pytest(tmp_path):
    assert read(tmp_path, PYTEST) == [
        ("a.one", "passed", ""), ("a.two", "failed", ""),
        ("a.three", "skipped", "no photos"), ("a.four", "failed", ""),
    ]


def test_reports_of_googletest(tmp_path):
    assert read(tmp_path, GTEST) == [
        ("Db.A", "passed", ""), ("Db.B", "skipped", "no PostgreSQL"),
        ("Db.DISABLED_C", "skipped", "disabled"),
    ]


def test_reports_of_node(tmp_path):
    assert read(tmp_path, NODE) == [("one", "passed", ""), ("two", "skipped", "no browser")]


@pytest.mark.parametrize("outcomes, line, plain, strict", [
    (["passed"], "1 passed, 0 failed, 0 skipped", 0, 0),
    (["passed", "skipped"], "1 passed, 0 failed, 1 skipped", 0, 1),
    (["passed", "failed"], "1 passed, 1 failed, 0 skipped", 1, 1),
])
def test_the_last_line_and_the_exit_code(outcomes, line, plain, strict):
    cases = [junit.Case("s", "n", outcome) for outcome in outcomes]
    assert junit.summary(cases) == line
    assert junit.exit_code(cases, skips_fail=False) == plain
    assert junit.exit_code(cases, skips_fail=True) == strict


@pytest.fixture
def run(tmp_path):
    made = run_tests.Run(argparse.Namespace(preset="dev", no_build=True, results=tmp_path))
    made.work = str(tmp_path)
    return made


def reported(run, tmp_path, script):
    run.reported("s", "n", [sys.executable, "-c", script], tmp_path / "report.xml")
    return [(case.outcome, case.output.split("\n")[0]) for case in run.cases]


def writing(tmp_path, text):
    return f"open({str(tmp_path / 'report.xml')!r}, 'w').write({text!r});"


def test_a_program_that_breaks_off_before_its_report_has_failed(run, tmp_path):
    script = "import os; print('heap-use-after-free', flush=True); os.abort()"
    assert reported(run, tmp_path, script) == [
        ("failed", "no report of any test: was ended by signal 6"),
    ]
    assert "heap-use-after-free" in run.cases[0].output


def test_a_report_without_tests_is_a_failure(run, tmp_path):
    script = writing(tmp_path, "<testsuites/>")
    assert reported(run, tmp_path, script)[0][0] == "failed"


def test_a_leak_after_passing_tests_is_a_failure(run, tmp_path):
    script = writing(tmp_path, GTEST) + "raise SystemExit(23)"
    assert reported(run, tmp_path, script)[-1] == (
        "failed", "every test it reported passed, but it ended with 23")


def test_a_failure_in_the_report_is_counted_once(run, tmp_path):
    script = writing(tmp_path, PYTEST) + "raise SystemExit(1)"
    assert [outcome for outcome, _ in reported(run, tmp_path, script)].count("failed") == 2


def test_a_report_of_an_earlier_run_does_not_count(run, tmp_path):
    (tmp_path / "report.xml").write_text(NODE)
    assert reported(run, tmp_path, "pass") == [
        ("failed", "no report of any test: ended with 0"),
    ]


def test_a_suite_without_files_is_a_failure(run):
    run_tests.pytest(run, "tools", "tests/no-such-folder")
    assert [case.outcome for case in run.cases] == ["failed"]


def calls_of(run, monkeypatch, suite):
    """What a suite of Node's would start: (file patterns, engine) of each run."""
    calls = []

    def node_tests(_run, _suite, _name, folder, pattern, flags=(), **more):
        calls.append((f"{folder.name}/{pattern}", more.get("PICSHARZ_TEST_ENGINE")))

    monkeypatch.setattr(run_tests, "node_tests", node_tests)
    monkeypatch.setattr(run_tests, "packages", lambda *_: True)
    for part in run_tests.SUITES[suite]:
        part(run)
    return calls


def test_people_meet_the_second_engine_in_the_long_run_only(run, monkeypatch):
    monkeypatch.delenv("PICSHARZ_MATRIX", raising=False)
    assert calls_of(run, monkeypatch, "pages") == [("browser/pages/*.test.mjs", None)]
    on_sqlite = ("browser/*.test.mjs", "sqlite")
    assert calls_of(run, monkeypatch, "browser") == [on_sqlite]
    monkeypatch.setenv("PICSHARZ_MATRIX", "all")
    assert calls_of(run, monkeypatch, "browser") == [
        on_sqlite, ("browser/*.test.mjs", "postgres")]
    assert calls_of(run, monkeypatch, "lighthouse") == [("lighthouse/*.test.mjs", "sqlite")]


def test_no_file_of_the_browser_tests_is_in_no_suite():
    folder = run_tests.tree.ROOT / "tests/browser"
    found = {path for path in folder.rglob("*.test.mjs") if "node_modules" not in path.parts}
    assert found == {*folder.glob("*.test.mjs"), *folder.glob("pages/*.test.mjs")}


def test_what_asks_no_real_server_stands_in_pages():
    folder = run_tests.tree.ROOT / "tests/browser"
    for path in folder.glob("*.test.mjs"):
        assert "startServer(" in path.read_text(encoding="utf-8"), f"{path.name} belongs in pages/"
    for path in folder.glob("pages/*.test.mjs"):
        assert "startServer" not in path.read_text(encoding="utf-8"), path.name


@pytest.mark.parametrize("suite, steps", [
    ("static", set()),
    ("pages", {"web"}),
    ("lighthouse", {"web", "models", "duckdb", "program"}),
    ("browser", {"web", "models", "duckdb", "program"}),
    ("unit", {"models", "duckdb", "unit-tests"}),
])
def test_only_what_a_suite_needs_is_built(run, monkeypatch, suite, steps):
    built = []
    monkeypatch.setattr(run_tests, "steps", lambda _run, name, *_: built.append(name))
    run_tests.build(run, {suite})
    assert set(built) == steps


def performed(run, monkeypatch, wanted):
    """The parts of suites that ran, and the most that ran at once."""
    seen, now, most = [], set(), []
    two = threading.Barrier(2)

    def part(name):
        def perform(_run):
            now.add(name)
            most.append(len(now))
            if name in ("api 0", "api 1"):
                two.wait(10)  # broken where they do not go on side by side
            now.discard(name)
            seen.append(name)
            if name == "web 0":
                raise OSError("gone")
        return perform

    monkeypatch.setattr(run_tests, "SUITES", {
        name: [part(f"{name} {at}") for at in range(len(parts))]
        for name, parts in run_tests.SUITES.items()})
    monkeypatch.setattr(run_tests, "start_postgres", lambda *_: None)
    run_tests.perform(run, wanted)
    return seen, max(most)


def test_every_suite_runs_and_a_few_parts_at_a_time(run, monkeypatch):
    parts = [f"{name} {at}" for name, parts in run_tests.SUITES.items()
             for at in range(len(parts))]
    seen, most = performed(run, monkeypatch, set(run_tests.SUITES))
    assert sorted(seen) == sorted(parts) and 2 <= most <= run_tests.ALL_HALVES
    # One that broke off is a failure, and what waits behind it is asked all the same.
    assert [case.suite for case in run.cases if case.outcome == "failed"] == ["web"]


def test_only_what_is_wanted_runs(run, monkeypatch):
    seen, _ = performed(run, monkeypatch, {"unit", "fuzz", "static"})
    assert sorted(seen) == ["fuzz 0", "static 0", "unit 0"]


def test_the_cases_of_a_suite_that_breaks_off_are_not_lost(run):
    def breaks(part):
        part.fail("static", "one", "it is so")
        raise OSError("gone")

    run_tests.perform_suite(run, "static", breaks)
    assert [case.name for case in run.cases] == ["one", "all"]


def test_packages_that_cannot_be_installed_are_a_failure_and_end_the_suite(run, monkeypatch):
    monkeypatch.setattr(run_tests, "node_tests", lambda *_, **__: pytest.fail("it went on"))
    monkeypatch.setattr(run.processes, "run", lambda command, log, **_: log.write_text("no") and 1)
    run_tests.lighthouse(run)
    assert [(case.outcome, case.name) for case in run.cases] == [("failed", "packages")]


def alive(pid):
    try:
        with open(f"/proc/{pid}/stat", encoding="ascii") as stat:
            return stat.read().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_what_a_test_leaves_behind_is_stopped(run, tmp_path):
    log = tmp_path / "log"
    run.processes.run(["sh", "-c", "sleep 1000 & echo $!"], log)
    pid = int(log.read_text())
    deadline = time.monotonic() + 30
    while alive(pid) and time.monotonic() < deadline:
        time.sleep(0.01)
    assert not alive(pid)


def test_once_everything_is_stopped_nothing_is_started(run, tmp_path):
    run.processes.stop_all()
    with pytest.raises(SystemExit):
        run.processes.run(["touch", str(tmp_path / "started")], tmp_path / "log")
    assert not (tmp_path / "started").exists()


def test_a_program_that_hangs_is_ended(run, tmp_path):
    assert run.processes.run(["sleep", "1000"], tmp_path / "log", timeout=0.2) == 124


def test_the_program_itself_ends_with_the_line_and_1(tmp_path):
    program = run_tests.tree.ROOT / "tools/run_tests.py"
    ran = subprocess.run(
        [sys.executable, program, "--no-build", "--only", "unit", "--preset", "no-such-preset",
         "--results", tmp_path / "results"], capture_output=True, text=True)
    assert ran.returncode == 1
    assert "there are no unit tests" in ran.stdout
    assert re.fullmatch(r"0 passed, 1 failed, 0 skipped", ran.stdout.splitlines()[-1])


def test_no_more_go_on_at_a_time_than_there_is_room_for():
    lock, going, most, called = threading.Lock(), [], [], []
    together = threading.Barrier(3)  # the small one behind a large one does not wait for that

    def suite(name, share):
        def call():
            with lock:
                going.append(share)
                most.append(sum(going))
                called.append(name)
            if name in "abd":
                together.wait(20)
            with lock:
                going.remove(share)
        return share, call

    shares = {"a": 1, "b": 2, "c": 2, "d": 1, "e": 4, "f": 1, "g": 2}
    run_tests.share_out([suite(name, share) for name, share in shares.items()], 4)
    assert sorted(called[:3]) == ["a", "b", "d"]
    assert sorted(called) == sorted(shares)
    assert max(most) == 4


def test_one_that_fails_gives_its_room_back(monkeypatch):
    monkeypatch.setattr(threading, "excepthook", lambda _: None)
    called = []

    def fails():
        raise OSError("broken")

    run_tests.share_out([(4, fails), (4, lambda: called.append(1))], 4)
    assert called == [1]
