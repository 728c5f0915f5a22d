"""The API suite runs on one engine a run: PICSHARZ_TEST_ENGINE=sqlite|postgres."""
import os
import pathlib
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).parent))

from support.client import Community  # noqa: E402
from support.server import ROOT, Server  # noqa: E402

ENGINE = os.environ.get("PICSHARZ_TEST_ENGINE", "sqlite")


def pytest_configure(config):
    config.addinivalue_line("markers", "long: takes minutes; part of make check-long only")
    config.addinivalue_line("markers", "sqlite: reads the file of the database, or its log")
    config.addinivalue_line("markers", "one_engine: its subject is no database; on PostgreSQL part "
                                       "of make check-long only")


def pytest_collection_modifyitems(config, items):
    """What takes minutes is asked for in make check-long (PICSHARZ_MATRIX=all), or by its name."""
    every = os.environ.get("PICSHARZ_MATRIX") == "all" or any("::" in arg for arg in config.args)
    marks = [] if every else ["long"]
    if ENGINE != "sqlite":
        marks += ["sqlite"] if every else ["sqlite", "one_engine"]
    left = [item for item in items if any(item.get_closest_marker(mark) for mark in marks)]
    if left:
        config.hook.pytest_deselected(items=left)
        items[:] = [item for item in items if item not in left]


def shared() -> pathlib.Path:
    return pathlib.Path(os.environ.get("PICSHARZ_SHARED", ROOT.parent / "shared"))


@pytest.fixture(scope="session", autouse=True)
def engine():
    if ENGINE == "postgres" and "PICSHARZ_TEST_POSTGRES" not in os.environ:
        pytest.skip("PICSHARZ_TEST_POSTGRES names no PostgreSQL server")
    return ENGINE


@pytest.fixture(scope="module")
def server(engine):
    started = Server(engine).start()
    yield started
    started.stop()


@pytest.fixture(scope="module")
def community(server):
    return Community(server)


@pytest.fixture
def fresh_server(engine):
    """A server of the test's own, not started yet; `fresh_server(KEY="value")` sets more."""
    servers = []

    def make(**settings):
        servers.append(Server(engine, **settings))
        return servers[-1]

    yield make
    for made in servers:
        made.stop()


@pytest.fixture(scope="session")
def photos():
    """Real photographs, beside the repository; tests that need them are skipped by name without."""
    folder = shared() / "photos"
    if not folder.is_dir():
        pytest.skip("the folder of real photographs (../shared/photos) is not there")
    return folder
