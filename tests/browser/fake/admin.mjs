// What an administrator sees: mail that is kept or waits, and work that gave up.
import { done, list, ok } from "./answers.mjs";

const mails = [
  {
    id: "1",
    to: "jonas@example.org",
    subject: "Your code for Picsharz",
    text: "Your code is 7K2M-9QXD.\n\nIt is good for 10 minutes.",
    html: "",
    unsubscribe: "",
    created_at: "2026-11-22T20:00:00Z",
  },
];
const jobs = [
  ["photo.develop", "media", "The file cannot be read: it ends in the middle of a picture."],
  ["mail.send", "mail", "The mail server did not answer within 30 seconds."],
].map(([kind, lane, reason], index) => ({
  id: String(4000 - index),
  kind,
  lane,
  state: "dead",
  attempt: 8,
  attempts: 8,
  reason,
  created_at: "2026-11-22T18:00:00Z",
}));

// From a time when there was a mail server.
const bounces = [
  ["lena@example.org", "What is new", "time", "421 Try again later.", 0],
  ["noor@example.org", "Your photo was hidden", "mail", "552 The message is too large.", 0],
  ["tomas@example.org", "Your code for Picsharz", "address", "550 No such user here.", 1],
  ["old@example.org", "What is new", "address", "550 No such user here.", 3],
].map(([to, subject, cause, reason, refusals], index) => ({
  id: String(5000 - index), to, subject, cause, reason, refusals,
  created_at: "2026-11-21T18:00:00Z",
}));

// One waits; nothing runs, and nothing was done lately.
const waiting = { ...jobs[1], id: "4100", state: "waiting", attempt: 2, reason: "" };
const inState = (state) => ({ dead: jobs, waiting: [waiting] })[state] ?? [];

export const answers = {
  "GET /v1/admin/mailbox": () => list(mails),
  "GET /v1/admin/outbox": () => ok({ server: null, waiting: 0, oldest_seconds: 0, reason: "" }),
  "GET /v1/admin/bounces": () => list(bounces),
  "GET /v1/admin/jobs": (_fake, { query }) => list(inState(query.get("state") ?? "dead")),
  "POST /v1/admin/popular": (fake) => list(fake.cards().slice(0, 3)),
  "POST /v1/admin/jobs/:id/retry": () => done(),
};
