import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { learn, speak } from "../i18n";
import { answer, ApiError, whenSignedOut } from "./client";

describe("answer", () => {
  it("gives the content, or null for none", () => {
    assert.deepEqual(answer(200, '{"likes":1}'), { likes: 1 });
    assert.equal(answer(204, ""), null);
  });
  it("turns a problem into an error with its fields", () => {
    const problem = {
      code: "invalid_request",
      detail: "Two fields are wrong.",
      errors: [{ field: "name", code: "too_long", detail: "Use 80 characters at most." }],
    };
    assert.throws(
      () => answer(400, JSON.stringify(problem)),
      (error) =>
        error instanceof ApiError &&
        error.status === 400 &&
        error.code === "invalid_request" &&
        error.fields.get("name") === "Use 80 characters at most.",
    );
  });
  it("says it in the language of the page, with the figures of the problem", () => {
    speak("de");
    learn({
      "error.invalid_request": "Etwas stimmt nicht.",
      "error.too_long.limit": "Höchstens {limit} Zeichen.",
      "error.too_many_requests.retry_after": "Warte {wait}.",
    });
    const problem = {
      code: "invalid_request",
      detail: "Some fields are not right.",
      errors: [{ field: "name", code: "too_long", detail: "At most 80.", limit: 80 }],
    };
    const soon = { code: "too_many_requests", detail: "Wait 9 seconds.", retry_after: 9 };
    const said = (status: number, body: object) => {
      try {
        return answer(status, JSON.stringify(body));
      } catch (error) {
        return error instanceof ApiError && [error.detail, ...error.fields.values()];
      }
    };
    assert.deepEqual(said(400, problem), ["Etwas stimmt nicht.", "Höchstens 80 Zeichen."]);
    assert.deepEqual(said(429, soon), ["Warte 9 Sekunden."]);
    speak("en");
  });
  it("does not take a proxy's page for an answer", () => {
    const page = "<html>Bad gateway</html>";
    assert.throws(() => answer(502, page), { code: "bad_answer" });
    assert.throws(() => answer(200, page), { code: "bad_answer" });
  });
  it("tells of a session that is over, not of a wrong password", () => {
    let calls = 0;
    whenSignedOut(() => (calls += 1));
    assert.throws(() => answer(401, '{"code":"wrong_login","detail":""}'), ApiError);
    assert.equal(calls, 0);
    assert.throws(() => answer(401, '{"code":"unauthenticated","detail":""}'), ApiError);
    assert.equal(calls, 1);
  });
});
