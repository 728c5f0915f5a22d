"""Reads TensorFlow.js models: weights as numpy arrays, the topology as plain dictionaries.

Two packagings exist. A directory with model.json and binary shards, and nsfwjs' JavaScript modules
whose only export is an object literal (the topology) or a base64 string (a shard).
"""

import base64
import hashlib
import json
import re

import numpy as np

NARROW = {"uint8": np.uint8, "uint16": np.uint16}
PLAIN = {"float32": np.float32, "int32": np.int32, "bool": np.bool_}

TOKEN = re.compile(
    r'(?P<string>"(?:[^"\\]|\\.)*")'
    r"|(?P<number>-?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)"
    r"|(?P<truth>![01])"
    r"|(?P<word>[A-Za-z_$][\w$]*)"
    r"|(?P<mark>[{}\[\]:,])"
)


class FormatError(Exception):
    """A file is not what its name promises."""


def exported(source):
    """The expression that a minified module assigns to its `exports`, as JSON text."""
    start = source.find(".exports=", source.find("({1:["))
    if start < 0:
        raise FormatError("no exported value found in the JavaScript module")
    return literal_to_json(source, start + len(".exports="))


def literal_to_json(source, at):
    """One JavaScript literal (object, array, string, number) starting at `at`, as JSON text."""
    parts, depth = [], 0
    while True:
        match = TOKEN.match(source, at)
        if not match:
            raise FormatError("unexpected text in a literal: " + source[at : at + 20])
        at = match.end()
        kind, text = match.lastgroup, match.group()
        if kind == "word" and text != "null":
            text = json.dumps(text)  # a key without quotes
        elif kind == "truth":
            text = "true" if text == "!0" else "false"
        elif kind == "number":
            text = repr(float(text)) if re.search(r"[.eE]", text) else text
        parts.append(text)
        depth += text in "{["
        depth -= text in "}]"
        if depth == 0:
            return "".join(parts)


def read_module(path):
    """What one of nsfwjs' modules exports: a dictionary, or the bytes of a shard."""
    value = json.loads(exported(path.read_text(encoding="utf-8")))
    return base64.b64decode(value, validate=True) if isinstance(value, str) else value


def read_model(topology, shards):
    """(topology dictionary, concatenated weight bytes) of a model in either packaging."""
    if topology.suffix == ".js":
        return read_module(topology), b"".join(read_module(shard) for shard in shards)
    return json.loads(topology.read_bytes()), b"".join(shard.read_bytes() for shard in shards)


def sha256(data):
    return hashlib.sha256(data).hexdigest()


def weights_of(model, data):
    """{name: array} in the order of the manifest; quantised values become float32."""
    arrays, at = {}, 0
    for group in model["weightsManifest"]:
        for spec in group["weights"]:
            count = int(np.prod(spec["shape"], dtype=np.int64))
            stored, convert = stored_as(spec)
            size = count * stored.itemsize
            if at + size > len(data):
                raise FormatError("the weights end before " + spec["name"])
            raw = np.frombuffer(data, stored, count, at)
            arrays[spec["name"]] = convert(raw).reshape(spec["shape"])
            at += size
    if at != len(data):
        raise FormatError(f"{len(data) - at} bytes of weights belong to nothing")
    return arrays


def stored_as(spec):
    """The type a weight is stored with, and the function that gives its values."""
    quantization = spec.get("quantization")
    if quantization is None:
        return np.dtype(PLAIN[spec["dtype"]]), np.copy
    if quantization["dtype"] == "float16":
        return np.dtype(np.float16), lambda raw: raw.astype(np.float32)
    scale, low = quantization["scale"], quantization["min"]
    return (
        np.dtype(NARROW[quantization["dtype"]]),
        # In double precision and rounded once, as TensorFlow.js does it.
        lambda raw: (raw.astype(np.float64) * scale + low).astype(np.float32),
    )
