#!/usr/bin/env python3
"""Everything a change must pass. The last line is "N passed, N failed, N skipped".

    tools/run_tests.py [--only SUITE,...] [--no-build] [--preset dev]

Builds the program (release) and the unit tests (ASan and UBSan), starts private PostgreSQLs, runs
the suites and reads their reports, some at a time. Each skip is named with its reason before the
last line; with CI=true a skip is a failure. A suite that is missing, or runs nothing, is a failure
too. Whatever was started is stopped at the end, also after Ctrl-C. Reports stay in test-results/.
"""

import argparse
import contextlib
import copy
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
import traceback
from pathlib import Path
from xml.etree.ElementTree import ParseError

import junit
import tree

PYTHON = "/usr/bin/python3"  # Debian's: the one that has its modules
# Seconds of one program; a bound, not an expectation.
TIMEOUT = int(os.environ.get("PICSHARZ_TEST_TIMEOUT", "3600"))
FUZZ_RUNS = "30000"  # of each target: some seconds
OUTPUT_LINES = 60  # of a failure, shown


class Processes:
    """Runs programs in groups of their own, so that all of it can be stopped."""

    def __init__(self):
        self.running = set()
        self.lock = threading.Lock()
        self.gentle = set()  # threads whose programs give way to all others
        self.ended = False  # nothing is started any more

    def run(self, command, log, env=None, cwd=tree.ROOT, timeout=TIMEOUT):
        """Exit code; 124 after the time limit. Output goes to the file `log`."""
        with open(log, "wb") as output, self.lock:
            self.go_on()
            process = subprocess.Popen(command, cwd=cwd, env=env, stdin=subprocess.DEVNULL,
                                       stdout=output, stderr=subprocess.STDOUT,
                                       start_new_session=True)
            self.running.add(process)
        if threading.get_ident() in self.gentle:
            give_way(process.pid)
        try:
            return process.wait(timeout)
        except subprocess.TimeoutExpired:
            return 124
        finally:
            self.stop(process)

    def stop(self, process):
        """Ends the program and whatever it left behind in its group."""
        try:
            os.killpg(process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        process.wait()
        with self.lock:
            self.running.discard(process)

    def go_on(self):
        """Ends the thread that asks where everything is being stopped."""
        if self.ended:
            raise SystemExit

    def stop_all(self):
        with self.lock:
            self.ended = True
            running = list(self.running)
        for process in running:
            self.stop(process)


def give_way(pid):
    """What it starts does the same. Where sessions share the processors alike, it is theirs."""
    with contextlib.suppress(OSError):
        os.setpriority(os.PRIO_PROCESS, pid, 15)
        Path(f"/proc/{pid}/autogroup").write_text("15")


class Run:
    """One run: its environment, and the cases found so far."""

    def __init__(self, options):
        self.options = options
        self.results = options.results
        self.processes = Processes()
        self.cases = []
        self.build = tree.ROOT / "build" / options.preset
        self.work = None
        self.folders = []  # to be removed at the end
        self.env = dict(
            os.environ,
            PICSHARZ_BINARY=str(tree.ROOT / "build/release/picsharz"),
            PICSHARZ_MODELS=str(tree.ROOT / "build/models"),
            ASAN_OPTIONS="detect_leaks=1:strict_string_checks=1:detect_stack_use_after_return=1",
            LSAN_OPTIONS=f"suppressions={tree.ROOT / 'tools/lsan.supp'}:print_suppressions=0",
            UBSAN_OPTIONS="print_stacktrace=1:halt_on_error=1",
            TSAN_OPTIONS="halt_on_error=1:second_deadlock_stack=1:"
                         f"suppressions={tree.ROOT / 'tools/tsan.supp'}",
            PYTHONDONTWRITEBYTECODE="1",
        )

    def part(self):
        """The same for one suite: its cases, and its environment, are its own."""
        one = copy.copy(self)
        one.cases, one.env = [], dict(self.env)
        return one

    def log(self, name):
        return self.results / f"{name}.log"

    def command(self, suite, name, command, **how):
        """A program as one case: it passed if it ended with 0."""
        log = self.log(f"{suite}-{name}".replace(" ", "-"))
        code = self.processes.run(command, log, env=how.pop("env", self.env), **how)
        if code == 0:
            self.cases.append(junit.Case(suite, name, junit.PASSED))
        else:
            self.fail(suite, name, f"{' '.join(map(str, command))}: {ended(code)}", log)
        return code == 0

    def reported(self, suite, name, command, report, **how):
        """A program whose cases are in a report; one that ran nothing or broke off has failed."""
        log = self.log(f"{suite}-{name}".replace("/", "-"))
        report.unlink(missing_ok=True)
        code = self.processes.run(command, log, env=how.pop("env", self.env), **how)
        try:
            found = junit.read(report, suite)
        except (OSError, ParseError):
            found = []
        self.cases.extend(found)
        if not found:
            self.fail(suite, name, f"no report of any test: {ended(code)}", log)
        elif code and not any(case.outcome == junit.FAILED for case in found):
            self.fail(suite, name, f"every test it reported passed, but it {ended(code)}", log)

    def fail(self, suite, name, reason, log=None):
        lines = tail(log) if log else []
        self.cases.append(junit.Case(suite, name, junit.FAILED, "", "\n".join([reason, *lines])))


def ended(code):
    if code == 124:
        return f"did not end within {TIMEOUT} s"
    return f"was ended by signal {-code}" if code < 0 else f"ended with {code}"


def tail(log):
    return log.read_text(encoding="utf-8", errors="replace").splitlines()[-OUTPUT_LINES:]


# --- what the suites need -------------------------------------------------------------------------

def steps(run, name, *commands):
    """Commands in order; the first that fails is a failed case of the suite "build"."""
    for command in commands:
        log = run.log(f"build-{name}")
        if code := run.processes.run(command, log, env=run.env, timeout=3600):
            run.fail("build", name, f"{' '.join(command)}: {ended(code)}", log)
            return False
    run.cases.append(junit.Case("build", name, junit.PASSED))
    return True


# Suites by what they need. One that is in none of these needs only the checkout.
PROGRAM = {"api", "uploads", "browser", "lighthouse"}  # which holds the web
WEB = PROGRAM | {"web", "pages"}
MODELS = PROGRAM | {"unit"}
POSTGRES = {"unit", "api", "uploads", "browser"}


def build(run, wanted):
    """Web, models and unit tests side by side, then the program, which holds the web."""
    preset, jobs = run.options.preset, f"-j{os.cpu_count()}"
    side = []
    if wanted & WEB:
        side.append(("web", ["tools/web.sh"]))
    if wanted & MODELS:
        side.append(("models", [PYTHON, "tools/models/prepare.py", "build/models"]))
        side.append(("duckdb", [PYTHON, "tools/fetch_duckdb.py", "build/models"]))
    if "unit" in wanted:
        side.append(("unit-tests",
                     ["cmake", "--preset", preset, "-DPICSHARZ_WEB=OFF"],
                     ["ninja", "-C", f"build/{preset}", jobs, "unit_tests"]))
    threads = [threading.Thread(target=steps, args=(run, *step)) for step in side]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if wanted & PROGRAM:
        steps(run, "program", ["cmake", "--preset", "release"],
              ["ninja", "-C", "build/release", jobs, "picsharz"])


def start_postgres(run, name="postgres", *settings):
    run.processes.go_on()
    log = run.log(name)
    # Its folder must be reachable for the user postgres.
    folder = Path(run.work) / name
    os.chmod(run.work, 0o755)
    done = subprocess.run(["tools/postgres.sh", "start", str(folder), *settings], cwd=tree.ROOT,
                          capture_output=True, text=True, start_new_session=True)
    log.write_text(done.stderr)
    if done.returncode:
        run.fail("build", name, f"PostgreSQL did not start: {ended(done.returncode)}", log)
    else:
        run.env["PICSHARZ_TEST_POSTGRES"] = done.stdout.split()[-1]


def stop_postgres(run):
    for folder in Path(run.work).glob("postgres*"):
        if (folder / "data/postmaster.pid").exists():
            subprocess.run(["tools/postgres.sh", "stop", str(folder)], cwd=tree.ROOT, check=False)


# --- the suites -----------------------------------------------------------------------------------

def static(run):
    for check in ("layers", "style", "docs"):
        run.command("static", check, [PYTHON, f"tools/check_{check}.py"])
    scripts = [str(name) for name in tree.files() if name.suffix == ".sh"] + [".ci/run"]
    run.command("static", "shellcheck", ["shellcheck", *scripts])


def use_memory(run):
    """Temporary files go where syncing costs nothing, if there is room for 8 GiB."""
    memory = Path("/dev/shm")
    if memory.is_dir() and shutil.disk_usage(memory).free >= 8 << 30:
        run.env["TMPDIR"] = tempfile.mkdtemp(prefix="picsharz-test-", dir=memory)
        run.folders.append(run.env["TMPDIR"])


def unit(run):
    # A server of its own: what others do in theirs holds back the log of changes, and so does what
    # a server does by itself.
    start_postgres(run, "postgres-unit", "autovacuum = off")
    use_memory(run)
    listing = subprocess.run(["ctest", "--test-dir", str(run.build), "--show-only=json-v1"],
                             text=True, capture_output=True)
    tests = json.loads(listing.stdout)["tests"] if listing.returncode == 0 else []
    if not tests:
        run.fail("unit", "all", "there are no unit tests in " + str(run.build))
    for test in tests:
        name, program = test["name"], test.get("command", [f"test_{test['name']}"])
        report = run.results / f"unit-{name}.xml"
        if not Path(program[0]).exists():
            run.fail("unit", name, f"{program[0]} was not built")
            continue
        run.reported("unit", name, [*program, f"--gtest_output=xml:{report}"], report)


def pytest(run, suite, folder, **env):
    if not any((tree.ROOT / folder).glob("test_*.py")):
        run.fail(suite, folder, f"{folder} has no tests")
        return
    name = env.get("PICSHARZ_TEST_ENGINE", "all")
    report = run.results / f"{suite}-{name}.xml"
    command = [PYTHON, "-m", "pytest", "-q", "-p", "no:cacheprovider", f"--junitxml={report}",
               f"--basetemp={run.work}/pytest-{suite}-{name}", folder]
    run.reported(f"{suite}/{name}" if env else suite, "all", command, report,
                 env=dict(run.env, **env))


def tools(run):
    pytest(run, "tools", "tests/tools")


def api_on_sqlite(run):
    pytest(run, "api", "tests/api", PICSHARZ_TEST_ENGINE="sqlite")


def api_on_postgres(run):
    pytest(run, "api", "tests/api", PICSHARZ_TEST_ENGINE="postgres")


def node_env(run):
    node = subprocess.run(["tools/node.sh"], cwd=tree.ROOT, capture_output=True, text=True,
                          check=True).stdout.strip()
    return dict(run.env, PATH=f"{Path(node).parent}:{run.env['PATH']}"), node


def node_tests(run, suite, name, folder, pattern, flags=(), **more):
    files = sorted(str(path.relative_to(folder)) for path in folder.glob(pattern)
                   if "node_modules" not in path.parts)
    if not files:
        run.fail(suite, name, f"{folder.relative_to(tree.ROOT)} has no tests")
        return
    env, node = node_env(run)
    report = run.results / f"{suite}-{name}.xml".replace("/", "-")
    run.reported(suite, name, [node, *flags, "--test", "--test-concurrency=1",
                               "--test-reporter=spec", "--test-reporter-destination=stdout",
                               "--test-reporter=junit", f"--test-reporter-destination={report}",
                               *files],
                 report, cwd=folder, env=dict(env, **more))


def web(run):
    folder = tree.ROOT / "web"
    env, _ = node_env(run)
    run.command("web", "types and accessibility", ["npm", "run", "--silent", "check"], cwd=folder,
                env=env)
    register = folder / "test/register.mjs"
    flags = ["--import", str(register)] if register.exists() else []
    node_tests(run, "web", "unit", folder, "src/**/*.test.ts", flags)


def packages(run, suite, folder):
    return run.command(suite, "packages", ["tools/web.sh", "ci", folder])


def pages(run):
    """The web by itself, against the fake server: it knows no database, so once is enough."""
    if packages(run, "pages", "tests/browser"):
        node_tests(run, "pages", "all", tree.ROOT / "tests/browser", "pages/*.test.mjs")


def browser(run):
    """People in front of the real server. What differs between the engines is the server's, and
    asked for by `api`: people meet both of them in make check-long."""
    if not packages(run, "browser", "tests/browser"):
        return
    both = os.environ.get("PICSHARZ_MATRIX") == "all"
    for engine in ("sqlite", "postgres") if both else ("sqlite",):
        node_tests(run, f"browser/{engine}", "all", tree.ROOT / "tests/browser", "*.test.mjs",
                   PICSHARZ_TEST_ENGINE=engine)


def lighthouse(run):
    """What Lighthouse says of five pages, but for speed, which is in make bench."""
    if packages(run, "lighthouse", "tests/lighthouse"):
        node_tests(run, "lighthouse", "all", tree.ROOT / "tests/lighthouse", "*.test.mjs",
                   PICSHARZ_TEST_ENGINE="sqlite")


def uploads(run):
    """tus-js-client against the server, through a proxy that cuts connections."""
    if not packages(run, "uploads", "tests/uploads"):
        return
    for engine in ("sqlite", "postgres"):
        node_tests(run, f"uploads/{engine}", "all", tree.ROOT / "tests/uploads", "*.test.mjs",
                   PICSHARZ_TEST_ENGINE=engine)


def fuzz(run):
    """Each target for a fixed number of runs; tools/fuzz.py builds them."""
    if run.options.no_build:
        run.command("fuzz", "short", [PYTHON, "tools/fuzz.py", "--runs", FUZZ_RUNS, "--no-build"])
    else:
        run.command("fuzz", "short", [PYTHON, "tools/fuzz.py", "--runs", FUZZ_RUNS])


# Each may be in parts. The longest come first, so that nothing long is left alone at the end.
SUITES = {"static": [static], "tools": [tools], "api": [api_on_sqlite, api_on_postgres],
          "unit": [unit], "pages": [pages], "browser": [browser], "fuzz": [fuzz], "web": [web],
          "lighthouse": [lighthouse], "uploads": [uploads]}
# Halves of a processor that one keeps busy: those of `api` wait for two thirds of their time, and
# `fuzz` gives way to everybody. As many go on at a time as two processors bear; with more, what a
# person would not wait for either is refused as too slow.
HALVES = {"api": 1, "static": 1, "tools": 1, "fuzz": 1, "uploads": 1}
USUAL_HALVES = 2
ALL_HALVES = 4


# --- the whole ------------------------------------------------------------------------------------

def show(cases):
    for case in cases:
        if case.outcome == junit.FAILED:
            lines = case.output.splitlines()[-OUTPUT_LINES:]
            print(f"\nFAILED {case.suite}: {case.name}", *lines, sep="\n  ")
    skipped = [case for case in cases if case.outcome == junit.SKIPPED]
    if skipped:
        print("\nSkipped:")
    for case in skipped:
        print(f"  {case.suite}: {case.name}: {case.reason or 'WITHOUT A REASON'}")


def perform(run, wanted):
    if not run.options.no_build:
        started = time.monotonic()
        print("build ...", flush=True)
        build(run, wanted)
        print(f"build: {time.monotonic() - started:.0f} s", flush=True)
    if wanted & (POSTGRES - {"unit"}):
        start_postgres(run)
    share_out([(HALVES.get(name, USUAL_HALVES), lambda name=name, part=part:
                perform_suite(run, name, part))
               for name in SUITES if name in wanted for part in SUITES[name]], ALL_HALVES)


def share_out(waiting, free):
    """Calls each function of [(share, function)], as many at a time as shares are free. The first
    that finds room is the next, so that a small one may pass a large one."""
    changed = threading.Condition()

    def call(share, function):
        nonlocal free
        try:
            function()
        finally:
            with changed:
                free += share
                changed.notify()

    threads = []
    while waiting:
        with changed:
            while not (fitting := [one for one in waiting if one[0] <= free]):
                changed.wait()
            free -= fitting[0][0]
        waiting.remove(fitting[0])
        threads.append(threading.Thread(target=call, args=fitting[0], daemon=True))
        threads[-1].start()
    for thread in threads:
        thread.join()


def perform_suite(run, name, suite):
    if name == "fuzz":  # it has no deadlines
        run.processes.gentle.add(threading.get_ident())
    started, part = time.monotonic(), run.part()
    try:
        suite(part)
    except Exception as failure:  # those that wait are asked all the same
        part.fail(name, "all", "".join(traceback.format_exception(failure)))
    finally:
        run.cases.extend(part.cases)
        run.processes.gentle.discard(threading.get_ident())
    line = junit.summary(part.cases)
    print(f"{name}: {line} in {time.monotonic() - started:.0f} s", flush=True)
    for case in part.cases:
        if case.outcome == junit.FAILED:  # at the end with all that it said
            print(f"  failed: {case.name}", flush=True)


def interrupted(number, _frame):
    raise KeyboardInterrupt(signal.Signals(number).name)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--only", default=",".join(SUITES), help="of: " + ", ".join(SUITES))
    parser.add_argument("--no-build", action="store_true", help="take what is built")
    parser.add_argument("--preset", default="dev", help="of the unit tests: dev or tsan")
    parser.add_argument("--results", type=Path, default=tree.ROOT / "test-results",
                        help="where reports and logs go")
    options = parser.parse_args()
    wanted = set(options.only.split(","))
    if unknown := wanted - set(SUITES):
        parser.error(f"unknown suite {', '.join(sorted(unknown))}")
    signal.signal(signal.SIGTERM, interrupted)
    options.results.mkdir(parents=True, exist_ok=True)
    run = Run(options)
    run.work = tempfile.mkdtemp(prefix="picsharz-test-")
    run.folders.append(run.work)
    try:
        perform(run, wanted)
    except KeyboardInterrupt:
        run.fail("run", "all", "interrupted")
    finally:
        run.processes.stop_all()
        stop_postgres(run)
        for folder in run.folders:
            shutil.rmtree(folder, ignore_errors=True)
    show(run.cases)
    print(junit.summary(run.cases))
    return junit.exit_code(run.cases, os.environ.get("CI") == "true")


if __name__ == "__main__":
    sys.exit(main())
