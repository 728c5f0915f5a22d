// Every address of the application and the page that answers it; the addresses are in src/routes/.
import { admin } from "../routes/admin";
import { moderation } from "../routes/moderation";
import { people } from "../routes/people";
import { photos } from "../routes/photos";
import { findIn, type Found, type Route } from "../routes/route";
import { settings } from "../routes/settings";
import { uploads } from "../routes/uploads";
import { visitor } from "../routes/visitor";

const routes: Route[] = [
  ...photos,
  ...people,
  ...uploads,
  ...settings,
  ...visitor,
  ...moderation,
  ...admin,
];

export function find(path: string): Found | null {
  return findIn(routes, path);
}
