#!/usr/bin/python3
"""Sets up the classifier: fetches models and runtime, converts them, writes them to a directory.

    tools/models/prepare.py DIRECTORY [--cache DIRECTORY]

What is fetched, from where and with which checksums is in manifest.json beside this file. npm's own
client fetches packages (its configuration and mirrors apply); nothing of a package is executed.
Files with a public address are taken from there, or first from the directory that
PICSHARZ_MODEL_MIRROR names. DIRECTORY gets the *.onnx files, the runtime library and, last,
models.json: the server reads that one, so that it never sees half a set. Once all is in place,
another run only checks it.

The rich pack is the base pack and what has a public address. Where that cannot be had the base pack
is set up, and the next run tries again. Needs Debian's npm, python3-numpy and python3-onnx. Exit
status 1 says that nothing was changed; the server then runs without the classifier and holds photos
for review.
"""

import argparse
import fcntl
import hashlib
import json
import os
import platform
import shutil
import subprocess
import sys
import tarfile
import tempfile
import urllib.request
from pathlib import Path

HERE = Path(__file__).resolve().parent
SCRIPTS = ("manifest.json", "prepare.py", "tfjs.py", "tflite.py", "convert.py", "convert_tflite.py",
           "onnx_builder.py")  # fmt: skip
FETCH_SECONDS = 600
ANSWER_SECONDS = 10  # of a server that is silent
PACKS = ("rich", "base")  # the best one first


class SetupFailed(Exception):
    """Its text tells a person what failed and what to do."""


class NotToBeHad(SetupFailed):
    """A file of a richer pack: the set-up goes on without it."""


def say(text):
    print("models: " + text, flush=True)


def sha256_of(path):
    digest = hashlib.sha256()
    with open(path, "rb") as file:
        while block := file.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()


def stamp():
    """Changes with anything that could change the result."""
    digest = hashlib.sha256(platform.machine().encode())
    for name in SCRIPTS:
        digest.update((HERE / name).read_bytes())
    return digest.hexdigest()


def pack_in_place(directory, wanted):
    """The name of the pack that an earlier run of the same scripts left whole; None without one."""
    try:
        pack = json.loads((directory / "models.json").read_text(encoding="utf-8"))
        if pack["stamp"] != wanted:
            return None
        files = [("runtime", pack["runtime.file"])]
        files += [(name, pack[name + ".file"]) for name in pack["models"]]
        whole = all(sha256_of(directory / file) == pack[key + ".sha256"] for key, file in files)
        return pack["pack"] if whole else None
    except (OSError, ValueError, KeyError, TypeError):
        return None


def models_of(manifest, pack):
    """The rich pack has every model, another one its own."""
    return [model for model in manifest["models"] if pack in ("rich", model["pack"])]


def package_files(manifest, models):
    """{(package, version): {path: sha256, or None where the decoded weights are checked}}."""
    wanted = {}

    def want(source, path, checksum=None):
        wanted.setdefault((source["package"], source["version"]), {})[path] = checksum

    library = runtime_library(manifest)
    want(manifest["runtime"]["source"], library["path"], library["sha256"])
    for model in models:
        if model["source"]["kind"] == "public":
            continue
        if model["source"]["kind"] != "npm":
            raise SetupFailed(f"{model['name']} has a source of an unknown kind in manifest.json.")
        want(model["source"], model["topology"]["path"], model["topology"]["sha256"])
        for shard in model["shards"]:
            want(model["source"], shard)
    return wanted


def runtime_library(manifest):
    machines = manifest["runtime"]["machines"]
    if platform.system() != "Linux" or platform.machine() not in machines:
        known = " and ".join(machines)
        raise SetupFailed(f"there is no runtime for this machine; it exists for Linux on {known}.")
    return machines[platform.machine()]


def unpacked(cache, package, version):
    return cache / f"{package.replace('/', '-')}-{version}"


