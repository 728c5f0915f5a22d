// A25: pages of other sites ask, in the browser of somebody who is signed in, for whatever a page
// can ask for without being allowed to. Nothing of it changes anything.
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import { after, before, describe, it } from "node:test";
import { launch, person } from "./support/browser.mjs";
import { noServer, startServer } from "./support/server.mjs";
import { setUpAdministrator } from "./support/steps.mjs";
import { until } from "./support/visit.mjs";

const root = {
  name: "Ada Root",
  handle: "ada",
  email: "ada@example.org",
  password: "eleven grey herons",
};
// A line of a blocklist, as text: the one body of the contract that needs no JSON and no file.
const listed = "0123456789abcdef";
// What would be done, but for where it comes from.
const open = ["/v1/photos", "/v1/admin/popular", "/v1/moderation/blocklist/import"];
const harbour = JSON.stringify({ name: "Hacked" });

// Each runs in the attacker's page and waits until the browser has done with it.
const attacks = {
  "a form without a body": ({ site }) => window.submit(`${site}/v1/admin/popular`),
  "a form as text/plain, which is JSON": ({ site, harbour }) =>
    window.submit(`${site}/v1/collections`, "text/plain", {
      [harbour.slice(0, -1) + ',"a":"']: '"}',
    }),
  "a form with fields": ({ site }) =>
    window.submit(`${site}/v1/collections`, "application/x-www-form-urlencoded", {
      name: "Hacked",
    }),
  "a form in parts": ({ site }) =>
    window.submit(`${site}/v1/photos`, "multipart/form-data", { title: "Hacked", file: "x" }),
  "a form as text, which is a blocklist": ({ site, listed }) =>
    window.submit(`${site}/v1/moderation/blocklist/import`, "text/plain", { [listed]: "" }),
  "another method by a field": ({ site }) =>
    window.submit(`${site}/v1/sessions/current`, "application/x-www-form-urlencoded", {
      _method: "DELETE",
    }),
  "another method by the query": ({ site }) =>
    window.submit(`${site}/v1/sessions/current?_method=DELETE&X-HTTP-Method-Override=DELETE`),
  "another method by a header": ({ site, upload }) =>
    window.ask(`${site}${upload}`, {
      method: "POST",
      mode: "cors",
      headers: { "X-HTTP-Method-Override": "DELETE", "Tus-Resumable": "1.0.0" },
    }),
  "a photo": ({ site }) => {
    const form = new FormData();
    const bytes = Uint8Array.from(atob(window.png), (c) => c.charCodeAt(0));
    form.append("file", new Blob([bytes], { type: "image/png" }), "a.png");
    return window.ask(`${site}/v1/photos`, { method: "POST", body: form });
  },
  "JSON without its type": ({ site, harbour }) =>
    window.ask(`${site}/v1/collections`, { method: "POST", body: harbour }),
  "a blocklist": ({ site, listed }) =>
    window.ask(`${site}/v1/moderation/blocklist/import`, { method: "POST", body: listed }),
  "JSON with its type": ({ site, harbour }) =>
    window.ask(`${site}/v1/collections`, {
      method: "POST",
      mode: "cors",
      headers: { "Content-Type": "application/json", "Picsharz-Client": "web" },
      body: harbour,
    }),
  "DELETE": ({ site }) =>
    window.ask(`${site}/v1/sessions/current`, { method: "DELETE", mode: "cors" }),
  "PUT": ({ site }) =>
    window.ask(`${site}/v1/accounts/ada/mute`, { method: "PUT", mode: "cors" }),
  "a beacon": ({ site, listed }) =>
    void navigator.sendBeacon(`${site}/v1/moderation/blocklist/import`, listed),
  "a picture, a script and a frame": async ({ site, reads }) => {
    for (const path of reads) {
      for (const kind of ["img", "script", "iframe"]) await window.load(kind, site + path);
    }
  },
};

// What the attacker's page has at hand.
function tools() {
  window.png =
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5Er" +
    "kJggg==";
  window.ask = (url, options) =>
    fetch(url, { mode: "no-cors", credentials: "include", ...options }).catch(() => {});
  window.load = (kind, url) =>
    new Promise((resolve) => {
      const element = document.createElement(kind);
      element.onload = element.onerror = () => resolve();
      element.src = url;
      document.body.append(element);
    });
  window.submit = (url, enctype, fields = {}) =>
    new Promise((resolve) => {
      const frame = document.createElement("iframe");
      frame.name = `frame${document.querySelectorAll("iframe").length}`;
      document.body.append(frame);
      const form = document.createElement("form");
      Object.assign(form, { method: "POST", action: url, target: frame.name });
      if (enctype) form.enctype = enctype;
      for (const [name, value] of Object.entries(fields)) {
        const field = document.createElement("input");
        Object.assign(field, { type: "hidden", name, value });
        form.append(field);
      }
      document.body.append(form);
      frame.onload = () => resolve();
      form.submit();
    });
}

