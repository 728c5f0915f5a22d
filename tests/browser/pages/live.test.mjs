// The line on which the server tells what is new, and what a page does where it has none.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { main } from "../support/steps.mjs";
import { noPages, open, pagesBench, phone, somebody, until } from "../support/visit.mjs";

const minute = 60_000;
const hour = 60 * minute;

describe("the line of events", { skip: noPages }, () => {
  const bench = pagesBench();

  // Somebody on a page whose clock is ours, and how often it asked for what.
  async function listening(path = "/recent", options = {}) {
    const one = await somebody(bench.browser, bench.server, "live", options);
    await one.context.clock.install();
    const asked = {
      "/v1/events": 0, "/v1/notifications/unread": 0, "/v1/photos/7000/comments": 0,
    };
    one.page.on("request", (request) => {
      const { pathname } = new URL(request.url());
      if (pathname in asked) asked[pathname] += 1;
    });
    await open(bench.server, one, { path });
    return { ...one, one, asked };
  }

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

  it("is done without on the page of a photo: its comments are asked for", async () => {
    const { fake } = bench.server;
    fake.lineless = true;
    const { one, page, context, asked } = await listening("/photo/7000");
    await until(() => asked["/v1/events"] > 0);
    const before = asked["/v1/photos/7000/comments"];
    await context.clock.runFor(minute);
    await until(() => asked["/v1/photos/7000/comments"] > before);
    assert.equal(await page.getByRole("alert").count(), 0, "nobody is told");
    one.assertNoComplaints([429]);
    await context.close();
  });

  it("is done without at home: what is new is asked for", async () => {
    const { fake } = bench.server;
    fake.lineless = true;
    const { one, page, context, asked } = await listening("/", phone);
    await until(() => asked["/v1/events"] > 0);
    const [{ file, card }] = fake.photos;
    const photo = { file, card: { ...card, id: "7950", title: "New" } };
    fake.photos = [photo, ...fake.photos];
    await context.clock.runFor(minute);
    await main(page).getByRole("button", { name: "1 new photo" }).waitFor();
    fake.photos = fake.photos.filter((each) => each !== photo);
    one.assertNoComplaints([429]);
    await context.close();
  });

  it("says at once what is new, and asks for what it has missed where it was broken", async () => {
    const { fake } = bench.server;
    const { one, page, context, asked } = await listening();
    await until(() => fake.lines === 1);
    fake.tell("notification", { unread: 9 });
    const bell = page.getByRole("link", { name: /Activity.*9|9.*Activity/ }).first();
    await bell.waitFor();
    const before = asked["/v1/notifications/unread"];
    fake.cutLines();
    await until(() => asked["/v1/notifications/unread"] === before + 1);
    assert.equal(fake.lines, 1, "and hears again");
    fake.tell("notification", { unread: 9 });
    await bell.waitFor();
    one.assertNoComplaints();
    await context.close();
  });

  it("is let go with the page, and there again when the page comes back as it was", async () => {
    const { one, page, context, asked } = await listening();
    await until(() => bench.server.fake.lines === 1);
    const gone = (name) =>
      page.evaluate(
        (type) => dispatchEvent(new PageTransitionEvent(type, { persisted: true })),
        name,
      );
    await gone("pagehide");
    await until(() => bench.server.fake.lines === 0);
    const lines = asked["/v1/events"];
    const before = asked["/v1/notifications/unread"];
    await new Promise((later) => setTimeout(later, 1000)); // a line that ended would be back by now
    assert.equal(asked["/v1/events"], lines);
    await gone("pageshow");
    await until(() => bench.server.fake.lines === 1);
    await until(() => asked["/v1/notifications/unread"] > before);
    one.assertNoComplaints();
    await context.close();
  });
});

describe("how long ago something was", { skip: noPages }, () => {
  const bench = pagesBench();

  it("is said anew as time passes", async () => {
    const one = await somebody(bench.browser, bench.server, "live", phone);
    const newest = bench.server.fake.cards(({ state }) => state === "published").at(0);
    await one.context.clock.install({ time: Date.parse(newest.created_at) + 20 * minute });
    await open(bench.server, one, { path: "/" });
    const said = main(one.page).getByRole("article").first().locator("time");
    assert.match(await said.innerText(), /minute/);
    await one.context.clock.fastForward(3 * hour);
    await until(async () => (await said.innerText()) === "3 hours ago");
    one.assertNoComplaints();
    await one.context.close();
  });
});
