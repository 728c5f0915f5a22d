// Every address of the application and the page that answers it; the addresses are in src/routes/.
import { match, type Params } from "../lib/match";
import { admin } from "../routes/admin";
import { moderation } from "../routes/moderation";
import { people } from "../routes/people";
import { photos } from "../routes/photos";
import type { Page, Route } from "../routes/route";
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

export interface Found {
  who: Route["who"];
  always: boolean;
  page: Page | undefined;
  load: (() => Promise<{ default: Page }>) | undefined;
  params: Params;
}

export function find(path: string): Found | null {
  for (const route of routes) {
    const params = match(route.pattern, path);
    if (!params) continue;
    const { who, page, load, always = false } = route as Omit<Route, "page" | "load"> &
      Partial<Found>;
    return { who, always, page, load, params };
  }
  return null;
}
