import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { describe, it } from "node:test";
import type { TagAnalysis } from "../../api";
import { learn } from "../../i18n";
import analytics from "../../i18n/en/analytics.json";
import { pairsOf } from "./tags";
import {
  grown, inWords, keysOf, missingIn, moment, nameOf, onAxis, placesOfCells, placesOfSeries, span,
  tick,
} from "./words";

learn(analytics);

describe("the words of a dashboard", () => {
  it("are numbers by their unit", () => {
    assert.equal(inWords("count", 40_000), "40,000");
    assert.equal(inWords("bytes", 1_500_000_000), "1.5 GB");
    assert.equal(inWords("percent", 42.25), "42.3%");
    assert.equal(inWords("dollars", 3797.26), "$3,797.26");
    assert.equal(inWords("milliseconds", 12.34), "12.3 ms");
    assert.equal(inWords("milliseconds", 72_000), "72 sec");
    assert.equal(inWords("seconds", 5400), "1.5 hr");
    assert.equal(inWords("count", null), "–");
    assert.equal(onAxis("count", 40_000), "40K");
    assert.equal(onAxis("dollars", 3797), "$3.8K");
  });
  it("say by how much something grew", () => {
    assert.equal(grown(110, 100), "+10%");
    assert.equal(grown(90, 100), "-10%");
    assert.equal(grown(100, 100), "0%");
    assert.deepEqual([grown(5, 0), grown(5, null), grown(null, 5), grown(5, undefined)], [
      "", "", "", "",
    ]);
  });
  it("are days of UTC, wherever the reader is", () => {
    assert.equal(tick("day", "2026-10-31T00:00:00Z"), "Oct 31");
    assert.equal(moment("day", "2026-10-31T00:00:00Z"), "Oct 31, 2026");
    assert.equal(moment("month", "2026-10-01T00:00:00Z"), "Oct 2026");
    assert.match(span("2026-10-01", "2026-10-31"), /^Oct 1.+31, 2026$/);
    assert.match(span("2026-10-01T00:00:00Z", Date.UTC(2026, 10, 1) - 1), /^Oct 1.+31, 2026$/);
  });
  it("are names of what the server counts, or its own", () => {
    assert.equal(nameOf("sign_ups"), "Sign-ups");
    assert.equal(nameOf("active", "figure"), "Active in 7 days");
    assert.equal(nameOf("active", "chart"), "Active members");
    assert.equal(nameOf("week3"), "Week 3");
    assert.equal(nameOf("image/jpeg"), "image/jpeg");
    assert.equal(nameOf("something_new"), "something new");
    assert.equal(nameOf("media", ...placesOfSeries("requests")), "Pictures");
    assert.equal(nameOf("media", ...placesOfSeries("cpu")), "Developing photos");
    assert.equal(nameOf("log shipping", ...placesOfSeries("cpu")), "Log shipping");
  });
  it("say what is not in a table, where it begins before that is kept", () => {
    const now = Date.parse("2026-11-29T10:00:00Z");
    assert.equal(missingIn("popular_photos", "2026-08-22", now), "");
    assert.equal(missingIn("popular_photos", "2026-08-21", now),
      "Counted over the last 100 days only.");
    assert.equal(missingIn("words", "2026-09-01", now), "");
    assert.match(missingIn("words", "2026-08-31", now), /^Rare words .+ 90 days only\.$/);
    assert.equal(missingIn("formats", "2020-01-01", now), "");
    assert.equal(missingIn("hours", "2026-08-22", now), "");
    assert.equal(missingIn("hours", "2026-08-21", now),
      "By the hour this is kept for the last 100 days only.");
  });
});

// What the server can send: the fake one's answers have its ids (tests/tools/test_fake_server.py).
interface Ids {
  figures: { id: string }[];
  charts: { id: string; series: { id: string }[] }[];
  tables: { id: string; columns: { id: string; kind: string }[]; rows: unknown[][] }[];
}
const root = new URL("../../../../", import.meta.url);
const fake = { more: 0, empty: false, accounts: [], cards: () => [] };
const house = await import(new URL("tests/browser/fake/house.mjs", root).href);
const areas = ["people", "photos", "engagement", "search", "moderation", "system"];

function* named(board: Ids): Generator<string[]> {
  for (const { id } of board.figures) yield keysOf(id, "figure");
  for (const { id, series } of board.charts) {
    yield keysOf(id, "chart");
    for (const one of series) yield keysOf(one.id, ...placesOfSeries(id));
  }
  for (const { id, columns, rows } of board.tables) {
    yield keysOf(id, "table");
    for (const [at, column] of columns.entries()) {
      if (!/^week\d+$/.test(column.id)) yield keysOf(column.id, "column");
      const place = placesOfCells[column.id];
      if (place) for (const row of rows) yield keysOf(String(row[at]), place);
    }
  }
}

describe("everything that the server sends has a name", () => {
  const read = (path: string) => readFileSync(new URL(path, root), "utf8");
  const languages = readdirSync(new URL("web/src/i18n/", root), { withFileTypes: true })
    .filter((entry) => entry.isDirectory()).map((entry) => entry.name);
  const boards: Ids[] = areas.map((area) => house.board(fake, area, new URLSearchParams()));
  const { figures } = house.answers["GET /v1/admin/overview"](fake).body;
  boards.push({ figures, charts: [], tables: [] });
  const tags: TagAnalysis = house.tagAnalysis();
  boards.push({ ...tags, charts: [] });
  const wanted = [
    ...boards.flatMap((board) => [...named(board)]),
    ...pairsOf(tags.graph).columns.map(({ id }) => keysOf(id, "column")),
  ];
  // Whatever moderators decide for, and whatever threads of the program do.
  const reasons = [...read("src/features/moderation/moderation_rules.cpp")
    .matchAll(/^ {4}\{"([a-z_]+)",/gm)].map(([, code]) => code!);
  const works = readdirSync(new URL("src/", root), { recursive: true, encoding: "utf8" })
    .filter((path) => /(?<!_test)\.cpp$/.test(path))
    .flatMap((path) => [...read(`src/${path}`)
      .matchAll(/(?:meter_thread|MeteredWork \w+)\("([^"]+)"\)/g)].map(([, work]) => work!));
  const lanes = /lanes = \{([^}]+)\}/.exec(read("src/jobs/worker.cpp"))?.[1] ?? "";
  works.push(...[...lanes.matchAll(/"(\w+)"/g)].map(([, lane]) => lane!), "decode", "other");

  for (const language of languages) {
    it(`in ${language}`, () => {
      const keys = new Set(["analytics", "report"].flatMap((area) =>
        Object.keys(JSON.parse(read(`web/src/i18n/${language}/${area}.json`)))));
      const nameless = (all: string[][]) =>
        all.filter((places) => !places.some((key) => keys.has(key))).map((places) => places[0]);
      assert.deepEqual(nameless(wanted), []);
      assert.ok(reasons.length >= 14, String(reasons));
      assert.deepEqual(nameless(reasons.map((code) => keysOf(code, "reason"))), []);
      assert.ok(works.length >= 13, String(works));
      assert.deepEqual(nameless(works.map((work) => keysOf(work, ...placesOfSeries("cpu")))), []);
    });
  }
});
