// Records what TensorFlow.js, running the original models, says about the test's pictures.
//
//   PICSHARZ_RECORD_PIXELS=pixels test_vision --gtest_filter='Reference*'   makes pixels/*.ppm
//   npm install --prefix scratch --ignore-scripts @tensorflow/tfjs@4.22.0
//   node tools/models/record_references.mjs scratch pixels [CACHE]
//
// Writes tests/fixtures/vision_references.json, and into manifest.json the self-test's scores
// (those of test_picture_0). The models come from the cache that prepare.py fills, the resizes are
// written out here a second time: nothing of our conversion or of our C++ takes part.

import { readFileSync, readdirSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const root = resolve(here, "../..");
const [scratch, pixels, cache = join(root, ".cache/models")] = process.argv.slice(2);
if (!pixels) {
  console.error("usage: record_references.mjs SCRATCH PIXELS [CACHE]");
  process.exit(2);
}
const require = createRequire(resolve(scratch, "package.json"));
const tf = require("@tensorflow/tfjs");

// 32-bit FNV-1a; the test computes the same to know that it has the same pixels.
function fnv1a(bytes) {
  let hash = 0x811c9dc5;
  for (const byte of bytes) hash = Math.imul(hash ^ byte, 0x01000193) >>> 0;
  return hash;
}

// A P6 portable pixmap as an int32 tensor of height x width x 3.
function readPixmap(path) {
  const bytes = readFileSync(path);
  const header = /^P6\n(\d+) (\d+)\n255\n/.exec(bytes.subarray(0, 64).toString("latin1"));
  const [width, height] = [Number(header[1]), Number(header[2])];
  const rgb = bytes.subarray(header[0].length);
  if (rgb.length !== width * height * 3) throw new Error(`${path} is cut off`);
  const picture = tf.tensor3d(new Int32Array(rgb), [height, width, 3], "int32");
  return { picture, hash: fnv1a(rgb) };
}

function sourceOf(entry) {
  const { package: name, version } = entry.source;
  return join(cache, `${name.replaceAll("/", "-")}-${version}`);
}

function readShard(path) {
  return path.endsWith(".js") ? Buffer.from(require(path), "base64") : readFileSync(path);
}

async function load(entry) {
  const source = sourceOf(entry);
  const path = join(source, entry.topology.path);
  const model = path.endsWith(".js") ? require(path) : JSON.parse(readFileSync(path));
  const data = Buffer.concat(entry.shards.map((shard) => readShard(join(source, shard))));
  const artifacts = tf.io.fromMemory({
    ...model,
    weightSpecs: model.weightsManifest.flatMap((group) => group.weights),
    weightData: new Uint8Array(data).buffer,
  });
  return entry.cut ? tf.loadGraphModel(artifacts) : tf.loadLayersModel(artifacts);
}

// nsfwjs: normalised, then stretched with corners on corners.
function stretchUnit(picture, side) {
  return tf.image.resizeBilinear(picture.toFloat().div(255), [side, side], true).expandDims(0);
}

// Centred on grey 114, pixel centres on pixel centres.
function letterboxBytes(picture, side) {
  const [height, width] = picture.shape;
  const longest = Math.max(width, height);
  const fit = (length) => Math.max(1, Math.round((length * side) / longest));
  const [h, w] = [fit(height), fit(width)];
  const [top, left] = [Math.floor((side - h) / 2), Math.floor((side - w) / 2)];
  const inner = tf.image.resizeBilinear(picture.toFloat(), [h, w], false, true);
  const margins = [[top, side - h - top], [left, side - w - left], [0, 0]];
  return inner.pad(margins, 114).expandDims(0);
}

function scoresOf(entry, model, picture) {
  return tf.tidy(() => {
    const prepare = { stretch_unit: stretchUnit, letterbox_bytes: letterboxBytes };
    const input = prepare[entry.preprocessing](picture, entry.size);
    const output = entry.cut
      ? model.execute(input, "tower_0/keypoints").max([0, 1, 2])
      : model.predict(input).squeeze();
    return Array.from(output.dataSync(), (score) => score.toFixed(5));
  });
}

await tf.setBackend("cpu");
const manifestPath = join(here, "manifest.json");
const manifest = JSON.parse(readFileSync(manifestPath, "utf8"));
const names = readdirSync(pixels).filter((name) => name.endsWith(".ppm")).sort();
const references = { recorded_with: `@tensorflow/tfjs ${tf.version.tfjs}, backend cpu` };
references.pictures = names.map((name) => name.slice(0, -".ppm".length));
for (const entry of manifest.models) {
  const model = await load(entry);
  for (const name of references.pictures) {
    const { picture, hash } = readPixmap(join(pixels, `${name}.ppm`));
    references[`${name}.pixels`] = hash;
    references[`${name}.${entry.name}`] = scoresOf(entry, model, picture);
    picture.dispose();
    console.log(`${entry.name} ${name}`);
  }
  entry.self_test = references[`test_picture_0.${entry.name}`];
}
const text = (value) => JSON.stringify(value, null, 1) + "\n";
writeFileSync(join(root, "tests/fixtures/vision_references.json"), text(references));
writeFileSync(manifestPath, text(manifest));
