// The administrator's house: numbers that a test can work out, so that it knows what a page shows.
// Its ids, units, columns and their order are the server's (src/features/analytics);
// tests/tools/test_fake_server.py compares.
import { notFound, ok } from "./answers.mjs";

const day = 86_400_000;
const end = Date.UTC(2026, 10, 29);
const iso = (time) => new Date(time).toISOString();
const days = (time) => iso(time).slice(0, 10);

// Where the part of a range after that of `time` begins.
function nextPart(time, step) {
  const date = new Date(time);
  if (step === "month") return Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 1);
  if (step === "week") return time + (7 - ((date.getUTCDay() + 6) % 7)) * day;
  return time + (step === "hour" ? day / 24 : day);
}

function timesOf(from, to, step) {
  const times = [];
  const last = Date.parse(to) + day;
  for (let at = Date.parse(from); at < last; at = nextPart(at, step)) times.push(at);
  return times;
}

// The same for a time whoever asks: a wave over the week that rises slowly. `seed` tells series
// from each other.
export function valueAt(seed, time) {
  const date = Math.floor(time / day);
  return seed * 10 + (date % 7) * seed + (date % 30) + new Date(time).getUTCHours();
}

// [id, unit, shape, series]
const charts = {
  people: [
    ["sign_ups", "count", "bars", ["sign_ups"]],
    ["members", "count", "line", ["members"]],
    ["active", "count", "line", ["daily", "weekly", "monthly"]],
  ],
  photos: [
    ["uploads", "count", "bars", ["uploads"]],
    ["upload_bytes", "bytes", "bars", ["upload_bytes"]],
    ["storage", "bytes", "stacked", ["originals", "renditions", "database", "backups"]],
  ],
  engagement: [["engagement", "count", "line", ["views", "likes", "comments", "follows"]]],
  search: [["searches", "count", "line", ["searches", "without_result"]]],
  moderation: [
    ["decisions", "count", "stacked",
      ["published", "held", "removed", "approved", "kept", "overturned", "suspended"]],
    ["delay", "seconds", "line", ["median", "p90"]],
  ],
  system: [
    ["requests", "count", "stacked",
      ["feed", "photo", "search", "upload", "media", "account", "admin", "page", "other"]],
    ["latency", "milliseconds", "line", ["p50", "p90", "p99"]],
    ["errors", "count", "bars", ["4xx", "5xx"]],
    ["queue", "count", "line", ["depth", "age"]],
    // Whatever threads do (base/cpu_meter.h), in the order of the alphabet.
    ["cpu", "seconds", "stacked",
      ["analysis", "classify", "database", "decode", "extras", "log shipping", "mail", "media",
        "notices", "other", "password", "upkeep", "web"]],
    ["bytes_out", "bytes", "line", ["bytes_out"]],
    ["memory", "bytes", "line", ["memory", "worker"]],
    ["disk", "bytes", "line", ["free"]],
  ],
};
const scale = { count: 1, bytes: 40_000_000, seconds: 60, milliseconds: 1 };
const known = { worker: Date.UTC(2026, 9, 11) }; // since when; before it, nobody knows
const byDay = new Set(["members", "active"]); // charts of what has no hours
const hoursFrom = end + day / 2 - 100 * day; // what was before is not kept by the hour

// [id, unit, value, before]
const figures = {
  people: [["members", "count", 40_000, 39_200], ["daily", "count", 3_120, 3_000],
    ["weekly", "count", 7_900, 8_000], ["monthly", "count", 12_040, 12_040]],
  photos: [["photos", "count", 360_000, 342_000], ["uploads", "count", 18_000, 15_000],
    ["storage", "bytes", 1_875_000_000_000, 1_800_000_000_000]],
  engagement: [["views", "count", 3_600_000, 3_000_000], ["likes", "count", 240_000, 250_000],
    ["follows", "count", 9_100, 9_000], ["comments", "count", 31_000, 0]],
  search: [["searches", "count", 58_000, 50_000], ["without_result", "count", 4_100, 5_000]],
  moderation: [["held", "count", 412, 400], ["removed", "count", 61, 80],
    ["reports", "count", 190, 150], ["overturned", "count", 7, 9]],
  system: [["requests", "count", 14_530_000, 13_900_000], ["errors", "count", 500, 0],
    ["p50", "milliseconds", 3.2, 3.1], ["p99", "milliseconds", 48.5, null]],
};

const column = (id, kind = "count") => ({ id, kind });

export const countries = [
  ["MY", 21_000], ["SG", 9_400], ["IN", 4_100], ["DE", 2_300], ["US", 1_900], ["FR", 800],
  ["MT", 12], ["BR", 3],
];

// The oldest week first; of one that is not over nobody can say who came back.
function retention() {
  const weeks = Array.from({ length: 12 }, (_, week) => column(`week${week}`, "percent"));
  const rows = [7, 6, 5, 4, 3, 2, 1, 0].map((age) => [
    days(end - 6 * day - age * 7 * day),
    420 - 10 * age,
    ...weeks.map((_, week) => (week < age ? Math.round(1000 / (week + 1)) / 10 : null)),
  ]);
  return { columns: [column("cohort", "day"), column("members"), ...weeks], rows };
}

