// The administrator's numbers: what a page shows is what the server answered, in every form that it
// has; charts by pointer and by keyboard.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, it } from "node:test";
import { isDeepStrictEqual } from "node:util";
import { backup, proof } from "../fake/backups.mjs";
import { board } from "../fake/house.mjs";
import { main } from "../support/steps.mjs";
import { noPages, pagesBench, phone, settled, somebody, until } from "../support/visit.mjs";

const wide = { viewport: { width: 1440, height: 900 } };
const october = "from=2026-10-01&to=2026-10-31&step=day";
const areas = ["people", "photos", "engagement", "search", "moderation", "system"];

const catalogue = Object.assign({}, ...["analytics", "report"].map((area) => JSON.parse(
  readFileSync(new URL(`../../../web/src/i18n/en/${area}.json`, import.meta.url), "utf8"))));

// What stands for an id of the server: the words of its places, the nearest first.
function named(id, ...places) {
  const key = [...places, "id"].map((place) => `${place}.${id.replaceAll(" ", "_")}`)
    .find((one) => one in catalogue);
  const week = /^week(\d+)$/.exec(id)?.[1];
  assert.ok(key || week, `${id} has no name`);
  return key ? catalogue[key] : `Week ${week}`;
}

// As the page writes them in English of Singapore.
const format = (value, options) => new Intl.NumberFormat("en-SG", options).format(value);
const unit = (value, name) =>
  format(value, { style: "unit", unit: name, unitDisplay: "short", maximumFractionDigits: 1 });

function lasting(seconds) {
  if (seconds < 90) return unit(seconds, "second");
  if (seconds < 5400) return unit(seconds / 60, "minute");
  return seconds < 172_800 ? unit(seconds / 3600, "hour") : unit(seconds / 86_400, "day");
}

function bytes(count) {
  const names = ["byte", "kilobyte", "megabyte", "gigabyte"];
  let power = 0;
  while (power < 3 && count >= 1000 ** (power + 1)) power += 1;
  return format(count / 1000 ** power, { style: "unit", unit: names[power],
    unitDisplay: power > 0 ? "short" : "long", maximumFractionDigits: power > 1 ? 1 : 0 });
}

function written(kind, value) {
  if (value === null || value === undefined) return "–";
  if (kind === "bytes") return bytes(value);
  if (kind === "percent") {
    return format(value / 100, { style: "percent", maximumFractionDigits: 1 });
  }
  if (kind === "milliseconds") return unit(value, "millisecond");
  return kind === "seconds" ? lasting(value) : format(value);
}

const day = (iso) => new Intl.DateTimeFormat("en-SG", {
  day: "numeric", month: "short", year: "numeric", timeZone: "UTC" }).format(new Date(iso));

const places = { decision: "decided", reason: "reason", route: "series" };
const countryName = new Intl.DisplayNames(["en-SG"], { type: "region" });

// A cell of a table by the kind of its column.
function inCell({ id, kind }, value) {
  if (kind === "photo") return value.title || `#${value.id}`;
  if (kind === "account") return `${value.name} @${value.handle}`;
  if (kind === "country") return countryName.of(value);
  if (kind === "day") return day(value);
  if (kind === "text") return id in places ? named(value, places[id]) : value;
  return written(kind, value);
}

// By how much a figure changed, and what it was.
function changeOf({ unit: kind, value, before }) {
  if (typeof before !== "number") return "";
  const grown = before === 0 ? "" : format((value - before) / before, {
    style: "percent", maximumFractionDigits: 1, signDisplay: "exceptZero",
  });
  return `${grown} ${written(kind, before)} before`.trim();
}

// Cells of the table of a section, a row a list.
const cells = (section) => section.locator("tbody tr").evaluateAll((rows) =>
  rows.map((row) => [...row.cells].map((cell) => cell.innerText.trim())));
const headings = (section) => section.locator("thead th").allInnerTexts();

