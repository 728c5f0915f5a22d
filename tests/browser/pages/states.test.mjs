// The states of every screen (ui.md 9), as one table: what it shows while it loads, where there is
// nothing, one thing or a great many, where texts are as long as they may be, where the server
// fails or is not there, and where somebody may not look. Each says a sentence, with one thing to
// do, and that works.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { shifts, watchShifts } from "../support/lists.mjs";
import { all, speak } from "../support/matrix.mjs";
import { accept, fillAccount, main } from "../support/steps.mjs";
import {
  noPages, open, pagesBench, phone, settled, somebody, tooWide,
} from "../support/visit.mjs";

const photo = "main li[data-block]";
const person = "main li a[href^='/@']";
const newest = { action: "Newest photos", leads: "/recent" };
const toSettings = { action: "Back to the settings", leads: "/settings" };

// `api`: what the screen asks for; `content`: what stands there when it has come. `empty`: the
// sentence, what to do, and where that leads.
const screens = [
  {
    name: "home", path: "/", api: /^\/v1\/feed\/home$/, content: "main article",
    empty: { says: "No photos yet. Follow someone or upload your first.", ...newest },
  },
  {
    name: "explore", path: "/recent", api: /^\/v1\/feed\/recent$/, content: photo,
    empty: { says: "No public photos yet. Yours can be the first.", action: "Upload",
      leads: "/upload" },
  },
  {
    name: "profile", path: "/@jonas", api: /^\/v1\/accounts\/jonas\/photos$/, content: photo,
    empty: { says: "No photos to see here yet.", ...newest },
  },
  {
    name: "own photos", path: "/me", api: /^\/v1\/me\/photos$/, content: photo,
    empty: { says: "No photos yet. Upload your first.", action: "Upload", leads: "/upload" },
  },
  {
    name: "activity", path: "/activity", api: /^\/v1\/notifications$/, content: "main article",
    empty: {
      says: "Nothing yet. Follow someone or upload a photo, and what others do shows here.",
      action: "Explore", leads: "/explore",
    },
  },
  {
    name: "search", path: "/search?q=harbour", api: /^\/v1\/search$/, content: photo,
    empty: {
      says: "No photo has all of this. Try fewer words, or search people.",
      action: "Search people", leads: "/search",
    },
  },
  {
    name: "people found", path: "/search?q=a&type=people", api: /^\/v1\/search$/,
    content: person,
    empty: { says: "Nobody", action: "Search photos", leads: "/search" },
  },
  {
    name: "collections", path: "/@jonas/collections", content: "main li > a",
    api: /^\/v1\/accounts\/jonas\/collections$/,
    empty: { says: "No collections to see here yet.", ...newest },
  },
  {
    name: "collection", path: "/collections/8000", api: /^\/v1\/collections\/8000\/photos$/,
    content: photo,
    empty: { says: "Nothing in it yet. Choose Collect on the page of a photo.", ...newest },
  },
  { name: "popular", path: "/popular", api: /^\/v1\/popular$/, content: photo,
    empty: { says: "Nothing is popular yet. Like the photos that you want others to see.",
      ...newest } },
  { name: "tag", path: "/tags/harbour", api: /^\/v1\/tags\/harbour$/, content: photo,
    empty: { says: "No photo with this tag is here for you to see.",
      action: "Search for “harbour”", leads: "/search" } },
  { name: "saved", path: "/saved", api: /^\/v1\/me\/saved$/, content: photo,
    empty: { says: "Nothing saved yet. Choose Save below a photo.", ...newest } },
  { name: "liked", path: "/likes", api: /^\/v1\/me\/likes$/, content: photo,
    empty: { says: "You have liked no photos yet.", ...newest } },
  { name: "likers", path: "/photo/7000/likes", api: /^\/v1\/photos\/7000\/likes$/,
    content: person,
    empty: { says: "Nobody likes this photo yet. You can be the first.",
      action: "Back to the photo", leads: "/photo/7000" } },
  { name: "followers", path: "/@jonas/followers", api: /^\/v1\/accounts\/jonas\/followers$/,
    content: person,
    empty: { says: "Nobody follows @jonas yet.", action: "Back to the profile",
      leads: "/@jonas" } },
  { name: "following", path: "/@jonas/following", api: /^\/v1\/accounts\/jonas\/following$/,
    content: person,
    empty: { says: "@jonas follows nobody yet.", action: "Back to the profile",
      leads: "/@jonas" } },
  { name: "suggestions", path: "/people", api: /^\/v1\/suggestions$/, content: person,
    empty: { says: "Nobody to suggest yet. Like photos or search for people you know.",
      ...newest } },
  { name: "requests", path: "/people/requests", api: /^\/v1\/me\/follow-requests$/,
    content: person,
    empty: { says: "Your account is public: whoever wants to follow you does, without asking.",
      action: "Privacy settings", leads: "/settings" } },
  { name: "muted", path: "/settings/muted", api: /^\/v1\/me\/mutes$/, content: person,
    empty: { says: "You have muted nobody.", ...toSettings } },
  { name: "blocked", path: "/settings/blocked", api: /^\/v1\/me\/blocks$/, content: person,
    empty: { says: "You have blocked nobody.", ...toSettings } },
  {
    name: "moderation", path: "/moderation", api: /^\/v1\/moderation\/queue$/,
    content: "main .queue li",
    empty: { says: "Nothing waits for you.", action: "Go home", leads: "/" },
  },
  { name: "administration", path: "/admin/jobs", api: /^\/v1\/admin\/jobs$/,
    content: "main .rows > li",
    empty: { says: "Nothing has given up.", action: "See what runs", leads: "/admin/jobs" } },
  { name: "jobs that wait", path: "/admin/jobs?state=waiting", api: /^\/v1\/admin\/jobs$/,
    content: "main .rows > li",
    empty: { says: "Nothing waits.", action: "See what was done",
      leads: "/admin/jobs" } },
  { name: "members", path: "/admin/users", api: /^\/v1\/admin\/users$/,
    content: "main .rows > li",
    empty: { says: "Nobody is found here.", action: "See everybody", leads: "/admin/users" } },
  { name: "the log", path: "/admin/log", api: /^\/v1\/admin\/actions$/,
    content: "main ol > li",
    empty: { says: "Nothing was done to any account yet.", action: "Members",
      leads: "/admin/users" } },
  { name: "mailbox", path: "/admin/mailbox", api: /^\/v1\/admin\/mailbox$/,
    content: "main li > details",
    empty: { says: "No mails yet. The next sign-up sends one.", action: "Invite somebody",
      leads: "/settings/invitations" } },
  { name: "audit", path: "/moderation/audit", api: /^\/v1\/moderation\/audit$/,
    content: "main ol > li",
    empty: { says: "Nothing was decided yet.", action: "See what waits for you",
      leads: "/moderation" } },
  { name: "looks", path: "/moderation/looks", api: /^\/v1\/moderation\/looks$/,
    content: "main ol > li",
    empty: { says: "Nobody looked at what was not shared with them.",
      action: "See what waits for you", leads: "/moderation" } },
  { name: "blocklist", path: "/moderation/blocklist", api: /^\/v1\/moderation\/blocklist$/,
    content: "main ul > li",
    empty: { says: "The list is empty. What is removed as explicit comes here by itself.",
      action: "See what waits for you", leads: "/moderation" } },
];
// Those that are one thing instead of a list, and those whose form needs one answer. `ghosts`: its
// lines have boxes while they load.
const things = [
  { name: "photo", path: "/photo/7000", api: /^\/v1\/photos\/7000$/, content: "main h1" },
  { name: "a person", path: "/@jonas", api: /^\/v1\/accounts\/jonas$/, content: "main h1" },
  { name: "collection's head", path: "/collections/8000", api: /^\/v1\/collections\/8000$/,
    content: "main h1" },
  { name: "comments", path: "/photo/7000", api: /^\/v1\/photos\/7000\/comments$/,
    content: "main #comments ~ ul article" },
  { name: "viewer", path: "/photo/7000/view", api: /^\/v1\/photos\/7000$/,
    content: "dialog.viewer img" },
  { name: "the administration", path: "/admin", api: /^\/v1\/moderation\/waiting$/,
    content: "main dl .warn" },
  { name: "a member", path: "/admin/users/jonas", api: /^\/v1\/admin\/users\/jonas$/,
    content: "main dl" },
  { name: "the installation", path: "/admin/installation",
    api: /^\/v1\/admin\/installation$/, content: "main dl" },
  { name: "numbers", path: "/admin/people", api: /^\/v1\/admin\/analytics\/people$/,
    content: "main .chart" },
  { name: "costs", path: "/admin/costs", api: /^\/v1\/admin\/costs$/,
    content: "main tr[data-service]", ghosts: true },
  { name: "questions", path: "/admin/query", api: /^\/v1\/admin\/query\/schema$/,
    content: "main .sql", ghosts: true },
  { name: "upload", path: "/upload", api: /^\/v1\/instance$/, content: "main .choose, main .drop" },
  { name: "settings", path: "/settings", api: /^\/v1\/me\/notifications$/,
    content: "main #notifications ~ *" },
  { name: "security", path: "/settings/security",
    api: /^\/v1\/(me\/(email|totp|tokens)|sessions)$/, ghosts: true,
    content: "main [aria-labelledby=tokens-title] .rows > li" },
  { name: "invitations", path: "/settings/invitations", api: /^\/v1\/me\/invitations$/,
    content: "main .rows > li", ghosts: true },
  { name: "data", path: "/settings/data", api: /^\/v1\/me\/(export|import)$/,
    content: "main [aria-labelledby=import-title] form" },
  { name: "a case", path: "/moderation/cases/3001", api: /^\/v1\/moderation\/cases\/3001$/,
    content: "main article .judge" },
];
const unlisted = [...screens, ...things];

