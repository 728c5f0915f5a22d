"""TensorFlow.js models to ONNX: layers models (Keras) and graph models (frozen TensorFlow).

BatchNormalization and ZeroPadding2D disappear into the convolutions beside them, MobileNetV3's hard
sigmoid becomes one node. What is not known is refused by name: a model is never converted halfway.
"""

import base64

import numpy as np

from onnx_builder import Builder


class Unsupported(Exception):
    """The model has an operation that this converter does not know."""


def convert(model, weights, spec):
    """The bytes of the ONNX model; spec is the model's entry in the manifest."""
    builder = Builder(spec["size"])
    if "model_config" in model["modelTopology"]:
        output = LayersModel(model, weights, builder).build()
    else:
        output = GraphModel(model, weights, builder).build(spec["cut"])
    if spec.get("reduce") == "class_maximum":
        output = class_maximum(builder, output)
    return builder.model({"scores": output}, spec["name"])


def class_maximum(builder, logits):
    """The highest score of each class anywhere on the heat map.

    The sigmoid is monotonous: taken after the maximum it costs 80 values, not 80 x 128 x 128.
    """
    best = builder.flatten(builder.global_pool("GlobalMaxPool", logits))
    return builder.activation("sigmoid", best)


class LayersModel:
    """Keras' functional models, whose layers are stored in an order in which they can be run."""

    def __init__(self, model, weights, builder):
        self.config = model["modelTopology"]["model_config"]["config"]
        self.weights, self.builder = weights, builder
        self.layers = {layer["name"]: layer for layer in self.config["layers"]}
        self.readers = {}
        for layer in self.config["layers"]:
            for source in self.sources(layer):
                self.readers.setdefault(source, []).append(layer["name"])
        self.values, self.padding, self.folded = {}, {}, set()

    @staticmethod
    def sources(layer):
        nodes = layer["inbound_nodes"]
        return [inbound[0] for inbound in nodes[0]] if nodes else []

    def build(self):
        for layer in self.config["layers"]:
            kind = layer["class_name"]
            handler = getattr(self, "on_" + kind, None)
            if handler is None:
                raise Unsupported("layer " + kind)
            inputs = [self.values[source] for source in self.sources(layer)]
            self.values[layer["name"]] = handler(layer, inputs)
        return self.values[self.config["output_layers"][0][0]]

    def on_InputLayer(self, layer, inputs):
        return "pixels"

    def on_ZeroPadding2D(self, layer, inputs):
        self.padding[layer["name"]] = layer["config"]["padding"]
        return inputs[0]

    def on_Dropout(self, layer, inputs):
        return inputs[0]

    def on_Conv2D(self, layer, inputs):
        return self.convolution(layer, inputs[0], "kernel", depthwise=False)

    def on_DepthwiseConv2D(self, layer, inputs):
        return self.convolution(layer, inputs[0], "depthwise_kernel", depthwise=True)

    def convolution(self, layer, x, kernel, depthwise):
        config, name = layer["config"], layer["name"]
        if config["dilation_rate"] != [1, 1]:
            raise Unsupported("dilation in " + name)
        weights = self.weights[f"{name}/{kernel}"].astype(np.float64)
        bias = self.weights[f"{name}/bias"] if config["use_bias"] else 0
        weights, bias = self.fold(name, weights, bias, depthwise)
        padding = config["padding"]
        source = self.sources(layer)[0]
        if source in self.padding:
            if padding != "valid":
                raise Unsupported("padding twice before " + name)
            padding = self.padding[source]
        y = self.builder.conv(x, weights, bias, config["strides"], padding, depthwise)
        return self.builder.activation(config["activation"], y)

    def fold(self, name, weights, bias, depthwise):
        """The convolution with the BatchNormalization that alone reads it multiplied in."""
        outputs = weights.shape[2] * weights.shape[3] if depthwise else weights.shape[3]
        bias = np.broadcast_to(np.asarray(bias, np.float64), (outputs,))
        readers = self.readers[name]
        norm = self.layers[readers[0]]
        if len(readers) != 1 or norm["class_name"] != "BatchNormalization":
            return weights, bias
        if self.layers[name]["config"]["activation"] != "linear":
            raise Unsupported("an activation between convolution and normalization: " + name)
        self.folded.add(norm["name"])
        value = lambda part: self.weights[f"{norm['name']}/{part}"].astype(np.float64)
        factor = 1 / np.sqrt(value("moving_variance") + norm["config"]["epsilon"])
        if norm["config"]["scale"]:
            factor = factor * value("gamma")
        offset = value("beta") if norm["config"]["center"] else 0
        shape = weights.shape[2:] if depthwise else (1, outputs)
        return weights * factor.reshape(shape), (bias - value("moving_mean")) * factor + offset

    def on_BatchNormalization(self, layer, inputs):
        if layer["name"] not in self.folded:
            raise Unsupported("a normalization that follows no convolution: " + layer["name"])
        return inputs[0]

    def on_ReLU(self, layer, inputs):
        config = layer["config"]
        limit = config["max_value"]
        if config["negative_slope"] or config["threshold"] or limit not in (None, 6):
            raise Unsupported("ReLU with these limits: " + layer["name"])
        return self.builder.activation("relu6" if limit else "relu", inputs[0])

    def on_Activation(self, layer, inputs):
        return self.builder.activation(layer["config"]["activation"], inputs[0])

    def on_Add(self, layer, inputs):
        return self.builder.binary("Add", *inputs)

    def on_Concatenate(self, layer, inputs):
        return self.builder.concat(inputs)

    def on_MaxPooling2D(self, layer, inputs):
        config = layer["config"]
        window = config["pool_size"], config["strides"], config["padding"]
        return self.builder.pool("MaxPool", inputs[0], *window)

    def on_AveragePooling2D(self, layer, inputs):
        config = layer["config"]
        window = config["pool_size"], config["strides"], config["padding"]
        return self.builder.pool("AveragePool", inputs[0], *window)

    def on_GlobalAveragePooling2D(self, layer, inputs):
        return self.builder.flatten(self.builder.global_pool("GlobalAveragePool", inputs[0]))

    def on_Flatten(self, layer, inputs):
        return self.builder.flatten(inputs[0])

    def on_Dense(self, layer, inputs):
        name = layer["name"]
        kernel, bias = self.weights[name + "/kernel"], self.weights[name + "/bias"]
        y = self.builder.dense(inputs[0], kernel, bias)
        return self.builder.activation(layer["config"]["activation"], y)


