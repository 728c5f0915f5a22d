// A small community on a fresh server: an administrator who has published some photographs with
// all of their texts. Made through the API, as anybody would.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { basename } from "node:path";

const patience = 120_000;
export const owner = {
  handle: "mei",
  name: "Mei Tan",
  email: "mei@example.org",
  password: "fifteen grey gulls",
  country: "SG",
};

async function ask(address, method, path, { token, body, json } = {}) {
  const headers = token ? { Authorization: `Bearer ${token}` } : {};
  if (json) headers["Content-Type"] = "application/json";
  const sent = json ? JSON.stringify(json) : body;
  const response = await fetch(address + path, { method, headers, body: sent });
  const text = await response.text();
  assert.ok(response.ok, `${method} ${path}: ${response.status} ${text}`);
  return { headers: response.headers, json: text ? JSON.parse(text) : null };
}

async function upload(address, token, file, index) {
  const form = new FormData();
  form.set("title", `Morning at the harbour, ${index + 1}`);
  form.set("description", "When the light came it came all at once, and nobody said a word.");
  form.set("alt", "Boats at a quay, and a lot of sky.");
  form.append("tags", "harbour");
  form.append("tags", "morning");
  form.set("file", new Blob([readFileSync(file)]), basename(file));
  const { json } = await ask(address, "POST", "/v1/photos", { token, body: form });
  return json.id;
}

// Where it came to; held ones count as settled, they only are not in the lists of others.
async function settled(address, token, id) {
  const deadline = Date.now() + patience;
  while (Date.now() < deadline) {
    const { json } = await ask(address, "GET", `/v1/photos/${id}`, { token });
    if (!["received", "decoding", "classifying"].includes(json.state)) return json.state;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`photo ${id} did not settle`);
}

// Gives {cookie, photo, photos}: a session as a browser keeps it, the newest photo that everybody
// sees, and how many of them there are.
export async function seed(server, files) {
  const { address } = server;
  const token = new URL(server.setupLink).hash.slice("#token=".length);
  await ask(address, "POST", "/v1/setup", { json: { ...owner, token } });
  const { handle: login, password } = owner;
  const { json: api } = await ask(address, "POST", "/v1/sessions", {
    json: { login, password, use: "token" },
  });
  const ids = [];
  for (const [index, file] of files.entries()) {
    ids.push(await upload(address, api.token, file, index));
  }
  const published = [];
  for (const id of ids) {
    if ((await settled(address, api.token, id)) === "published") published.push(id);
  }
  const { headers } = await ask(address, "POST", "/v1/sessions", { json: { login, password } });
  const cookies = headers.getSetCookie().map((line) => {
    const [, name, value] = /^([^=]+)=([^;]*)/.exec(line);
    return { name, value };
  });
  return { cookies, photo: published.at(-1), photos: published.length };
}
