// The administrator's other numbers: costs, tags, backups and questions in SQL. What a page shows
// is what the server answered.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { describe, it } from "node:test";
import { isDeepStrictEqual } from "node:util";
import { keeping } from "../fake/backups.mjs";
import { billed, lines, members } from "../fake/costs.mjs";
import { tagAnalysis } from "../fake/house.mjs";
import { rows, schemaOf } from "../fake/queries.mjs";
import { speak } from "../support/matrix.mjs";
import { main } from "../support/steps.mjs";
import { noPages, open, pagesBench, somebody, until } from "../support/visit.mjs";

const wide = { viewport: { width: 1440, height: 900 } };
const number = (value) => new Intl.NumberFormat("en-SG").format(value);
const money = (value, most = 2) => new Intl.NumberFormat("en-SG", {
  minimumFractionDigits: 2, maximumFractionDigits: most,
}).format(value);
const dollars = (cents) => (cents === null ? "–" : money(cents / 100));
// Digits, points and signs: how a currency is written is the page's.
const figures = (text) => text.replace(/[^0-9.,–-]/g, "").trim();
const inBytes = (count) => {
  const names = ["byte", "kilobyte", "megabyte", "gigabyte"];
  const power = Math.min(3, Math.floor(Math.log10(Math.max(1, count)) / 3));
  return new Intl.NumberFormat("en-SG", { style: "unit", unit: names[power],
    unitDisplay: power > 0 ? "short" : "long", maximumFractionDigits: power > 1 ? 1 : 0,
  }).format(count / 1000 ** power);
};
const cells = (row) => row.locator("th, td").allInnerTexts();
const fileOf = async (page, press) => {
  const [download] = await Promise.all([page.waitForEvent("download"), press()]);
  return {
    name: download.suggestedFilename(), text: await readFile(await download.path(), "utf8"),
  };
};

