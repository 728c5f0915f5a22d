"""What make bench counts: memory by its mapping, and bytes that a broken line sends again."""

import argparse
import contextlib
import http.server
import sys
import threading
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parent.parent.parent / "bench"))
sys.path.insert(0, str(Path(__file__).resolve().parent.parent.parent / "tools"))

import bench  # noqa: E402
import broken_line  # noqa: E402
import enumeration  # noqa: E402
import memory  # noqa: E402
import uploads  # noqa: E402
from lab import BenchError  # noqa: E402

SMAPS = """55d0c0000000-55d0c0100000 r-xp 00000000 fe:00 1234    /opt/picsharz
Rss:                1024 kB
Pss:                 512 kB
Pss_Dirty:            12 kB
7f0000000000-7f0010000000 r--s 00000000 fe:00 99    /srv/my data/picsharz.db
Pss:                4000 kB
7f0020000000-7f0020001000 rw-s 00000000 fe:00 98    /srv/my data/picsharz.db-shm
Pss:                  32 kB
7ffd00000000-7ffd00021000 rw-p 00000000 00:00 0     [stack]
Pss:                  16 kB
"""


def test_memory_is_counted_by_its_mapping():
    assert memory.pss_of(SMAPS) == (512 + 4000 + 32 + 16) * 1024
    assert memory.pss_of(SMAPS, "picsharz.db") == 4000 * 1024
    assert memory.pss_of(SMAPS, "nothing.db") == 0


class Keeper(http.server.BaseHTTPRequestHandler):
    """A server of tus that keeps a body only in whole `step` bytes when a line breaks."""

    step, stored, lost = 1000, {}, 0

    def do_POST(self):
        self.stored["/upload"] = b""
        self.reply(201, {"Location": "/upload"})

    def do_HEAD(self):
        self.reply(200, {"Upload-Offset": str(len(self.stored[self.path]) - self.lost)})

    def do_PATCH(self):
        assert int(self.headers["Upload-Offset"]) == len(self.stored[self.path])
        length, got = int(self.headers["Content-Length"]), b""
        with contextlib.suppress(ConnectionError):
            while len(got) < length and (piece := self.rfile.read1(length - len(got))):
                got += piece
        kept = length if len(got) == length else len(got) // self.step * self.step
        self.stored[self.path] += got[:kept]
        if kept == length:
            self.reply(204, {})

    def reply(self, status, headers):
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()

    def log_message(self, *_):
        pass


@pytest.fixture
def keeper():
    kind = type("Mine", (Keeper,), {"stored": {}})
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), kind)
    threading.Thread(target=server.serve_forever).start()
    yield kind, server.server_port
    server.shutdown()
    server.server_close()


def until_kept(kind, wanted):
    """The proxy has cut; the server may still be reading."""
    for _ in range(10_000):
        if len(kind.stored["/upload"]) >= wanted:
            return
        threading.Event().wait(0.001)
    raise AssertionError("the server did not keep what it got")


def test_what_a_cut_costs_is_counted(keeper):
    kind, port = keeper
    data = bytes(range(256)) * 40
    with broken_line.CuttingProxy(port, pace=1e9) as proxy:
        upload = broken_line.Upload(port, proxy, "token", data)
        proxy.cut_after, proxy.how = 3_700, "fin"
        assert not upload.send() and proxy.handed_on == 3_700
        until_kept(kind, 3_000)
        upload.resume()
        assert (upload.resent, upload.offset) == ([700], 3_000)
        proxy.cut_after = None
        assert upload.send()
    assert kind.stored["/upload"] == data


def test_a_server_that_names_bytes_nobody_sent_is_found_out(keeper):
    kind, port = keeper
    with broken_line.CuttingProxy(port, pace=1e9) as proxy:
        upload = broken_line.Upload(port, proxy, "token", bytes(5_000))
        proxy.cut_after, proxy.how = 2_000, "fin"
        assert not upload.send()
        until_kept(kind, 2_000)
        kind.lost = -1
        with pytest.raises(BenchError, match="2001 bytes of the 2000"):
            upload.resume()


def test_pictures_of_a_bench_differ_in_their_bytes_only():
    jpeg = b"\xff\xd8\xff\xe0rest"
    first, second = (uploads.distinct(jpeg, number) for number in (1, 2))
    assert first != second and first.startswith(b"\xff\xd8\xff\xfe") and first.endswith(jpeg[2:])
    assert len({uploads.tiny_png(number) for number in range(300)}) == 300


