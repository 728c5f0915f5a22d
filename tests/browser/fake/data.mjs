// Taking one's data along, and bringing it.
import { list, ok } from "./answers.mjs";

const archive = {
  id: "9100",
  state: "ready",
  photos: 1284,
  done: 1284,
  left_out: 0,
  size: 4_812_345_678,
  created_at: "2026-11-27T19:40:00Z",
  expires_at: "2026-11-28T19:45:00Z",
  link: "/v1/me/exports/9100",
};
const imported = {
  id: "9200",
  state: "done",
  kind: "instagram",
  failure: null,
  photos: 342,
  done: 342,
  taken: 318,
  known: 12,
  refused: 12,
  people: 4,
  people_unknown: 61,
  likes: 0,
  likes_unknown: 0,
  comments_left: 0,
  created_at: "2026-11-27T18:40:00Z",
  finished_at: "2026-11-27T18:52:00Z",
};
const refusedFiles = ["202401/18014.mp4", "202402/17899.mp4", "202311/a-very-long-file-name.mov"]
  .map((name) => ({
    file: `media/posts/${name}`,
    code: "video",
    detail: "Videos are not taken here, only photos.",
  }));

export const answers = {
  "GET /v1/me/export": () => ok({ export: archive }),
  "GET /v1/me/import": () => ok({ import: imported }),
  "GET /v1/me/import/refused": () => list(refusedFiles),
};
