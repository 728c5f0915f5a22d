// What somebody is told, and how.
import { list, ok } from "./answers.mjs";
import { long } from "./cast.mjs";

const kinds = ["follow", "follow_request", "follow_approved", "like", "comment", "reply",
  "mention"];
// What it may be told; the rest is passed over.
const only = (body, ...names) =>
  Object.fromEntries(Object.entries(JSON.parse(body)).filter(([name]) => names.includes(name)));
const toldHow = ({ changed }) => ({
  kinds: kinds.map((kind, index) => ({
    kind,
    in_app: index !== 3,
    email: ["at_once", "digest"][index % 2],
    ...changed[kind],
  })),
  digest_hour: 7,
  ...changed.digest,
});

// One of each kind, the newest unread.
function told(fake) {
  const shown = ["like", "follow", "comment", "decision", "mention", "follow_request", "reply",
    "follow_approved"];
  return shown.map((kind, index) => {
    const card = fake.photos[index % fake.photos.length]?.card;
    const alone = { follow: true, follow_request: true, follow_approved: true }[kind];
    const actors = fake.accounts.map(({ handle, name }) => ({ handle, name, avatar: null }));
    return {
      id: String(6000 - index),
      kind,
      unread: index < 3,
      updated_at: new Date(fake.now() - index * 9 * 3_600_000).toISOString(),
      count: kind === "decision" ? 0 : [5, 1, 2, 0, 1, 2, 1, 1][index],
      actors: kind === "decision" ? [] : [...actors.slice(index % 3), ...actors].slice(0, 3),
      photo: alone || !card ? null : {
        id: card.id,
        title: card.title,
        alt: card.alt,
        thumbhash: card.thumbhash,
        thumbnail: index === 3 ? null : `/media/${card.id}/320`,
      },
      excerpt: ["comment", "mention"].includes(kind) ? long : null,
      decision:
        kind === "decision" ? { outcome: "removed", appealed: false, about: "photo" } : null,
    };
  });
}

export const answers = {
  "GET /v1/notifications": (fake) => list(told(fake)),
  "GET /v1/notifications/unread": () => ok({ unread: 3 }),
  "POST /v1/notifications/read": () => ok({ unread: 0 }),
  "GET /v1/me/notifications": (fake) => ok(toldHow(fake)),
  "PATCH /v1/me/notifications": (fake, { body }) =>
    fake.change("digest", only(body, "digest_hour")) ?? ok(toldHow(fake)),
  "PATCH /v1/me/notifications/:kind": (fake, { body, kind }) =>
    fake.change(kind, only(body, "in_app", "email")) ?? ok(toldHow(fake)),
  "GET /v1/unsubscribe/abc": () => ok({ kind: "like", subscribed: true }),
};
