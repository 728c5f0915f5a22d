import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { learn, speak } from "../i18n";
import {
  answer,
  ApiError,
  call,
  meantForAnother,
  ownHeaders,
  randomKey,
  whenSending,
  whenSignedOut,
} from "./client";

describe("the headers of every request", () => {
  it("have a key for what creates something, another one each time", () => {
    const keys = [ownHeaders("POST"), ownHeaders("POST")].map((own) => own["Idempotency-Key"]);
    for (const key of keys) assert.match(key ?? "", /^[0-9a-f-]{32,36}$/);
    assert.notEqual(keys[0], keys[1]);
    assert.equal(ownHeaders("POST", "mine")["Idempotency-Key"], "mine");
    for (const method of ["GET", "PUT", "PATCH", "DELETE"] as const) {
      assert.equal(ownHeaders(method)["Idempotency-Key"], undefined, method);
      assert.equal(ownHeaders(method)["Picsharz-Client"], "web");
    }
  });
  it("have one where the page is not secure, too", () => {
    Object.defineProperty(crypto, "randomUUID", { value: undefined, configurable: true });
    try {
      assert.match(randomKey(), /^[0-9a-f]{32}$/);
    } finally {
      Reflect.deleteProperty(crypto, "randomUUID"); // the prototype's again
    }
  });
  it("are those of what is really sent, at each try the same", async (context) => {
    const sent: Record<string, string>[] = [];
    context.mock.method(globalThis, "fetch", (_target: unknown, init: RequestInit) => {
      sent.push({ ...(init.headers as Record<string, string>) });
      const busy = { status: 503, headers: { "Retry-After": "0.01" } };
      return Promise.resolve(sent.length === 1
        ? new Response('{"code":"busy","detail":""}', busy)
        : new Response("{}", { status: 201 }));
    });
    await call("POST", "/v1/collections", { body: { title: "Harbours" } });
    await call("POST", "/v1/collections", { body: { title: "Boats" } });
    const keys = sent.map((headers) => headers["Idempotency-Key"]);
    assert.equal(keys.length, 3);
    assert.ok(keys[0]);
    assert.equal(keys[1], keys[0], "a second try is the same request");
    assert.notEqual(keys[2], keys[0]);
  });
});

describe("a change", () => {
  it("says for which account it is meant, and nothing else does", () => {
    whenSending(() => "9000");
    assert.equal(ownHeaders("GET")["Picsharz-Account"], undefined);
    for (const method of ["POST", "PUT", "PATCH", "DELETE"] as const) {
      assert.equal(ownHeaders(method)["Picsharz-Account"], "9000", method);
    }
    whenSending(() => "");
    assert.equal("Picsharz-Account" in ownHeaders("POST"), false, "of a visitor");
  });
  it("is not sent where that account is not here any more", async (context) => {
    const sent = context.mock.method(globalThis, "fetch", async () => new Response("{}"));
    whenSending(() => {
      throw meantForAnother();
    });
    const change = call("PATCH", "/v1/me", { body: { bio: "Theirs" }, leaving: true });
    await assert.rejects(change, { code: "other_account" });
    assert.equal(sent.mock.callCount(), 0);
    await call("GET", "/v1/me");
    assert.equal(sent.mock.callCount(), 1);
    whenSending(() => "");
  });
});

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
  it("tells of a session that is over or another one's, not of a wrong password", () => {
    const others: boolean[] = [];
    whenSignedOut((other) => others.push(other));
    assert.throws(() => answer(401, '{"code":"wrong_login","detail":""}'), ApiError);
    assert.equal(others.length, 0);
    assert.throws(() => answer(401, '{"code":"unauthenticated","detail":""}'), ApiError);
    assert.throws(() => answer(403, '{"code":"other_account","detail":""}'), ApiError);
    assert.deepEqual(others, [false, true]);
  });
});