describe("the administrator's numbers", { skip: noPages }, () => {
  const bench = pagesBench();
  const answerOf = (area, query) => board(bench.server.fake, area, new URLSearchParams(query));
  const chart = (page, name) => main(page).getByRole("region", { name, exact: true });
  const table = (page, name) => main(page).locator("section")
    .filter({ has: page.getByRole("heading", { name, exact: true }) });
  // Somebody whose clock is ours.
  async function clocked(time) {
    const one = await somebody(bench.browser, bench.server, "house", wide);
    bench.server.fake.signedIn = true;
    await one.page.clock.install(time ? { time: new Date(time) } : {});
    return one;
  }
  const nothing = "Nothing was counted in this time.";
  const when = (section) => section.locator(".when").innerText();
  // From one part of the width of a chart to another; then the pointer is nowhere.
  async function drag(page, section, from, to) {
    const plot = section.locator(".u-over");
    await plot.waitFor();
    await plot.scrollIntoViewIfNeeded();
    const { x, y, width, height } = await plot.boundingBox();
    await page.mouse.move(x + width * from, y + height / 2);
    await page.mouse.down();
    await page.mouse.move(x + width * to, y + height / 2, { steps: 5 });
    await page.mouse.up();
    await page.mouse.move(0, 0);
  }

  it("are six at first, with their change and where they lead", async () => {
    const one = await bench.visit("/admin", wide);
    const figures = main(one.page).locator("[data-figure]");
    assert.deepEqual(
      await figures.evaluateAll((all) => all.map((each) => each.innerText.split(/\n+/))),
      [
        ["Members", "40,000", "+0.5%", "39,800 before"],
        ["Active in 7 days", "7,900", "-4.4%", "8,260 before"],
        ["Photos", "360,000", "+1.1%", "356,000 before"],
        ["Views", "121,000", "+2.5%", "118,000 before"],
        ["Storage", "1,875 GB", "+0.8%", "1,860 GB before"],
        ["99 of 100 within", "48.5 ms", "-5.3%", "51.2 ms before"],
      ],
    );
    assert.equal(await figures.locator("svg path").count(), 6);
    await figures.getByRole("link", { name: "Views" }).click();
    await one.page.getByRole("heading", { level: 1, name: "Engagement" }).waitFor();
    one.assertNoComplaints();
    await one.context.close();
  });

  for (const [path, seconds] of [
    ["/admin", 31], ["/admin/system", 16], ["/admin/moderation", 31], ["/admin/search", 31],
    ["/admin/engagement", 31], ["/admin/photos", 31], ["/admin/people", 31],
  ]) {
    it(`of ${path} follow what is counted while somebody looks`, async () => {
      const one = await clocked();
      await one.page.goto(path);
      await settled(one.page);
      const figure = main(one.page).locator("[data-figure] .value").first();
      const before = Number((await figure.innerText()).replace(/\D/g, ""));
      assert.ok(before > 0);
      bench.server.fake.more = 25;
      await one.page.clock.fastForward(seconds * 1000);
      await until(async () => (await figure.innerText()) === format(before + 25));
      one.assertNoComplaints();
      await one.context.close();
    });
  }

  it("go on with the day past midnight UTC, but for days that were chosen", async () => {
    const one = await clocked("2026-11-29T23:40:00Z");
    const { page } = one;
    const asked = [];
    page.on("request", (request) => {
      const { pathname, searchParams } = new URL(request.url());
      const room = /analytics\/(\w+)$/.exec(pathname)?.[1];
      if (room) asked.push({ room, ...Object.fromEntries(searchParams) });
    });
    await page.goto("/admin/system");
    await settled(page);
    await main(page).getByText("Days begin at midnight UTC.").waitFor();
    assert.deepEqual([asked.at(-1).from, asked.at(-1).to], ["2026-10-31", "2026-11-29"]);
    await page.clock.fastForward(30 * 60_000);
    await until(() => asked.at(-1).to === "2026-11-30");
    assert.equal(asked.at(-1).from, "2026-11-01");
    assert.equal(await page.getByLabel("Time", { exact: true }).inputValue(), "month");
    const csv = chart(page, "Requests").getByRole("link", { name: /^CSV/ });
    assert.match(await csv.getAttribute("href"), /from=2026-11-01&to=2026-11-30/);
    // A name goes along to the other rooms, and stays one.
    await page.getByLabel("Time", { exact: true }).selectOption("Last 7 days");
    await until(() => asked.at(-1).from === "2026-11-24");
    await page.clock.fastForward(24 * 3_600_000);
    await until(() => asked.at(-1).to === "2026-12-01");
    await page.getByRole("navigation", { name: "Rooms of the administration" })
      .getByRole("link", { name: "Photos" }).click();
    await until(() => asked.at(-1).room === "photos");
    assert.deepEqual([asked.at(-1).from, asked.at(-1).to], ["2026-11-25", "2026-12-01"]);
    assert.equal(new URL(page.url()).searchParams.get("range"), "week");
    await page.goto(`/admin/system?${october}`);
    await settled(page);
    const before = asked.length;
    await page.clock.fastForward(24 * 3_600_000);
    await until(() => asked.length > before);
    assert.deepEqual([asked.at(-1).from, asked.at(-1).to], ["2026-10-01", "2026-10-31"]);
    one.assertNoComplaints();
    await one.context.close();
  });

  for (const area of areas) {
    for (const compare of [false, true]) {
      const and = compare ? ", and of the time before" : "";
      it(`of ${area} are those of the answer${and}`, async () => {
        const query = `${october}${compare ? "&compare=true" : ""}`;
        const one = await bench.visit(`/admin/${area}?${query}`, wide);
        const { page } = one;
        const answer = answerOf(area, query);
        const values = await main(page).locator("[data-figure] .value").allInnerTexts();
        assert.deepEqual(values, answer.figures.map((each) => written(each.unit, each.value)));
        assert.deepEqual(
          await main(page).locator("[data-figure] dt").allInnerTexts(),
          answer.figures.map(({ id }) => named(id, "figure")),
        );
        const changes = await main(page).locator("[data-figure] .change").allInnerTexts();
        assert.deepEqual(changes.map((text) => text.replace(/\s+/g, " ").trim()),
          answer.figures.map(changeOf));

        const charts = main(page).locator("section.chart");
        assert.equal(await charts.count(), answer.charts.length);
        for (const [at, { id: what, times, series, unit: kind }] of answer.charts.entries()) {
          await charts.nth(at).getByRole("button", { name: "Table" }).click();
          assert.equal(await charts.nth(at).getAttribute("aria-label"), named(what, "chart"));
          assert.deepEqual(await headings(charts.nth(at)), ["Time", ...series.flatMap((each) => {
            const name = named(each.id, `series.${what}`, "series");
            return each.before ? [name, `${name} before`] : [name];
          })]);
          const rows = times.map((time, row) => [day(time), ...series.flatMap((each) =>
            [each.values, each.before].filter(Boolean).map((list) => written(kind, list[row])))]);
          assert.deepEqual(await cells(charts.nth(at)), rows);
        }
        one.assertNoComplaints();
        await one.context.close();
      });
    }
  }

  for (const area of areas) {
    it(`of ${area} stand in its tables, cell by cell`, async () => {
      const one = await bench.visit(`/admin/${area}`, wide);
      for (const { id, columns, rows } of answerOf(area, "").tables) {
        const section = table(one.page, named(id, "table"));
        assert.deepEqual(await headings(section), columns.map((each) => named(each.id, "column")));
        assert.deepEqual(await cells(section),
          rows.map((row) => row.map((value, at) => inCell(columns[at], value))), id);
      }
      one.assertNoComplaints();
      await one.context.close();
    });
  }

  it("lead to the photos and the people that they are of", async () => {
    const one = await bench.visit("/admin/engagement", wide);
    const [photo] = bench.server.fake.cards();
    const link = table(one.page, "Most seen photos").locator(`a[href="/photo/${photo.id}"]`);
    assert.equal((await link.innerText()).trim(), photo.title);
    assert.equal(await link.locator("img").count(), 1);
    const people = table(one.page, "People whose photos are seen most");
    assert.equal(await people.locator(`a[href="/@${photo.owner.handle}"]`).count(), 1);
    one.assertNoComplaints();
    await one.context.close();
  });

  it("are each said with what its row is of", async () => {
    const one = await bench.visit(`/admin/people?${october}`, wide);
    const { page } = one;
    const { rows } = answerOf("people", october).tables.find(({ id }) => id === "retention");
    const heads = table(page, "Who comes back").getByRole("rowheader");
    assert.deepEqual(await heads.allInnerTexts(), rows.map(([cohort]) => day(cohort)));
    const styles = await heads.first().evaluate((head) =>
      [head, head.nextElementSibling].map((node) => {
        const { fontWeight, position, color } = getComputedStyle(node);
        return [fontWeight, position, color];
      }));
    assert.deepEqual(styles[0], styles[1], "it looks as the others do");
    const section = chart(page, "Members");
    await section.getByRole("button", { name: "Table" }).click();
    assert.equal(await section.getByRole("rowheader").count(), 31);
    one.assertNoComplaints();
    await one.context.close();
  });

  it("say what is not kept for as long as the days that are chosen", async () => {
    const one = await bench.visit("/admin/engagement?from=2026-01-01&to=2026-11-20&step=week",
      wide);
    const { page } = one;
    const views = page.getByText("Counted over the last 100 days only.");
    for (const name of ["Most seen photos", "People whose photos are seen most"]) {
      assert.equal(await table(page, name).locator(views).count(), 1, name);
    }
    await page.goto("/admin/search?from=2026-01-01&to=2026-11-20&step=week");
    await settled(page);
    const rare = page.getByText("Rare words are counted over the last 90 days only.");
    assert.equal(await rare.count(), 2);
    for (const path of ["/admin/search", "/admin/engagement?range=quarter&step=day"]) {
      await page.goto(path);
      await settled(page);
      assert.equal(await rare.or(views).count(), 0, path);
    }
    one.assertNoComplaints();
    await one.context.close();
  });

  it("of a day whose hours are not kept any more are those of the day", async () => {
    const one = await clocked("2026-11-29T12:00:00Z");
    const { page } = one;
    const query = "from=2026-08-01&to=2026-08-01";
    await page.goto(`/admin/engagement?${query}`);
    await settled(page);
    assert.deepEqual(await page.getByLabel("Steps").locator("option").allTextContents(), ["Days"]);
    const section = chart(page, "What people do");
    await section.getByRole("slider").waitFor();
    await section.getByRole("button", { name: "Table" }).click();
    const { series } = answerOf("engagement", query).charts[0];
    assert.deepEqual(await cells(section),
      [["1 Aug 2026", ...series.map(({ values }) => format(values[0]))]]);
    one.assertNoComplaints();
    await one.context.close();
  });

  it("say where hours are not kept, and are by the day as soon as that is known", async () => {
    const one = await clocked("2026-11-27T12:00:00Z"); // two days behind the server
    const { page } = one;
    await page.goto("/admin/people?from=2026-08-20&to=2026-08-20&step=hour");
    await settled(page);
    const section = chart(page, "Sign-ups");
    await section.getByText("By the hour this is kept for the last 100 days only.").waitFor();
    assert.equal(await main(page).getByText(nothing).count(), 0);
    await chart(page, "Members").getByRole("slider").waitFor();
    await page.clock.fastForward(48 * 3_600_000);
    await section.getByRole("slider").waitFor();
    assert.equal(await page.getByLabel("Steps").inputValue(), "day");
    one.assertNoComplaints();
    await one.context.close();
  });

  it("of what has no hours are by the day, beside those by the hour", async () => {
    const one = await clocked("2026-11-29T12:00:00Z");
    const { page } = one;
    await page.goto("/admin/people?from=2026-10-01&to=2026-10-02&step=hour");
    await settled(page);
    const times = async (name) => {
      await chart(page, name).getByRole("button", { name: "Table" }).click();
      return (await cells(chart(page, name))).map(([time]) => time);
    };
    for (const name of ["Members", "Active members"]) {
      const slider = chart(page, name).getByRole("slider");
      assert.match(await slider.getAttribute("aria-valuetext"), /^2 Oct 2026: /, name);
      await slider.press("Home");
      assert.equal(await when(chart(page, name)), "1 Oct 2026");
      assert.deepEqual(await times(name), ["1 Oct 2026", "2 Oct 2026"], name);
    }
    const hours = await times("Sign-ups");
    assert.equal(new Set(hours).size, 48);
    assert.match(hours[0], /^1 Oct 2026, .*00/);
    one.assertNoComplaints();
    await one.context.close();
  });

  for (const [step, query, part, whole, shown] of [
    ["hour", "from=2026-10-01&to=2026-10-02", [0.2, 0.4], /^1.2 Oct 2026$/, /^1 Oct 2026$/],
    ["week", "from=2026-10-01&to=2026-10-31", [0.3, 0.7], /^1.31 Oct 2026$/, /^5.25 Oct 2026$/],
    ["month", "range=this_year", [0.2, 0.6], /^1 Jan.{1,3}29 Nov 2026$/,
      /^1 Mar.{1,3}31 Jul 2026$/],
  ]) {
    it(`by the ${step} are of a span to the end of its last part`, async () => {
      const one = await clocked("2026-11-29T12:00:00Z");
      const { page } = one;
      await page.goto(`/admin/engagement?${query}&step=${step}`);
      await settled(page);
      const section = chart(page, "What people do");
      assert.match(await when(section), whole);
      await drag(page, section, ...part);
      await until(async () => shown.test(await when(section)));
      one.assertNoComplaints();
      await one.context.close();
    });
  }

  it("of the time before are drawn where there are none now", async () => {
    bench.server.fake.empty = "now";
    const query = `${october}&compare=true`;
    const one = await bench.visit(`/admin/engagement?${query}`, wide);
    const section = chart(one.page, "What people do");
    await section.getByRole("slider").press("End");
    assert.equal(await section.getByText(nothing).count(), 0);
    const { series } = answerOf("engagement", query).charts[0];
    assert.deepEqual(await section.locator(".legend .meta").allInnerTexts(),
      series.map(({ before }) => `${format(before[30])} before`));
    assert.deepEqual(await section.locator(".legend b").allInnerTexts(), series.map(() => "0"));
    one.assertNoComplaints();
    await one.context.close();
  });

  it("of the time before are one line over what is stacked", async () => {
    const query = `${october}&compare=true`;
    const one = await bench.visit(`/admin/moderation?${query}`, wide);
    const section = chart(one.page, "Decisions");
    const past = section.locator(".legend .past");
    assert.equal((await past.innerText()).trim(), "The time before");
    await section.getByRole("slider").press("End");
    const { series } = answerOf("moderation", query).charts[0];
    const sum = series.reduce((all, { before }) => all + before[30], 0);
    await until(async () =>
      (await past.innerText()).replace(/\s+/g, " ").trim() === `The time before ${format(sum)}`);
    one.assertNoComplaints();
    await one.context.close();
  });

  it("are saved as CSV, of a chart and of a table", async () => {
    const one = await bench.visit(`/admin/people?${october}`, wide);
    const file = async (section) => {
      const link = section.getByRole("link", { name: /^CSV/ });
      const name = await link.getAttribute("download");
      const address = await link.evaluate((node) => node.href);
      const text = await one.page.evaluate(async (url) => (await fetch(url)).text(), address);
      return { name, text };
    };
    const { times, series } = answerOf("people", october).charts[0];
    const signUps = await file(chart(one.page, "Sign-ups"));
    assert.equal(signUps.name, "sign_ups.csv");
    assert.deepEqual(signUps.text.trim().split("\r\n"),
      ["time,sign_ups", ...times.map((time, at) => `${time},${series[0].values[at]}`)]);
    const where = await file(table(one.page, "By country"));
    assert.equal(where.text.split("\r\n")[1], "MY,21000");
    await one.page.goto(`/admin/engagement?${october}&compare=true`);
    await settled(one.page);
    const done = answerOf("engagement", `${october}&compare=true`).charts[0];
    const compared = await file(chart(one.page, "What people do"));
    assert.deepEqual(compared.text.trim().split("\r\n").slice(0, 2), [
      "time,views,views_before,likes,likes_before,comments,comments_before,follows,follows_before",
      [done.times[0], ...done.series.flatMap(({ values, before }) => [values[0], before[0]])]
        .join(","),
    ]);
    one.assertNoComplaints();
    await one.context.close();
  });

  it("are said as the arrow keys move, and zoomed by plus and minus", async () => {
    const one = await bench.visit(`/admin/people?${october}&compare=true`, wide);
    const { page } = one;
    const section = chart(page, "Active members");
    const slider = section.getByRole("slider");
    await section.locator("canvas").waitFor();
    await slider.focus();
    const { times, series } = answerOf("people", `${october}&compare=true`).charts[2];
    const names = ["In a day", "In a week", "In a month"];
    const said = (at) => `${day(times[at])}: ${series.map(({ values, before }, index) =>
      `${names[index]} ${values[at]}, ${before[at]} before`).join("; ")}`;
    const spoken = () => slider.getAttribute("aria-valuetext");
    assert.equal(await spoken(), said(30), "the newest, before one moves");
    for (const [key, at] of [["ArrowRight", 0], ["ArrowRight", 1], ["End", 30], ["ArrowRight", 30],
      ["ArrowLeft", 29], ["Home", 0]]) {
      await page.keyboard.press(key);
      assert.equal(await spoken(), said(at), key);
      assert.equal(await slider.getAttribute("aria-valuenow"), String(at));
      assert.ok((await section.locator(".when").innerText()).endsWith(day(times[at])));
    }
    assert.deepEqual(await section.locator(".legend b").allInnerTexts(),
      series.map(({ values }) => String(values[0])));
    await page.keyboard.press("+");
    await section.getByRole("button", { name: "Whole time" }).waitFor();
    await page.keyboard.press("End");
    assert.equal(await slider.getAttribute("aria-valuenow"), "8", "no further than is shown");
    await page.keyboard.press("-");
    await section.getByRole("button", { name: "Whole time" }).waitFor({ state: "detached" });
    await page.keyboard.press("Escape");
    assert.equal(await spoken(), said(30));
    one.assertNoComplaints();
    await one.context.close();
  });

  it("are pointed at by a pointer, and a drag shows a part of them", async () => {
    const one = await bench.visit(`/admin/people?${october}`, wide);
    const { page } = one;
    const section = chart(page, "Members");
    const plot = section.locator(".u-over");
    await plot.hover(); // its middle
    const { times, series } = answerOf("people", october).charts[1];
    await section.locator(".legend b").waitFor();
    assert.equal(await section.locator(".legend b").innerText(), String(series[0].values[15]));
    assert.equal(await section.locator(".when").innerText(), day(times[15]));
    await drag(page, section, 0.2, 0.6);
    await until(async () => /^7.19 Oct 2026$/.test(await when(section)));
    await section.getByRole("button", { name: "Whole time" }).click();
    await until(async () => /^1.31 Oct 2026$/.test(await when(section)));
    one.assertNoComplaints();
    await one.context.close();
  });

  it("are zoomed by a finger that taps, without a drag", async () => {
    const one = await bench.visit(`/admin/people?${october}`,
      { ...phone, hasTouch: true, isMobile: true, deviceScaleFactor: 2 });
    const section = chart(one.page, "Members");
    const slider = section.getByRole("slider");
    await section.locator(".u-over").tap(); // its middle
    const zoom = section.getByRole("button", { name: "Zoom in" });
    await zoom.tap();
    const all = section.getByRole("button", { name: "Whole time" });
    await all.waitFor();
    await zoom.tap(); // still round what was tapped
    const ends = async () => {
      const found = [];
      for (const key of ["Home", "End"]) {
        await slider.press(key);
        found.push(await slider.getAttribute("aria-valuenow"));
      }
      return found;
    };
    assert.deepEqual(await ends(), ["11", "19"]);
    await all.tap();
    await all.waitFor({ state: "detached" });
    assert.deepEqual(await ends(), ["0", "30"]);
    one.assertNoComplaints();
    await one.context.close();
  });

  it("are of the days that are chosen, and the address says so", async () => {
    const one = await clocked("2026-11-20T12:00:00Z"); // in January a year may have one day
    const { page } = one;
    const asked = [];
    page.on("request", (request) => {
      const { pathname, searchParams } = new URL(request.url());
      if (pathname !== "/v1/admin/analytics/photos") return;
      const wanted = Object.fromEntries(searchParams);
      // The same is asked for again every half minute, however fast this machine is.
      if (!isDeepStrictEqual(wanted, asked.at(-1))) asked.push(wanted);
    });
    const last = async (count) => {
      await until(() => asked.length === count);
      return asked.at(-1);
    };
    await page.goto("/admin/photos");
    await settled(page);
    assert.equal((await last(1)).to, "2026-11-20");
    await page.getByLabel("Time", { exact: true }).selectOption("This year");
    const year = await last(2);
    assert.deepEqual([year.from, year.to], ["2026-01-01", "2026-11-20"]);
    assert.ok(["day", "week"].includes(year.step));
    await page.getByLabel("Time", { exact: true }).selectOption("Other days");
    await page.getByLabel("From").fill("2026-10-01");
    await last(3);
    await page.getByLabel("To", { exact: true }).fill("2026-10-02");
    assert.deepEqual(await last(4), { from: "2026-10-01", to: "2026-10-02", step: "hour" });
    await page.getByLabel("Steps").selectOption("Days");
    assert.equal((await last(5)).step, "day");
    await page.getByLabel("Compare with the time before").check();
    assert.equal((await last(6)).compare, "true");
    await page.getByLabel("From").fill("2026-10-03");
    await page.getByText("The first day comes before the last.").waitFor();
    assert.equal(asked.length, 6, "what cannot be is not asked for");
    const { search } = new URL(page.url());
    assert.equal(search, "?from=2026-10-01&to=2026-10-02&step=day&compare=true");
    // The other rooms are of the same days, and Back leads here again.
    await page.getByRole("navigation", { name: "Rooms of the administration" })
      .getByRole("link", { name: "Engagement" }).click();
    await page.getByRole("heading", { level: 1, name: "Engagement" }).waitFor();
    assert.equal(new URL(page.url()).search, search);
    await page.goBack();
    await page.getByRole("heading", { level: 1, name: "Photos" }).waitFor();
    assert.equal(await page.getByLabel("To", { exact: true }).inputValue(), "2026-10-02");
    one.assertNoComplaints();
    await one.context.close();
  });

  it("are on a map, the deeper the more", async () => {
    const one = await bench.visit("/admin/people", wide);
    const map = main(one.page).getByRole("img", { name: /^A map of the world/ });
    await map.locator("path").first().waitFor();
    const depth = (code) => map.locator(`[data-country=${code}]`).getAttribute("data-depth");
    assert.deepEqual(await Promise.all(["MY", "SG", "FR", "MT", "BR", "CA"].map(depth)),
      ["5", "5", "4", "2", "1", "0"]);
    await map.locator("[data-country=IN]").hover();
    await main(one.page).getByText("India: 4,100 members").waitFor();
    one.assertNoComplaints();
    await one.context.close();
  });

  it("are drawn in the colours of the theme, and anew when it changes", async () => {
    const one = await bench.visit(`/admin/people?${october}`, wide);
    const { page } = one;
    const section = chart(page, "Sign-ups");
    await section.locator("canvas").waitFor();
    const inked = () => section.locator("canvas").evaluate((canvas) => {
      const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
      const counts = new Map();
      for (let at = 0; at < data.length; at += 4) {
        if (data[at + 3] < 255) continue;
        const colour = `${data[at]} ${data[at + 1]} ${data[at + 2]}`;
        counts.set(colour, (counts.get(colour) ?? 0) + 1);
      }
      return [...counts].sort((a, b) => b[1] - a[1])[0][0];
    });
    assert.equal(await inked(), "14 111 102");
    await page.emulateMedia({ colorScheme: "dark" });
    await until(async () => (await inked()) === "92 200 184");
    one.assertNoComplaints();
    await one.context.close();
  });

  it("say where there are none", async () => {
    bench.server.fake.empty = true;
    const one = await bench.visit("/admin/search", wide);
    assert.equal(await main(one.page).getByText(nothing).count(), 3);
    const values = main(one.page).locator("[data-figure] .value");
    assert.deepEqual(await values.allInnerTexts(), ["0", "0"]);
    one.assertNoComplaints();
    await one.context.close();
  });

  it("stay where newer ones cannot be had", async () => {
    const one = await bench.visit(`/admin/photos?${october}`, wide);
    const { page } = one;
    bench.server.fake.failing = /analytics/;
    await page.getByLabel("Steps").selectOption("Weeks");
    const alert = main(page).getByRole("alert");
    await alert.getByText("The server is busy. Try again shortly.").waitFor();
    assert.equal(await main(page).locator("[data-figure] .value").first().innerText(), "360,000");
    bench.server.fake.failing = false;
    await alert.getByRole("button", { name: "Try again" }).click();
    await alert.waitFor({ state: "detached" });
    one.assertNoComplaints([503]);
    await one.context.close();
  });

  it("of the overview say from when they are, and why there are no newer ones", async () => {
    const one = await clocked("2026-11-29T12:05:00Z");
    const { page } = one;
    const { fake } = bench.server;
    await page.goto("/admin");
    await settled(page);
    const members = main(page).locator("[data-figure] .value").first();
    const counted = main(page).locator(".overview > .meta");
    assert.equal(await members.innerText(), "40,000");
    assert.match(await counted.innerText(), /^Counted \d+ minutes ago$/);
    const alert = main(page).getByRole("alert");
    assert.equal(await alert.count(), 0);
    for (const [how, said] of [
      ["failing", "The server is busy. Try again shortly."],
      ["offline", "The server cannot be reached. Check your connection and try again."],
    ]) {
      fake[how] = /admin\/overview/;
      await page.clock.fastForward(31_000);
      await alert.getByText(said).waitFor();
      assert.equal(await members.innerText(), "40,000", how);
      fake[how] = false;
      await alert.getByRole("button", { name: "Try again" }).click();
      await alert.waitFor({ state: "detached" });
    }
    // How long ago grows with the time, though nothing newer comes.
    fake.failing = /admin\/overview/;
    await page.clock.fastForward(2 * 3_600_000);
    await counted.filter({ hasText: "2 hours ago" }).waitFor();
    await alert.waitFor();
    assert.equal(await members.innerText(), "40,000");
    one.complaints = one.complaints.filter((text) => !/ERR_EMPTY_RESPONSE/.test(text));
    one.assertNoComplaints([503]);
    await one.context.close();
  });
});

