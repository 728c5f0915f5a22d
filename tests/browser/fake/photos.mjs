// A photo's page: what it says beyond its card, who likes it, what was said about it.
import { done, list, notFound, ok, problem } from "./answers.mjs";
import { isPublished, long, people } from "./cast.mjs";

const pageOnly = {
  place: "George Town",
  camera: { make: "Acme", model: "Acme 40", exposure_time: "1/250", f_number: 8, iso: 100 },
  taken_at: "2026-11-20T07:12:00+08:00",
  copyright: null,
  allow_download: false,
  comments_allowed: true,
};
const own = (card) => ({
  alt_draft: card.alt ? null : "A boat and a train; mostly blue.",
  show_camera: true,
  file_name: "IMG_1.jpg",
  bytes: 4_100_000,
  artist: null,
  caption: null,
  keywords: ["harbour", "dawn"],
  position: null,
});
const inCollections = {
  saved: false,
  collections: [
    { id: "8000", name: "Harbours at dawn", visibility: "public", holds: true },
    { id: "8001", name: "Trains", visibility: "private", holds: false },
  ],
};

function comment(id, person, text, more = {}) {
  const [handle, name] = person;
  return {
    id,
    photo: "7000",
    parent: null,
    state: "published",
    author: { handle, name, avatar: null },
    text,
    mentions: [],
    edited_at: null,
    created_at: "2026-11-22T18:00:00Z",
    ...more,
  };
}
const noReplies = { reply_count: 0, replies: { items: [], next: null } };
const threads = [
  {
    ...comment("903", people[1], "How long did you wait for that light? @mei", {
      mentions: [{ written: "mei", handle: "mei" }],
      edited_at: "2026-11-22T18:05:00Z",
    }),
    reply_count: 2,
    replies: {
      items: [
        comment("904", people[0], "Two mornings.", { parent: "903" }),
        comment("905", people[2], "Worth it.", { parent: "903" }),
      ],
      next: null,
    },
  },
  { ...comment("902", people[2], long), ...noReplies },
];

// Further down than the first page of comments, which does not say that there are more.
const deep = [
  comment("880", people[2], "The first who came by."),
  comment("881", people[1], "And the second.", { parent: "880" }),
];
const oneComment = (id) =>
  [...threads, ...threads.flatMap(({ replies }) => replies.items), ...deep]
    .map(({ reply_count, replies, ...about }) => about)
    .find((one) => one.id === id);

function photo(fake, { id }) {
  const found = fake.card(id);
  if (!found) return notFound();
  const polls = (fake.polls.get(id) ?? 0) + 1;
  fake.polls.set(id, polls);
  if (found.state === "received" && polls > 2) {
    Object.assign(found, { state: "published", urls: { 640: `/media/${id}/640` } });
  }
  return ok({ ...found, ...pageOnly, own: found.owner.handle === "mei" ? own(found) : null });
}

function edit(fake, { id, body }) {
  const found = fake.card(id);
  if (!found) return notFound();
  const wrong = JSON.parse(body).title?.includes("refuse me");
  if (wrong) {
    const detail = "This title cannot be taken. Write another one.";
    return problem(400, "invalid_request", "Some fields are not right.", [
      { field: "title", code: "invalid", detail },
    ]);
  }
  const told = JSON.parse(Buffer.from(body, "latin1").toString());
  const editable = ["title", "description", "alt", "tags", "visibility"];
  for (const name of editable) if (name in told) found[name] = told[name];
  return ok({ ...found, ...pageOnly, own: own(found) });
}

function remove(fake, { id }) {
  const found = fake.card(id);
  if (!found) return notFound();
  fake.photos = fake.photos.filter(({ card }) => card !== found);
  return ok({ id, message: "The photo is gone. Its files are erased soon." });
}

const like = (liked) => (fake, { id }) => {
  const found = fake.card(id);
  if (!found) return notFound();
  found.likes += Number(liked) - Number(found.liked);
  found.liked = liked;
  return ok({ likes: found.likes, liked });
};

export const answers = {
  "GET /v1/me/photos": (fake, { query }) => fake.page(fake.cards(), query),
  "GET /v1/photos/:id": photo,
  "PATCH /v1/photos/:id": edit,
  "DELETE /v1/photos/:id": remove,
  "PUT /v1/photos/:id/like": like(true),
  "DELETE /v1/photos/:id/like": like(false),
  "GET /v1/photos/:id/likes": (fake) => list(fake.accounts.slice(1)),
  "GET /v1/photos/:id/collections": () => ok(inCollections),
  // A third of all.
  "GET /v1/me/saved/ids": (_fake, { query }) =>
    ok({ items: query.get("among").split(",").filter((id) => Number(id) % 3 === 0) }),
  "PUT /v1/photos/:id/saved": () => done(),
  "DELETE /v1/photos/:id/saved": () => done(),
  // Everybody's first photos are like any other; nobody has one twice.
  "GET /v1/photos/:id/similar": (fake, { id }) =>
    list(fake.cards((card) => isPublished(card) && card.id !== id).slice(0, 3)),
  "GET /v1/photos/:id/duplicates": () => list([]),
  "GET /v1/photos/:id/comments": () => list(threads),
  "POST /v1/photos/:id/comments": (fake, { id, body }) => {
    const { text } = JSON.parse(Buffer.from(body, "latin1").toString());
    const writer = [fake.me.handle, fake.me.name];
    return ok({ ...comment("910", writer, text, { photo: id }), ...noReplies }, 201);
  },
  "GET /v1/comments/:id": (_fake, { id }) => {
    const found = oneComment(id);
    return found ? ok(found) : notFound();
  },
  "GET /v1/comments/:id/replies": (_fake, { id }) =>
    list(deep.filter(({ parent }) => parent === id)),
};
