"""Builds an ONNX graph of one picture: channels first, batch 1, every shape known.

TensorFlow keeps channels last; ONNX Runtime's fast CPU convolutions want them first. The picture is
planar already when it reaches the model, so nothing is transposed at run time.
"""

import itertools

import numpy as np
from onnx import TensorProto, checker, helper, numpy_helper

OPSET = 13
IR_VERSION = 7


def same_padding(size, kernel, stride):
    """TensorFlow's SAME: the smaller half before, the larger after."""
    total = max((-(-size // stride) - 1) * stride + kernel - size, 0)
    return total // 2, total - total // 2


class Builder:
    """Values are names; shape[name] is (channels, height, width), or (count,) of a vector."""

    def __init__(self, side):
        self.nodes, self.constants, self.numbers = [], [], itertools.count()
        self.shape = {"pixels": (3, side, side)}

    def constant(self, array):
        name = f"c{len(self.constants)}"
        self.constants.append(numpy_helper.from_array(np.ascontiguousarray(array), name))
        return name

    def scalar(self, value):
        return self.constant(np.float32(value))

    def node(self, op, inputs, shape, **attributes):
        name = f"v{next(self.numbers)}"
        self.nodes.append(helper.make_node(op, inputs, [name], **attributes))
        self.shape[name] = tuple(shape)
        return name

    def pads(self, x, kernel, strides, padding):
        """[top, left, bottom, right]; padding is "same", "valid" or explicit ((t, b), (l, r))."""
        if padding == "valid":
            return [0, 0, 0, 0]
        if padding != "same":
            (top, bottom), (left, right) = padding
            return [top, left, bottom, right]
        _, height, width = self.shape[x]
        top, bottom = same_padding(height, kernel[0], strides[0])
        left, right = same_padding(width, kernel[1], strides[1])
        return [top, left, bottom, right]

    def slid(self, x, kernel, strides, pads):
        """Height and width after a window was slid over x."""
        _, height, width = self.shape[x]
        return (
            (height + pads[0] + pads[2] - kernel[0]) // strides[0] + 1,
            (width + pads[1] + pads[3] - kernel[1]) // strides[1] + 1,
        )

    def conv(self, x, weights, bias, strides, padding, depthwise=False):
        """weights as TensorFlow has them: (kh, kw, in, out), depthwise (kh, kw, in, multiplier)."""
        kernel = weights.shape[:2]
        if depthwise:
            kh, kw, channels, multiplier = weights.shape
            planes = weights.reshape(kh, kw, 1, channels * multiplier)
            groups = channels
        else:
            planes, groups = weights, 1
        planes = planes.transpose(3, 2, 0, 1).astype(np.float32)
        inputs = [x, self.constant(planes)]
        if bias is not None:
            inputs.append(self.constant(bias.astype(np.float32)))
        pads = self.pads(x, kernel, strides, padding)
        return self.node(
            "Conv", inputs, (planes.shape[0], *self.slid(x, kernel, strides, pads)),
            kernel_shape=list(kernel), strides=list(strides), pads=pads, group=groups,
        )  # fmt: skip

    def pool(self, op, x, kernel, strides, padding):
        pads = self.pads(x, kernel, strides, padding)
        return self.node(
            op, [x], (self.shape[x][0], *self.slid(x, kernel, strides, pads)),
            kernel_shape=list(kernel), strides=list(strides), pads=pads,
        )  # fmt: skip

    def global_pool(self, op, x):
        return self.node(op, [x], (self.shape[x][0], 1, 1))

    def flatten(self, x):
        """Only of one value a channel: else the order of the elements would differ."""
        channels, height, width = self.shape[x]
        if (height, width) != (1, 1):
            raise ValueError("flatten of a picture is not supported")
        return self.node("Flatten", [x], (channels,), axis=1)

    def dense(self, x, weights, bias):
        return self.node(
            "Gemm", [x, self.constant(weights), self.constant(bias)], (weights.shape[1],)
        )

    def activation(self, kind, x):
        if kind == "linear":
            return x
        if kind == "relu6":
            return self.node("Clip", [x, self.scalar(0), self.scalar(6)], self.shape[x])
        op = {"relu": "Relu", "sigmoid": "Sigmoid", "softmax": "Softmax"}[kind]
        return self.node(op, [x], self.shape[x], **({"axis": 1} if op == "Softmax" else {}))

    def binary(self, op, a, b):
        shape = max(self.shape[a], self.shape[b], key=np.prod)
        return self.node(op, [a, b], shape)

    def hard_sigmoid(self, x, sixth):
        """relu6(x + 3) / 6, MobileNetV3's gate; `sixth` is 1/6 as the model has it."""
        return self.node("HardSigmoid", [x], self.shape[x], alpha=sixth, beta=3 * sixth)

    def concat(self, inputs):
        channels = sum(self.shape[x][0] for x in inputs)
        return self.node("Concat", inputs, (channels, *self.shape[inputs[0]][1:]), axis=1)

    def enlarge(self, x, height, width):
        """TensorFlow's bilinear resize without half pixel centres."""
        channels = self.shape[x][0]
        sizes = self.constant(np.array([1, channels, height, width], np.int64))
        empty = self.constant(np.zeros(0, np.float32))
        return self.node(
            "Resize", [x, empty, empty, sizes], (channels, height, width),
            mode="linear", coordinate_transformation_mode="asymmetric",
        )  # fmt: skip

    def model(self, outputs, name):
        """The serialised model; outputs: {name outside: value}."""
        for title, value in outputs.items():
            self.rename(value, title)
        outside = lambda title, shape: helper.make_tensor_value_info(
            title, TensorProto.FLOAT, [1, *shape]
        )
        graph = helper.make_graph(
            self.nodes,
            name,
            [outside("pixels", self.shape["pixels"])],
            [outside(title, self.shape[title]) for title in outputs],
            self.constants,
        )
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)])
        model.ir_version = IR_VERSION
        model.producer_name = "picsharz"
        checker.check_model(model, full_check=True)
        return model.SerializeToString()

    def rename(self, value, title):
        """Gives a value that nobody reads the name by which it is known outside."""
        makers = [node for node in self.nodes if value in node.output]
        if len(makers) != 1 or any(value in node.input for node in self.nodes):
            raise ValueError("an output must be made by one node and read by none")
        makers[0].output[0] = title
        self.shape[title] = self.shape.pop(value)