describe("costs", { skip: noPages }, () => {
  const bench = pagesBench();
  const sums = (place) => lines.reduce((all, line) => all + (line[place] ?? 0), 0);
  // Waits until the link to the projection's CSV asks for these assumptions, and no others.
  const linked = (page, wanted) => until(async () => {
    const address = await page.locator("a[download='projection.csv']").getAttribute("href");
    return isDeepStrictEqual(
      Object.fromEntries(new URL(address, "http://x").searchParams), wanted);
  });

  it("stand beside what was recorded, line by line, with their sums", async () => {
    const one = await bench.visit("/admin/costs", wide);
    const projection = one.page.getByRole("region", { name: "Projection" });
    await projection.locator("tbody tr").first().waitFor();
    for (const [id, , recorded, derived, here] of lines) {
      const row = await cells(projection.locator(`tr[data-line=${id}]`));
      assert.deepEqual(row.slice(1, 4).map(figures),
        [recorded, derived, here].map(dollars), id);
    }
    const total = await cells(projection.locator("tfoot tr"));
    assert.deepEqual(total.slice(1, 4).map(figures), [2, 3, 4].map((at) => dollars(sums(at))));
    assert.equal(figures(total[1]), "3,797.26");
    one.assertNoComplaints();
    await one.context.close();
  });

  it("follow an assumption that is changed, and go back", async () => {
    const one = await bench.visit("/admin/costs", wide);
    const { page } = one;
    const out = () => page.getByRole("region", { name: "Projection" })
      .locator("tr[data-line=data_out] td").nth(2).innerText();
    const before = await out();
    const hits = main(page).locator("#cache_hits");
    await hits.fill("60");
    await until(async () => figures(await out()) === dollars(16_200 * 0.4));
    await hits.fill("-1");
    await main(page).getByText("Give a number from 0 to 1000000.").waitFor();
    await main(page).getByRole("button", { name: "Back to the original's assumptions" }).click();
    await until(async () => (await out()) === before);
    one.assertNoComplaints([400]);
    await one.context.close();
  });

  it("name what was measured", async () => {
    const one = await bench.visit("/admin/costs", wide);
    await main(one.page).getByText("What was measured (4)").click();
    const said = (await main(one.page).locator("details dl > div").allInnerTexts())
      .map((text) => text.replace(/\s+/g, " ").trim());
    assert.deepEqual(said, [
      "CPU time · Developing photos 7,200.5 seconds",
      "Mails · Sent 310 mails",
      "Requests · Feeds 3,600,000 requests",
      "Stored · Originals 1,875.5 GB",
    ]);
    one.assertNoComplaints();
    await one.context.close();
  });

  it("say of each line why it is so, and what is missing", async () => {
    const one = await bench.visit("/admin/costs", wide);
    const projection = one.page.getByRole("region", { name: "Projection" });
    const why = async (id) => {
      const row = await cells(projection.locator(`tr[data-line=${id}]`));
      return [figures(row[2]), row[4].replace(/\s+/g, " ").trim()];
    };
    await projection.locator("tbody tr").first().waitFor();
    assert.deepEqual(await why("database"), ["–", "It cannot be derived: nothing tells how much " +
      "was stored, read and written."]);
    assert.deepEqual(await why("functions"), ["6.72", "The assumptions tell of feeds only; what " +
      "else made calls is not recorded. More was used: 2.33 million calls"]);
    assert.deepEqual(await why("search"), ["52.56", "It follows from the assumptions."]);
    one.assertNoComplaints();
    await one.context.close();
  });

  it("are saved with the assumptions that were changed, as they are read", async () => {
    const one = await bench.visit("/admin/costs", wide);
    const { page } = one;
    await linked(page, {});
    await main(page).locator("#members").fill("50,000");
    await main(page).locator("#cache_hits").fill("12.5");
    await linked(page, { members: "50000", cache_hits: "12.5" });
    const out = page.locator("tr[data-line=data_out] td").nth(2);
    assert.equal(figures(await out.innerText()), dollars(16_200 * 0.875));
    await main(page).locator("#members").fill("40,000");
    await linked(page, { cache_hits: "12.5" }); // as it was
    const { name, text } = await fileOf(page, () =>
      page.getByRole("region", { name: "Projection" }).getByRole("button", { name: "JSON" })
        .click());
    assert.equal(name, "projection.json");
    assert.equal(JSON.parse(text).totals.recorded, "3797.26");
    one.assertNoComplaints();
    await one.context.close();
  });

  it("are saved with what was answered, not with what was refused since", async () => {
    const one = await bench.visit("/admin/costs", wide);
    const { page } = one;
    const projection = page.getByRole("region", { name: "Projection" });
    await main(page).locator("#cache_hits").fill("60");
    await linked(page, { cache_hits: "60" });
    await main(page).locator("#cache_hits").fill("-1");
    await main(page).getByText("Give a number from 0 to 1000000.").waitFor();
    await linked(page, { cache_hits: "60" });
    const out = projection.locator("tr[data-line=data_out] td").nth(2);
    assert.equal(figures(await out.innerText()), dollars(16_200 * 0.4));
    const { text } = await fileOf(page, () =>
      projection.getByRole("button", { name: "JSON" }).click());
    assert.equal(JSON.parse(text).assumptions.find(({ id }) => id === "cache_hits").value, "60");
    one.assertNoComplaints([400]);
    await one.context.close();
  });

  it("are read as they are typed in German", async () => {
    const one = await somebody(bench.browser, bench.server, "costs", wide);
    await speak(one, bench.server, "de");
    await open(bench.server, one, { path: "/admin/costs" });
    const { page } = one;
    await main(page).locator("#members").fill("50.000");
    await main(page).locator("#cache_hits").fill("12,5");
    await linked(page, { members: "50000", cache_hits: "12.5" });
    await main(page).locator("summary").filter({ hasText: "Diese Maschine" }).click();
    assert.equal(await main(page).locator("#machine-storage").inputValue(), "0,023");
    one.assertNoComplaints();
    await one.context.close();
  });

  it("name their units in German", async () => {
    const one = await somebody(bench.browser, bench.server, "costs", wide);
    await speak(one, bench.server, "de");
    await open(bench.server, one, { path: "/admin/costs" });
    const { page } = one;
    await main(page).getByText("Was gemessen wurde (4)").click();
    const said = (await main(page).locator("details dl dd").allInnerTexts())
      .map((text) => text.replace(/\s+/g, " ").trim());
    assert.deepEqual(said, ["7.200,5 Sekunden", "310 Mails", "3.600.000 Anfragen", "1.875,5 GB"]);
    const why = await main(page).locator("tr[data-line=functions] .why").innerText();
    assert.match(why.replace(/\s+/g, " "), /Verbraucht wurde mehr: 2,33 Millionen Aufrufe/);
    one.assertNoComplaints();
    await one.context.close();
  });

  it("of a month are those of both books, with their sums; of another month, too", async () => {
    const one = await bench.visit("/admin/costs", wide);
    const { page } = one;
    const month = page.getByRole("region", { name: "What a month costs" }).first();
    const choice = page.getByLabel("Month", { exact: true });
    for (const place of [0, 1]) {
      await choice.selectOption({ index: place });
      const which = await choice.inputValue();
      const expected = billed(which);
      const total = (book) => expected.reduce((sum, each) => sum + Number(each[book]), 0);
      const sum = figures(money(total("machine")));
      const foot = month.locator("tfoot tr");
      await until(async () => figures((await cells(foot.first()))[1] ?? "") === sum);
      for (const { id, machine, original } of expected) {
        const row = await cells(month.locator(`tr[data-service=${id}]`));
        assert.deepEqual(row.slice(1).map(figures), [machine, original].map((one) => money(one)));
      }
      const shares = (by) => ["machine", "original"]
        .map((book) => money((total(book) / by).toFixed(6), 6));
      assert.deepEqual(await Promise.all((await foot.all()).map(async (row) =>
        (await cells(row)).map((text, at) => (at === 0 ? text : figures(text))))), [
        ["Total", ...["machine", "original"].map((book) => money(total(book)))],
        ["For each active member", ...shares(members.active)],
        ["For each photo", ...shares(members.photos)],
      ]);
      assert.equal(await month.getByRole("link", { name: "CSV" }).getAttribute("href"),
        `/v1/admin/costs.csv?month=${which}`);
      const json = month.getByRole("link", { name: "JSON" });
      assert.equal(await json.getAttribute("download"), `costs-${which}.json`);
      const address = await json.evaluate((node) => node.href);
      const body = await page.evaluate(async (url) => (await fetch(url)).json(), address);
      assert.equal(body.totals.original.total, total("original").toFixed(2));
    }
    one.assertNoComplaints();
    await one.context.close();
  });

  it("of a month are not those of the one before while they are asked for", async () => {
    const one = await bench.visit("/admin/costs", wide);
    const { page } = one;
    const month = page.getByRole("region", { name: "What a month costs" }).first();
    const services = month.locator("tr[data-service]");
    await services.first().waitFor();
    const choice = page.getByLabel("Month", { exact: true });
    bench.server.fake.hold(/\/admin\/costs$/);
    await choice.selectOption({ index: 1 });
    await month.getByText("Loading").waitFor({ state: "attached" });
    assert.equal(await services.count(), 0, "no figure of another month");
    assert.equal(await month.getByRole("link").count(), 0, "and no file of it");
    bench.server.fake.release();
    await services.first().waitFor();
    assert.equal(await month.getByRole("link", { name: "CSV" }).getAttribute("href"),
      `/v1/admin/costs.csv?month=${await choice.inputValue()}`);
    one.assertNoComplaints();
    await one.context.close();
  });

  it("of a month that nobody counted are no shares", async () => {
    bench.server.fake.change("costs", { uncounted: true });
    const one = await bench.visit("/admin/costs", wide);
    const { page } = one;
    const month = page.getByRole("region", { name: "What a month costs" }).first();
    await month.getByText("– members, 0 of them active, and – photos.", { exact: false })
      .waitFor();
    const [total, ...shares] = await Promise.all((await month.locator("tfoot tr").all())
      .map(async (row) => (await cells(row)).slice(1).map(figures)));
    assert.deepEqual(shares, [["–", "–"], ["–", "–"]]);
    assert.ok(!total.includes("–"), String(total));
    one.assertNoComplaints();
    await one.context.close();
  });
});

