// What an address of the application is: its pattern, the page that answers it, and for whom.
import type { Component } from "svelte";
import type { Params } from "../lib/match";

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
}
