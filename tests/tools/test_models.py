"""tools/models: what is read from packages, what is refused, and what a person is told."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

np = pytest.importorskip("numpy")
onnx = pytest.importorskip("onnx")

ROOT = Path(__file__).resolve().parent.parent.parent
MODELS = ROOT / "tools/models"
sys.path.insert(0, str(MODELS))

import convert  # noqa: E402
import prepare  # noqa: E402
import tfjs  # noqa: E402
from onnx_builder import Builder, same_padding  # noqa: E402

MODULE = "!function(e){}(function(){return x({1:[function(e,a,n){a.exports=%s},{}]},{},[1])(1)});"


@pytest.mark.parametrize("literal, value", [
    ('{a:1,"b-c":[.5,-.25,1e3,null],d:!0,e:!1}',
     {"a": 1, "b-c": [0.5, -0.25, 1000, None], "d": True, "e": False}),
    ('{min:-0,scale:1963169733975448e-20}', {"min": 0, "scale": 1.963169733975448e-05}),
    ('"a\\"}{\\n"', 'a"}{\n'),
    ("[]", []),
])
def test_a_module_is_read_without_running_it(literal, value):
    assert json.loads(tfjs.exported(MODULE % literal)) == value


@pytest.mark.parametrize("source", ["", "module.exports={}", MODULE % "{a:alert(1)}",
                                    "({1:[a.exports={a:[1,"])
def test_what_is_no_literal_is_refused(source):
    with pytest.raises(tfjs.FormatError):
        tfjs.exported(source)


def weights(*specs):
    return {"weightsManifest": [{"weights": list(specs)}]}


def test_weights_are_dequantised():
    quantised = {"name": "q", "shape": [3], "dtype": "float32",
                 "quantization": {"dtype": "uint8", "scale": 0.5, "min": -1.0}}
    half = {"name": "h", "shape": [1, 2], "dtype": "float32",
            "quantization": {"dtype": "float16", "original_dtype": "float32"}}
    plain = {"name": "i", "shape": [], "dtype": "int32"}
    data = bytes([0, 2, 255]) + np.array([1.5, -2], np.float16).tobytes()
    data += np.array(7, np.int32).tobytes()
    arrays = tfjs.weights_of(weights(quantised, half, plain), data)
    assert arrays["q"].tolist() == [-1.0, 0.0, 126.5] and arrays["q"].dtype == np.float32
    assert arrays["h"].tolist() == [[1.5, -2.0]] and arrays["h"].dtype == np.float32
    assert arrays["i"] == 7


@pytest.mark.parametrize("size", [3, 5])
def test_weights_of_another_length_are_refused(size):
    with pytest.raises(tfjs.FormatError):
        tfjs.weights_of(weights({"name": "f", "shape": [1], "dtype": "float32"}), bytes(size))


@pytest.mark.parametrize("size, kernel, stride, expected", [
    (224, 3, 2, (0, 1)), (7, 3, 1, (1, 1)), (7, 3, 2, (1, 1)), (512, 5, 2, (1, 2)),
    (4, 1, 2, (0, 0)),
])
def test_same_padding_is_tensorflows(size, kernel, stride, expected):
    assert same_padding(size, kernel, stride) == expected


def layer(kind, name, source, **config):
    return {"class_name": kind, "name": name, "config": {"name": name, **config},
            "inbound_nodes": [[[source, 0, 0, {}]]] if source else []}


def model_of(*layers):
    config = {"layers": list(layers), "output_layers": [[layers[-1]["name"], 0, 0]]}
    return {"modelTopology": {"model_config": {"config": config}}}


CONV = dict(dilation_rate=[1, 1], use_bias=False, padding="valid", strides=[1, 1],
            activation="linear")


def test_normalization_and_padding_disappear_into_the_convolution():
    model = model_of(
        layer("InputLayer", "in", None),
        layer("ZeroPadding2D", "pad", "in", padding=[[0, 1], [2, 3]]),
        layer("Conv2D", "conv", "pad", **CONV),
        layer("BatchNormalization", "norm", "conv", epsilon=0.0, scale=True, center=True),
    )
    kernel = np.arange(6, dtype=np.float32).reshape(1, 1, 3, 2)
    parts = {"gamma": [2, 3], "beta": [1, -1], "moving_mean": [4, 5], "moving_variance": [4, 9]}
    values = {"conv/kernel": kernel}
    values.update({f"norm/{part}": np.array(v, np.float32) for part, v in parts.items()})
    builder = Builder(4)
    output = convert.LayersModel(model, values, builder).build()
    assert [node.op_type for node in builder.nodes] == ["Conv"]
    assert builder.shape[output] == (2, 5, 9)
    folded, bias = (onnx.numpy_helper.to_array(c) for c in builder.constants)
    # gamma / sqrt(variance) is 1 for both channels; beta - mean is left.
    assert np.allclose(folded[:, :, 0, 0], kernel[0, 0].T) and np.allclose(bias, [-3, -6])
    attributes = {a.name: list(a.ints) for a in builder.nodes[0].attribute if a.ints}
    assert attributes["pads"] == [0, 2, 1, 3]


def test_an_unknown_layer_is_refused_by_name():
    model = model_of(layer("InputLayer", "in", None), layer("Lambda", "odd", "in"))
    with pytest.raises(convert.Unsupported, match="layer Lambda"):
        convert.LayersModel(model, {}, Builder(4)).build()


def test_the_manifest_is_complete():
    manifest = json.loads((MODELS / "manifest.json").read_text())
    assert {m["role"] for m in manifest["models"]} == {
        "moderation_first", "moderation_second", "objects"}
    for model in manifest["models"]:
        assert len(model["self_test"]) == len(model["labels"]) > 0
        assert model["licence"] and len(model["weights_sha256"]) == 64
    assert set(manifest["runtime"]["machines"]) == {"x86_64", "aarch64"}


def run(tmp_path, npm):
    program = tmp_path / "bin/npm"
    program.parent.mkdir()
    program.write_text("#!/bin/sh\n" + npm)
    program.chmod(0o755)
    env = dict(os.environ, PATH=f"{program.parent}:{os.environ['PATH']}")
    command = ["/usr/bin/python3", MODELS / "prepare.py", tmp_path / "out", "--cache",
               tmp_path / "cache"]
    return subprocess.run(command, capture_output=True, text=True, env=env)


def test_a_network_that_is_down_is_said_in_words(tmp_path):
    done = run(tmp_path, "echo network is unreachable >&2; exit 1\n")
    assert done.returncode == 1
    assert "failed: npm pack onnxruntime-node@" in done.stdout
    assert "network is unreachable" in done.stdout
    assert "holds photos for review" in done.stdout
    assert not (tmp_path / "out/models.json").exists()


def test_a_package_without_the_file_is_refused(tmp_path):
    done = run(tmp_path, 'cd "$4" && mkdir package && tar czf x.tgz package\n')
    assert done.returncode == 1
    assert "has no file package/bin/" in done.stdout


def test_a_file_that_is_not_the_pinned_one_is_refused_and_removed(tmp_path):
    path = prepare.runtime_library(json.loads((MODELS / "manifest.json").read_text()))["path"]
    done = run(tmp_path, f'cd "$4" && mkdir -p {Path(path).parent} && echo evil > {path}\n'
                         f'tar czf x.tgz package\n')
    assert done.returncode == 1
    assert done.stdout.count("failed:") == 1
    cached = list((tmp_path / "cache").rglob("libonnxruntime*"))
    assert cached == [] and not (tmp_path / "out/models.json").exists()


def pack_in(folder):
    folder.mkdir()
    (folder / "lib").write_bytes(b"library")
    (folder / "m.onnx").write_bytes(b"model")
    pack = {"stamp": "now", "runtime.file": "lib", "runtime.sha256": tfjs.sha256(b"library"),
            "models": ["m"], "m.file": "m.onnx", "m.sha256": tfjs.sha256(b"model")}
    (folder / "models.json").write_text(json.dumps(pack))
    return folder


def test_a_finished_set_up_is_recognised_and_a_damaged_one_is_not(tmp_path):
    folder = pack_in(tmp_path / "models")
    assert prepare.in_place(folder, "now")
    assert not prepare.in_place(folder, "later")
    (folder / "m.onnx").write_bytes(b"mod")
    assert not prepare.in_place(folder, "now")
    (folder / "models.json").write_text("[]")
    assert not prepare.in_place(folder, "now")
    assert not prepare.in_place(tmp_path / "nowhere", "now")
