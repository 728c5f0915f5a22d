// Uploads by tus: each has an address of its own, and becomes a photo with its last byte.
import { done, notFound, problem } from "./answers.mjs";

const firstUpload = 7900;

function begin(fake, { headers }) {
  const [key, length] = [headers["idempotency-key"], Number(headers["upload-length"])];
  const known = [...fake.uploads].find(([, upload]) => upload.key === key);
  const id = known?.[0] ?? String(firstUpload + fake.uploads.size);
  if (!known) fake.uploads.set(id, { key, length, offset: 0, ...metadata(headers) });
  const offset = String(fake.uploads.get(id).offset);
  return { status: 201, headers: { Location: `/v1/uploads/${id}`, "Upload-Offset": offset } };
}

function metadata(headers) {
  const pairs = (headers["upload-metadata"] ?? "").split(",").map((pair) => pair.split(" "));
  return Object.fromEntries(
    pairs.map(([key, value]) => [key, Buffer.from(value ?? "", "base64").toString()]));
}

// What is shown of a photo of which the fake keeps no byte.
function pictureOf(fake, { filename }) {
  const same = fake.photos.find(({ file }) => file.endsWith(`/${filename}`)) ?? fake.photos[0];
  return same ?? { file: "", card: {} };
}

function where(fake, { id }) {
  const upload = fake.uploads.get(id);
  if (!upload) return notFound();
  const told = { "Upload-Offset": String(upload.offset) };
  if (upload.photo) told["Picsharz-Photo"] = upload.photo;
  return { status: 200, headers: told };
}

function piece(fake, { id, body }) {
  const upload = fake.uploads.get(id);
  if (!upload) return notFound();
  if (fake.refused) return problem(fake.refused.status, fake.refused.code, fake.refused.detail);
  upload.offset += body.length;
  const offset = { "Upload-Offset": String(upload.offset) };
  if (upload.offset < upload.length) return done(offset);
  upload.photo = id;
  const { file, card: model } = pictureOf(fake, upload);
  const card = { ...model, id, state: "received", reason: null, thumbhash: null, urls: {} };
  Object.assign(card, { title: "", description: "", alt: "", tags: [], labels: [] });
  card.visibility = upload.visibility ?? "public";
  card.owner = { handle: "mei", name: "Mei Tan", avatar: null };
  card.created_at = new Date(fake.now()).toISOString();
  fake.photos = [{ file, card }, ...fake.photos];
  return done({ ...offset, "Picsharz-Photo": id });
}

function give(fake, { id }) {
  return fake.uploads.delete(id) ? done() : notFound();
}

export const answers = {
  "POST /v1/uploads": begin,
  "HEAD /v1/uploads/:id": where,
  "PATCH /v1/uploads/:id": piece,
  "DELETE /v1/uploads/:id": give,
};
