"""W10: an upload over a line that breaks at random bytes.

The client speaks tus through a proxy that hands on a body at the pace of a line and cuts it after a
byte that it was told. What was handed on beyond the offset that the server then names is sent
again.
"""

import contextlib
import hashlib
import http.client
import random
import socket
import statistics
import struct
import threading
import time

import lab
from lab import BenchError
from months import copy_of, lines_of
from uploads import NO_MODELS, PHOTOS, SIZES, open_database, require_photos

PIECE = 16 * 1024
LINE_BYTES_PER_SECOND = 8_000_000  # 64 Mbit/s: a line whose buffers matter, not the machine's
ALLOWED_BYTES, ALLOWED_SHARE = 64 * 1024, 0.03
HEAD_SECONDS = 10  # in which the server notices that a line is gone
TUS = {"Tus-Resumable": "1.0.0"}


class CuttingProxy:
    """Serves one connection at a time, each with one request.

    `cut_after`: bytes of its body, or None for all; `how`: "reset" or "fin"; `handed_on`: bytes of
    the last body.
    """

    def __init__(self, port, pace=LINE_BYTES_PER_SECOND):
        self.target, self.pace = port, pace
        self.cut_after, self.how, self.handed_on = None, "fin", 0
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.thread = threading.Thread(target=self.run)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.listener.shutdown(socket.SHUT_RDWR)
        self.thread.join()
        self.listener.close()

    def run(self):
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:  # the listener was closed
                return
            with client, socket.create_connection(("127.0.0.1", self.target)) as server:
                with contextlib.suppress(ConnectionError):
                    self.serve(client, server)

    def serve(self, client, server):
        self.handed_on = 0
        if self.hand_on(client, server):
            while piece := server.recv(PIECE):  # the answer, until the server closes
                client.sendall(piece)
        elif self.how == "reset":
            for end in (client, server):
                end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

    def hand_on(self, client, server):
        """A request; False where it was cut."""
        head = b""
        while b"\r\n\r\n" not in head:
            piece = client.recv(PIECE)
            if not piece:
                return False
            head += piece
        head, _, body = head.partition(b"\r\n\r\n")
        length = int(next(line for line in head.lower().split(b"\r\n")
                          if line.startswith(b"content-length:")).split(b":")[1])
        server.sendall(head + b"\r\n\r\n")
        end = length if self.cut_after is None else min(length, self.cut_after)
        while self.handed_on < end:
            piece = (body or client.recv(PIECE))[:end - self.handed_on]
            body = b""
            if not piece:
                return False
            time.sleep(len(piece) / self.pace)  # before: a cut follows its last byte at once
            server.sendall(piece)
            self.handed_on += len(piece)
        return end == length


class Upload:
    """The client: one resumable upload, whose bytes go through the proxy."""

    def __init__(self, port, proxy, token, data):
        self.port, self.proxy, self.data = port, proxy, data
        self.headers = {"Authorization": f"Bearer {token}", **TUS}
        answer = self.ask(port, "POST", "/v1/uploads", {"Upload-Length": str(len(data))})
        self.place, self.offset, self.resent = answer.headers["Location"], 0, []

    def ask(self, port, method, path, headers, body=b""):
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        with contextlib.closing(connection):
            connection.request(method, path, body, {**self.headers, "Connection": "close",
                                                    **headers})
            answer = connection.getresponse()
            answer.read()
        if answer.status >= 300:
            raise BenchError(f"{method} {path}: {answer.status}")
        return answer

    def send(self):
        """The rest of the bytes; False where the line broke."""
        headers = {"Upload-Offset": str(self.offset),
                   "Content-Type": "application/offset+octet-stream"}
        try:
            self.ask(self.proxy.port, "PATCH", self.place, headers, self.data[self.offset:])
            return True
        except (OSError, http.client.HTTPException):
            return False

    def resume(self):
        """Learns where the server is, and counts what it did not keep of what was handed on."""
        handed_on = self.offset + self.proxy.handed_on
        deadline = time.monotonic() + HEAD_SECONDS
        while True:
            try:
                answer = self.ask(self.port, "HEAD", self.place, {})
                break
            except BenchError:  # the broken connection still holds the upload
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.05)
        offset = int(answer.headers["Upload-Offset"])
        if not self.offset <= offset <= handed_on:
            raise BenchError(f"the server has {offset} bytes of the {handed_on} that were sent")
        self.resent.append(handed_on - offset)
        self.offset = offset


def upload_with_cuts(server, proxy, token, data, cuts, dice):
    """Bytes that were sent again after each cut."""
    upload = Upload(server.port, proxy, token, data)
    for number in range(cuts):
        proxy.cut_after = dice.randrange(1, max(2, (len(data) - upload.offset) // 2))
        proxy.how = ("reset", "fin")[number % 2]
        if upload.send():
            raise BenchError("an upload ended although its line was cut")
        upload.resume()
    proxy.cut_after = None
    if not upload.send():
        raise BenchError("the line broke by itself")
    return upload.resent


def check_stored(folder, originals):
    """Each of these hashes is a photo, once."""
    with open_database(folder) as database:
        for original in originals:
            count, = database.execute("SELECT count(*) FROM photos WHERE original = ?",
                                      (original,)).fetchone()
            if count != 1:
                raise BenchError(f"an upload with cuts made {count} photos of its bytes")


def w10(report, options, month):
    require_photos(SIZES["12 MP"])
    token, dice = lines_of(month / "tokens.txt")[0], random.Random(options.seed)
    files = [(PHOTOS / name).read_bytes() for name in SIZES["12 MP"]]
    resent, worst = [], 0.0
    with copy_of(month) as folder, lab.picsharz(folder, models__dir=NO_MODELS) as server, \
            CuttingProxy(server.port) as proxy:
        for data in files:
            after = upload_with_cuts(server, proxy, token, data, options.cuts, dice)
            resent += after
            worst = max(worst, max(after) / max(ALLOWED_BYTES, ALLOWED_SHARE * len(data)))
        check_stored(folder, [hashlib.sha256(data).hexdigest() for data in files])
    report.add("W10", f"{len(files)} photos of 12 MP, {len(resent)} cuts, 64 Mbit/s",
               f"sent again per cut {statistics.median(resent) / 1024:.0f} KiB (median), "
               f"{max(resent) / 1024:.0f} KiB (worst): {worst:.2f} of what is allowed",
               median_bytes=statistics.median(resent), worst_bytes=max(resent), of_allowed=worst)
