#!/usr/bin/python3
"""Records what the rich model says about the test's pictures, computed a second time.

    PICSHARZ_RECORD_PIXELS=pixels test_vision --gtest_filter='Reference*'   makes pixels/*.ppm
    tools/models/record_lite_references.py PIXELS [--cache DIRECTORY]

Writes tests/fixtures/vision_references_rich.json, and into manifest.json the self-test's scores
(those of test_picture_0). The graph is evaluated here operator by operator with numpy, channels
last as TensorFlow has it, from the file's de-quantised weights; resize and crop are written out a
second time: nothing of the conversion to ONNX, of the runtime or of our C++ takes part.
"""

import argparse
import json
import re
from pathlib import Path

import numpy as np

import prepare
import tflite

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
NAME = "imagenet_mobilenet_v2"
LEAST = 0.0005  # a score below this is not written down
EVERY = 20  # of the embedding's numbers one in so many is


def same_margins(size, kernel, stride):
    total = max((-(-size // stride) - 1) * stride + kernel - size, 0)
    return total // 2, total - total // 2


def windows(x, kernel, strides):
    """Every window of a SAME convolution: (rows, columns, kh, kw, channels)."""
    margins = [same_margins(x.shape[i], kernel[i], strides[i]) for i in (0, 1)]
    padded = np.pad(x, [*margins, (0, 0)])
    every = np.lib.stride_tricks.sliding_window_view(padded, kernel, (0, 1))
    return every[:: strides[0], :: strides[1]].transpose(0, 1, 3, 4, 2)


def activate(kind, x):
    return {"linear": x, "relu": np.maximum(x, 0), "relu6": np.clip(x, 0, 6)}[kind]


class Evaluation:
    """One picture on its way through the model."""

    def __init__(self, model, picture):
        self.model = model
        self.values = {model.inputs[0]: picture}
        self.embedding = None

    def run(self):
        for operator in self.model.operators:
            value = getattr(self, operator.kind)(operator)
            kind = operator.options.get("activation", "linear")
            self.values[operator.outputs[0]] = activate(kind, value)
        return self.values[self.model.outputs[0]]

    def input(self, operator, which=0):
        number = operator.inputs[which]
        constant = self.model.tensors[number].constant()
        return self.values[number] if constant is None else constant.astype(np.float64)

    def Quantize(self, operator):
        return self.input(operator)

    def Conv2D(self, operator):
        kernel = self.input(operator, 1)
        seen = windows(self.input(operator), kernel.shape[1:3], operator.options["strides"])
        return np.tensordot(seen, kernel, ([2, 3, 4], [1, 2, 3])) + self.input(operator, 2)

    def DepthwiseConv2D(self, operator):
        kernel = self.input(operator, 1)[0]
        seen = windows(self.input(operator), kernel.shape[:2], operator.options["strides"])
        return np.einsum("rcijk,ijk->rck", seen, kernel) + self.input(operator, 2)

    def Add(self, operator):
        return self.input(operator) + self.input(operator, 1)

    def Mean(self, operator):
        self.embedding = self.input(operator).mean((0, 1))
        return self.embedding[None, None]

    def Reshape(self, operator):
        return self.input(operator).reshape(-1)

    def Softmax(self, operator):
        powers = np.exp(self.input(operator) - self.input(operator).max())
        return powers / powers.sum()


def read_pixmap(path):
    """A P6 portable pixmap as height x width x 3, and the hash by which the test knows it."""
    data = path.read_bytes()
    header = re.match(rb"P6\n(\d+) (\d+)\n255\n", data)
    width, height = int(header[1]), int(header[2])
    rgb = np.frombuffer(data, np.uint8, width * height * 3, header.end())
    value = 0x811C9DC5
    for byte in rgb.tobytes():
        value = ((value ^ byte) * 0x01000193) & 0xFFFFFFFF
    return rgb.reshape(height, width, 3).astype(np.float64), value


def resized(picture, length, axis):
    """Bilinear along one axis, pixel centre on pixel centre."""
    size = picture.shape[axis]
    at = np.clip((np.arange(length) + 0.5) * size / length - 0.5, 0, size - 1)
    low = np.floor(at).astype(int)
    high = np.minimum(low + 1, size - 1)
    part = (at - low).reshape([-1 if i == axis else 1 for i in range(3)])
    return picture.take(low, axis) * (1 - part) + picture.take(high, axis) * part


def prepared(picture, side):
    """The short side to 8/7 of the square's, the square from the middle, -1 to 1."""
    height, width, _ = picture.shape
    short = round(side * 8 / 7)
    rows, columns = (int(np.floor(n * short / min(height, width) + 0.5)) for n in (height, width))
    whole = resized(resized(picture, rows, 0), columns, 1)
    top, left = (rows - side) // 2, (columns - side) // 2
    return (whole[top : top + side, left : left + side] - 127.5) / 127.5


def strongest(scores):
    return {str(i): f"{score:.5f}" for i, score in enumerate(scores) if score >= LEAST}


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("pixels", type=Path)
    parser.add_argument("--cache", type=Path, default=ROOT / ".cache/models")
    options = parser.parse_args()
    manifest_path = HERE / "manifest.json"
    manifest = json.loads(manifest_path.read_text(encoding="utf-8"))
    entry = next(model for model in manifest["models"] if model["name"] == NAME)
    options.cache.mkdir(parents=True, exist_ok=True)
    data, _ = (prepare.public_file(options.cache, file) for file in entry["source"]["files"])
    model = tflite.read_model(data)
    references = {"recorded_with": "the de-quantised graph, evaluated with numpy", "pictures": []}
    for path in sorted(options.pixels.glob("*.ppm")):
        picture, value = read_pixmap(path)
        evaluation = Evaluation(model, prepared(picture, entry["size"]))
        scores = strongest(evaluation.run())
        references["pictures"].append(path.stem)
        references[path.stem + ".pixels"] = value
        references[path.stem + ".classes"] = [f"{i} {score}" for i, score in scores.items()]
        references[path.stem + ".embedding"] = [f"{n:.5f}" for n in evaluation.embedding[::EVERY]]
        if path.stem == "test_picture_0":
            entry["self_test_strongest"] = scores
        print(path.stem, flush=True)
    text = lambda value: json.dumps(value, indent=1, ensure_ascii=False) + "\n"
    fixtures = ROOT / "tests/fixtures"
    (fixtures / "vision_references_rich.json").write_text(text(references), encoding="utf-8")
    manifest_path.write_text(text(manifest), encoding="utf-8")


if __name__ == "__main__":
    main()