describe("prices", { skip: noPages }, () => {
  const bench = pagesBench();
  const book = (page) => main(page).locator("details")
    .filter({ has: page.locator("#machine-storage") });

  async function opened() {
    const one = await bench.visit("/admin/costs", wide);
    await main(one.page).locator("summary").filter({ hasText: "This machine" }).click();
    return one;
  }
  const save = (page) => book(page).getByRole("button", { name: "Save the prices" });
  const saved = (page) => page.getByText("The prices are saved.").first().waitFor();
  const history = async (page) =>
    (await book(page).locator("ol li").allInnerTexts()).map((text) => text.replace(/\s+/g, " "));

  it("are changed, and what was changed is kept", async () => {
    const one = await opened();
    const { page } = one;
    const storage = page.locator("#machine-storage");
    assert.equal(await storage.inputValue(), "0.023");
    assert.ok(await save(page).isDisabled(), "nothing is changed yet");
    assert.deepEqual(await history(page), []);
    await storage.fill("0.05");
    await page.locator("#machine-note").fill("Another disk.");
    await save(page).click();
    await saved(page);
    assert.equal(await storage.inputValue(), "0.05");
    assert.equal(await page.locator("#machine-note").inputValue(), "");
    assert.ok(await save(page).isDisabled());
    await page.locator("#machine-server_months").fill("1,250.5");
    await save(page).click();
    await until(async () => (await history(page)).length === 2);
    const [newest, first] = await history(page);
    assert.match(newest, /^Server, a month: \$1,250\.50 @mei · \w/);
    assert.match(first, /^Storage, a GB for a month: \$0\.05 @mei · .+ · Another disk\.$/);
    one.assertNoComplaints();
    await one.context.close();
  });

  it("change the tables above them", async () => {
    const one = await opened();
    const { page } = one;
    const month = page.getByRole("region", { name: "What a month costs" }).first();
    const which = await page.getByLabel("Month", { exact: true }).inputValue();
    const twice = (book, id) => (book === "machine" && id === "storage" ? 2 : 1);
    const line = month.locator("tr[data-service=storage]");
    const shown = async () => [
      (await cells(line)).slice(1).map(figures),
      (await cells(month.locator("tfoot tr").first())).slice(1).map(figures),
    ];
    const expected = (services) => {
      const { machine, original } = services.find(({ id }) => id === "storage");
      const total = (book) => services.reduce((sum, each) => sum + Number(each[book]), 0);
      return [[machine, original].map((one) => money(one)),
        ["machine", "original"].map((book) => money(total(book)))];
    };
    const projected = page.locator("tr[data-line=storage] td").nth(2);
    assert.deepEqual(await shown(), expected(billed(which)));
    assert.equal(figures(await projected.innerText()), dollars(15_500));
    bench.server.fake.hold(/\/admin\/costs$/);
    await page.locator("#machine-storage").fill("0.046");
    await save(page).click();
    await month.locator("table[aria-busy=true]").waitFor();
    assert.deepEqual(await shown(), expected(billed(which)), "they stand until others come");
    bench.server.fake.release();
    const wanted = expected(billed(which, twice));
    await until(async () => isDeepStrictEqual(await shown(), wanted));
    await until(async () => figures(await projected.innerText()) === dollars(31_000));
    one.assertNoComplaints();
    await one.context.close();
  });

  it("are refused beside their field", async () => {
    const one = await opened();
    const { page } = one;
    for (const wrong of ["0,05", "-1", "", "x"]) {
      await page.locator("#machine-mail").fill(wrong);
      await save(page).click();
      const error = page.locator("#machine-mail-error");
      await error.getByText("A price is a number from 0 to 1000000.").waitFor();
      assert.equal(await page.locator("#machine-mail").inputValue(), wrong);
      await page.locator("#machine-mail").fill("0.1");
      assert.ok(await save(page).isDisabled(), "it is what it was");
    }
    assert.deepEqual(await history(page), []);
    one.assertNoComplaints([400]);
    await one.context.close();
  });

  it("that somebody else changed meanwhile are not overwritten", async () => {
    const one = await opened();
    const { page } = one;
    const changed = await fetch(`${bench.server.address}/v1/admin/costs/prices/machine`, {
      method: "PUT", body: JSON.stringify({ version: 0, storage: "0.04" }),
    });
    assert.equal(changed.status, 200);
    await page.locator("#machine-storage").fill("0.05");
    await save(page).click();
    await book(page).getByRole("alert").getByText("Somebody changed these prices meanwhile.")
      .waitFor();
    assert.equal(await page.locator("#machine-storage").inputValue(), "0.05", "it is not lost");
    await page.reload();
    await main(page).locator("summary").filter({ hasText: "This machine" }).click();
    assert.equal(await page.locator("#machine-storage").inputValue(), "0.04");
    assert.equal((await history(page)).length, 1);
    one.assertNoComplaints([409]);
    await one.context.close();
  });
});

