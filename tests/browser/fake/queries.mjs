// Questions in SQL: what comes of them is always the same.
import { done, notFound, ok, problem } from "./answers.mjs";

const shipped = [
  ["sign-ups-by-month", "select month, count(*) as sign_ups\nfrom accounts\ngroup by month",
    "line"],
  ["cameras", "select camera, count(*) as photos\nfrom photo_details\ngroup by camera", "bars"],
].map(([name, sql, chart]) => ({ id: name, shipped: true, name, sql, chart, changed_at: null }));

const columns = [
  { name: "month", type: "VARCHAR", kind: "text" },
  { name: "sign_ups", type: "BIGINT", kind: "integer" },
];
export const rows = [["2026-08", 210], ["2026-09", 260], ["2026-10", 305], ["2026-11", 290]];

const own = (fake) => fake.changed.queries?.own ?? [];

// Why a backup answers nothing, or null. A test seals some by fake.change("queries", { sealed }).
function mute(fake, backup) {
  if (fake.empty) {
    return problem(404, "no_backup", "There is no such backup to ask. Make one: questions are " +
      "answered from backups, never from the running site.");
  }
  if (!fake.changed.queries?.sealed?.includes(backup)) return null;
  return problem(409, "backup_sealed", "This backup is sealed, and questions read files as they " +
    "lie there. Ask one that is not sealed: docs/operations.md says how to make one beside.");
}

function ask(fake, { body }) {
  const { sql, id = "", backup = "" } = JSON.parse(body);
  const silent = mute(fake, backup);
  if (silent) return silent;
  if (/nowhere/.test(sql)) {
    const detail = "Catalog Error: Table with name nowhere does not exist!";
    return problem(422, "query_wrong", "The question cannot be answered as it stands.", [
      { field: "sql", code: "query_wrong", detail },
    ]);
  }
  if ((fake.changed.queries?.cancelled ?? []).includes(id)) {
    return problem(409, "query_cancelled", "The question was cancelled.");
  }
  return ok({ id, backup: "20261128t001500z", columns, rows, truncated: false, milliseconds: 14 });
}

// What a backup holds; the newest one where none is named. An archive has no accounts.
export function schemaOf(backup) {
  const archives = ["20261125t001500z"];
  const tables = [
    { name: "accounts", rows: 40_000, columns: [
      { name: "id", type: "integer" }, { name: "handle", type: "text" },
      { name: "country", type: "text" }] },
    { name: "photos", rows: 360_000, columns: [
      { name: "id", type: "integer" }, { name: "title", type: "text" }] },
  ];
  return {
    backup: backup || "20261128t001500z", at: "2026-11-28T00:15:00Z",
    backups: ["20261128t001500z", ...archives], archives,
    tables: archives.includes(backup) ? tables.slice(1) : tables,
  };
}

export const answers = {
  "GET /v1/admin/query/schema": (fake, { query }) =>
    mute(fake, query.get("backup")) ?? ok(schemaOf(query.get("backup"))),
  "GET /v1/admin/query/saved": (fake) => ok({ items: [...shipped, ...own(fake)] }),
  "POST /v1/admin/query/saved": (fake, { body }) => {
    const query = { id: String(501 + own(fake).length), shipped: false,
      changed_at: "2026-11-29T00:00:00Z", ...JSON.parse(body) };
    return fake.change("queries", { own: [...own(fake), query] }) ?? ok({ query }, 201);
  },
  "PATCH /v1/admin/query/saved/:id": (fake, { id, body }) => {
    const kept = own(fake).find((one) => one.id === id);
    if (!kept) return notFound();
    const query = { ...kept, ...JSON.parse(body) };
    return fake.change("queries", { own: own(fake).map((one) => (one === kept ? query : one)) }) ??
      ok({ query });
  },
  "DELETE /v1/admin/query/saved/:id": (fake, { id }) => {
    return fake.change("queries", { own: own(fake).filter((one) => one.id !== id) }) ?? done();
  },
  "POST /v1/admin/query": ask,
  "POST /v1/admin/query/download": (_fake, { body }) => ({
    status: 200,
    text: `${JSON.parse(body).format}: ${JSON.parse(body).sql}`,
    headers: { "Content-Type": "text/csv; charset=utf-8" },
  }),
  "DELETE /v1/admin/query/:id": (fake, { id }) => {
    fake.change("queries", { cancelled: [...(fake.changed.queries?.cancelled ?? []), id] });
    fake.release();
    return done();
  },
};