const accountOf = ({ id, handle, name }) => ({ id: id ?? "1", handle, name });

const tables = {
  people: () => [
    { id: "countries", columns: [column("country", "country"), column("members")],
      rows: countries },
    { id: "retention", ...retention() },
  ],
  photos: () => [
    { id: "formats",
      columns: [column("format", "text"), column("photos"), column("bytes", "bytes")],
      rows: [["jpeg", 310_000, 1.5e12], ["heic", 42_000, 2.9e11], ["png", 8_000, 8.5e10]] },
    { id: "cameras", columns: [column("camera", "text"), column("photos")],
      rows: [["FUJIFILM X-T4", 18_200], ["Canon EOS R6", 12_400], ["Apple iPhone 15 Pro", 9_950]] },
    { id: "lenses", columns: [column("lens", "text"), column("photos")],
      rows: [["XF35mmF1.4 R", 7_100], ["RF24-105mm F4 L IS USM", 6_020]] },
  ],
  engagement: (fake) => [
    { id: "popular_photos",
      columns: [column("photo", "photo"), column("views"), column("likes"), column("comments")],
      rows: fake.cards().slice(0, 5).map(({ id, title }, index) => [
        { id, title, thumbnail: `/media/${id}/320` },
        9000 - 700 * index, 400 - 30 * index, 40 - 9 * index,
      ]) },
    { id: "popular_people",
      columns: [column("person", "account"), column("views"), column("followers"),
        column("photos")],
      rows: fake.accounts.slice(0, 4).map((account, index) => [
        accountOf(account), 30_000 - 2_000 * index, 900 - 90 * index, 1_200 - 7 * index,
      ]) },
  ],
  search: () => [
    { id: "words",
      columns: [column("words", "text"), column("searches"), column("without_result")],
      rows: [["harbour", 910, 0], ["blue hour", 640, 0], ["food", 512, 3]] },
    { id: "words_without_result",
      columns: [column("words", "text"), column("searches"), column("without_result")],
      rows: [["gutar", 41, 41], ["pengiun", 17, 16], ["food", 512, 3]] },
  ],
  moderation: () => [
    { id: "reasons",
      columns: [column("decision", "text"), column("reason", "text"), column("count")],
      rows: [["hold", "suggestive", 300], ["approve", "fine", 280], ["remove", "spam", 41],
        ["hold", "explicit", 37], ["remove", "harassment", 12], ["keep_hidden", "nudity", 9],
        ["suspend", "hate", 3], ["erase", "spam", 2]] },
  ],
  system: () => [
    { id: "routes",
      columns: [column("route", "text"), column("requests"), column("bytes_out", "bytes"),
        column("p50", "milliseconds"), column("p99", "milliseconds")],
      rows: [["feed", 3_600_000, 2.1e10, 2.4, 31], ["photo", 700_000, 4.9e9, 3.1, 62.5],
        ["media", 9_800_000, 8.8e11, 0.4, 4.1], ["other", 30_000, 12_000_000, null, null]] },
  ],
};

function chartOf([id, unit, shape, ids], { from, to, step: asked, compare, zeroFrom }) {
  const step = asked === "hour" && byDay.has(id) ? "day" : asked;
  const times = timesOf(from, to, step);
  const back = Date.parse(to) + day - Date.parse(from);
  const value = (one, seed, time) => {
    if (time < Math.max(known[one] ?? 0, step === "hour" ? hoursFrom : 0)) return null;
    return time < zeroFrom ? scale[unit] * valueAt(seed, time) : 0;
  };
  const series = ids.map((one, index) => {
    const values = (moved) => times.map((time) => value(one, index + 1, time - moved));
    return { id: one, values: values(0), ...(compare ? { before: values(back) } : {}) };
  });
  return { id, unit, shape, times: times.map(iso), series };
}

// What the answer of an area is for these days; tests read it, too.
export function board(fake, area, query) {
  const to = query.get("to") ?? days(end);
  const from = query.get("from") ?? days(Date.parse(to) - 29 * day);
  const step = query.get("step") ?? "day";
  const compare = query.get("compare") === "true";
  const zero = fake.empty ? 0 : 1;
  const zeroFrom = { true: 0, now: Date.parse(from) }[fake.empty] ?? Infinity;
  return {
    from, to, step,
    updated_at: iso(end + day / 2),
    figures: figures[area].map(([id, unit, value, before]) => ({
      id, unit, value: zero * (value + fake.more), ...(compare ? { before } : {}),
    })),
    charts: charts[area].map((one) => chartOf(one, { from, to, step, compare, zeroFrom })),
    tables: tables[area](fake).map((table) => ({ ...table, rows: fake.empty ? [] : table.rows })),
  };
}

