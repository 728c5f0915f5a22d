// What a month costs, the original's projection, and the prices.
import { ok, problem } from "./answers.mjs";

// [id, the original's name, recorded, derived, here, reason]; amounts in cents.
export const lines = [
  ["functions", "Lambda", 1106, 672, 0, "feeds_only"],
  ["image_analysis", "Rekognition", 72000, 72000, 0, "follows"],
  ["storage", "S3 operations and storage", 18688, 18500, 15500, "size_inferred"],
  ["data_out", "S3 data out", 259776, 259200, 16200, "thumbnails_inferred"],
  ["archive", "Glacier", 750, 750, 750, "size_inferred"],
  ["database", "DynamoDB", 859, null, 0, "not_derivable"],
  ["search", "Elasticsearch", 5256, 5256, 0, "follows"],
  ["api_calls", "API calls", 5086, 1260, 0, "feeds_only"],
  ["query", "Athena", 3150, 3150, 0, "volume_inferred"],
  ["batch", "EMR", 528, 528, 0, "follows"],
  ["mail", "SES", 790, 790, 790, "volume_inferred"],
  ["analytics", "Analytics (QuickSight)", 4537, 4500, 0, "people_only"],
  ["server", "Web server", 7200, 7200, 7200, "follows"],
];
const dollars = (cents) => (cents === null ? null : (cents / 100).toFixed(2));
const total = (place) => dollars(lines.reduce((sum, line) => sum + (line[place] ?? 0), 0));

const assumptions = [
  ["members", "40000", "given", "registered members"],
  ["active", "12000", "given", "members active in a month"],
  ["uploads", "30", "given", "pictures an active member uploads a month"],
  ["thumbnail_kb", "400", "inferred", "KB of the original's thumbnail"],
  ["our_thumbnail_kb", "25", "ours", "KB of a thumbnail of ours"],
  ["cache_hits", "0", "given", "percent of thumbnails that a cache on the way answers"],
];

const asEver = () => 1;

// How many times its first amount a line of a book costs: of each there is one price.
const pricing = (fake) => (book, service) => {
  const one = bookOf(fake, book).prices.find((price) => price.service === service);
  return one ? Number(one.amount) / Number(one.default) : 1;
};

// Of the assumptions only the cache is reckoned with here.
function projection(fake, changed = {}) {
  const part = 1 - Number(changed.cache_hits ?? 0) / 100;
  const times = pricing(fake);
  const plain = Object.keys(changed).length === 0;
  const shown = lines.map(([id, name, recorded, original, ours, reason]) => {
    const out = id === "data_out" ? part : 1;
    const derived = original === null ? null : original * out * times("original", id);
    return {
      id, original_name: name, reason, explanation: "", recorded: dollars(recorded),
      derived: dollars(derived), machine: dollars(ours * out * times("machine", id)),
      verdict: derived === null ? "none" : derived === recorded ? "equal" : "differs",
      missing: plain && id === "functions" ? { quantity: "2.33", unit: "million calls" } : null,
    };
  });
  const sum = (name) =>
    shown.reduce((all, line) => all + Number(line[name] ?? 0), 0).toFixed(2);
  return {
    lines: shown,
    totals: { recorded: total(2), derived: sum("derived"), machine: sum("machine") },
    assumptions: assumptions.map(([id, usual, source, meaning]) => ({
      id, value: changed[id] ?? usual, default: usual, most: "1000000", source, meaning,
    })),
  };
}

// What was used in a month costs a part of what the lines say: another one in each.
export const members = { all: 40_000, active: 12_000, photos: 360_000 };
const part = (month) => (1 + (Number(month.slice(5)) % 4)) / 8;
// `times`: as pricing() gives it.
export const billed = (month, times = asEver) => lines.map(([id, name, , derived, machine]) => ({
  id, original_name: name,
  machine: dollars(machine * part(month) * times("machine", id)),
  original: dollars((derived ?? 0) * part(month) * times("original", id)),
}));

// A test has a month that nobody counted: fake.change("costs", { uncounted: true }).
const isCounted = (fake) => !fake.changed.costs?.uncounted;