describe("another site's page", { skip: noServer() }, () => {
  let server, browser, ada, administrator, attacker, upload;

  before(async () => {
    server = await startServer();
    browser = await launch({ watched: false }); // the attacker's pages have no policy
    ada = await person(browser, server, "csrf");
    administrator = await setUpAdministrator(ada, server, root);
    attacker = createServer((_request, response) => {
      response.setHeader("Content-Type", "text/html");
      response.end("<!doctype html><title>Kittens</title><body>");
    }).listen(0);
    await once(attacker, "listening");
    const made = await fetch(`${server.address}/v1/uploads`, {
      method: "POST",
      headers: {
        Authorization: `Bearer ${administrator.token}`,
        "Tus-Resumable": "1.0.0",
        "Upload-Length": "100",
      },
    });
    upload = made.headers.get("location");
  });

  after(async () => {
    await browser?.close();
    attacker?.close();
    await server?.stop();
  });

  // What one could have changed, in one text.
  async function state() {
    const paths = ["/v1/me", "/v1/me/photos", "/v1/accounts/ada/collections", "/v1/me/mutes",
      "/v1/me/tokens", "/v1/me/invitations", "/v1/moderation/blocklist", "/v1/me/export"];
    const found = [];
    for (const path of paths) found.push(await administrator.get(path));
    const sessions = (await administrator.get("/v1/sessions")).items.map((each) => each.id);
    const half = await fetch(server.address + upload, {
      method: "HEAD",
      headers: { Authorization: `Bearer ${administrator.token}`, "Tus-Resumable": "1.0.0" },
    });
    return JSON.stringify([found, sessions, half.status]);
  }

  // What reached the server since `from`, by its own log: of an answer that its policy keeps from
  // another site, the browser tells nothing. Who has an account came with the cookie.
  async function reached(from) {
    const marks = () => server.requests.filter(({ route }) => route === "/readyz").length;
    const marked = marks();
    await fetch(`${server.address}/readyz`);
    while (marks() === marked) await new Promise((resolve) => setTimeout(resolve, 10));
    return server.requests.slice(from).filter(({ route }) => route !== "/readyz");
  }

  const changes = ({ method }) => !["GET", "OPTIONS"].includes(method);
  // Those of which a request comes through to the server.
  const arrives = (name) => /^(a|JSON without)/.test(name) && !/picture|header/.test(name);

  const sites = {
    "of another host": () => `http://localhost:${attacker.address().port}/`,
    "of another port": () => `http://127.0.0.1:${attacker.address().port}/`,
  };
  for (const [where, address] of Object.entries(sites)) {
    describe(where, () => {
      for (const [name, attack] of Object.entries(attacks)) {
        it(`changes nothing by ${name}`, async () => {
          const before = await state();
          await reached(0);
          const from = server.requests.length;
          const page = await ada.context.newPage();
          await page.goto(address());
          await page.evaluate(tools);
          await page.evaluate(attack, { site: server.address, harbour, listed, upload,
            reads: ["/v1/sessions/current?_method=DELETE", "/v1/admin/popular", "/v1/me/export",
              "/v1/accounts/ada/mute", "/v1/unsubscribe/x", "/v1/me", "/login?next=/settings"] });
          // Of a beacon the browser tells nothing, and an answer may be here before its line.
          if (arrives(name)) await until(() => server.requests.slice(from).some(changes));
          await page.close();
          const seen = await reached(from);
          assert.equal(await state(), before);
          // Whatever reached the server and asked for a change was refused: for where it came from,
          // or before that for its form.
          const changing = seen.filter(changes);
          for (const { method, route, status } of changing) {
            assert.ok([403, 405, 415, 400].includes(status), `${method} ${route}: ${status}`);
          }
          for (const { route, status } of changing.filter((each) => open.includes(each.route))) {
            assert.equal(status, 403, route);
          }
          if (arrives(name)) {
            assert.ok(changing.length > 0, "the request has reached the server");
            // A page of another port is of the same site: only the server can tell it apart.
            const judged = changing.filter((each) => each.status === 403);
            if (where === "of another port") assert.ok(judged.every((each) => each.account));
          }
        });
      }

      it("changes nothing by leading there", async () => {
        const before = await state();
        for (const path of ["/v1/sessions/current?_method=DELETE", "/v1/admin/popular",
          "/v1/me/export", "/v1/me", "/settings"]) {
          await reached(0);
          const from = server.requests.length;
          const page = await ada.context.newPage();
          await page.goto(address());
          await page.evaluate((url) => void (location.href = url), server.address + path);
          await page.waitForURL(`${server.address}/**`);
          const known = () => server.requests.slice(from).some((each) => each.account);
          // The answer may be here before its line.
          if (path === "/v1/me/export") await until(known);
          await page.close();
          await reached(from);
          if (path === "/v1/me/export") assert.ok(known(), "the cookie goes along with a link");
        }
        assert.equal(await state(), before);
      });
    });
  }

  it("is what the tests above are about: our own page does change it", async () => {
    const before = await state();
    await ada.page.goto("/");
    const status = await ada.page.evaluate(async (body) => {
      const headers = { "Content-Type": "application/json", "Picsharz-Client": "web" };
      return (await fetch("/v1/collections", { method: "POST", headers, body })).status;
    }, harbour);
    assert.equal(status, 201);
    assert.notEqual(await state(), before);
  });
});
