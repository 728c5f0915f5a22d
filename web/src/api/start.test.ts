import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { readAnswers, Start } from "./start";

const text = JSON.stringify({ answers: { "/v1/me": { handle: "mei" }, "/v1/popular": null } });
const arrived = { type: "navigate", transferSize: 4000, responseStart: 5 };

describe("the answers in a document", () => {
  it("are good once each", () => {
    const start = new Start(readAnswers(text, arrived), 100, () => 0);
    assert.equal(start.has("/v1/me"), true);
    assert.deepEqual(start.take("/v1/me"), { handle: "mei" });
    assert.equal(start.has("/v1/me"), false);
    assert.equal(start.take("/v1/me"), undefined);
    assert.equal(start.take("/v1/nothing"), undefined);
    assert.equal(start.take("/v1/popular"), null);
    assert.equal(start.take("toString"), undefined);
  });
  it("are stale after a while", () => {
    let now = 100;
    const start = new Start(readAnswers(text, arrived), 100, () => now);
    assert.equal(start.has("/v1/me"), true);
    now = 101;
    assert.equal(start.take("/v1/me"), undefined);
    now = 100;
    assert.equal(start.has("/v1/me"), false); // and stay so
  });
  it("are forgotten when something is sent", () => {
    const start = new Start(readAnswers(text, arrived), 100, () => 0);
    start.forget();
    assert.equal(start.has("/v1/me") || start.has("/v1/popular"), false);
  });
  it("are none where the document is none of just now, or says nothing", () => {
    const size = (type: string, transferSize: number) =>
      readAnswers(text, { ...arrived, type, transferSize }).size;
    assert.equal(size("back_forward", 0), 0);
    assert.equal(size("back_forward", 4000), 2); // asked for anew
    assert.equal(size("reload", 4000), 2);
    assert.equal(readAnswers(text).size, 2);
    for (const odd of [null, undefined, "", "{", "[]", "7", '{"answers":null}', "{}"]) {
      assert.equal(readAnswers(odd, arrived).size, 0, String(odd));
    }
  });
});