def fetch(cache, package, version, files):
    """Brings the wanted files of one npm package into the cache."""
    target = unpacked(cache, package, version)
    if all((target / path).is_file() for path in files):
        return
    say(f"fetching {package} {version} with npm")
    with tempfile.TemporaryDirectory(dir=cache) as scratch:
        run_npm(["pack", f"{package}@{version}", "--pack-destination", scratch])
        archives = list(Path(scratch).glob("*.tgz"))
        if len(archives) != 1:
            raise SetupFailed(f"npm brought no archive of {package} {version}; run this again.")
        out = Path(scratch) / "out"
        with tarfile.open(archives[0]) as archive:
            for member in archive:
                if member.isfile() and member.name in files:
                    save(archive.extractfile(member), out / member.name)
        missing = [path for path in files if not (out / path).is_file()]
        if missing:
            raise SetupFailed(f"{package} {version} has no file {missing[0]}.")
        shutil.rmtree(target, ignore_errors=True)
        out.rename(target)


def save(source, path):
    path.parent.mkdir(parents=True, exist_ok=True)
    with open(path, "wb") as file:
        shutil.copyfileobj(source, file)


def run_npm(arguments):
    command = ["npm", *arguments, "--ignore-scripts", "--silent"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=FETCH_SECONDS)
    except FileNotFoundError:
        raise SetupFailed("npm is not installed; install Debian's npm package.") from None
    except subprocess.TimeoutExpired:
        raise SetupFailed("npm took too long; check the network and run this again.") from None
    if done.returncode:
        reason = (done.stderr or done.stdout).strip() or f"exit status {done.returncode}"
        raise SetupFailed(f"npm {' '.join(arguments[:2])} failed: {reason}")


def check(path, checksum):
    if checksum is not None and sha256_of(path) != checksum:
        path.unlink()
        raise SetupFailed(f"{path} is not the file that manifest.json pins; it was removed.")


def public_file(cache, file):
    """A file with a public address, as bytes: from the cache, the mirror, or its address."""
    kept = cache / file["sha256"]
    if kept.is_file() and sha256_of(kept) == file["sha256"]:
        return kept.read_bytes()
    mirror = os.environ.get("PICSHARZ_MODEL_MIRROR")
    data = from_mirror(mirror, file) if mirror else from_address(file)
    if len(data) != file["bytes"] or hashlib.sha256(data).hexdigest() != file["sha256"]:
        raise NotToBeHad(f"{file['name']} is not the file that manifest.json pins")
    replace(kept, data)
    return data


def from_mirror(mirror, file):
    try:
        return (Path(mirror) / file["name"]).read_bytes()
    except OSError as failure:
        raise NotToBeHad(f"the mirror has no {file['name']} ({failure.strerror})") from None


def from_address(file):
    say(f"fetching {file['name']}")
    try:
        with urllib.request.urlopen(file["url"], timeout=ANSWER_SECONDS) as answer:
            return answer.read(file["bytes"] + 1)
    except (OSError, ValueError) as failure:
        raise NotToBeHad(f"{file['name']} cannot be fetched ({failure})") from None


def fetch_all(manifest, models, cache):
    cache.mkdir(parents=True, exist_ok=True)
    for model in models:
        for file in model["source"].get("files", []):
            public_file(cache, file)
    for (package, version), files in package_files(manifest, models).items():
        fetch(cache, package, version, files)
        for path, checksum in files.items():
            check(unpacked(cache, package, version) / path, checksum)


def convert_model(entry, cache):
    """The bytes of one converted model."""
    say(f"converting {entry['name']}")
    return (convert_lite if entry["source"]["kind"] == "public" else convert_tfjs)(entry, cache)


def convert_lite(entry, cache):
    import convert_tflite  # here, so that a finished set-up needs neither numpy nor onnx
    import tflite

    model, _ = (public_file(cache, file) for file in entry["source"]["files"])
    return convert_tflite.convert(tflite.read_model(model), entry)


