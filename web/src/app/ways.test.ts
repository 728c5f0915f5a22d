import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Me } from "../api";
import { bottomWays, currentAt, furtherWays, mainWays } from "./ways";

const somebody = (role: Me["role"]) => ({ handle: "mei", role }) as Me;
const hrefs = (ways: { href: string }[]) => ways.map(({ href }) => href).join(" ");

describe("the ways through the application", () => {
  it("are those that somebody may go", () => {
    assert.equal(hrefs(mainWays(somebody("member"), true)), "/ /recent /upload /activity /me");
    assert.equal(hrefs(mainWays(null, false)), "");
    assert.equal(hrefs(furtherWays(somebody("member"))), "/help /settings");
    assert.equal(hrefs(furtherWays(somebody("moderator"))), "/moderation /help /settings");
    const all = "/moderation /admin /help /settings";
    assert.equal(hrefs(furtherWays(somebody("administrator"))), all);
    assert.equal(hrefs(bottomWays(null, true)), "/ /recent /about /signup");
    assert.equal(hrefs(bottomWays(null, false)), "/about /login");
    assert.equal(bottomWays(somebody("member"), true).length, 5);
  });

  it("tell where one is, on one of them at most", () => {
    const me = somebody("administrator");
    const ways = [...mainWays(me, true), ...furtherWays(me)];
    const at = (path: string) =>
      ways.flatMap((way) => {
        const current = currentAt(way, path, me);
        return current ? [`${way.href} ${current}`] : [];
      });
    assert.deepEqual(at("/"), ["/ page"]);
    assert.deepEqual(at("/explore"), ["/recent page"]);
    assert.deepEqual(at("/popular"), ["/recent true"]);
    assert.deepEqual(at("/@mei"), ["/me true"]);
    assert.deepEqual(at("/@jonas"), []);
    assert.deepEqual(at("/settings/security"), ["/settings true"]);
    assert.deepEqual(at("/moderation/cases/1"), ["/moderation true"]);
    assert.deepEqual(at("/photo/7000"), []);
  });
});
