// Backups: one of each state, and what is made while somebody looks.
import { done, ok, problem } from "./answers.mjs";

const contents = (day, more = {}) => ({
  snapshot_at: `2026-11-${day}T00:15:00Z`, schema: 47, format: "parquet", sealed: false,
  rows: 1_284_310, bytes: 96_400_000, objects: 10_000, object_bytes: 23_400_000_000,
  new_objects: 412, new_bytes: 964_000_000, lost: 0, ...more,
});
export const proof = (day, more = {}) => ({
  at: `2026-11-${day}T00:19:00Z`, good: true, rows: 1_284_310, objects: 10_000, pages: 100,
  problems: [], ...more,
});
export const backup = (day, state, more = {}) => ({
  id: `202611${day}t001500z`, kind: "full", state, problem: "",
  asked_at: `2026-11-${day}T00:15:00Z`, ended_at: `2026-11-${day}T00:19:00Z`, progress: null,
  contents: contents(day), proof: proof(day), ...more,
});

const kept = () => [
  backup(29, "running", { ended_at: null, contents: null, proof: null,
    progress: { stage: "objects", done: 2500, total: 10_000 } }),
  backup(28, "proved"),
  backup(27, "unproved", {
    contents: contents(27, { lost: 1 }),
    proof: proof(27, { good: false, problems: ["objects/4f/4fa1 has other bytes than its hash."] }),
  }),
  backup(26, "failed", { contents: null, proof: null, problem: "The disk of the target is full." }),
  backup(25, "proved", { kind: "archive",
    contents: contents(25, { objects: 0, object_bytes: 0, new_objects: 0, new_bytes: 0 }) }),
];

// What lies there, with what was made and removed here; the newest first.
function listed(fake) {
  const { made = [], removed = [] } = fake.changed.backups ?? {};
  const all = fake.empty ? [] : [...made, ...(fake.idle ? kept().slice(1) : kept())];
  return all.filter(({ id }) => !removed.includes(id))
    .toSorted((one, other) => (one.id > other.id ? -1 : 1));
}

// What the server says of them; tests read it, too.
export const keeping = (fake) => ({
  backups: listed(fake), next_at: "2026-11-30T00:15:00Z",
  good_at: fake.empty ? null : "2026-11-28T00:15:00Z",
  bytes: fake.empty ? 0 : 24_800_000_000,
  log_late_since: fake.changed.backups?.log_late_since ?? null,
});

export const answers = {
  "GET /v1/admin/backups": (fake) => ok(keeping(fake)),
  "POST /v1/admin/backups": (fake, { body }) => {
    if (listed(fake).some(({ state }) => state === "running")) {
      return problem(409, "backup_running", "A backup is being made. Wait until it is proved.");
    }
    const { kind = "full" } = JSON.parse(body);
    const one = backup(30, "running", { kind, ended_at: null, contents: null, proof: null,
      progress: { stage: "rows", done: 10, total: 40 } });
    fake.change("backups", { made: [one] });
    return ok(one, 202);
  },
  "DELETE /v1/admin/backups/:id": (fake, { id }) => {
    if (id === "20261128t001500z") {
      return problem(409, "last_backup", "It is the last one that is proved. Make another first.");
    }
    fake.change("backups", { removed: [...(fake.changed.backups?.removed ?? []), id] });
    return done();
  },
  "GET /v1/admin/backups/:id/manifest": () =>
    ok({ tables: [{ name: "accounts", rows: 40_000 }, { name: "photos", rows: 360_000 }] }),
};