def test_times_that_differ_are_told_from_times_that_do_not():
    known = [1.0 + 0.01 * (number % 7) for number in range(200)]
    moved, p = enumeration.difference(known, [each * 1.001 for each in reversed(known)])
    assert abs(moved) < 0.01 and p > 0.01
    moved, p = enumeration.difference(known, [each + 0.1 for each in known])
    assert moved < -0.05 and p < 0.001


def test_as_many_answers_are_timed_as_are_asked_for():
    asked = []

    def ask(email, number):
        asked.append((email, number))
        return float(email.startswith("known"))
    known, unknown = enumeration.ask_both("new code", ask, 250)
    assert known == [1.0] * 1000 and unknown == [0.0] * 1000
    # Nobody is asked about so often that a limit by account would answer, nor about themselves.
    assert {asked.count(each) for each in set(asked)} == {enumeration.TRIES}
    assert not any(email == f"known{number}@example.org" for email, number in asked)
    assert len(enumeration.ask_both("new address", ask, 250)[0]) == 500
    assert "new code" in enumeration.questions(None, [], "an invitation")


def test_a_row_is_printed_with_its_target_and_the_recorded_peers():
    assert set(bench.TARGETS) == set(bench.MEASUREMENTS)
    report = bench.Report()
    report.add("W5", "like", "30,000/s")
    report.add("W5", "follow", "20,000/s")
    table = list(report.table())
    at = next(number for number, line in enumerate(table) if line.startswith("W5"))
    rest = [line.strip() for line in table[at + 1:at + 3]]
    assert "20,000/s, 0.03 ms CPU" in table[at] and table[at].endswith("like: 30,000/s")
    assert rest == ["follow: 20,000/s", "recorded: Misskey: a like 11 ms, a follow 18"]
    assert table[at + 3].startswith("W6") and table[at + 3].endswith("not yet")


def test_a_figure_that_passes_its_limit_is_named():
    assert set(bench.LIMITS) == {"AD", "USE", "R14"}
    report = bench.Report()
    report.add("AD", "overview", "50 ms", ms=50.0, first_s=70.0)
    report.add("AD", "30 days", "people 49 ms", people=49.0, photos=12.0)
    report.add("USE", "counting a like", "1 us", cpu_us=1.0)
    report.add("R14", "a backup, proved", "900 s", wall_s=900.0, cpu_s=900.0, mb=7_000.0)
    report.add("R14", "restored onto an empty host, 10 photos", "300 s", wall_s=300.0, cpu_s=400.0)
    report.add("W5", "like", "1/s", cpu_ms=1_000.0)  # as fast as its machine
    report.add("AD", "not measured", "no month")
    assert list(bench.too_large(report.rows)) == []
    report.add("AD", "a year by day", "people 49, system 51 ms", people=49.0, system=51.0)
    report.add("USE", "counting a request", "1.2 us", cpu_us=1.2)
    report.add("R14", "restored onto an empty host, 10 photos", "301 s", wall_s=301.0, cpu_s=9.0)
    assert list(bench.too_large(report.rows)) == [
        "AD a year by day: system 51 > 50", "USE counting a request: cpu_us 1.2 > 1",
        "R14 restored onto an empty host, 10 photos: wall_s 301 > 300"]


@pytest.mark.parametrize("ms, status", [(50.0, 0), (50.1, 1)])
def test_the_end_tells_of_a_limit_that_was_passed(monkeypatch, tmp_path, capsys, ms, status):
    monkeypatch.setattr(bench, "read_options", lambda: argparse.Namespace(only=["USE"]))
    monkeypatch.setattr(bench, "build_programs", lambda: None)
    monkeypatch.setattr(bench, "calibrate", lambda _: {"epoll_us": 3.0})
    monkeypatch.setattr(bench, "DATA", tmp_path)
    monkeypatch.setattr(bench.lab, "ROOT", tmp_path)
    (tmp_path / "build").mkdir()
    monkeypatch.setattr(bench, "MEASUREMENTS", {
        "USE": [lambda report, *_: report.add("AD", "overview", f"{ms} ms", ms=ms)]})
    assert bench.main() == status
    assert ("TOO MUCH: AD overview" in capsys.readouterr().out) == bool(status)


def test_renditions_are_told_beside_the_calibrator():
    report = bench.Report()
    report.add("W2", "picsharz", "10 us", cpu_us=10.0)
    report.add("W2", "nginx, the bare file", "12 us", cpu_us=12.0)
    bench.calibrated(report, {"epoll_us": 4.0}, {"epoll_us": 6.0})
    assert [row["measured"] for row in report.rows] == ["10 us", "12 us", "6.4 us CPU"]
