"""tus 1.0.0, spoken word for word, so that a test can also say what is wrong."""
import base64
import http.client

STREAM = "application/offset+octet-stream"


def metadata(**fields) -> str:
    def coded(value) -> str:
        return base64.b64encode(value.encode() if isinstance(value, str) else value).decode()
    return ",".join(f"{key} {coded(value)}" for key, value in fields.items())


def create(client, length=None, body=None, headers=None, **fields):
    sent = {"Tus-Resumable": "1.0.0"}
    if length is not None:
        sent["Upload-Length"] = str(length)
    if fields:
        sent["Upload-Metadata"] = metadata(**fields)
    if body is not None:
        sent["Content-Type"] = STREAM
    sent.update(headers or {})
    return client.request("POST", "/v1/uploads", body, sent)


def patch(client, place, offset, data, headers=None, **more):
    sent = {"Tus-Resumable": "1.0.0", "Upload-Offset": str(offset), "Content-Type": STREAM}
    sent.update(headers or {})
    return client.request("PATCH", place, data, sent, **more)


def head(client, place, **headers):
    return client.request("HEAD", place, None, {"Tus-Resumable": "1.0.0", **headers})


def terminate(client, place):
    return client.request("DELETE", place, None, {"Tus-Resumable": "1.0.0"})


def offset(answer) -> int:
    return int(answer.headers["upload-offset"])


def begin_patch(client, place, at, length, data):
    """A PATCH that stops in the middle of its body; the connection is the caller's to end."""
    connection = http.client.HTTPConnection(client.host, timeout=60)
    connection.putrequest("PATCH", place)
    for name, value in {**client.headers("PATCH"), "Tus-Resumable": "1.0.0",
                        "Upload-Offset": str(at), "Content-Type": STREAM,
                        "Content-Length": str(length)}.items():
        connection.putheader(name, value)
    connection.endheaders()
    connection.send(data)
    return connection
