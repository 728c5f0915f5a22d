// What an address of the application is: its pattern, the page that answers it, and for whom.
import type { Component } from "svelte";
import type { Area } from "../i18n";
import { fill, match, type Params } from "../lib/match";

// Every page is given the parameters of its address; one whose address has none ignores them.
export type Page = Component<{ params: Params }>;
type AnyPage = Component<never>;

export interface Route {
  pattern: string;
  page?: AnyPage;
  // In the place of `page`: what a first visit rarely needs is loaded when it is asked for.
  load?: () => Promise<{ default: AnyPage }>;
  who?: "member" | "visitor" | "moderator" | "administrator"; // else everybody
  // Shown to everybody where the instance is for members only, like the pages for visitors.
  always?: boolean;
  // The catalogues that it speaks from, but for the one that all do.
  say?: readonly Area[];
  // The pattern of the page that stays drawn below this one, with the same parameters. Without a
  // page of its own it is that page's part to show what the address says.
  over?: string;
}

export interface Found {
  who: Route["who"];
  always: boolean;
  page: Page | undefined;
  load: (() => Promise<{ default: Page }>) | undefined;
  say: readonly Area[];
  params: Params;
  // What the page is drawn anew for: its path, or the path of the page below it.
  key: string;
  below: Found | null;
}

export function findIn(routes: readonly Route[], path: string): Found | null {
  for (const route of routes) {
    const params = match(route.pattern, path);
    if (!params) continue;
    const below = route.over ? findIn(routes, fill(route.over, params)) : null;
    const { who, page, load, always = false, say = [] } = route as Omit<Route, "page" | "load"> &
      Pick<Found, "page" | "load">;
    return { who, always, page, load, say, params, key: below?.key ?? path, below };
  }
  return null;
}
