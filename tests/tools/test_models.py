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
import convert_tflite  # noqa: E402
import prepare  # noqa: E402
import tfjs  # noqa: E402
import tflite  # noqa: E402
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
    roles = {pack: {m["role"] for m in prepare.models_of(manifest, pack)}
             for pack in prepare.PACKS}
    assert roles["base"] == {"moderation_first", "moderation_second", "objects"}
    assert roles["rich"] == roles["base"] | {"classes"}
    for model in prepare.models_of(manifest, "base"):
        assert len(model["self_test"]) == len(model["labels"]) > 0
        assert model["licence"] and len(model["weights_sha256"]) == 64
    rich = next(m for m in manifest["models"] if m["role"] == "classes")
    assert rich["self_test_strongest"] and rich["licence"]
    for file in rich["source"]["files"]:
        assert file["url"].endswith(file["name"]) and len(file["sha256"]) == 64
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
            "pack": "base", "models": ["m"], "m.file": "m.onnx", "m.sha256": tfjs.sha256(b"model")}
    (folder / "models.json").write_text(json.dumps(pack))
    return folder


def test_a_finished_set_up_is_recognised_and_a_damaged_one_is_not(tmp_path):
    folder = pack_in(tmp_path / "models")
    assert prepare.pack_in_place(folder, "now") == "base"
    assert prepare.pack_in_place(folder, "later") is None
    (folder / "m.onnx").write_bytes(b"mod")
    assert prepare.pack_in_place(folder, "now") is None
    (folder / "models.json").write_text("[]")
    assert prepare.pack_in_place(folder, "now") is None
    assert prepare.pack_in_place(tmp_path / "nowhere", "now") is None


def public(data, name="m.tflite", url="https://models.invalid/m.tflite"):
    return {"name": name, "url": url, "bytes": len(data), "sha256": tfjs.sha256(data)}


def test_a_public_file_comes_from_the_mirror_and_is_kept(tmp_path, monkeypatch):
    mirror, cache = tmp_path / "mirror", tmp_path / "cache"
    mirror.mkdir(), cache.mkdir()
    (mirror / "m.tflite").write_bytes(b"weights")
    monkeypatch.setenv("PICSHARZ_MODEL_MIRROR", str(mirror))
    assert prepare.public_file(cache, public(b"weights")) == b"weights"
    (mirror / "m.tflite").unlink()
    assert prepare.public_file(cache, public(b"weights")) == b"weights"
    with pytest.raises(prepare.NotToBeHad, match="the mirror has no m.tflite"):
        prepare.public_file(cache, public(b"others"))


def test_a_public_file_that_is_not_the_pinned_one_is_refused(tmp_path, monkeypatch):
    (tmp_path / "m.tflite").write_bytes(b"evil")
    monkeypatch.setenv("PICSHARZ_MODEL_MIRROR", str(tmp_path))
    with pytest.raises(prepare.NotToBeHad, match="not the file that manifest.json pins"):
        prepare.public_file(tmp_path, public(b"weights"))
    assert [path.name for path in tmp_path.iterdir()] == ["m.tflite"]


def test_a_public_file_comes_from_its_address_where_there_is_no_mirror(tmp_path, monkeypatch):
    monkeypatch.delenv("PICSHARZ_MODEL_MIRROR", raising=False)
    (tmp_path / "there").write_bytes(b"weights")
    address = (tmp_path / "there").as_uri()
    assert prepare.public_file(tmp_path, public(b"weights", url=address)) == b"weights"
    with pytest.raises(prepare.NotToBeHad, match="cannot be fetched"):
        prepare.public_file(tmp_path, public(b"others", url=address + "-not"))


@pytest.fixture
def packs(monkeypatch):
    """What set_up() was asked for; rich fails."""
    asked = []

    def set_up(directory, cache, manifest, name, wanted):
        asked.append(name)
        if name == "rich":
            raise prepare.NotToBeHad("the mirror has no m.tflite")

    monkeypatch.setattr(prepare, "set_up", set_up)
    return asked


def test_without_the_rich_pack_the_base_pack_is_set_up(tmp_path, packs, capsys):
    prepare.prepare(tmp_path, tmp_path)
    assert packs == ["rich", "base"]
    said = capsys.readouterr().out
    assert "no rich pack: the mirror has no m.tflite; the next run tries again" in said


def test_a_base_pack_in_place_is_kept_and_the_rich_one_tried_again(tmp_path, packs, capsys,
                                                                  monkeypatch):
    monkeypatch.setattr(prepare, "pack_in_place", lambda directory, wanted: "base")
    prepare.prepare(tmp_path, tmp_path)
    assert packs == ["rich"] and "base pack and is up to date" in capsys.readouterr().out


def test_a_rich_pack_in_place_needs_nothing(tmp_path, packs, monkeypatch):
    monkeypatch.setattr(prepare, "pack_in_place", lambda directory, wanted: "rich")
    prepare.prepare(tmp_path, tmp_path)
    assert packs == []


SHARED = Path(os.environ.get("PICSHARZ_SHARED", ROOT.parent / "shared"))
RICH = SHARED / "models/tf2_mobilenet_v2_1.0_224_ptq.tflite"
needs_the_rich_model = pytest.mark.skipif(not RICH.exists(), reason="no ../shared/models")


@needs_the_rich_model
def test_the_rich_model_is_read_as_it_was_made():
    model = tflite.read_model(RICH.read_bytes())
    kinds = [operator.kind for operator in model.operators]
    assert {kind: kinds.count(kind) for kind in set(kinds)} == {
        "Quantize": 2, "Conv2D": 36, "DepthwiseConv2D": 17, "Add": 10, "Mean": 1, "Reshape": 1,
        "Softmax": 1}
    first = model.operators[1]
    kernel, bias = (model.tensors[number] for number in first.inputs[1:])
    assert first.options == {"padding": "same", "strides": [2, 2], "activation": "relu6",
                             "dilations": [1, 1]}
    assert kernel.shape == (32, 3, 3, 3) and kernel.scale.shape == (32,)
    assert np.allclose(np.abs(kernel.constant()).max(), 127 * kernel.scale.max())
    # A bias is stored in steps of its input's scale times the kernel's.
    picture = model.tensors[first.inputs[0]]
    assert np.allclose(bias.scale, picture.scale * kernel.scale)


@needs_the_rich_model
def test_a_damaged_model_is_refused_and_never_read_beyond_its_end():
    whole = RICH.read_bytes()
    random = np.random.default_rng(4)
    with pytest.raises(tflite.FormatError):
        tflite.read_model(b"no model at all")
    for cut in [8, 12, 40, *random.integers(1000, len(whole) - 1, 20)]:
        with pytest.raises(tflite.FormatError):
            tflite.read_model(whole[:cut])
    # The tables stand at the end of the file.
    for at in random.integers(len(whole) - 60_000, len(whole), 100):
        damaged = bytearray(whole)
        damaged[at] ^= 0xFF
        try:
            tflite.read_model(bytes(damaged))
        except tflite.FormatError:
            pass


def test_an_unknown_operation_of_a_lite_model_is_refused_by_name():
    pixels = tflite.Tensor("pixels", (1, 4, 4, 3), np.uint8, np.ones(1), np.zeros(1), 0, b"")
    odd = tflite.Operator("number 99", [0], [1])
    with pytest.raises(convert.Unsupported, match="operation number 99"):
        convert_tflite.convert(tflite.Model([pixels, pixels], [odd], [0], [1]),
                               {"size": 4, "name": "odd"})
