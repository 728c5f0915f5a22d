"""A person, or a program, at the other end of the wire."""
import http.client
import json
import re
import time
import urllib.parse
import uuid

from .contract import Contract

CONTRACT = Contract()
PASSWORD = "correct horse battery"
# What every sign-up brings along.
ACCEPTED = {"accept_terms": True, "confirm_age": True}


class Answer:
    def __init__(self, status, headers, body):
        self.status = status
        self.headers = headers
        self.body = body
        self.set_cookies: list[str] = []  # as they were sent, each a line

    @property
    def json(self):
        return json.loads(self.body)

    @property
    def code(self):
        return self.json.get("code")

    @property
    def busy(self):
        """Whether there was too much to do for that (http/admission.h), and nothing was done."""
        return self.status == 503 and self.code == "busy"


class Client:
    """Keeps cookies as a browser does when `browser`, else signs in with a bearer token."""

    def __init__(self, address: str, browser: bool = False):
        self.host = urllib.parse.urlsplit(address).netloc
        self.browser = browser
        self.cookies: dict[str, str] = {}
        self.token = ""

    def headers(self, method: str) -> dict:
        headers = {}
        if self.token:
            headers["Authorization"] = "Bearer " + self.token
        if self.browser:
            headers["Sec-Fetch-Site"] = "same-origin"
            headers["Picsharz-Client"] = "test"
        if self.cookies:
            headers["Cookie"] = "; ".join(f"{k}={v}" for k, v in self.cookies.items())
        return headers

    def request(self, method: str, target: str, body=None, headers=None, check=True) -> Answer:
        connection = http.client.HTTPConnection(self.host, timeout=60)
        sent = self.headers(method)
        if isinstance(body, (dict, list)):
            body = json.dumps(body).encode()
            sent["Content-Type"] = "application/json"
        sent.update(headers or {})
        connection.request(method, target, body=body, headers=sent)
        response = connection.getresponse()
        content = response.read()
        answer_headers: dict[str, str] = {}
        for name, value in response.getheaders():  # a list may stand in several lines
            known = answer_headers.get(name.lower())
            listed = known is not None and name.lower() != "set-cookie"
            answer_headers[name.lower()] = f"{known}, {value}" if listed else value
        set_cookies = [v for name, v in response.getheaders() if name.lower() == "set-cookie"]
        for value in set_cookies:
            self._keep(value)
        connection.close()
        if check:
            CONTRACT.check(method, target, response.status, answer_headers, content)
        answer = Answer(response.status, answer_headers, content)
        answer.set_cookies = set_cookies
        return answer

    def _keep(self, set_cookie: str):
        name, value = set_cookie.split(";")[0].split("=", 1)
        if "max-age=0" in set_cookie.lower():
            self.cookies.pop(name, None)
        else:
            self.cookies[name] = value

    def get(self, target, **more):
        return self.request("GET", target, **more)

    def post(self, target, body=None, **more):
        return self.request("POST", target, body if body is not None else {}, **more)

    def put(self, target, **more):
        return self.request("PUT", target, **more)

    def delete(self, target, **more):
        return self.request("DELETE", target, **more)

    def patch(self, target, body, **more):
        return self.request("PATCH", target, body, **more)

    def upload(self, data: bytes, file_name="photo.jpg", **fields) -> Answer:
        """As our own client, it asks again for a minute where the server has too much to do."""
        for _ in range(60):
            answer = self.send_form("POST", "/v1/photos", data, file_name, **fields)
            if not answer.busy:
                break
            time.sleep(1)
        return answer

    def send_form(self, method, target, data: bytes, file_name="photo.jpg", **fields) -> Answer:
        boundary = "----picsharz" + uuid.uuid4().hex
        parts = []
        for name, value in fields.items():
            for one in value if isinstance(value, list) else [value]:
                parts.append(f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"'
                             f"\r\n\r\n{one}\r\n".encode())
        parts.append(f'--{boundary}\r\nContent-Disposition: form-data; name="file"; '
                     f'filename="{file_name}"\r\nContent-Type: application/octet-stream'
                     '\r\n\r\n'
                     .encode() + data + b"\r\n")
        body = b"".join(parts) + f"--{boundary}--\r\n".encode()
        return self.request(method, target, body,
                            {"Content-Type": f"multipart/form-data; boundary={boundary}"})


def wait_for(what, seconds: float = 180):
    """Polls until `what` returns something true. Generous: it says that, not how fast.

    A look that begins so many seconds from now finds it so, however long the look itself takes on
    a busy machine.
    """
    deadline = time.monotonic() + seconds
    while True:
        begun = time.monotonic()
        value = what()
        if value:
            return value
        assert begun < deadline, "it did not happen in time"
        time.sleep(0.03)


def insist(ask) -> Answer:
    """As our own client, asks again for as long as the server says that it has too much to do."""
    return wait_for(lambda: None if (answer := ask()).busy else answer)


BUTTON = {"background": "#0E6F66", "color": "#FFFFFF"}


def check_dark_mode(html: str):
    """Of every mail that a test reads: nothing but a button has a colour or a background."""
    for tag, style in re.findall(r'<(\w+)[^>]*? style="([^"]*)"', html):
        said = dict(each.split(":", 1) for each in style.split(";") if each)
        colours = {name: value for name, value in said.items()
                   if name.startswith("background") or name == "color" and value != "inherit"}
        assert not colours or tag == "a" and colours == BUTTON, (tag, style)
    assert not re.search(r"<style|<font|<link|bgcolor", html), html


class Community:
    """A server with its administrator, and people who sign up the real way."""

    def __init__(self, server):
        self.server = server
        self.admin = Client(server.address)
        # It stands in the line behind the one that start() waits for.
        token = wait_for(lambda: server.setup_url).split("token=")[1]
        answer = self.admin.post("/v1/setup", {
            "token": token, "handle": "ada", "name": "Ada Admin", "email": "ada@example.org",
            "password": PASSWORD, "country": "SG", "use": "token"})
        assert answer.status == 201, answer.body
        self.admin.token = answer.json["token"]

    def mails(self, to: str) -> list[dict]:
        answer = self.admin.get("/v1/admin/mailbox?limit=100")
        if answer.status == 429:  # asked so often on a slow machine: later
            time.sleep(1)
            return []
        for mail in answer.json["items"]:
            check_dark_mode(mail["html"])
        return [mail for mail in answer.json["items"] if mail["to"] == to]

    def mail(self, to: str, subject: str) -> dict:
        """The newest mail to somebody whose subject contains `subject`."""
        return wait_for(lambda: next((m for m in self.mails(to) if subject in m["subject"]), None))

    def code(self, email: str) -> str:
        return self.mail(email, "Your code")["subject"].split(": ")[-1]

    def sign_up(self, handle: str, browser=False, **changes):
        client = Client(self.server.address, browser)
        body = {"handle": handle, "name": handle.title(), "email": f"{handle}@example.org",
                "password": PASSWORD, "country": "SG", **ACCEPTED, **changes}
        return client, client.post("/v1/accounts", body)

    def member(self, handle: str, **changes) -> Client:
        client, answer = self.sign_up(handle, **changes)
        assert answer.status == 201, answer.body
        email = changes.get("email", f"{handle}@example.org")
        verified = client.post("/v1/accounts/verify",
                               {"email": email, "code": self.code(email), "use": "token"})
        assert verified.status == 201, verified.body
        client.token = verified.json["token"]
        client.account = verified.json["account"]
        return client