// As csv_rules.cpp writes them.
function text(value) {
  const safe = /^[=+\-@\t\r\n]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

function cell(value, kind) {
  if (value === null) return kind === "photo" || kind === "account" ? "," : "";
  if (typeof value === "number") return String(Math.round(value * 1e4) / 1e4);
  if (kind === "photo") return `${value.id},${text(value.title)}`;
  if (kind === "account") return `${text(value.handle)},${text(value.name)}`;
  return text(value);
}

const heads = { photo: ["_title"], account: ["_name"] };

// With a line of names; a photo and an account have two columns each.
export function csv({ columns, rows }) {
  const names = columns.flatMap(({ id, kind }) =>
    [id, ...(heads[kind] ?? []).map((ending) => id + ending)]);
  const lines = rows.map((row) => row.map((one, at) => cell(one, columns[at].kind)));
  return [names, ...lines].map((line) => `${line.join(",")}\r\n`).join("");
}

function tableOf({ charts: drawn, tables: listed }, id) {
  const chart = drawn.find((one) => one.id === id);
  if (!chart) return listed.find((one) => one.id === id);
  const lines = chart.series.flatMap(({ id: name, values, before }) => [
    { id: name, values }, ...(before ? [{ id: `${name}_before`, values: before }] : []),
  ]);
  return {
    columns: [column("time", "time"), ...lines.map((one) => column(one.id))],
    rows: chart.times.map((time, at) => [time, ...lines.map(({ values }) => values[at])]),
  };
}

function file(fake, area, name, query) {
  const id = /^(.+)\.csv$/.exec(name)?.[1];
  const table = area in charts && id ? tableOf(board(fake, area, query), id) : undefined;
  return table === undefined ? notFound() : {
    status: 200,
    text: csv(table),
    headers: { "Content-Type": "text/csv; charset=utf-8; header=present" },
  };
}

const overview = [
  ["members", "count", 40_000, 39_800], ["active", "count", 7_900, 8_260],
  ["photos", "count", 360_000, 356_000], ["views", "count", 121_000, 118_000],
  ["storage", "bytes", 1_875_000_000_000, 1_860_000_000_000],
  ["p99", "milliseconds", 48.5, 51.2],
];

const tagWords = ["harbour", "blue hour", "ferry", "night market", "rain", "lantern", "satay",
  "monsoon", "temple", "street", "fog", "sunrise", "mountain", "tea", "train", "platform"];

export const tagAnalysis = () => ({
  updated_at: iso(end),
  figures: [
    { id: "photos", unit: "count", value: 8_120 }, { id: "members", unit: "count", value: 940 },
    { id: "words", unit: "count", value: 2_310 },
  ],
  tables: [
    { id: "words", columns: [column("word", "text"), column("members"), column("photos")],
      rows: tagWords.map((word, at) => [word, 90 - 5 * at, 300 - 11 * at]) },
    { id: "trends",
      columns: [column("word", "text"), column("members"), column("expected"),
        column("deviation")],
      rows: [["lantern", 31, 4.5, 9.8], ["monsoon", 18, 6, 4.1]] },
    { id: "phrases", columns: [column("phrase", "text"), column("members"),
      column("bond", "percent")], rows: [["blue hour", 85, 91.2], ["night market", 75, 88]] },
  ],
  trends: [
    { text: "lantern", weeks: [4, 5, 4, 3, 5, 4, 6, 5, 4, 5, 4, 5, 31], expected: 4.5,
      deviation: 9.8 },
    { text: "monsoon", weeks: [6, 7, 5, 6, 6, 7, 6, 5, 6, 6, 6, 6, 18], expected: 6,
      deviation: 4.1 },
  ],
  cloud: tagWords.map((text, at) => ({ text, weight: 1 - at / 16, members: 90 - 5 * at })),
  clusters: [
    { members: 90, terms: ["harbour", "ferry", "fog", "sunrise"] },
    { members: 75, terms: ["night market", "satay", "lantern", "street"] },
    { members: 40, terms: ["train", "platform", "street"] },
  ],
  graph: {
    nodes: tagWords.map((text, at) => ({ text, members: 90 - 5 * at,
      cluster: [0, null, 0, 1, null, 1, 1, null, null, 1, 0, 0, null, null, 2, 2][at] })),
    edges: [[0, 2], [0, 10], [0, 11], [2, 10], [3, 6], [3, 5], [5, 9], [6, 9], [14, 15]]
      .map(([from, to]) => ({ from, to, members: 12, bond: 0.6 })),
  },
});

export const answers = {
  "GET /v1/admin/analytics/tags": () => ok(tagAnalysis()),
  "GET /v1/admin/overview": (fake) =>
    ok({
      figures: overview.map(([id, unit, value, before], seed) => ({
        id, unit, value: value + fake.more, before,
        spark: Array.from({ length: 30 }, (_, at) => valueAt(seed + 1, end - (29 - at) * day)),
      })),
      updated_at: iso(end + day / 2),
    }),
  "GET /v1/admin/analytics/:area": (fake, { area, query }) =>
    area in charts ? ok(board(fake, area, query)) : notFound(),
  "GET /v1/admin/analytics/:area/:file": (fake, { area, file: name, query }) =>
    file(fake, area, name, query),
};
