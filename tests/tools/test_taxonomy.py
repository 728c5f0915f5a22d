"""tools/models/taxonomy.py: it writes what is committed, and refuses mistakes."""

import json
import os
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "tools/models"))

import taxonomy  # noqa: E402

SHARED = Path(os.environ.get("PICSHARZ_SHARED", ROOT.parent / "shared"))
WORDS = taxonomy.WORDS.read_text(encoding="utf-8")
FILE = taxonomy.OUTPUT.read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def labels():
    path = SHARED / "models/imagenet_labels.txt"
    if not path.exists():
        pytest.skip("the list of classes (../shared/models/imagenet_labels.txt) is not there")
    return path.read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def nouns():
    if not taxonomy.NOUNS.exists():
        pytest.skip("WordNet's nouns are not there: tools/setup.sh test")
    return taxonomy.Nouns(taxonomy.NOUNS)


def test_the_file_is_the_one_that_is_written(labels, nouns):
    written = taxonomy.render(labels, nouns, taxonomy.Words(WORDS))
    assert written == FILE, "run tools/models/taxonomy.py"


def test_every_class_of_the_detector_has_a_line():
    manifest = json.loads((ROOT / "tools/models/manifest.json").read_text(encoding="utf-8"))
    [detector] = [model for model in manifest["models"] if model["role"] == "objects"]
    there = [line.split("\t")[1] for line in FILE.splitlines() if line.startswith("object\t")]
    assert sorted(there) == sorted(detector["labels"])


@pytest.mark.parametrize("name, expected", [
    ("acoustic guitar", 2676566), ("crane", 2012849), ("mouse", 3793489), ("jay", 1580077),
    ("drake", 1847000), ("sea lion", 2077923), ("nail", 3804744), ("harmonica", 3494278),
    ("groom", 10148035), ("toilet tissue", 15075141),
])
def test_a_class_is_the_synset_of_its_sense(labels, nouns, name, expected):
    classes = [line.split(", ") for line in labels.splitlines()[1:]]
    numbers = list(taxonomy.synsets(classes, nouns, dict(taxonomy.Words(WORDS).senses)))
    assert numbers == sorted(set(numbers))
    assert numbers[[names[0] for names in classes].index(name)] == expected


@pytest.mark.parametrize("line, why", [
    ("class\tunheard of\tword", "class unheard of: there is none"),
    ("class\tjay\t=", "says nothing"),
    ("class\tjay\tJay", "'Jay' is no word"),
    ("class\tjay\t=\tunheard of", "neither general nor a topic"),
    ("class\tjay\t=\tbird", "bird changes nothing"),
    ("class\tjay\t=\t-fish", "-fish changes nothing"),
    ("class\ttench\t=\tfishing", "tench a second time"),
    ("class\tjay", "1 fields"),
    ("klass\tjay\tjay", "'klass'"),
    ("topic\tunheard of", "topic unheard of: no class has it"),
    ("sense\tjay\t01580077", "sense of jay: not needed"),
    ("general\t00015388 plant\tplant", "WordNet has no synset 00015388 plant"),
    ("general\t00000001 thing\tthing", "WordNet has no synset 00000001 thing"),
])
def test_a_mistake_is_refused(labels, nouns, line, why):
    with pytest.raises(taxonomy.Mistake, match=why):
        taxonomy.render(labels, nouns, taxonomy.Words(WORDS + line + "\n"))


def test_a_class_whose_sense_is_open_is_refused(labels, nouns):
    without = "".join(line for line in WORDS.splitlines(keepends=True)
                      if not line.startswith("sense\tgroom\t"))
    with pytest.raises(taxonomy.Mistake, match="groom, bridegroom: which of the synsets"):
        taxonomy.render(labels, nouns, taxonomy.Words(without))


def test_another_list_is_refused(nouns):
    with pytest.raises(taxonomy.Mistake, match="not the list of the 1,000 classes"):
        taxonomy.render("background\ntench, Tinca tinca\n", nouns, taxonomy.Words(WORDS))
