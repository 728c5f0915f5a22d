import assert from "node:assert/strict";
import { test } from "node:test";
import { found } from "./settings.ts";

const settings = [
  ["http.listen", "127.0.0.1:8080", "default", "the address to listen on"],
  ["smtp.password", "(set)", "PICSHARZ_SMTP__PASSWORD", "better in a file"],
  ["data.dir", "/srv/pics", "picsharz.toml:3", "where everything is kept"],
].map(([name, value, origin, meaning]) => ({ name, value, origin, meaning, fallback: "" }));
const names = (typed: string, changed = false) =>
  found(settings, typed, changed).map(({ name }) => name);

void test("a setting is found by words of its name, its value and its meaning", () => {
  assert.deepEqual(names(""), ["http.listen", "smtp.password", "data.dir"]);
  assert.deepEqual(names("SMTP"), ["smtp.password"]);
  assert.deepEqual(names("pics kept"), ["data.dir"]);
  assert.deepEqual(names("pics smtp"), []);
});

void test("those that are not by default", () => {
  assert.deepEqual(names("", true), ["smtp.password", "data.dir"]);
});
