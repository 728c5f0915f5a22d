// Members as administrators see them, what they do to them, and the log of it.
import { list, notFound, ok, problem } from "./answers.mjs";

const quotaOfAll = 10_737_418_240;
const member = (id, handle, name, more = {}) => ({
  id: String(id),
  handle,
  name,
  email: `${handle}@example.org`,
  country: "MY",
  role: "member",
  state: "active",
  photos: 12,
  bytes: 48_000_000,
  quota: quotaOfAll,
  own_quota: false,
  sessions: 1,
  seen_at: "2026-11-22T18:00:00Z",
  created_at: "2026-03-01T08:00:00Z",
  ...more,
});

function begin() {
  return {
    members: [
      member(105, "noor", "Noor Aziz", { seen_at: null, sessions: 0, photos: 0, bytes: 0 }),
      member(104, "tomas", "Tomás Vega", { state: "suspended", sessions: 0, seen_at: null }),
      member(103, "jonas", "Jonas Berg", { quota: 2 * quotaOfAll, own_quota: true }),
      member(102, "aiko", "Aiko Tan", { role: "moderator", sessions: 3 }),
      member(101, "mei", "Mei Lim", { role: "administrator", photos: 340, bytes: 1_900_000_000 }),
    ],
    actions: [
      { id: "901", action: "suspend", by: "mei", handle: "tomas", detail: "",
        reason: "Advertisements in comments, twice.", created_at: "2026-11-20T10:00:00Z" },
      ...[["mails_read", ""], ["mails_read", "1"], ["job_retried", "4000"],
        ["storage_checked", ""], ["popular_ranked", ""]].map(([action, detail], index) => ({
        id: String(900 - index), action, by: "mei", handle: "", detail, reason: "",
        created_at: "2026-11-19T10:00:00Z",
      })),
    ],
  };
}

const states = new WeakMap(); // of each fake
function stateOf(fake) {
  if (!states.has(fake)) states.set(fake, begin());
  return states.get(fake);
}

const find = (fake, handle) => stateOf(fake).members.find((each) => each.handle === handle);

function found(fake, { query }) {
  const text = (query.get("q") ?? "").toLowerCase();
  const fits = (each) =>
    [each.handle, each.name, each.email].some((part) => part.toLowerCase().includes(text)) &&
    ["role", "state"].every((key) => !query.has(key) || query.get(key) === each[key]);
  return list(stateOf(fake).members.filter(fits));
}

// {change, action, detail} of a wish.
const wishes = {
  role: ({ role }) => ({ change: { role }, action: "role", detail: role }),
  suspension: ({ suspended }) => ({
    change: { state: suspended ? "suspended" : "active", ...(suspended ? { sessions: 0 } : {}) },
    action: suspended ? "suspend" : "reinstate",
    detail: "",
  }),
  quota: ({ bytes }) => ({
    change: { quota: bytes ?? quotaOfAll, own_quota: bytes !== null },
    action: "quota",
    detail: bytes === null ? "" : String(bytes),
  }),
  end: (_body, { handle, sessions }) => ({
    change: { sessions: 0 },
    action: "sessions",
    detail: handle === "aiko" ? `${sessions} 1` : String(sessions), // a program has a token of hers
  }),
};

function act(what) {
  return (fake, { handle, body }) => {
    const wish = JSON.parse(body);
    const one = find(fake, handle);
    if (!one) return notFound();
    if (what === "suspension" && one.role === "administrator") {
      return problem(403, "outranked", "Administrators are not suspended.");
    }
    if (what === "role" && one.role === wish.role) {
      return problem(409, "role_unchanged",
        "The account has that role already. Choose another one.");
    }
    const { change, action, detail } = wishes[what](wish, one);
    Object.assign(one, change);
    const { actions } = stateOf(fake);
    actions.unshift({ id: String(902 + actions.length), action, by: "mei", handle: one.handle,
      detail, reason: wish.reason, created_at: "2026-11-22T20:00:00Z" });
    return ok(one);
  };
}

export const answers = {
  "GET /v1/admin/users": found,
  "GET /v1/admin/users/:handle": (fake, { handle }) => {
    const one = find(fake, handle);
    return one ? ok(one) : notFound();
  },
  "POST /v1/admin/users/:handle/role": act("role"),
  "POST /v1/admin/users/:handle/suspension": act("suspension"),
  "POST /v1/admin/users/:handle/quota": act("quota"),
  "POST /v1/admin/users/:handle/sessions/end": act("end"),
  "GET /v1/admin/actions": (fake, { query }) =>
    list(stateOf(fake).actions.filter(({ handle }) =>
      !query.has("handle") || query.get("handle") === handle)),
};