describe("an alarm of backups on the dashboard", { skip: noPages }, () => {
  const bench = pagesBench();
  const bad = (day) => proof(day, { good: false, problems: ["One file has other bytes."] });
  const alarmOf = (page) => main(page).locator(".alarm");

  // At noon of a day, with these backups more than there are anyway.
  async function dashboard(day, ...made) {
    const one = await somebody(bench.browser, bench.server, "house", wide);
    bench.server.fake.signedIn = true;
    bench.server.fake.changed = { backups: { made } };
    await one.page.clock.install({ time: new Date(`${day}T12:00:00Z`) });
    await one.page.goto("/admin");
    await settled(one.page);
    await main(one.page).locator("[data-figure]").first().waitFor();
    return one;
  }

  for (const [what, made, text] of [
    ["the last one whose proof failed", backup(30, "unproved", { proof: bad(30) }),
      "The last backup is not proved: do not count on it."],
    ["the last one that failed",
      backup(30, "failed", { contents: null, proof: null, problem: "The disk is full." }),
      "The last backup failed."],
    ["an archive whose proof failed",
      backup(30, "unproved", { kind: "archive", proof: bad(30) }),
      "A backup failed its proof: do not count on it."],
    ["an older one that was proved again, and is not good any more",
      backup(24, "unproved", { proof: bad(30) }),
      "A backup failed its proof: do not count on it."],
  ]) {
    it(`names ${what}, and leads to all`, async () => {
      const one = await dashboard("2026-11-30", made);
      const alarm = alarmOf(one.page);
      await alarm.waitFor();
      assert.equal(await alarm.getAttribute("role"), "alert");
      assert.equal(await alarm.locator(".error").innerText(), text);
      assert.equal(await alarm.locator("time").getAttribute("datetime"), made.asked_at);
      await alarm.getByRole("link", { name: "Backups" }).click();
      await one.page.getByRole("heading", { level: 1, name: "Backups" }).waitFor();
      assert.equal(new URL(one.page.url()).pathname, "/admin/backups");
      const row = main(one.page).locator(`[data-backup="${made.id}"]`);
      assert.equal(await row.getAttribute("data-state"), made.state);
      one.assertNoComplaints();
      await one.context.close();
    });
  }

  it("says since when the log is not copied", async () => {
    const one = await dashboard("2026-11-29");
    bench.server.fake.changed = { backups: { log_late_since: "2026-11-29T11:00:00Z" } };
    await one.page.reload();
    const alarm = alarmOf(one.page);
    await alarm.waitFor();
    assert.equal(await alarm.locator(".error").innerText(),
      "The database's log is not copied beside the backups any more.");
    assert.equal(await alarm.locator("time").getAttribute("datetime"), "2026-11-29T11:00:00Z");
    one.assertNoComplaints();
    await one.context.close();
  });

  it("says that none was proved for long", async () => {
    const one = await dashboard("2026-12-02");
    const error = alarmOf(one.page).locator(".error");
    assert.equal(await error.innerText(),
      "The last backup that is proved is older than it should be.");
    assert.equal(await alarmOf(one.page).locator("time").count(), 0);
    one.assertNoComplaints();
    await one.context.close();
  });

  it("is none where the last one is proved, whatever came before it", async () => {
    const one = await dashboard("2026-11-29");
    assert.equal(await alarmOf(one.page).count(), 0);
    assert.equal(await main(one.page).getByRole("alert").count(), 0);
    one.assertNoComplaints();
    await one.context.close();
  });
});