def convert_tfjs(entry, cache):
    import convert
    import tfjs

    source = unpacked(cache, entry["source"]["package"], entry["source"]["version"])
    shards = [source / path for path in entry["shards"]]
    model, data = tfjs.read_model(source / entry["topology"]["path"], shards)
    if tfjs.sha256(data) != entry["weights_sha256"]:
        shutil.rmtree(source)
        raise SetupFailed(f"the weights of {entry['name']} are not those that manifest.json pins.")
    return convert.convert(model, tfjs.weights_of(model, data), entry)


def with_labels(entry, cache):
    """The entry with a label and a self-test's score for each class, where they are kept apart."""
    if "labels" in entry:
        return entry
    _, names = (public_file(cache, file) for file in entry["source"]["files"])
    labels = names.decode("utf-8").splitlines()
    scores = ["0.00000"] * len(labels)
    for number, score in entry["self_test_strongest"].items():
        scores[int(number)] = score
    return {**entry, "labels": labels, "self_test": scores}


def describe(manifest, name, models, checksums, wanted):
    """models.json: one flat object, because the server's JSON reader takes no other."""
    runtime = manifest["runtime"]
    pack = {
        "pack": name,
        "stamp": wanted,
        "runtime.file": runtime["file"],
        "runtime.version": runtime["version"],
        "runtime.sha256": checksums[runtime["file"]],
        "models": [model["name"] for model in models],
    }
    for model in models:
        name, file = model["name"], model["name"] + ".onnx"
        pack[name + ".file"] = file
        pack[name + ".sha256"] = checksums[file]
        for key in ("role", "version", "preprocessing", "size", "labels", "self_test"):
            pack[f"{name}.{key}"] = model[key]
        if "embedding" in model:
            pack[name + ".embedding"] = model["embedding"]
    return (json.dumps(pack, indent=1, ensure_ascii=False) + "\n").encode()


def replace(path, data):
    """Writes a file that is either the old one or the whole new one."""
    scratch = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with open(scratch, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        scratch.rename(path)
    finally:
        scratch.unlink(missing_ok=True)


def prepare(directory, cache):
    """The best pack that can be had."""
    wanted, manifest = stamp(), json.loads((HERE / "manifest.json").read_text(encoding="utf-8"))
    present = pack_in_place(directory, wanted)
    for name in PACKS:
        if present == name:
            say(f"{directory} has the {name} pack and is up to date")
            return
        try:
            return set_up(directory, cache, manifest, name, wanted)
        except NotToBeHad as failure:
            say(f"no {name} pack: {failure}; the next run tries again")
    raise SetupFailed("no pack can be had.")


def set_up(directory, cache, manifest, name, wanted):
    models = models_of(manifest, name)
    fetch_all(manifest, models, cache)
    contents = {}
    for model in models:
        contents[model["name"] + ".onnx"] = convert_model(model, cache)
    runtime = manifest["runtime"]
    library = unpacked(cache, runtime["source"]["package"], runtime["source"]["version"])
    contents[runtime["file"]] = (library / runtime_library(manifest)["path"]).read_bytes()
    checksums = {file: hashlib.sha256(data).hexdigest() for file, data in contents.items()}
    for file, data in contents.items():
        replace(directory / file, data)
    models = [with_labels(model, cache) for model in models]
    replace(directory / "models.json", describe(manifest, name, models, checksums, wanted))
    names = ", ".join(model["name"] for model in models)
    say(f"{directory} has the {name} pack: {names} and the runtime")


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("directory", type=Path)
    parser.add_argument("--cache", type=Path, default=HERE.parents[1] / ".cache" / "models")
    options = parser.parse_args()
    try:
        options.directory.mkdir(parents=True, exist_ok=True)
        with open(options.directory / ".lock", "w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)  # one set-up at a time
            prepare(options.directory, options.cache)
    except ImportError as missing:
        say(f"failed: {missing}; install Debian's python3-numpy and python3-onnx and run this with "
            "/usr/bin/python3.")  # fmt: skip
        return 1
    except (SetupFailed, OSError) as failure:
        say(f"failed: {failure}")
        say("the server starts without tags and moderation then, and holds photos for review")
        return 1
    except Exception as failure:  # a package that is not what its name promises
        say(f"failed: {type(failure).__name__}: {failure}")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
