// Questions in SQL: what comes of them is always the same.
import { done, ok, problem } from "./answers.mjs";

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

function ask(fake, { body }) {
  const { sql, id = "" } = JSON.parse(body);
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
  "GET /v1/admin/query/schema": (_fake, { query }) => ok(schemaOf(query.get("backup"))),
  "GET /v1/admin/query/saved": (fake) => ok({ items: [...shipped, ...own(fake)] }),
  "POST /v1/admin/query/saved": (fake, { body }) => {
    const query = { id: "501", shipped: false, changed_at: "2026-11-29T00:00:00Z",
      ...JSON.parse(body) };
    fake.change("queries", { own: [...own(fake), query] });
    return ok({ query }, 201);
  },
  "DELETE /v1/admin/query/saved/:id": (fake, { id }) => {
    fake.change("queries", { own: own(fake).filter((one) => one.id !== id) });
    return done();
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
