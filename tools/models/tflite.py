"""Reads TensorFlow Lite models: operators, and constants as numpy arrays, from the flat buffer.

The format is FlatBuffers (google/flatbuffers, docs/source/Internals.md) with the tables of
TensorFlow's lite/schema/schema.fbs; only the fields that a classifier needs are named here. Every
offset is checked: a file that is cut off or damaged is refused, never read beyond its end.
"""

import struct
from dataclasses import dataclass, field

import numpy as np

TYPES = {0: np.float32, 2: np.int32, 3: np.uint8, 9: np.int8}
OPERATORS = {0: "Add", 1: "AveragePool2D", 3: "Conv2D", 4: "DepthwiseConv2D", 6: "Dequantize",
             9: "FullyConnected", 22: "Reshape", 25: "Softmax", 40: "Mean",
             114: "Quantize"}  # fmt: skip
ACTIVATIONS = {0: "linear", 1: "relu", 3: "relu6"}
PADDINGS = {0: "same", 1: "valid"}


class FormatError(Exception):
    """A file is not what its name promises."""


class Table:
    """One table of a flat buffer: fields by their number in the schema."""

    def __init__(self, data, at):
        self.data, self.at = data, at
        self.fields = at - self.unpack("<i", at)
        self.size = self.unpack("<H", self.fields)

    def unpack(self, form, at):
        if not 0 <= at <= len(self.data) - struct.calcsize(form):
            raise FormatError("an offset leads out of the file")
        return struct.unpack_from(form, self.data, at)[0]

    def position(self, number):
        """Where a field lies; None where it has its default."""
        slot = 4 + 2 * number
        offset = self.unpack("<H", self.fields + slot) if slot < self.size else 0
        return self.at + offset if offset else None

    def value(self, number, form, default=0):
        at = self.position(number)
        return default if at is None else self.unpack(form, at)

    def target(self, number):
        at = self.position(number)
        return None if at is None else at + self.unpack("<I", at)

    def table(self, number):
        at = self.target(number)
        return None if at is None else Table(self.data, at)

    def tables(self, number):
        first = (self.target(number) or 0) + 4
        places = [first + 4 * i for i in range(len(self.array(number, np.uint32)))]
        return [Table(self.data, place + self.unpack("<I", place)) for place in places]

    def array(self, number, kind):
        at = self.target(number)
        if at is None:
            return np.zeros(0, kind)
        count = self.unpack("<I", at)
        if at + 4 + count * np.dtype(kind).itemsize > len(self.data):
            raise FormatError("a vector is longer than the file")
        return np.frombuffer(self.data, kind, count, at + 4)

    def text(self, number):
        return self.array(number, np.uint8).tobytes().decode("utf-8", "replace")


@dataclass
class Tensor:
    """scale and zero hold one number, or one for each channel along `axis`."""

    name: str
    shape: tuple
    kind: type
    scale: np.ndarray
    zero: np.ndarray
    axis: int
    data: bytes

    def constant(self):
        """Its values as numbers; None where they are computed."""
        if not self.data:
            return None
        stored = np.frombuffer(self.data, self.kind).reshape(self.shape)
        if not self.scale.size:
            return stored
        along = [1] * len(self.shape)
        if self.scale.size > 1:
            along[self.axis] = self.scale.size
        scale, zero = (part.astype(np.float64).reshape(along) for part in (self.scale, self.zero))
        return ((stored.astype(np.float64) - zero) * scale).astype(np.float32)


@dataclass
class Operator:
    kind: str
    inputs: list
    outputs: list
    options: dict = field(default_factory=dict)


@dataclass
class Model:
    tensors: list
    operators: list
    inputs: list
    outputs: list


def activation(table, number):
    return ACTIVATIONS.get(table.value(number, "<b"), "unknown") if table else "linear"


def window(table):
    """Padding and strides (down, across), where convolutions and pools alike have them."""
    padding = PADDINGS.get(table.value(0, "<b"), "unknown")
    return {"padding": padding, "strides": [table.value(2, "<i"), table.value(1, "<i")]}


def options_of(kind, table):
    if kind == "Conv2D":
        dilations = [table.value(5, "<i", 1), table.value(4, "<i", 1)]
        return {**window(table), "activation": activation(table, 3), "dilations": dilations}
    if kind == "DepthwiseConv2D":
        dilations = [table.value(6, "<i", 1), table.value(5, "<i", 1)]
        return {**window(table), "activation": activation(table, 4), "dilations": dilations}
    if kind == "AveragePool2D":
        size = [table.value(4, "<i"), table.value(3, "<i")]
        return {**window(table), "activation": activation(table, 5), "window": size}
    if kind in ("Add", "FullyConnected"):
        return {"activation": activation(table, 0)}
    if kind == "Softmax":
        return {"beta": table.value(0, "<f") if table else 1.0}
    return {}


def read_tensor(table, buffers):
    kind = table.value(1, "<b")
    if kind not in TYPES:
        raise FormatError(f"a tensor has the unknown type {kind}")
    number = table.value(2, "<I")
    if number >= len(buffers):
        raise FormatError("a tensor has no buffer")
    quantised = table.table(4)
    scale = quantised.array(2, np.float32) if quantised else np.zeros(0, np.float32)
    zero = quantised.array(3, np.int64) if quantised else np.zeros(0, np.int64)
    return Tensor(
        table.text(3), tuple(int(n) for n in table.array(0, np.int32)), TYPES[kind], scale,
        zero if zero.size else np.zeros_like(scale), quantised.value(6, "<i") if quantised else 0,
        buffers[number],
    )  # fmt: skip


def read_operator(table, codes):
    number = table.value(0, "<I")
    if number >= len(codes):
        raise FormatError("an operator has no code")
    kind = OPERATORS.get(codes[number], f"number {codes[number]}")
    numbers = [[int(n) for n in table.array(part, np.int32)] for part in (1, 2)]
    return Operator(kind, *numbers, options_of(kind, table.table(4)))


def read_model(data):
    """The first subgraph of the model in these bytes."""
    if data[4:8] != b"TFL3":
        raise FormatError("not a TensorFlow Lite model")
    root = Table(data, struct.unpack_from("<I", data)[0])
    # Older files have the code in a byte, newer ones in a number beside it.
    codes = [max(code.value(0, "<b"), code.value(3, "<i")) for code in root.tables(1)]
    buffers = [buffer.array(0, np.uint8).tobytes() for buffer in root.tables(4)]
    graphs = root.tables(2)
    if not graphs:
        raise FormatError("a model without a graph")
    graph = graphs[0]
    return checked(Model(
        [read_tensor(tensor, buffers) for tensor in graph.tables(0)],
        [read_operator(operator, codes) for operator in graph.tables(3)],
        [int(n) for n in graph.array(1, np.int32)], [int(n) for n in graph.array(2, np.int32)],
    ))  # fmt: skip


def checked(model):
    """The model, where every number of a tensor names one."""
    named = [model.inputs, model.outputs]
    named += [part for operator in model.operators for part in (operator.inputs, operator.outputs)]
    if not model.inputs or not model.outputs:
        raise FormatError("a model without input or output")
    for number in (number for part in named for number in part):
        if not -1 <= number < len(model.tensors):
            raise FormatError("there is no tensor of this number")
    return model
