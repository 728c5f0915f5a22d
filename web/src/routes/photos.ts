// Photos: the streams, one photo, and the lists that hold them.
import HomePage from "../features/feed/HomePage.svelte";
import RecentPage from "../features/feed/RecentPage.svelte";
import type { Route } from "./route";

export const photos: Route[] = [
  { pattern: "/", page: HomePage },
  { pattern: "/recent", page: RecentPage },
  { pattern: "/popular", load: () => import("../features/feed/PopularPage.svelte") },
  { pattern: "/search", load: () => import("../features/search/SearchPage.svelte") },
  {
    pattern: "/photo/:id",
    load: () => import("../features/photos/PhotoPage.svelte"),
    say: ["photo"],
  },
  {
    pattern: "/photo/:id/view",
    over: "/photo/:id",
    load: () => import("../features/viewer/ViewerPage.svelte"),
    say: ["photo"],
  },
  { pattern: "/photo/:id/likes", load: () => import("../features/likes/LikersPage.svelte") },
  {
    pattern: "/collections/:id",
    load: () => import("../features/collections/CollectionPage.svelte"),
  },
  { pattern: "/tags/:tag", load: () => import("../features/feed/TagPage.svelte") },
  { pattern: "/me", load: () => import("../features/photos/OwnPhotosPage.svelte"), who: "member" },
  {
    pattern: "/saved",
    load: () => import("../features/collections/SavedPage.svelte"),
    who: "member",
  },
  { pattern: "/likes", load: () => import("../features/likes/LikedPage.svelte"), who: "member" },
];
