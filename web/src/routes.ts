// Every address of the application and the page that answers it. What a first visit rarely needs is
// loaded when it is asked for.
import type { Component } from "svelte";
import ProfilePage from "./features/accounts/ProfilePage.svelte";
import HomePage from "./features/feed/HomePage.svelte";
import RecentPage from "./features/feed/RecentPage.svelte";
import PhotoPage from "./features/photos/PhotoPage.svelte";
import SearchPage from "./features/search/SearchPage.svelte";
import { match, type Params } from "./lib/match";

// Every page is given the parameters of its address; one whose address has none ignores them.
export type Page = Component<{ params: Params }>;
type AnyPage = Component<never>;

interface Route {
  pattern: string;
  page?: AnyPage;
  load?: () => Promise<{ default: AnyPage }>;
  who?: "member" | "visitor" | "moderator" | "administrator"; // else everybody
  // Shown to everybody where the instance is for members only, like the pages for visitors.
  always?: boolean;
}

const routes: Route[] = [
  { pattern: "/", page: HomePage },
  { pattern: "/recent", page: RecentPage },
  { pattern: "/popular", load: () => import("./features/feed/PopularPage.svelte") },
  { pattern: "/search", page: SearchPage },
  { pattern: "/photo/:id", page: PhotoPage },
  { pattern: "/photo/:id/likes", load: () => import("./features/likes/LikersPage.svelte") },
  {
    pattern: "/collections/:id",
    load: () => import("./features/collections/CollectionPage.svelte"),
  },
  { pattern: "/tags/:tag", load: () => import("./features/feed/TagPage.svelte") },
  { pattern: "/@:handle", page: ProfilePage },
  {
    pattern: "/@:handle/followers",
    load: () => import("./features/follows/FollowersPage.svelte"),
  },
  {
    pattern: "/@:handle/following",
    load: () => import("./features/follows/FollowingPage.svelte"),
  },
  {
    pattern: "/@:handle/collections",
    load: () => import("./features/collections/CollectionsPage.svelte"),
  },
  {
    pattern: "/signup",
    load: () => import("./features/accounts/SignUpPage.svelte"),
    who: "visitor",
  },
  {
    pattern: "/verify",
    load: () => import("./features/accounts/VerifyPage.svelte"),
    always: true,
  },
  {
    pattern: "/setup",
    load: () => import("./features/accounts/SetUpPage.svelte"),
    always: true,
  },
  {
    pattern: "/terms",
    load: () => import("./features/accounts/TermsPage.svelte"),
    always: true,
  },
  { pattern: "/login", load: () => import("./features/sessions/LogInPage.svelte"), who: "visitor" },
  {
    pattern: "/forgot",
    load: () => import("./features/sessions/ForgotPage.svelte"),
    always: true,
  },
  {
    pattern: "/reset",
    load: () => import("./features/sessions/ResetPage.svelte"),
    always: true,
  },
  { pattern: "/me", load: () => import("./features/photos/OwnPhotosPage.svelte"), who: "member" },
  {
    pattern: "/saved",
    load: () => import("./features/collections/SavedPage.svelte"),
    who: "member",
  },
  { pattern: "/likes", load: () => import("./features/likes/LikedPage.svelte"), who: "member" },
  {
    pattern: "/people",
    load: () => import("./features/suggestions/FindPeoplePage.svelte"),
    who: "member",
  },
  {
    pattern: "/people/requests",
    load: () => import("./features/follows/RequestsPage.svelte"),
    who: "member",
  },
  {
    pattern: "/settings/muted",
    load: () => import("./features/follows/MutedPage.svelte"),
    who: "member",
  },
  {
    pattern: "/settings/blocked",
    load: () => import("./features/follows/BlockedPage.svelte"),
    who: "member",
  },
  { pattern: "/upload", load: () => import("./features/uploads/UploadPage.svelte"), who: "member" },
  {
    pattern: "/settings",
    load: () => import("./features/accounts/SettingsPage.svelte"),
    who: "member",
  },
  {
    pattern: "/settings/security",
    load: () => import("./features/accounts/SecurityPage.svelte"),
    who: "member",
  },
  {
    pattern: "/settings/invitations",
    load: () => import("./features/accounts/InvitationsPage.svelte"),
    who: "member",
  },
  {
    pattern: "/settings/data",
    load: () => import("./features/data/DataPage.svelte"),
    who: "member",
  },
  {
    pattern: "/goodbye",
    load: () => import("./features/accounts/GoodbyePage.svelte"),
    always: true,
  },
  {
    pattern: "/email",
    load: () => import("./features/accounts/EmailChangePage.svelte"),
    always: true,
  },
  {
    pattern: "/activity",
    load: () => import("./features/notifications/ActivityPage.svelte"),
    who: "member",
  },
  {
    pattern: "/unsubscribe",
    load: () => import("./features/notifications/UnsubscribePage.svelte"),
    always: true,
  },
  {
    pattern: "/appeal",
    load: () => import("./features/moderation/AppealPage.svelte"),
    always: true,
  },
  {
    pattern: "/moderation",
    load: () => import("./features/moderation/ModerationPage.svelte"),
    who: "moderator",
  },
  {
    pattern: "/admin/jobs",
    load: () => import("./features/admin/JobsPage.svelte"),
    who: "administrator",
  },
  {
    pattern: "/admin/mailbox",
    load: () => import("./features/admin/MailboxPage.svelte"),
    who: "administrator",
  },
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
