// What waits for a moderator: a photo that the classifier held, one that people reported, and an
// appeal; and the decision that somebody who was suspended reads about.
import { done, list, notFound, ok, problem } from "./answers.mjs";
import { long } from "./cast.mjs";

const opened = "2026-11-22T18:00:00Z";
const facts = {
  models: "base 1",
  verdict: "suggestive",
  scores: [{ drawing: 0.02, hentai: 0.01, neutral: 0.31, porn: 0.08, sexy: 0.58 }],
  thresholds: { gate: 0.3, explicit: 0.85, suggestive: 0.55 },
};
const noFacts = { models: null, verdict: null, scores: [], thresholds: null };
const shownBlurred = ["id", "owner", "title", "visibility", "state", "reason", "width", "height",
  "thumbhash", "created_at"];

function cases(fake) {
  const held = fake.photos.filter(({ card }) => card.owner.handle !== "mei").slice(0, 3);
  const kinds = [["classifier", "suggestive"], ["reports", "harassment"], ["appeal", "spam"]];
  return held.map(({ card }, index) => ({
    card,
    about: {
      id: String(3000 + index),
      origin: kinds[index][0],
      reason: kinds[index][1],
      opened_at: opened,
      closed_at: null,
      report_count: index === 1 ? 2 : 0,
      appealed: index === 2,
      barred: false,
      facts: index === 0 ? facts : noFacts,
      comment: null,
    },
  }));
}

const blurred = (card) => ({
  ...Object.fromEntries(shownBlurred.map((name) => [name, card[name]])),
  state: "held",
  reason: "suggestive",
});

function decision(id, by, action) {
  return {
    id,
    case: "2999",
    photo: "7001",
    comment: null,
    owner: "jonas",
    by,
    automatic: false,
    action,
    reason: "spam",
    note: "An advertisement.",
    state_before: "published",
    state_after: "removed",
    facts: noFacts,
    undoes: null,
    undo_until: null,
    created_at: "2026-11-20T18:00:00Z",
  };
}

function details(fake, { id }) {
  const found = cases(fake).find(({ about }) => about.id === id);
  if (!found) return notFound();
  const { about, card } = found;
  const complaint = { photo: card.id, comment: null, created_at: opened };
  const appeal = { ...complaint, text: long, answered: false };
  const report = { ...complaint, reason: "harassment", note: "They do this to many." };
  const { id: caseId, origin, appealed, report_count: count } = about;
  return ok({
    ...about,
    photo: { ...card, state: "held", reason: "suggestive" },
    reports: Array.from({ length: count }, () => report),
    appeal: appealed ? appeal : null,
    decision: origin === "appeal" ? { ...decision("51", "amara", "remove"), case: caseId } : null,
    lifts_suspension: false,
    erase_at: null,
    erased_at: null,
    history: { published: 41, held: 2, removed: 1, refusals: 1,
      decisions: [decision("50", "amara", "remove")] },
  });
}

// One by a moderator, one by the classifier, and one about a comment that was taken back.
const decisions = [
  { ...decision("63", "amara", "undo"), comment: "9000", undoes: "62", note: "" },
  { ...decision("62", "amara", "remove"), comment: "9000" },
  { ...decision("61", null, "hold"), automatic: true, reason: "suggestive", note: "", facts,
    state_before: "classifying", state_after: "held" },
];
const looks = [
  { id: "70", photo: "7001", by: "amara", state: "held", created_at: opened },
  { id: "71", photo: "7002", by: null, state: "removed", created_at: opened },
];

const hashes = ["00ff00ff00ff00ff", "8f373714acfcf4d0"];
const block = (hash, index) => ({ id: String(80 + index), hash, photo: index ? "7002" : null,
  by: index ? null : "amara", automatic: index === 1, note: index ? "" : "Sent round in chats.",
  created_at: opened });

function blocklist(fake, { query }) {
  fake.blocked ??= hashes.map(block);
  return list(query.get("photo") ? fake.blocked.slice(0, 1) : fake.blocked);
}

function add(fake, { body }) {
  const { hash = hashes[0], note = "" } = JSON.parse(body);
  const made = { ...block(hash, 0), id: String(80 + fake.blocked.length), note };
  fake.blocked = [made, ...fake.blocked];
  return ok(made, 201);
}

function take(fake, { body }) {
  const lines = body.split("\n").filter(Boolean);
  const wrong = lines.findIndex((line) => !/^[0-9a-f]{16}$/.test(line));
  if (wrong >= 0) return problem(400, "invalid_hash", `Line ${wrong + 1} is no hash.`);
  const fresh = lines.filter((hash) => !fake.blocked.some((one) => one.hash === hash));
  fake.blocked = [...fresh.map((hash, at) => ({ ...block(hash, 0), id: `9${at}` })),
    ...fake.blocked];
  return ok({ added: fresh.length, known: lines.length - fresh.length });
}

const notice = {
  photo: "7001",
  comment: null,
  action: "suspend",
  state: "removed",
  automatic: false,
  reason: "spam",
  explanation: "It advertises something.",
  note: "The third time this week.",
  decided_at: "2026-11-20T18:00:00Z",
  waiting: false,
  may_appeal: true,
  erase_at: "2026-12-20T18:00:00Z",
  erased_at: null,
  appeal: null,
};

export const answers = {
  "GET /v1/moderation/waiting": (fake) => ok({ waiting: cases(fake).length }),
  "GET /v1/moderation/queue": (fake) =>
    list(cases(fake).map(({ about, card }) => ({ ...about, photo: blurred(card) }))),
  "GET /v1/moderation/cases/:id": details,
  "POST /v1/moderation/cases/:id/decision": (_fake, { id, body }) =>
    ok({ ...decision("52", "mei", JSON.parse(body).action), case: id }, 201),
  "POST /v1/moderation/cases/:id/undo": (_fake, { id }) =>
    ok({ ...decision("53", "mei", "undo"), case: id }, 201),
  "GET /v1/moderation/audit": () => list(decisions),
  "GET /v1/moderation/looks": () => list(looks),
  "GET /v1/moderation/blocklist": blocklist,
  "POST /v1/moderation/blocklist": add,
  "DELETE /v1/moderation/blocklist/:id": (fake, { id }) => {
    fake.blocked = fake.blocked.filter((one) => one.id !== id);
    return done();
  },
  "POST /v1/moderation/blocklist/import": take,
  "GET /v1/appeals/abc": () => ok(notice),
};
