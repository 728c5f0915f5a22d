// Photos: the streams, one photo, and the lists that hold them.
import type { Route } from "./route";

export const photos: Route[] = [
  { pattern: "/", load: () => import("../features/feed/HomePage.svelte") },
  { pattern: "/recent", load: () => import("../features/feed/RecentPage.svelte") },
  { pattern: "/explore", load: () => import("../features/feed/RecentPage.svelte") },
  { pattern: "/popular", load: () => import("../features/feed/PopularPage.svelte") },
  {
    pattern: "/search",
    load: () => import("../features/search/SearchPage.svelte"),
    say: ["search"],
  },
  {
    pattern: "/photo/:id",
    load: () => import("../features/photos/PhotoPage.svelte"),
    say: ["report"],
  },
  {
    pattern: "/photo/:id/likes",
    load: () => import("../features/likes/LikersPage.svelte"),
    say: ["social"],
  },
  {
    pattern: "/collections/:id",
    load: () => import("../features/collections/CollectionPage.svelte"),
    say: ["social"],
  },
  {
    pattern: "/tags/:tag",
    load: () => import("../features/feed/TagPage.svelte"),
    say: ["social"],
  },
  {
    pattern: "/me",
    load: () => import("../features/photos/OwnPhotosPage.svelte"),
    say: ["social"],
    who: "member",
  },
  {
    pattern: "/saved",
    load: () => import("../features/collections/SavedPage.svelte"),
    say: ["social"],
    who: "member",
  },
  {
    pattern: "/likes",
    load: () => import("../features/likes/LikedPage.svelte"),
    say: ["social"],
    who: "member",
  },
];