describe("tags", { skip: noPages }, () => {
  const bench = pagesBench();
  const found = tagAnalysis();
  const names = { words: "Words", trends: "What grows, in numbers", phrases: "Phrases" };
  const inKind = (kind, value) => (kind === "percent"
    ? new Intl.NumberFormat("en-SG", { style: "percent", maximumFractionDigits: 1 })
      .format(value / 100)
    : typeof value === "number" ? number(value) : value);
  const rowsOf = (section) => section.locator("tbody tr").evaluateAll((all) =>
    all.map((row) => [...row.cells].map((cell) => cell.innerText.trim())));

  it("stand in ranked lists, in a cloud and in groups", async () => {
    const one = await bench.visit("/admin/tags", wide);
    const { page } = one;
    await main(page).getByRole("table").first().waitFor();
    for (const { id, columns, rows: wanted } of found.tables) {
      const weeks = (word) => found.trends.find(({ text }) => text === word).weeks;
      const more = (word) => (id === "trends" ? weeks(word).map(number) : []);
      assert.deepEqual(await rowsOf(main(page).locator(".tables section").filter({
        has: page.getByRole("heading", { name: names[id], exact: true }) })),
      wanted.map((row) => [
        ...row.map((value, at) => inKind(columns[at].kind, value)), ...more(row[0]),
      ]), id);
    }
    const grown = await main(page).locator(".trends li").allInnerTexts();
    assert.deepEqual(grown.map((text) => text.replace(/\s+/g, " ").trim()), [
      "lantern 31 members, 4.5 expected", "monsoon 18 members, 6 expected",
    ]);
    const cloud = main(page).locator(".cloud li");
    assert.deepEqual(await cloud.allInnerTexts(), found.cloud.map(({ text }) => text));
    const sizes = await cloud.evaluateAll((all) =>
      all.map((one) => parseFloat(getComputedStyle(one).fontSize)));
    assert.deepEqual(sizes, sizes.toSorted((one, other) => other - one));
    assert.ok(sizes[0] > sizes.at(-1));
    const groups = await main(page).locator(".groups li").allInnerTexts();
    assert.deepEqual(groups, found.clusters.map(({ terms }) => terms.join(" · ")));
    one.assertNoComplaints();
    await one.context.close();
  });

  it("that belong together are pairs in a table, and in a file", async () => {
    const one = await bench.visit("/admin/tags", wide);
    const { page } = one;
    const graph = page.getByRole("region", { name: "What belongs together" }).first();
    await graph.locator("circle").first().waitFor(); // as soon as its width is measured
    await graph.getByRole("button", { name: "Table" }).click();
    const { nodes, edges } = found.graph;
    const pairs = edges.map(({ from, to, members: many, bond }) =>
      [nodes[from].text, nodes[to].text, many, 100 * bond]);
    assert.deepEqual(await graph.locator("thead th").allInnerTexts(),
      ["Word", "Other word", "Members who write both", "Bond"]);
    assert.deepEqual(await rowsOf(graph), pairs.map(([word, other, many, bond]) =>
      [word, other, number(many), inKind("percent", bond)]));
    assert.equal(await graph.locator("circle").count(), 0);
    const { name, text } = await fileOf(page, () =>
      graph.getByRole("button", { name: /^CSV/ }).click());
    assert.equal(name, "graph.csv");
    assert.deepEqual(text.trim().split("\r\n"),
      ["word,other_word,together,bond", ...pairs.map((pair) => pair.join(","))]);
    await graph.getByRole("button", { name: "Table" }).click();
    await graph.locator("circle").first().waitFor();
    one.assertNoComplaints();
    await one.context.close();
  });

  it("that grow are saved with their weeks", async () => {
    const one = await bench.visit("/admin/tags", wide);
    const { page } = one;
    const { name, text } = await fileOf(page, () =>
      main(page).getByRole("button", { name: /^CSV.*What grows/ }).click());
    assert.equal(name, "trends.csv");
    const [head, first] = text.split("\r\n").map((line) => line.split(","));
    assert.deepEqual(head, ["word", "members", "expected", "deviation",
      ...Array.from({ length: 13 }, (_, at) => `week${at + 1}`)]);
    assert.deepEqual(first, ["lantern", "31", "4.5", "9.8",
      ...found.trends[0].weeks.map(String)]);
    one.assertNoComplaints();
    await one.context.close();
  });
});