function bill(fake, services, book) {
  const sum = services.reduce((all, one) => all + Number(one[book]), 0);
  const by = (count) => (isCounted(fake) ? (sum / count).toFixed(6) : null);
  return {
    total: sum.toFixed(2), per_active: by(members.active), per_photo: by(members.photos),
    prices_version: bookOf(fake, book).version,
  };
}

const prices = (book) => [
  ["storage", "storage", "GB for a month", "0.023"], ["data_out", "data_out", "GB", "0.09"],
  ["mail", "mail", "thousand mails", "0.10"],
  book === "machine" ? ["server_months", "server", "month", "72.00"]
    : ["server_hours", "server", "hour", "0.10"],
].map(([id, service, unit, amount]) => ({ id, service, unit, amount, default: amount }));

// What was changed is kept; the newest first.
function bookOf(fake, book) {
  const { edits = [] } = fake.changed[`prices_${book}`] ?? {};
  const now = new Map(edits.toReversed().flatMap((edit) =>
    edit.changes.map(({ id, amount }) => [id, amount])));
  return {
    book, version: edits[0]?.version ?? 0,
    prices: prices(book).map((one) => ({ ...one, amount: now.get(one.id) ?? one.amount })),
    edits,
  };
}

// At least two decimals, as the server writes an amount.
const exact = (amount) => Number(amount).toFixed(6).replace(/(\.\d\d\d*?)0+$/, "$1");
const isPrice = (amount) => /^\d{1,15}(\.\d{1,6})?$/.test(amount) && Number(amount) <= 1_000_000;

function change(fake, book, { version, note = "", ...wanted }) {
  const wrong = Object.keys(wanted).filter((id) => !isPrice(wanted[id]));
  const detail = "A price is a number from 0 to 1000000.";
  if (wrong.length > 0 || !Number.isInteger(version)) {
    return problem(400, "invalid_request", "Some fields are not right.",
      wrong.map((field) => ({ field, code: "invalid_price", detail })));
  }
  const now = bookOf(fake, book);
  if (version !== now.version) {
    return problem(409, "prices_changed", "Somebody changed these prices meanwhile. " +
      "Look at them again, and change what is still to be changed.");
  }
  const changes = Object.entries(wanted).map(([id, amount]) => ({ id, amount: exact(amount) }));
  const edit = { version: version + 1, by: "mei", note, at: "2026-11-28T10:00:00Z", changes };
  return fake.change(`prices_${book}`, { edits: [edit, ...now.edits] }) ?? ok(bookOf(fake, book));
}

function monthOf(fake, month) {
  const services = billed(month, pricing(fake));
  const { all, active, photos } = isCounted(fake) ? members
    : { all: null, active: 0, photos: null };
  return {
    month, from: `${month}-01T00:00:00Z`, to: `${month}-28T00:00:00Z`, share: "0.933333",
    members: all, active, photos, updated_at: "2026-11-29T00:00:00Z",
    totals: {
      machine: bill(fake, services, "machine"), original: bill(fake, services, "original"),
    },
    services, billed: [],
    measured: [
      { id: "cpu", label: "media", quantity: "7200.5", unit: "seconds" },
      { id: "mails", label: "sent", quantity: "310", unit: "mails" },
      { id: "requests", label: "feed", quantity: "3600000", unit: "requests" },
      { id: "stored", label: "originals", quantity: "1875.5", unit: "GB" },
    ],
  };
}

export const answers = {
  "GET /v1/admin/costs": (fake, { query }) => ok(monthOf(fake, query.get("month") ?? "2026-11")),
  "GET /v1/admin/costs/projection": (fake) => ok(projection(fake)),
  "POST /v1/admin/costs/projection": (fake, { body }) => {
    const changed = JSON.parse(body);
    const wrong = Object.keys(changed).find((id) => !(Number(changed[id]) >= 0));
    if (!wrong) return ok(projection(fake, changed));
    const detail = "Give a number from 0 to 1000000.";
    return problem(400, "invalid_assumption", detail, [
      { field: wrong, code: "invalid_assumption", detail },
    ]);
  },
  "GET /v1/admin/costs/prices": (fake) =>
    ok({ books: ["machine", "original"].map((book) => bookOf(fake, book)) }),
  "PUT /v1/admin/costs/prices/:book": (fake, { book, body }) =>
    change(fake, book, JSON.parse(body)),
};
