"""TensorFlow Lite classifiers to ONNX, with their quantised weights as ordinary numbers.

What the file computes in eight bits is computed in floats: weights are (stored - zero) * scale,
biases stored * scale, and the roundings between layers disappear. Where an activation was limited
by its quantised range, the fused ReLU6 says so. What is not known is refused by name.
"""

import numpy as np

from convert import Unsupported
from onnx_builder import Builder


def convert(model, spec):
    """The bytes of the ONNX model: "scores", and "embedding", what the last layer is made from."""
    graph = LiteModel(model, Builder(spec["size"]))
    graph.build()
    outputs = {"scores": graph.scores()}
    if graph.pooled is not None:
        outputs["embedding"] = graph.builder.flatten(graph.pooled)
    return graph.builder.model(outputs, spec["name"])


class LiteModel:
    """The operators stand in the file in an order in which they can be run."""

    def __init__(self, model, builder):
        self.model, self.builder = model, builder
        self.values = {model.inputs[0]: "pixels"}
        self.pooled = None

    def build(self):
        for operator in self.model.operators:
            handler = getattr(self, "on_" + operator.kind, None)
            if handler is None:
                raise Unsupported("operation " + operator.kind)
            self.values[operator.outputs[0]] = handler(operator)

    def scores(self):
        return self.values[self.model.outputs[0]]

    def constant(self, operator, which):
        """The numbers of one of an operator's constant inputs; None where it has none."""
        if which >= len(operator.inputs) or operator.inputs[which] < 0:
            return None
        array = self.model.tensors[operator.inputs[which]].constant()
        if array is None:
            raise Unsupported("computed weights in " + operator.kind)
        return array

    def value(self, operator, which=0):
        return self.values[operator.inputs[which]]

    def activated(self, operator, value):
        kind = operator.options["activation"]
        if kind == "unknown":
            raise Unsupported("an activation of " + operator.kind)
        return self.builder.activation(kind, value)

    def on_Quantize(self, operator):
        return self.value(operator)

    on_Dequantize = on_Quantize

    def on_Conv2D(self, operator):
        return self.convolution(operator, depthwise=False)

    def on_DepthwiseConv2D(self, operator):
        return self.convolution(operator, depthwise=True)

    def convolution(self, operator, depthwise):
        """Lite has (out, kh, kw, in), depthwise (1, kh, kw, channels); here it comes last."""
        options = operator.options
        if options["dilations"] != [1, 1] or options["padding"] == "unknown":
            raise Unsupported("dilation or padding in " + operator.kind)
        weights = self.constant(operator, 1).transpose(1, 2, 3, 0)
        y = self.builder.conv(
            self.value(operator), weights, self.constant(operator, 2), options["strides"],
            options["padding"], depthwise,
        )  # fmt: skip
        return self.activated(operator, y)

    def on_Add(self, operator):
        y = self.builder.binary("Add", self.value(operator), self.value(operator, 1))
        return self.activated(operator, y)

    def on_Mean(self, operator):
        if sorted(self.constant(operator, 1).reshape(-1).tolist()) != [1, 2]:
            raise Unsupported("a mean that is not over height and width")
        self.pooled = self.builder.global_pool("GlobalAveragePool", self.value(operator))
        return self.pooled

    def on_Reshape(self, operator):
        """Only from one value a channel to a list of them."""
        shape = self.model.tensors[operator.outputs[0]].shape
        if len(shape) != 2 or shape[0] != 1:
            raise Unsupported(f"reshape to {shape}")
        return self.builder.flatten(self.value(operator))

    def on_FullyConnected(self, operator):
        weights = self.constant(operator, 1)
        bias = self.constant(operator, 2)
        if bias is None:
            bias = np.zeros(weights.shape[0])
        y = self.builder.dense(
            self.value(operator), np.float32(weights.transpose()), np.float32(bias)
        )
        return self.activated(operator, y)

    def on_Softmax(self, operator):
        if operator.options["beta"] != 1:
            raise Unsupported("softmax with another beta than 1")
        return self.builder.activation("softmax", self.value(operator))
