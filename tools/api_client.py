"""A small client of the Picsharz API, on the standard library alone.

A Client belongs to one thread at a time. A refusal raises ApiError with the server's own sentence;
429 and 503 are waited for as the server says, a bounded number of times.
"""

import http.client
import json
import time
import urllib.parse
import uuid

TRIES = 5
LONGEST_WAIT = 20  # seconds: a server that asks for more is not waited for
TIMEOUT = 60


class ApiError(Exception):
    def __init__(self, status, problem):
        self.status = status
        self.code = problem.get("code", "")
        fields = "; ".join(f"{each['field']}: {each['detail']}"
                           for each in problem.get("errors", []))
        super().__init__(" ".join(filter(None, [problem.get("detail") or str(status), fields])))


class Client:
    def __init__(self, url, token=None):
        parts = urllib.parse.urlsplit(url)
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise ValueError(f"{url} is no server's address; one looks like http://127.0.0.1:8080")
        secure = parts.scheme == "https"
        self.connection = http.client.HTTPSConnection if secure else http.client.HTTPConnection
        self.url, self.host, self.port = url, parts.hostname, parts.port
        self.token = token
        self.cookies = {}
        self.location = ""  # of what the last request made, where it made something

    def again(self):
        """The same person for another thread."""
        return Client(self.url, self.token)

    def call(self, method, path, body=None):
        """The JSON of a 2xx answer (None where it has none)."""
        data = None if body is None else json.dumps(body).encode()
        return self.send(method, path, data, {"Content-Type": "application/json"})

    def upload(self, path, name, data, fields):
        boundary = uuid.uuid4().hex
        parts = [f'--{boundary}\r\nContent-Disposition: form-data; name="{key}"\r\n\r\n{value}\r\n'
                 for key, value in fields.items()]
        parts.append(f'--{boundary}\r\nContent-Disposition: form-data; name="file"; '
                     f'filename="{urllib.parse.quote(name)}"\r\n'
                     "Content-Type: application/octet-stream\r\n\r\n")
        body = "".join(parts).encode() + data + f"\r\n--{boundary}--\r\n".encode()
        return self.send("POST", path, body,
                         {"Content-Type": f"multipart/form-data; boundary={boundary}"})

    def items(self, path):
        """Every item of a list, page after page."""
        cursor = None
        while True:
            query = urllib.parse.urlencode({"limit": 100} | ({"cursor": cursor} if cursor else {}))
            page = self.call("GET", f"{path}?{query}")
            yield from page["items"]
            cursor = page["next"]
            if not cursor:
                return

    def send(self, method, path, data, headers):
        headers = {key: value for key, value in headers.items() if data is not None}
        headers |= {"Accept": "application/json", "Picsharz-Client": "demo"}
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        if self.cookies:
            headers["Cookie"] = "; ".join(f"{key}={value}" for key, value in self.cookies.items())
            headers["Sec-Fetch-Site"] = "none"  # a program of the person's own, no other site
        if method == "POST":
            headers["Idempotency-Key"] = str(uuid.uuid4())  # one for all tries
        for last in [False] * (TRIES - 1) + [True]:
            status, retry_after, answer = self.once(method, path, data, headers)
            if status < 300:
                return answer
            if last or status not in {429, 503} or retry_after > LONGEST_WAIT:
                raise ApiError(status, answer or {})
            time.sleep(retry_after)

    def once(self, method, path, data, headers):
        connection = self.connection(self.host, self.port, timeout=TIMEOUT)
        try:
            connection.request(method, path, data, headers)
            response = connection.getresponse()
            text = response.read()
        finally:
            connection.close()
        for cookie in response.headers.get_all("Set-Cookie") or []:
            name, _, value = cookie.split(";")[0].partition("=")
            self.cookies[name.strip()] = value.strip()
        self.location = response.headers.get("Location", "")
        kind = response.headers.get("Content-Type", "")
        answer = json.loads(text) if text and "json" in kind else None
        return response.status, int(response.headers.get("Retry-After") or 1), answer
