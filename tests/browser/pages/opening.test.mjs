// The first draw of a visit: in pieces, and without what a browser has to look up (ADR 0050).
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { noPages, open, pagesBench, phone, somebody } from "../support/visit.mjs";

// Notes in the page who makes a formatter before another thread has read the tables for it.
function watchTables() {
  window.early = [];
  window.read = false;
  for (const name of ["NumberFormat", "DateTimeFormat", "ListFormat", "RelativeTimeFormat",
    "DisplayNames"]) {
    Intl[name] = new Proxy(Intl[name], {
      construct(target, args) {
        if (!window.read) window.early.push(`${name} ${new Error().stack}`);
        return Reflect.construct(target, args);
      },
    });
  }
  for (const kind of [Number, Date]) {
    const plain = kind.prototype.toLocaleString;
    kind.prototype.toLocaleString = function (...args) {
      if (!window.read) window.early.push(`toLocaleString ${new Error().stack}`);
      return plain.apply(this, args);
    };
  }
  window.Worker = new Proxy(window.Worker, {
    construct(target, args) {
      const worker = Reflect.construct(target, args);
      worker.addEventListener("message", () => (window.read = true));
      return worker;
    },
  });
}

// Notes in which of the browser's tasks the bars and the heading of the page were made.
function watchTasks() {
  let task = 0;
  const { port1, port2 } = new MessageChannel();
  port1.onmessage = () => {
    task += 1;
    if (window.heading === undefined) port2.postMessage(null);
  };
  port2.postMessage(null);
  const plain = Node.prototype.cloneNode;
  Node.prototype.cloneNode = function (deep) {
    const made = plain.call(this, deep);
    const has = (what) => made.matches?.(what) || made.querySelector?.(what);
    if (has(".skip")) window.bars ??= task;
    if (has("h1")) {
      window.heading ??= task;
      const there = (what) => document.querySelector(`#app ${what}`) !== null;
      window.then ??= { top: there("header.bar"), rail: there(".rail"), bottom: there("nav.bar") };
    }
    return made;
  };
}

describe("the first draw", { skip: noPages }, () => {
  const bench = pagesBench();

  async function begin(watch, path, options) {
    const one = await somebody(bench.browser, bench.server, "opening", { ...phone, ...options });
    await one.context.addInitScript(watch);
    await open(bench.server, one, { path, member: options.member });
    return one;
  }

  for (const [path, options] of [
    ["/", {}],
    ["/", { member: false }],
    ["/popular", {}],
    ["/@jonas", { member: false }],
    ["/photo/7000", {}],
    ["/photo/7000", { member: false }],
    ["/upload", {}],
    ["/search?q=sea", { member: false }],
  ]) {
    const who = options.member === false ? "a visitor" : "a member";
    it(`of ${path} for ${who} reads no tables`, async () => {
      const one = await begin(watchTables, path, options);
      await one.page.waitForFunction(() => window.read);
      assert.deepEqual(await one.page.evaluate(() => window.early), []);
      one.assertNoComplaints();
      await one.context.close();
    });
  }

  for (const [what, fate] of [["lost", "abort"], ["late", "none"]]) {
    it(`has its dates and comments where the reader of the tables is ${what}`, async () => {
      const one = await somebody(bench.browser, bench.server, "opening", phone);
      let asked = 0;
      await one.context.route(/tables\.worker/, (route) => {
        asked += 1;
        return fate === "abort" ? route.abort() : undefined;
      });
      bench.server.fake.signedIn = true;
      await one.page.goto("/photo/7000");
      await one.page.locator("#comments").waitFor({ state: "attached" });
      await one.page.locator(".who time", { hasText: /./ }).first().waitFor();
      assert.equal(asked, 1);
      await one.context.close();
    });
  }

  for (const [name, options, then] of [
    ["narrow", {}, { top: true, rail: false, bottom: true }],
    ["wide", { viewport: { width: 1280, height: 800 } }, { top: true, rail: true, bottom: false }],
  ]) {
    it(`comes in pieces in a ${name} window, of which nobody sees the first alone`, async () => {
      const one = await begin(watchTasks, "/upload", options);
      const seen = await one.page.evaluate(() => [window.bars, window.heading, window.then]);
      assert.ok(seen[0] < seen[1], JSON.stringify(seen));
      assert.deepEqual(seen[2], then);
      // What other widths show is there for them.
      for (const what of [".rail", "nav.bar", ".toasts"]) {
        await one.page.locator(`#app ${what}`).waitFor({ state: "attached" });
      }
      await one.context.close();
    });
  }

  it("is in the history with its place, also for who goes on at once", async () => {
    const follow = () => {
      new MutationObserver((changes, observer) => {
        const link = document.querySelector("#app nav.bar a:not([aria-current])");
        if (!link) return;
        observer.disconnect();
        window.before = history.state;
        link.click();
      }).observe(document, { childList: true, subtree: true });
    };
    const one = await begin(follow, "/help", {});
    await one.page.waitForURL((url) => url.pathname !== "/help");
    assert.equal(await one.page.evaluate(() => window.before), null, "it was early enough");
    const here = await one.page.evaluate(() => history.state);
    await one.page.goBack();
    await one.page.waitForURL("**/help");
    assert.equal(await one.page.evaluate(() => history.state.key), here.from);
    one.assertNoComplaints();
    await one.context.close();
  });
});
