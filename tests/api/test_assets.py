"""What the web page is made of: packed beforehand, and kept for as long as it is good."""
import ctypes
import gzip
import re

import pytest

from support.client import Client

pytestmark = pytest.mark.one_engine  # files of the web

FOR_EVER = "public, max-age=31536000, immutable"


def unpack(coding, data, length):
    if coding == "gzip":
        return gzip.decompress(data)
    library = ctypes.CDLL("libbrotlidec.so.1")  # the program's HTTP client needs it anyway
    out = ctypes.create_string_buffer(length)
    size = ctypes.c_size_t(length)
    done = library.BrotliDecoderDecompress(ctypes.c_size_t(len(data)), data,
                                           ctypes.byref(size), out)
    assert done == 1 and size.value == length
    return out.raw


@pytest.fixture(scope="module")
def visitor(server):
    return Client(server.address)


@pytest.fixture(scope="module")
def script(visitor):
    page = visitor.get("/", check=False).body.decode()
    return re.search(r'src="(/assets/[\w.-]+\.js)"', page)[1]


def ask(visitor, path, **headers):
    return visitor.request("GET", path, headers=headers, check=False)


def test_an_asset_comes_packed_as_the_browser_takes_it(visitor, script):
    plain = ask(visitor, script)
    assert plain.status == 200 and "content-encoding" not in plain.headers
    assert plain.headers["content-type"] == "text/javascript; charset=utf-8"
    sizes, tags = {"plain": len(plain.body)}, {plain.headers["etag"]}
    for accepted, coding in (("gzip", "gzip"), ("gzip, deflate, br", "br"), ("br", "br")):
        packed = ask(visitor, script, **{"Accept-Encoding": accepted})
        assert packed.headers["content-encoding"] == coding, accepted
        assert unpack(coding, packed.body, len(plain.body)) == plain.body, accepted
        assert packed.headers["content-type"] == plain.headers["content-type"]
        assert int(packed.headers["content-length"]) == len(packed.body)
        sizes[coding] = len(packed.body)
        tags.add(packed.headers["etag"])
    assert sizes["br"] < sizes["gzip"] < sizes["plain"] / 2
    assert len(tags) == 3  # a cache must not take one for another
    for refused in ("identity", "deflate", "gzip;q=0, br;q=0", "*"):
        answer = ask(visitor, script, **{"Accept-Encoding": refused})
        assert "content-encoding" not in answer.headers, refused
        assert answer.body == plain.body, refused


def test_what_has_its_hash_in_its_name_is_kept_for_ever(visitor, script):
    for accepted in ("identity", "gzip", "br"):
        headers = ask(visitor, script, **{"Accept-Encoding": accepted}).headers
        assert headers["cache-control"] == FOR_EVER and headers["vary"] == "Accept-Encoding"
    for path in ("/sw.js", "/icon-192.png"):
        headers = ask(visitor, path).headers
        assert headers["cache-control"] == "no-cache" and headers["vary"] == "Accept-Encoding", path


@pytest.mark.parametrize("accepted", ["identity", "gzip", "br"])
def test_who_has_it_is_told_that_it_is_still_good(visitor, script, accepted):
    for path in (script, "/sw.js"):
        first = ask(visitor, path, **{"Accept-Encoding": accepted})
        tag = first.headers["etag"]
        again = ask(visitor, path, **{"Accept-Encoding": accepted, "If-None-Match": tag})
        assert (again.status, again.body) == (304, b""), path
        assert again.headers["etag"] == tag and again.headers["vary"] == "Accept-Encoding"
        assert again.headers["cache-control"] == first.headers["cache-control"]
        other = ask(visitor, path, **{"Accept-Encoding": accepted, "If-None-Match": '"other"'})
        assert (other.status, other.body) == (200, first.body), path