describe("backups", { skip: noPages }, () => {
  const bench = pagesBench();
  const row = (page, day) => main(page).locator(`[data-backup="202611${day}t001500z"]`);

  it("say what they hold, what their proof found, and what failed", async () => {
    const one = await bench.visit("/admin/backups", wide);
    const { page } = one;
    assert.match(await row(page, 28).innerText(),
      /Proved[^]*1,284,310 rows[^]*10,000 files[^]*412 files were new[^]*100 pages opened/);
    assert.match(await row(page, 27).innerText(),
      /Proof failed[^]*One file was missing[^]*4fa1 has other bytes than its hash/);
    assert.match(await row(page, 26).innerText(), /Failed[^]*The disk of the target is full/);
    assert.match(await row(page, 29).innerText(), /Being made[^]*2,500 \/ 10,000/);
    assert.equal(await row(page, 29).locator("progress").getAttribute("value"), "2500");
    assert.match(await row(page, 25).innerText(), /Archive, without photos and people/);
    assert.ok(await main(page).getByRole("button", { name: "Back up now" }).isDisabled());
    await main(page).getByText("picsharz restore", { exact: false }).first().waitFor();
    one.assertNoComplaints();
    await one.context.close();
  });

  it("stand with their sizes, under the last good one, the next and their sum", async () => {
    const one = await bench.visit("/admin/backups", wide);
    const { page } = one;
    const { backups, good_at, next_at, bytes } = keeping(bench.server.fake);
    const said = (name) => main(page).locator("dl > div")
      .filter({ has: page.getByText(name, { exact: true }) }).locator("dd");
    for (const [name, at] of [["Last proved", good_at], ["Next", next_at]]) {
      const time = said(name).locator("time");
      assert.equal(await time.getAttribute("datetime"), at, name);
    }
    assert.equal(await said("All together").innerText(), inBytes(bytes));
    assert.equal(inBytes(bytes), "24.8 GB");
    assert.deepEqual(
      await main(page).locator("[data-backup]").evaluateAll((all) =>
        all.map((each) => each.dataset.backup)),
      backups.map(({ id }) => id),
    );
    for (const { id, contents } of backups) {
      const held = main(page).locator(`[data-backup="${id}"]`);
      if (!contents) {
        assert.equal(await held.locator(".second").count(), 0, id);
        continue;
      }
      const text = await held.locator(".second").first().innerText();
      const sizes = `${number(contents.rows)} rows (${inBytes(contents.bytes)}), ` +
        `${number(contents.objects)} files (${inBytes(contents.object_bytes)}).`;
      assert.ok(text.startsWith(sizes), `${text} begins with ${sizes}`);
      const added = contents.new_objects === 0 ? "No file was new."
        : `${contents.new_objects} files were new: ${inBytes(contents.new_bytes)}.`;
      assert.ok(text.includes(added), `${text} has ${added}`);
    }
    one.assertNoComplaints();
    await one.context.close();
  });

  it("are said to be none where none is proved", async () => {
    bench.server.fake.empty = true;
    const one = await bench.visit("/admin/backups", wide);
    await main(one.page).getByText("No backups yet. Make the first one now.").waitFor();
    assert.deepEqual((await main(one.page).locator("dl dd").allInnerTexts()).toSpliced(1, 1),
      ["None yet", "0 bytes"]);
    one.assertNoComplaints();
    await one.context.close();
  });

  it("are made, downloaded and removed, but for the last good one", async () => {
    const one = await bench.visit("/admin/backups", wide);
    const { page } = one;
    await row(page, 28).getByText("Files to download").click();
    const manifest = row(page, 28).getByRole("link", { name: "Manifest" });
    assert.match(await manifest.getAttribute("href"),
      /\/v1\/admin\/backups\/20261128t001500z\/manifest$/);
    const photos = row(page, 28).getByRole("link", { name: "photos" });
    assert.match(await photos.getAttribute("href"), /\/20261128t001500z\/tables\/photos$/);
    const remove = async (day) => {
      await row(page, day).getByRole("button", { name: "Remove" }).click();
      await row(page, day).getByRole("button", { name: "Remove for good" }).click();
    };
    await remove(28);
    // It is said for some seconds only.
    await page.getByText("It is the last one that is proved. Make another first.").waitFor();
    await remove(27);
    await row(page, 27).waitFor({ state: "detached" });
    assert.equal(await row(page, 28).count(), 1);
    one.assertNoComplaints([409]);
    await one.context.close();
  });

  it("begin at once when they are asked for", async () => {
    bench.server.fake.idle = true;
    const one = await bench.visit("/admin/backups", wide);
    const { page } = one;
    await main(page).getByRole("button", { name: "Back up now" }).click();
    await row(page, 30).getByText("Rows are written.").waitFor();
    assert.ok(await main(page).getByRole("button", { name: "Back up now" }).isDisabled());
    one.assertNoComplaints();
    await one.context.close();
  });
});

