// People, how one stands to them, and what they did.
import type { Route } from "./route";

export const people: Route[] = [
  {
    pattern: "/@:handle",
    load: () => import("../features/accounts/ProfilePage.svelte"),
    say: ["social"],
  },
  {
    pattern: "/@:handle/followers",
    load: () => import("../features/follows/FollowersPage.svelte"),
    say: ["social"],
  },
  {
    pattern: "/@:handle/following",
    load: () => import("../features/follows/FollowingPage.svelte"),
    say: ["social"],
  },
  {
    pattern: "/@:handle/collections",
    load: () => import("../features/collections/CollectionsPage.svelte"),
    say: ["social"],
  },
  {
    pattern: "/people",
    load: () => import("../features/suggestions/FindPeoplePage.svelte"),
    say: ["social"],
    who: "member",
  },
  {
    pattern: "/people/requests",
    load: () => import("../features/follows/RequestsPage.svelte"),
    say: ["social"],
    who: "member",
  },
  {
    pattern: "/settings/muted",
    load: () => import("../features/follows/MutedPage.svelte"),
    say: ["social"],
    who: "member",
  },
  {
    pattern: "/settings/blocked",
    load: () => import("../features/follows/BlockedPage.svelte"),
    say: ["social"],
    who: "member",
  },
  {
    pattern: "/activity",
    load: () => import("../features/notifications/ActivityPage.svelte"),
    say: ["social"],
    who: "member",
  },
];