const failed = { failing: "The server is busy. Try again shortly.",
  offline: "The server cannot be reached. Check your connection and try again." };
const codes = { failing: "unavailable", offline: "offline" };

describe("the states", { skip: noPages }, () => {
  const bench = pagesBench();

  const member = (options = {}) => somebody(bench.browser, bench.server, "states", options);
  const frames = (page) =>
    page.evaluate(async () => {
      for (let frame = 0; frame < 3; frame += 1) await new Promise(requestAnimationFrame);
    });
  const notice = (page) => main(page).locator(".notice").first();

  // From a page that is there to one whose things cannot be had any more.
  async function sayOffline(page, path) {
    bench.server.fake.offline = /^\/v1\//;
    await page.evaluate((href) => {
      const link = document.createElement("a");
      link.href = href;
      document.querySelector("main").append(link);
      link.click();
    }, path);
  }

  // Where the first box of it is: [left, top, width].
  const firstBox = (page, selector) =>
    page.evaluate((wanted) => {
      const boxes = [...document.querySelectorAll(wanted)].map((node) =>
        node.getBoundingClientRect());
      const { left, top, width } = boxes.find(({ width: w, height }) => w > 0 && height > 0);
      return [left, top, width].map(Math.round);
    }, selector);

  // Elements whose words are cut without saying so, or that stand over the edge of the window.
  const cut = (page) =>
    page.evaluate(() => {
      const faults = [];
      for (const node of document.querySelectorAll("main *")) {
        const style = getComputedStyle(node);
        const { width, height, left, right } = node.getBoundingClientRect();
        if (width < 2 || height < 2 || style.visibility === "hidden") continue;
        const said = `${node.tagName}.${node.className}: ${node.textContent.trim().slice(0, 40)}`;
        if (getComputedStyle(node.parentElement).textOverflow === "ellipsis") continue; // says so
        if (left < -1 || right > innerWidth + 1) {
          // What can be scrolled inside of something is not cut.
          let inside = node.parentElement;
          const still = () => !/auto|scroll/.test(getComputedStyle(inside).overflowX);
          while (inside.tagName !== "MAIN" && still()) inside = inside.parentElement;
          if (inside.tagName === "MAIN") faults.push(said);
          continue;
        }
        const wide = node.scrollWidth > node.clientWidth + 1;
        const told = style.textOverflow === "ellipsis" || style.overflowX !== "hidden";
        if (wide && node.clientWidth > 0 && !told) faults.push(`cut ${said}`);
      }
      return faults;
    });

  for (const width of [390, 1440]) {
    for (const { name, path, api, content } of screens) {
      it(`${name} at ${width} px loads in its final shape`, async () => {
        const one = await member({ viewport: { width, height: 844 } });
        bench.server.fake.signedIn = true;
        bench.server.fake.hold(api);
        await one.page.goto(path);
        const ghosts = main(one.page).locator("[aria-hidden=true]").first();
        await ghosts.waitFor();
        const narrow = width === 390;
        const boxes = "main [aria-hidden=true] li, main [aria-hidden=true] > div";
        const [left, top] = narrow ? await firstBox(one.page, boxes) : [];
        await main(one.page).getByText("Loading").first().waitFor({ state: "attached" });
        await watchShifts(one.page);
        await one.shot(`${name}-loading-${width}`);
        bench.server.fake.release();
        await one.page.locator(content).first().waitFor();
        if (narrow) {
          const [at, from] = await firstBox(one.page, content);
          assert.ok(Math.abs(at - left) <= 12, `${at} from the edge, and ${left} before`);
          assert.ok(Math.abs(from - top) <= 48, `${from} from above, and ${top} before`);
        }
        await settled(one.page);
        assert.deepEqual(await shifts(one.page), [], "nothing has moved");
        assert.equal(await ghosts.locator("xpath=self::ul[contains(@class, 'ghosts')]").count(), 0);
        one.assertNoComplaints();
        await one.context.close();
      });
    }
  }

  for (const { name, path, api, content } of things.filter(({ ghosts }) => ghosts)) {
    it(`${name} loads in boxes`, async () => {
      const one = await member(phone);
      const ghosts = main(one.page).locator("ul.ghosts");
      bench.server.fake.signedIn = true;
      bench.server.fake.hold(api);
      await one.page.goto(path);
      await ghosts.first().waitFor();
      await main(one.page).getByText("Loading").first().waitFor({ state: "attached" });
      assert.equal(await one.page.locator(content).count(), 0);
      assert.equal(await tooWide(one.page), 0);
      await one.shot(`${name}-loading`);
      bench.server.fake.release();
      await one.page.locator(content).first().waitFor();
      await settled(one.page);
      assert.equal(await ghosts.count(), 0);
      one.assertNoComplaints();
      await one.context.close();
    });
  }

  it("questions without a backup say so, and are asked once there is one", async () => {
    const one = await member(phone);
    bench.server.fake.empty = true;
    await open(bench.server, one, { path: "/admin/query" });
    const alert = main(one.page).getByRole("alert");
    await alert.getByText("There is no such backup to ask.", { exact: false }).waitFor();
    assert.equal(await alert.locator("code").innerText(), "no_backup");
    assert.equal(await one.page.locator("main .sql").count(), 0);
    assert.equal(await tooWide(one.page), 0);
    await one.shot("questions-without-backup");
    bench.server.fake.empty = false;
    await alert.getByRole("button", { name: "Try again" }).press("Enter");
    await one.page.locator("main .sql").waitFor();
    assert.equal(await alert.count(), 0);
    one.assertNoComplaints([404]);
    await one.context.close();
  });

  it("invitations that are none say so below the form", async () => {
    const one = await member(phone);
    bench.server.fake.empty = true;
    await open(bench.server, one, { path: "/settings/invitations" });
    await main(one.page).getByText("You have invited nobody yet.").waitFor();
    await main(one.page).getByRole("button", { name: "Make a link" }).waitFor();
    assert.equal(await main(one.page).locator(".rows").count(), 0);
    one.assertNoComplaints();
    await one.context.close();
  });

  it("comments that are not here yet, or none, say so", async () => {
    const one = await member(phone);
    const { fake } = bench.server;
    const comments = main(one.page).getByRole("region", { name: /comments/i });
    const none = comments.getByText("No comments yet.");
    fake.signedIn = true;
    fake.hold(/\/comments$/);
    await one.page.goto("/photo/7000");
    await comments.getByText("Loading").waitFor({ state: "attached" });
    assert.equal(await none.count(), 0);
    fake.release();
    await comments.getByRole("article").first().waitFor();
    assert.equal(await comments.getByText("Loading").count(), 0);
    fake.empty = true;
    await open(bench.server, one, { path: "/photo/7000" });
    await none.waitFor();
    assert.equal(await comments.getByRole("article").count(), 0);
    await one.shot("comments-empty");
    one.assertNoComplaints();
    await one.context.close();
  });

  for (const { name, path, content, empty } of screens) {
    it(`${name} that is empty says so, and what to do`, async () => {
      const one = await member(phone);
      bench.server.fake.empty = true;
      await open(bench.server, one, { path });
      assert.ok((await notice(one.page).innerText()).includes(empty.says),
        await notice(one.page).innerText());
      assert.equal(await one.page.locator(content).count(), 0);
      assert.equal(await tooWide(one.page), 0);
      await one.shot(`${name}-empty`);
      if (empty.action) {
        await notice(one.page).getByRole("link", { name: empty.action }).click();
        await one.page.waitForURL((url) => url.pathname === empty.leads);
      }
      one.assertNoComplaints();
      await one.context.close();
    });

    it(`${name} with one thing shows that one`, async () => {
      const one = await member(phone);
      bench.server.fake.single = true;
      await open(bench.server, one, { path });
      assert.equal(await one.page.locator(content).count(), 1);
      assert.equal(await main(one.page).locator(".notice").count(), 0);
      assert.equal(await tooWide(one.page), 0);
      // A photo alone is not drawn out over the window.
      if (content === photo) {
        const { height } = await one.page.locator(content).boundingBox();
        assert.ok(height <= 300, `${height} px high`);
      }
      await one.shot(`${name}-one`);
      one.assertNoComplaints();
      await one.context.close();
    });
  }

  for (const { name, path, content } of screens.filter(({ content: what }) => what === photo)) {
    it(`${name} with a great many draws those that are near`, async () => {
      const one = await member(phone);
      Object.assign(bench.server.fake, { many: 5000, tiny: true });
      await open(bench.server, one, { path });
      const drawn = await one.page.locator(content).count();
      assert.ok(drawn > 4 && drawn < 121, `${drawn} are drawn`);
      assert.equal(await tooWide(one.page), 0);
      await one.context.close();
    });
  }

  for (const { name, path } of unlisted) {
    it(`${name} breaks texts that are as long as they may be`, async () => {
      const one = await member(phone);
      bench.server.fake.long = true;
      await open(bench.server, one, { path });
      assert.equal(await tooWide(one.page), 0);
      assert.deepEqual(await cut(one.page), []);
      await one.shot(`${name}-long`);
      await one.context.close();
    });

    for (const how of name === "upload" ? ["failing"] : ["failing", "offline"]) {
      it(`${name} says that the server is ${how}, and tries again`, async () => {
        const one = await member(phone);
        const { fake } = bench.server;
        const { api, content } = unlisted.find((each) => each.name === name);
        if (how === "failing") {
          fake.signedIn = true;
          fake.failing = api;
          await one.page.goto(path);
        } else {
          await open(bench.server, one, { path: path === "/saved" ? "/likes" : "/saved" });
          await sayOffline(one.page, path);
        }
        const alert = main(one.page).getByRole("alert").filter({ hasText: failed[how] }).first();
        await alert.waitFor();
        assert.equal(await alert.locator("code").innerText(), codes[how]);
        const size = await alert.locator("code").evaluate((node) =>
          parseFloat(getComputedStyle(node).fontSize));
        assert.equal(size, 12, "the code is small");
        assert.equal(await alert.getByRole("button").count(), 1, "one thing to do");
        if (how === "offline") await one.page.getByText("No connection.").waitFor();
        assert.equal(await tooWide(one.page), 0);
        await one.shot(`${name}-${how}`);
        fake[how] = false;
        do { // each part of a page by itself
          await alert.getByRole("button", { name: "Try again" }).press("Enter");
          await settled(one.page);
        } while (await alert.count() > 0);
        await one.page.locator(content).first().waitFor();
        await one.page.getByText("No connection.").waitFor({ state: "detached" });
        one.complaints = one.complaints.filter((text) => !/ERR_EMPTY_RESPONSE/.test(text));
        one.assertNoComplaints([503]);
        await one.context.close();
      });
    }

    // By itself each is asked for at every address: direction.test.mjs, places.test.mjs.
    if (all) it(`${name} is mirrored, and fits at 400 %`, async () => {
      const one = await member(phone);
      await speak(one, bench.server, "ar-XB");
      await open(bench.server, one, { path });
      assert.equal(await one.page.evaluate(() => getComputedStyle(document.body).direction), "rtl");
      assert.equal(await tooWide(one.page), 0);
      await one.shot(`${name}-mirrored`);
      await one.page.setViewportSize({ width: 320, height: 256 });
      await frames(one.page); // a list is laid anew after its window has changed
      assert.equal(await tooWide(one.page), 0);
      await one.context.close();
    });
  }

  // Of those who are not here yet: one form each, which sends one thing.
  describe("a form of coming in", () => {
    const password = "seven slow ferries";
    const person = { name: "S", handle: "somebody", email: "somebody@example.org", password };
    const forms = [
      {
        name: "log-in", path: "/login", api: /^\/v1\/sessions$/, button: "Log in",
        fill: async (page, secret = password) => {
          await page.getByLabel("Handle or e-mail").fill("mei");
          await page.getByLabel("Password").fill(secret);
        },
        kept: ["#login", "mei"], then: { name: /./, level: 1, at: "/" },
      },
      {
        name: "sign-up", path: "/signup", api: /^\/v1\/accounts$/, button: "Sign up",
        fill: async (page) => {
          await fillAccount(page, person);
          await accept(page);
        },
        kept: ["#handle", "somebody"], then: { name: "Enter the code", level: 1, at: "/verify" },
      },
      {
        name: "forgot", path: "/forgot", api: /^\/v1\/password\/forgot$/, button: "Send the link",
        fill: (page) => page.getByLabel("Handle or e-mail").fill("mei"),
        kept: ["#login", "mei"], then: { name: "Forgot the password", level: 1, at: "/forgot" },
        says: "a mail is on its way",
      },
      {
        name: "reset", path: "/reset#token=abc", api: /^\/v1\/password\/reset$/,
        button: "Set the password",
        fill: (page) => page.getByLabel("New password").fill(password),
        kept: ["#password", password], then: { name: "New password", level: 1, at: "/reset" },
        says: "The new password is set.",
      },
    ];

    async function arrived(page, { then, says }) {
      await page.waitForURL((url) => url.pathname === then.at);
      await main(page).getByRole("heading", { level: 1, name: then.name }).waitFor();
      if (says) await main(page).getByText(says).waitFor();
    }

    for (const form of forms) {
      const { name, path, api, fill, kept, button } = form;
      const submit = (page) => main(page).getByRole("button", { name: button, exact: true });
      const visit = async () => {
        const one = await member({ member: false, ...phone });
        await open(bench.server, one, { path, member: false });
        return one;
      };

      it(`${name} is busy while it is sent, and sent once`, async () => {
        const one = await visit();
        const sent = [];
        one.page.on("request", (request) =>
          api.test(new URL(request.url()).pathname) && sent.push(request.method()));
        await fill(one.page);
        bench.server.fake.hold(api);
        await submit(one.page).click();
        await main(one.page).locator("button.primary:disabled").waitFor();
        await one.page.keyboard.press("Enter");
        bench.server.fake.release();
        await arrived(one.page, form);
        assert.deepEqual(sent, ["POST"]);
        one.assertNoComplaints();
        await one.context.close();
      });

      for (const how of ["failing", "offline"]) {
        it(`${name} says that the server is ${how}, keeps what was typed, goes on`, async () => {
          const one = await visit();
          await fill(one.page);
          bench.server.fake[how] = api;
          await submit(one.page).click();
          const alert = main(one.page).getByRole("alert").filter({ hasText: failed[how] });
          await alert.waitFor();
          assert.equal(await one.page.locator(kept[0]).inputValue(), kept[1]);
          assert.equal(await tooWide(one.page), 0);
          await one.shot(`${name}-${how}`);
          bench.server.fake[how] = false;
          await submit(one.page).click();
          await arrived(one.page, form);
          one.complaints = one.complaints.filter((text) => !/ERR_EMPTY_RESPONSE/.test(text));
          one.assertNoComplaints([503]);
          await one.context.close();
        });
      }

      it(`${name} that is not filled in sends nothing, and goes to what is missing`, async () => {
        const one = await visit();
        const sent = [];
        one.page.on("request", (request) => request.method() === "POST" && sent.push(1));
        await submit(one.page).click();
        const field = await one.page.evaluate(() => document.activeElement.matches(":invalid"));
        assert.deepEqual([sent, field], [[], true]);
        await one.context.close();
      });

      it(`${name} is mirrored, and fits at 400 %`, async () => {
        const one = await member({ member: false, ...phone });
        await speak(one, bench.server, "ar-XB");
        await open(bench.server, one, { path, member: false });
        assert.equal(await tooWide(one.page), 0);
        assert.deepEqual(await cut(one.page), []);
        await one.shot(`${name}-mirrored`);
        await one.page.setViewportSize({ width: 320, height: 256 });
        await frames(one.page);
        assert.equal(await tooWide(one.page), 0);
        await one.context.close();
      });
    }

    it("log-in says what is wrong, and keeps the name", async () => {
      const one = await visitLogIn();
      await forms[0].fill(one.page, "the wrong one");
      await main(one.page).getByRole("button", { name: "Log in" }).click();
      await main(one.page).getByRole("alert").getByText("is wrong. Try again.").waitFor();
      assert.equal(await one.page.locator("#login").inputValue(), "mei");
      one.assertNoComplaints([401]);
      await one.context.close();
    });

    async function visitLogIn() {
      const one = await member({ member: false, ...phone });
      await open(bench.server, one, { path: "/login", member: false });
      return one;
    }

    it("a link for a new password that is not whole leads to another one", async () => {
      const one = await member({ member: false, ...phone });
      await open(bench.server, one, { path: "/reset", member: false });
      await notice(one.page).getByText("The link is not complete.").waitFor();
      await notice(one.page).getByRole("link", { name: "Ask for a new link" }).click();
      await one.page.waitForURL("**/forgot");
      await one.context.close();
    });
  });

  describe("where somebody may not look", () => {
    const refusals = [
      ["/moderation", "This page is for moderators.", "Go home", "/"],
      ["/admin", "This page is for administrators.", "Go home", "/"],
      ["/photo/1/view", "Nothing is here", "Go home", "/"],
      ["/admin/jobs", "This page is for administrators.", "Go home", "/"],
      ["/photo/1", "Nothing is here", "Go home", "/"],
      ["/@nobody", "Nothing is here", "Go home", "/"],
      ["/collections/1", "Nothing is here", "Go home", "/"],
      ["/no/such/page", "There is no page at this address.", "Go home", "/"],
    ];
    for (const [path, says, action, leads] of refusals) {
      it(`${path} says why, and leads on`, async () => {
        const one = await member(phone);
        bench.server.fake.role = "member";
        await open(bench.server, one, { path });
        await notice(one.page).getByText(says).waitFor();
        await one.shot(`refused-${path.replaceAll("/", "_")}`);
        await notice(one.page).getByRole("link", { name: action }).click();
        await one.page.waitForURL((url) => url.pathname === leads);
        one.assertNoComplaints([404]);
        await one.context.close();
      });
    }

    it("a private account tells for whom its photos are, and how to follow", async () => {
      const one = await member(phone);
      await open(bench.server, one, { path: "/@amara" });
      await notice(one.page).getByText("This account is private. Its photos are for followers.")
        .waitFor();
      await main(one.page).getByRole("button", { name: /follow/i }).first().waitFor();
      await one.shot("private");
      await one.context.close();
    });

    for (const path of ["/", "/upload", "/activity", "/settings", "/me", "/saved"]) {
      it(`${path} lets a visitor come in first`, async () => {
        const one = await member({ member: false, ...phone });
        await open(bench.server, one, { path, member: false });
        await main(one.page).getByRole(path === "/" ? "link" : "button", { name: "Log in" })
          .waitFor();
        await one.context.close();
      });
    }
  });

  for (const [id, state, says, reason] of [
    ["7002", "removed", "It looks explicit, which the rules of this instance do not allow.",
      "explicit"],
    ["7002", "held", "It may show more than everybody should see. A moderator looks at it first."],
    ["7009", "rejected", "The file is damaged or incomplete."],
  ]) {
    it(`an own photo that is ${state} tells why, and what comes`, async () => {
      const one = await member(phone);
      const { card } = bench.server.fake.photos.find(({ card: { id: is } }) => is === id);
      const before = { ...card };
      card.owner = { handle: "mei", name: "Mei Tan", avatar: null };
      if (reason) Object.assign(card, { state, reason });
      await open(bench.server, one, { path: `/photo/${id}` });
      await main(one.page).locator(`[data-state=${state}]`).waitFor();
      await main(one.page).getByText(says).waitFor();
      assert.equal(await main(one.page).getByRole("button", { name: "Share" }).count(), 0);
      await one.shot(`photo-${state}`);
      Object.assign(card, before);
      await one.context.close();
    });
  }

  // What is left of the pages when there is no network, and from when it is.
  for (const [path, content, ...needed] of [
    ["/", "main article", "/v1/feed/home"],
    ["/recent", photo, "/v1/feed/recent"],
    ["/@jonas", photo, "/v1/accounts/jonas", "/v1/accounts/jonas/photos"],
  ]) {
    it(`${path} that was kept says from when it is`, async () => {
      const one = await member({ ...phone, serviceWorkers: "allow" });
      await open(bench.server, one, { path });
      await one.page.evaluate(() => navigator.serviceWorker.ready);
      await one.page.waitForFunction(() => navigator.serviceWorker.controller !== null);
      await open(bench.server, one, { path });
      await one.page.locator(content).first().waitFor();
      // The page has its answers before the worker has kept them.
      await one.page.waitForFunction(async (wanted) => {
        const keys = await (await caches.open("answers")).keys();
        const kept = keys.map(({ url }) => new URL(url).pathname);
        return wanted.every((each) => kept.includes(each));
      }, ["/v1/me", ...needed]);
      bench.server.fake.offline = true;
      await one.page.goto(path);
      await one.page.locator(content).first().waitFor();
      const said = one.page.getByText("No connection.");
      await said.waitFor();
      assert.ok(await said.getByRole("time").getAttribute("datetime"));
      await one.shot(`kept-${path.replaceAll("/", "_")}`);
      await one.context.close();
    });
  }
});