class GraphModel:
    """A frozen TensorFlow graph, walked from its cut towards the input."""

    def __init__(self, model, weights, builder):
        self.nodes = {node["name"]: node for node in model["modelTopology"]["node"]}
        self.weights, self.builder = weights, builder
        self.values = {}

    def build(self, output):
        """Not by recursion: the graph is some hundred nodes deep."""
        waiting = [output]
        while waiting:
            name = waiting[-1]
            missing = [
                source
                for source in self.nodes[name].get("input", [])
                if source not in self.values and self.nodes[source]["op"] != "Const"
            ]
            if missing:
                waiting.extend(missing)
                continue
            waiting.pop()
            if name not in self.values:
                self.values[name] = self.lower(self.nodes[name])
        self.drop_unused(self.values[output])
        return self.values[output]

    def lower(self, node):
        handler = getattr(self, "on_" + node["op"].strip("_"), None)
        if handler is None:
            raise Unsupported("operation " + node["op"])
        return handler(node, node.get("input", []))

    def drop_unused(self, output):
        """Halves of a hard sigmoid stand unread once the whole is one node."""
        read, kept = {output}, []
        for node in reversed(self.builder.nodes):
            if node.output[0] in read:
                read.update(node.input)
                kept.append(node)
        self.builder.nodes[:] = reversed(kept)

    def constant(self, name):
        """The array behind a constant, or None."""
        return self.weights[name] if self.nodes[name]["op"] == "Const" else None

    def value(self, name):
        """A computed value, or a constant brought into the graph."""
        array = self.constant(name)
        if array is None:
            return self.values[name]
        if array.size != 1:
            raise Unsupported("a constant that is no single number: " + name)
        constant = self.builder.scalar(array.reshape(()))
        self.builder.shape[constant] = ()
        return constant

    @staticmethod
    def text(node, attribute):
        return base64.b64decode(node["attr"][attribute]["s"]).decode().lower()

    def on_Placeholder(self, node, inputs):
        return "pixels"

    def on_Identity(self, node, inputs):
        return self.value(inputs[0])

    def on_Conv2D(self, node, inputs):
        return self.convolution(node, inputs, depthwise=False)

    def on_DepthwiseConv2dNative(self, node, inputs):
        return self.convolution(node, inputs, depthwise=True)

    on_FusedConv2D = on_Conv2D
    on_FusedDepthwiseConv2dNative = on_DepthwiseConv2dNative

    def convolution(self, node, inputs, depthwise):
        numbers = lambda attribute: [int(i) for i in node["attr"][attribute]["list"]["i"]]
        if numbers("dilations") != [1, 1, 1, 1]:
            raise Unsupported("dilation in " + node["name"])
        fused = node["attr"].get("fused_ops", {"list": {}})["list"].get("s", [])
        fused = [base64.b64decode(op).decode().lower() for op in fused]
        if fused[:1] not in ([], ["biasadd"]) or len(inputs) != 2 + len(fused[:1]):
            raise Unsupported(f"fused operations {fused} in {node['name']}")
        bias = self.constant(inputs[2]) if fused else None
        y = self.builder.conv(
            self.value(inputs[0]), self.constant(inputs[1]), bias,
            numbers("strides")[1:3], self.text(node, "padding"), depthwise,
        )  # fmt: skip
        for kind in fused[1:]:
            y = self.builder.activation(kind, y)
        return y

    def on_Relu(self, node, inputs):
        return self.builder.activation("relu", self.value(inputs[0]))

    def on_Relu6(self, node, inputs):
        return self.builder.activation("relu6", self.value(inputs[0]))

    def on_Sigmoid(self, node, inputs):
        return self.builder.activation("sigmoid", self.value(inputs[0]))

    def on_Add(self, node, inputs):
        return self.builder.binary("Add", self.value(inputs[0]), self.value(inputs[1]))

    on_AddV2 = on_Add

    def on_Mul(self, node, inputs):
        """Knows the two spellings of hard sigmoid and hard swish: one node is a sixth faster.

        Where the gate is fully open it gives 1; float16's 6 * 0.16663 would be 0.99976. That moves
        the scores of the detector by at most 0.0009.
        """
        for gate, factor in (inputs, reversed(inputs)):
            source = self.hard_sigmoid_source(gate)
            if source is None:
                continue
            sixth = self.sixth(factor)
            if sixth is not None:
                return self.builder.hard_sigmoid(self.values[source], sixth)
            scaled, sixth = self.scaled_by_sixth(factor)
            if scaled is not None:
                gate_value = self.builder.hard_sigmoid(self.values[source], sixth)
                return self.builder.binary("Mul", self.values[scaled], gate_value)
        return self.builder.binary("Mul", self.value(inputs[0]), self.value(inputs[1]))

    def hard_sigmoid_source(self, name):
        """x where the node is relu6(x + 3)."""
        if self.nodes[name]["op"] != "Relu6":
            return None
        add = self.nodes[self.nodes[name]["input"][0]]
        if add["op"] not in ("Add", "AddV2"):
            return None
        source, offset = add["input"]
        array = self.constant(offset)
        return source if array is not None and array.size == 1 and array == 3 else None

    def sixth(self, name):
        """The constant's value where it is 1/6; the weights are float16, so it is 0.16663."""
        array = self.constant(name)
        known = array is not None and array.size == 1 and abs(float(array) - 1 / 6) < 1e-4
        return float(array) if known else None

    def scaled_by_sixth(self, name):
        """(x, the constant) where the node is x * 1/6."""
        if self.nodes[name]["op"] == "Mul":
            a, b = self.nodes[name]["input"]
            for source, factor in ((a, b), (b, a)):
                if self.sixth(factor) is not None:
                    return source, self.sixth(factor)
        return None, None

    def on_Mean(self, node, inputs):
        if list(self.constant(inputs[1])) != [1, 2] or not node["attr"]["keep_dims"]["b"]:
            raise Unsupported("a mean that is not over height and width: " + node["name"])
        return self.builder.global_pool("GlobalAveragePool", self.value(inputs[0]))

    def on_ConcatV2(self, node, inputs):
        if int(self.constant(inputs[-1])) not in (3, -1):
            raise Unsupported("a concatenation that is not of channels: " + node["name"])
        return self.builder.concat([self.value(x) for x in inputs[:-1]])

    def on_ResizeBilinear(self, node, inputs):
        attributes = node["attr"]
        if attributes["align_corners"]["b"] or attributes["half_pixel_centers"]["b"]:
            raise Unsupported("resize with these corners: " + node["name"])
        height, width = (int(n) for n in self.constant(inputs[1]))
        return self.builder.enlarge(self.value(inputs[0]), height, width)