describe("questions", { skip: noPages }, () => {
  const bench = pagesBench();
  const sql = (page) => main(page).getByLabel("SQL");

  it("are answered in a table, in a chart and in a file", async () => {
    const one = await bench.visit("/admin/query", wide);
    const { page } = one;
    await main(page).getByLabel("Question", { exact: true }).selectOption({ index: 1 });
    assert.match(await sql(page).inputValue(), /from accounts/);
    await sql(page).press("Control+Enter");
    await main(page).getByText("4 rows in 14 ms.").waitFor();
    await main(page).getByRole("button", { name: "Table" }).click();
    const shown = await main(page).getByRole("table").locator("tbody tr").evaluateAll((all) =>
      all.map((row) => [...row.children].map((cell) => cell.innerText.trim())));
    assert.deepEqual(shown, rows.map(([month, many]) => [month, number(many)]));
    await main(page).getByRole("button", { name: "Bars" }).click();
    await main(page).locator(".chart canvas").first().waitFor();
    const [download] = await Promise.all([
      page.waitForEvent("download"), main(page).getByRole("button", { name: "CSV" }).click(),
    ]);
    assert.equal(download.suggestedFilename(), "answer.csv");
    assert.match(await readFile(await download.path(), "utf8"), /^csv: select month/);
    one.assertNoComplaints();
    await one.context.close();
  });

  it("say beside the question what is wrong with it", async () => {
    const one = await bench.visit("/admin/query", wide);
    const { page } = one;
    await sql(page).fill("select * from nowhere");
    await main(page).getByRole("button", { name: "Ask" }).click();
    await main(page).getByText("Table with name nowhere does not exist!").waitFor();
    assert.equal(await sql(page).getAttribute("aria-invalid"), "true");
    one.assertNoComplaints([422]);
    await one.context.close();
  });

  it("are kept, and forgotten", async () => {
    const one = await bench.visit("/admin/query", wide);
    const { page } = one;
    const choice = main(page).getByLabel("Question", { exact: true });
    await sql(page).fill("select 42");
    await main(page).getByText("Keep this question").first().click();
    await main(page).getByLabel("Name", { exact: true }).fill("The answer");
    await main(page).getByRole("button", { name: "Keep this question" }).click();
    await page.getByText("The question is kept.").waitFor();
    await sql(page).fill("");
    await choice.selectOption("The answer");
    assert.equal(await sql(page).inputValue(), "select 42");
    await main(page).getByRole("button", { name: "Remove it" }).click();
    await page.getByText("The question is gone.").waitFor();
    // That is said before the list is here again.
    await choice.locator("option", { hasText: "The answer" }).waitFor({ state: "detached" });
    one.assertNoComplaints();
    await one.context.close();
  });

  const named = (page) => main(page).getByLabel("Name", { exact: true });
  const pressed = (page, name) => main(page).getByRole("button", { name, exact: true });
  async function keep(page, question, name) {
    await sql(page).fill(question);
    await main(page).getByText("Keep this question").first().click();
    await named(page).fill(name);
    await pressed(page, "Keep this question").click();
  }

  it("that are kept are open, and are changed and renamed", async () => {
    const one = await bench.visit("/admin/query", wide);
    const { page } = one;
    const choice = main(page).getByLabel("Question", { exact: true });
    const title = () => choice.evaluate((node) => node.selectedOptions[0]?.label);
    await keep(page, "select 42", "The answer");
    await until(async () => (await title()) === "The answer");
    assert.equal(await named(page).inputValue(), "The answer");
    const change = pressed(page, "Save changes");
    assert.ok(await change.isDisabled(), "nothing is changed yet");
    assert.ok(await pressed(page, "Keep this question").isDisabled(), "it is kept");
    const all = asked(page);
    await sql(page).fill("select 43");
    await change.click();
    await page.getByText("Saved.").first().waitFor();
    await until(() => change.isDisabled());
    await named(page).fill("Another answer");
    await change.click();
    await until(async () => (await title()) === "Another answer");
    const id = await choice.inputValue();
    assert.deepEqual(all.filter(([method]) => method === "PATCH"), [
      ["PATCH", `/v1/admin/query/saved/${id}`, { sql: "select 43" }],
      ["PATCH", `/v1/admin/query/saved/${id}`, { name: "Another answer" }],
    ]);
    await choice.selectOption({ index: 1 }); // a shipped one
    assert.equal(await change.count(), 0);
    assert.equal(await named(page).inputValue(), "");
    await page.reload();
    await choice.selectOption("Another answer");
    assert.equal(await sql(page).inputValue(), "select 43");
    one.assertNoComplaints();
    await one.context.close();
  });

  it("that are refused keep their name", async () => {
    const one = await bench.visit("/admin/query", wide);
    const { page } = one;
    const detail = "There are 200 saved questions already. Delete one that nobody asks any more.";
    bench.server.fake.unchangeable = { status: 409, code: "too_many_queries", detail };
    await keep(page, "select 42", "The answer");
    await page.getByText(detail).first().waitFor();
    assert.equal(await named(page).inputValue(), "The answer");
    assert.equal(await sql(page).inputValue(), "select 42");
    bench.server.fake.unchangeable = null;
    await pressed(page, "Keep this question").click();
    await page.getByText("The question is kept.").first().waitFor();
    one.assertNoComplaints([409]);
    await one.context.close();
  });

  it("say that those that are kept cannot be had, and are asked all the same", async () => {
    bench.server.fake.failing = /query\/saved$/;
    const one = await bench.visit("/admin/query", wide);
    const { page } = one;
    const alert = main(page).getByRole("alert");
    await alert.getByText("The server is busy. Try again shortly.").waitFor();
    await sql(page).fill("select 42");
    await sql(page).press("Control+Enter");
    await main(page).getByText("4 rows in 14 ms.").waitFor();
    bench.server.fake.failing = false;
    await alert.getByRole("button", { name: "Try again" }).click();
    await alert.waitFor({ state: "detached" });
    await main(page).getByLabel("Question", { exact: true }).selectOption("Cameras");
    assert.match(await sql(page).inputValue(), /from photo_details/);
    one.assertNoComplaints([503]);
    await one.context.close();
  });

  it("stay where the backup that is chosen cannot be read, and another one is asked", async () => {
    const one = await bench.visit("/admin/query", wide);
    const { page } = one;
    const sealed = "20261125t001500z";
    bench.server.fake.change("queries", { sealed: [sealed] });
    const choice = main(page).getByLabel("Backup", { exact: true });
    const alert = main(page).getByRole("alert");
    const tables = main(page).getByRole("region", { name: "Tables" });
    await sql(page).fill("select 42");
    await choice.selectOption(sealed);
    await alert.getByText("This backup is sealed").waitFor();
    assert.equal(await choice.inputValue(), sealed);
    assert.equal(await sql(page).inputValue(), "select 42", "what was typed is not lost");
    assert.equal(await tables.count(), 0, "those of another backup are not shown for its own");
    await alert.getByRole("button", { name: "Try again" }).click();
    await alert.getByText("This backup is sealed").waitFor();
    await choice.selectOption("20261128t001500z");
    await tables.getByText("20261128t001500z").waitFor();
    assert.equal(await alert.count(), 0);
    await pressed(page, "Ask").click();
    await main(page).getByText("4 rows in 14 ms.").waitFor();
    one.assertNoComplaints([409]);
    await one.context.close();
  });

  // What is asked of the server, as [method, path, body].
  function asked(page) {
    const all = [];
    page.on("request", (request) => {
      const { pathname } = new URL(request.url());
      if (!pathname.startsWith("/v1/admin/query")) return;
      all.push([request.method(), pathname, request.postDataJSON()]);
    });
    return all;
  }

  it("are saved as CSV, JSON and Parquet by one address", async () => {
    const one = await bench.visit("/admin/query", wide);
    const { page } = one;
    const all = asked(page);
    await sql(page).fill("select 42");
    for (const [name, format, ending] of [
      ["CSV", "csv", "csv"], ["JSON", "json", "ndjson"], ["Parquet", "parquet", "parquet"],
    ]) {
      const { name: file, text } = await fileOf(page, () =>
        main(page).getByRole("button", { name, exact: true }).click());
      assert.deepEqual([file, text], [`answer.${ending}`, `${format}: select 42`]);
      const [method, path, { id, ...body }] = all.at(-1);
      assert.deepEqual([method, path], ["POST", "/v1/admin/query/download"]);
      assert.deepEqual(body, { sql: "select 42", format });
      assert.ok(id);
      await main(page).getByRole("button", { name: "Ask" }).waitFor();
    }
    assert.equal(all.length, 3);
    one.assertNoComplaints();
    await one.context.close();
  });

  it("are cancelled while they are answered", async () => {
    const one = await bench.visit("/admin/query", wide);
    const { page } = one;
    const all = asked(page);
    const cancel = main(page).getByRole("button", { name: "Cancel" });
    assert.equal(await cancel.count(), 0);
    await sql(page).fill("select 42");
    bench.server.fake.hold(/query$/);
    await main(page).getByRole("button", { name: "Ask" }).click();
    await main(page).getByText("It is being answered.").waitFor();
    assert.equal(await main(page).getByRole("button", { name: "Ask" }).count(), 0);
    await cancel.click();
    await main(page).getByRole("alert").getByText("The question was cancelled.").waitFor();
    const [, , { id }] = all[0];
    assert.deepEqual(all.map(([method, path]) => [method, path]),
      [["POST", "/v1/admin/query"], ["DELETE", `/v1/admin/query/${id}`]]);
    assert.equal(await cancel.count(), 0);
    assert.equal(await main(page).getByText(/rows in/).count(), 0);
    // Another one is answered.
    await main(page).getByRole("button", { name: "Ask" }).click();
    await main(page).getByText("4 rows in 14 ms.").waitFor();
    assert.equal(await main(page).getByRole("alert").count(), 0);
    one.assertNoComplaints([409]);
    await one.context.close();
  });

  it("are written by the names of tables' columns", async () => {
    const one = await bench.visit("/admin/query", wide);
    const { page } = one;
    const browser = main(page).getByRole("region", { name: "Tables" });
    const all = browser.locator(".tables > li");
    const { tables } = schemaOf("");
    assert.deepEqual(await all.locator("summary").allInnerTexts(),
      tables.map((table) => `${table.name} ${number(table.rows)}`));
    for (const [at, { columns }] of tables.entries()) {
      await all.nth(at).locator("summary").click();
      const shown = await all.nth(at).locator("ul li").evaluateAll((lines) =>
        lines.map((line) => [...line.querySelectorAll("code")].map((each) => each.innerText)));
      assert.deepEqual(shown, columns.map(({ name, type }) => [name, type]));
    }
    await sql(page).fill("select  from accounts");
    await sql(page).evaluate((node) => node.setSelectionRange(7, 7));
    await all.nth(0).getByRole("button", { name: "handle" }).click();
    assert.equal(await sql(page).inputValue(), "select handle from accounts");
    assert.ok(await sql(page).evaluate((node) => node === document.activeElement));
    await page.keyboard.type(", 1");
    assert.equal(await sql(page).inputValue(), "select handle, 1 from accounts");
    one.assertNoComplaints();
    await one.context.close();
  });

  it("are asked of the backup that is chosen, and of its tables", async () => {
    const one = await bench.visit("/admin/query", wide);
    const { page } = one;
    const all = asked(page);
    const choice = main(page).getByLabel("Backup", { exact: true });
    assert.deepEqual(await choice.locator("option").allInnerTexts(),
      ["The newest", "20261128t001500z", "20261125t001500z (archive)"]);
    const tables = main(page).getByRole("region", { name: "Tables" }).locator("summary code");
    assert.deepEqual(await tables.allInnerTexts(), ["accounts", "photos"]);
    await sql(page).fill("select 42");
    await choice.selectOption("20261125t001500z (archive)");
    await until(async () => (await tables.allInnerTexts()).join() === "photos");
    await main(page).getByRole("button", { name: "Ask" }).click();
    await main(page).getByText("4 rows in 14 ms.").waitFor();
    assert.equal(all.at(-1)[2].backup, "20261125t001500z");
    await fileOf(page, () => main(page).getByRole("button", { name: "JSON" }).click());
    assert.equal(all.at(-1)[2].backup, "20261125t001500z");
    await main(page).getByRole("button", { name: "Ask" }).waitFor();
    await choice.selectOption("The newest");
    await until(async () => (await tables.allInnerTexts()).join() === "accounts,photos");
    await main(page).getByRole("button", { name: "Ask" }).click();
    await until(() => all.at(-1)[1] === "/v1/admin/query");
    assert.ok(!("backup" in all.at(-1)[2]));
    await main(page).getByText("4 rows in 14 ms.").waitFor();
    one.assertNoComplaints();
    await one.context.close();
  });
});
