// The line on which the server tells what is new, and what a page does where it has none.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { noPages, open, pagesBench, somebody } from "../support/visit.mjs";

const minute = 60_000;

describe("the line of events", { skip: noPages }, () => {
  const bench = pagesBench();

  // Somebody on a page whose clock is ours, and how often it asked for what.
  async function listening() {
    const one = await somebody(bench.browser, bench.server, "live");
    await one.context.clock.install();
    const asked = { "/v1/events": 0, "/v1/notifications/unread": 0 };
    one.page.on("request", (request) => {
      const { pathname } = new URL(request.url());
      if (pathname in asked) asked[pathname] += 1;
    });
    await open(bench.server, one, { path: "/recent" });
    return { ...one, one, asked };
  }

  const until = async (what) => {
    while (!what()) await new Promise((again) => setTimeout(again, 20));
  };

  it("is asked for once a minute where it cannot be had, and tried again", async () => {
    bench.server.fake.lineless = true;
    const { one, page, context, asked } = await listening();
    await until(() => asked["/v1/events"] === 1);
    const before = asked["/v1/notifications/unread"];
    await context.clock.runFor(minute);
    await until(() => asked["/v1/notifications/unread"] === before + 1);
    await context.clock.runFor(minute);
    await until(() => asked["/v1/notifications/unread"] === before + 2);
    assert.equal(asked["/v1/events"], 1);
    await context.clock.runFor(3 * minute);
    await until(() => asked["/v1/events"] === 2);
    assert.equal(await page.getByRole("alert").count(), 0, "nobody is told");
    one.assertNoComplaints([429]);
    await context.close();
  });

  it("is let go with the page, and there again when the page comes back as it was", async () => {
    const { one, page, context, asked } = await listening();
    await until(() => asked["/v1/events"] > 0);
    const gone = (name) =>
      page.evaluate(
        (type) => dispatchEvent(new PageTransitionEvent(type, { persisted: true })),
        name,
      );
    await gone("pagehide");
    const lines = asked["/v1/events"];
    const before = asked["/v1/notifications/unread"];
    await new Promise((later) => setTimeout(later, 4000)); // a line that ended would be back by now
    assert.equal(asked["/v1/events"], lines);
    await gone("pageshow");
    await until(() => asked["/v1/events"] > lines);
    await until(() => asked["/v1/notifications/unread"] > before);
    one.assertNoComplaints();
    await context.close();
  });
});
