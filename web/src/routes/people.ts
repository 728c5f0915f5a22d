// People, how one stands to them, and what they did.
import type { Route } from "./route";

export const people: Route[] = [
  { pattern: "/@:handle", load: () => import("../features/accounts/ProfilePage.svelte") },
  {
    pattern: "/@:handle/followers",
    load: () => import("../features/follows/FollowersPage.svelte"),
  },
  {
    pattern: "/@:handle/following",
    load: () => import("../features/follows/FollowingPage.svelte"),
  },
  {
    pattern: "/@:handle/collections",
    load: () => import("../features/collections/CollectionsPage.svelte"),
  },
  {
    pattern: "/people",
    load: () => import("../features/suggestions/FindPeoplePage.svelte"),
    who: "member",
  },
  {
    pattern: "/people/requests",
    load: () => import("../features/follows/RequestsPage.svelte"),
    who: "member",
  },
  {
    pattern: "/settings/muted",
    load: () => import("../features/follows/MutedPage.svelte"),
    who: "member",
  },
  {
    pattern: "/settings/blocked",
    load: () => import("../features/follows/BlockedPage.svelte"),
    who: "member",
  },
  {
    pattern: "/activity",
    load: () => import("../features/notifications/ActivityPage.svelte"),
    who: "member",
  },
];
