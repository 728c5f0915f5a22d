// Uploads by tus: one at a time, of which every piece is the last.
import { done, problem } from "./answers.mjs";

function piece(fake) {
  if (fake.refused) return problem(fake.refused.status, fake.refused.code, fake.refused.detail);
  const first = fake.photos[0]?.card;
  const card = { ...first, id: "7999", state: "received", thumbhash: null, urls: {}, labels: [] };
  Object.assign(card, { owner: { handle: "mei", name: "Mei Tan", avatar: null }, reason: null });
  fake.photos = [{ file: "", card }, ...fake.photos.filter((one) => one.card.id !== "7999")];
  fake.polls.clear();
  return done({ "Picsharz-Photo": card.id });
}

export const answers = {
  "POST /v1/uploads": () => ({
    status: 201,
    headers: { Location: "/v1/uploads/1", "Upload-Offset": "0" },
  }),
  "PATCH /v1/uploads/1": piece,
};
