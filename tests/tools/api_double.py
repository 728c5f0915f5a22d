"""A double of the API: as much of it as tools/demo.py uses, with the rules that could trip it."""

import base64
import io
import json
import threading
import urllib.parse
import zipfile
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

CODE = "7K3M-9QXZ"


class State:
    def __init__(self):
        self.lock = threading.Lock()
        self.accounts, self.pending, self.tokens = {}, {}, {}
        self.mails, self.photos = [], []
        self.uploads, self.imports = [], {}  # archives in pieces; by whom one was begun
        self.failing_import = None  # what one that failed says
        self.follows, self.likes = set(), set()
        self.in_flight = self.most_in_flight = 0
        self.busy = 0  # that many uploads are answered 503 first


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def answer(self, status, body=None, **headers):
        data = json.dumps(body).encode() if body is not None else b""
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(data)

    def refuse(self, status, code, **headers):
        self.answer(status, {"code": code, "detail": code, "status": status}, **headers)

    def handle_request(self):
        state = self.server.state
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        path = urllib.parse.urlsplit(self.path).path
        who = state.tokens.get(self.headers.get("Authorization", "").removeprefix("Bearer "))
        name = f"{self.command.lower()}_" + path.strip("/").split("/")[min(1, path.count("/") - 1)]
        if name in {"post_photos", "patch_uploads"}:
            return getattr(self, name)(state, who, body)
        given = json.loads(body) if body else {}
        with state.lock:
            return getattr(self, name)(state, who, path, given)

    do_GET = do_POST = do_PUT = do_PATCH = handle_request

    def get_livez(self, *_):
        self.answer(200, {"state": "ok"})

    def get_instance(self, state, *_):
        needed = not any(account["role"] == "administrator" for account in state.accounts.values())
        self.answer(200, {"setup_needed": needed})

    def sign_in(self, state, handle):
        token = f"token-{len(state.tokens)}"
        state.tokens[token] = handle
        self.answer(201, {"account": {"handle": handle}, "token": token})

    def post_setup(self, state, _who, _path, given):
        if given["token"] != "one-time":
            return self.refuse(410, "setup_over")
        state.accounts[given["handle"]] = dict(given, role="administrator")
        self.answer(201, {"account": {"handle": given["handle"]}})

    def post_sessions(self, state, _who, _path, given):
        account = state.accounts.get(given["login"])
        if not account or account["password"] != given["password"]:
            return self.refuse(401, "wrong_login")
        self.sign_in(state, given["login"])

    def post_accounts(self, state, _who, path, given):
        if path.endswith("/verify"):
            wanted = state.pending[given["email"]]
            if given["code"] != CODE or "signup=s3" not in self.headers.get("Cookie", ""):
                return self.refuse(400, "wrong_code")
            state.accounts[wanted["handle"]] = dict(wanted, role="member")
            return self.sign_in(state, wanted["handle"])
        if given["handle"] in state.accounts:
            return self.refuse(409, "handle_taken")
        state.pending[given["email"]] = given
        state.mails.insert(0, {"to": given["email"], "text": f"Hello,\n\n    {CODE}\n\nIt works."})
        self.answer(201, {"handle": given["handle"]}, Set_Cookie="signup=s3; HttpOnly; Path=/")

    def get_admin(self, state, who, *_):
        if not who or state.accounts[who]["role"] != "administrator":
            return self.refuse(403, "forbidden")
        self.answer(200, {"items": state.mails, "next": None})

    def put_accounts(self, state, who, path, _given):
        state.follows.add((who, path.split("/")[3]))
        self.answer(200, {"following": True})

    def put_photos(self, state, who, path, _given):
        state.likes.add((who, path.split("/")[3]))
        self.answer(200, {"liked": True})

    def get_me(self, state, who, path, _given):
        if path.endswith("/import"):
            return self.answer(200, {"import": state.imports[who]})
        mine = [photo for photo in state.photos if photo["owner"] == who]
        self.answer(200, {"items": mine, "next": None})
        for photo in mine:  # developed when it is looked at for the second time
            photo["state"] = "published"

    def post_uploads(self, state, *_):
        pairs = dict(pair.split(" ") for pair in self.headers["Upload-Metadata"].split(","))
        assert base64.b64decode(pairs["purpose"]) == b"import"
        state.uploads.append({"length": int(self.headers["Upload-Length"]), "data": b""})
        self.answer(201, Location=f"/v1/uploads/{len(state.uploads) - 1}")

    def patch_uploads(self, state, _who, body):
        upload = state.uploads[int(self.path.rsplit("/", 1)[1])]
        assert int(self.headers["Upload-Offset"]) == len(upload["data"])
        upload["data"] += body
        self.answer(204)

    def post_me(self, state, who, path, given):
        assert path == "/v1/me/import"
        upload = state.uploads[int(given["upload"])]
        assert len(upload["data"]) == upload["length"]
        if state.failing_import:
            state.imports[who] = {"state": "failed", "failure": {"detail": state.failing_import}}
            return self.answer(202, {"import": state.imports[who]})
        with zipfile.ZipFile(io.BytesIO(upload["data"])) as archive:
            listed = json.loads(archive.read("photos.json"))
            for photo in listed:
                state.photos.append(
                    photo | {"id": str(len(state.photos)), "owner": who, "state": "received",
                             "data": archive.read(photo["file"]).decode("latin-1")})
        state.imports[who] = {"state": "done", "taken": len(listed)}
        self.answer(202, {"import": state.imports[who]})

    def post_photos(self, state, who, body):
        with state.lock:
            state.in_flight += 1
            state.most_in_flight = max(state.most_in_flight, state.in_flight)
            state.busy -= 1
            busy = state.busy >= 0
            title = body.split(b'name="title"\r\n\r\n')[1].split(b"\r\n")[0].decode()
            data = body.split(b"octet-stream\r\n\r\n")[1].rsplit(b"\r\n--", 1)[0]
            if not busy:
                state.photos.append({"id": str(len(state.photos)), "owner": who, "title": title,
                                     "state": "received", "data": data.decode("latin-1")})
            state.in_flight -= 1
        if busy:
            return self.refuse(503, "unavailable", Retry_After="0")
        self.answer(201, {"id": "1"})


def serve():
    """A running double; its `state` is what it was told, its `url` where it is."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.state = State()
    server.url = f"http://127.0.0.1:{server.server_port}"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server
