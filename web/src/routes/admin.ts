// For administrators.
import type { Route } from "./route";

export const admin: Route[] = [
  {
    pattern: "/admin",
    load: () => import("../features/admin/AdminPage.svelte"),
    say: ["admin", "analytics"],
    who: "administrator",
  },
  {
    pattern: "/admin/jobs",
    load: () => import("../features/admin/JobsPage.svelte"),
    say: ["admin"],
    who: "administrator",
  },
  {
    pattern: "/admin/mailbox",
    load: () => import("../features/admin/MailboxPage.svelte"),
    say: ["admin"],
    who: "administrator",
  },
  {
    pattern: "/admin/users",
    load: () => import("../features/admin/MembersPage.svelte"),
    say: ["admin", "members"],
    who: "administrator",
  },
  {
    pattern: "/admin/users/:handle",
    load: () => import("../features/admin/MemberPage.svelte"),
    say: ["admin", "members"],
    who: "administrator",
  },
  {
    pattern: "/admin/people",
    load: () => import("../features/analytics/PeopleNumbersPage.svelte"),
    say: ["admin", "analytics"],
    who: "administrator",
  },
  {
    pattern: "/admin/photos",
    load: () => import("../features/analytics/PhotosNumbersPage.svelte"),
    say: ["admin", "analytics"],
    who: "administrator",
  },
  {
    pattern: "/admin/engagement",
    load: () => import("../features/analytics/EngagementNumbersPage.svelte"),
    say: ["admin", "analytics"],
    who: "administrator",
  },
  {
    pattern: "/admin/search",
    load: () => import("../features/analytics/SearchNumbersPage.svelte"),
    say: ["admin", "analytics"],
    who: "administrator",
  },
  {
    pattern: "/admin/moderation",
    load: () => import("../features/analytics/ModerationNumbersPage.svelte"),
    say: ["admin", "analytics", "report"], // the reasons of decisions
    who: "administrator",
  },
  {
    pattern: "/admin/system",
    load: () => import("../features/analytics/SystemNumbersPage.svelte"),
    say: ["admin", "analytics"],
    who: "administrator",
  },
  {
    pattern: "/admin/tags",
    load: () => import("../features/analytics/TagsPage.svelte"),
    say: ["admin", "analytics"],
    who: "administrator",
  },
  {
    pattern: "/admin/costs",
    load: () => import("../features/costs/CostsPage.svelte"),
    say: ["admin", "analytics", "costs"],
    who: "administrator",
  },
  {
    pattern: "/admin/backups",
    load: () => import("../features/backups/BackupsPage.svelte"),
    say: ["admin", "backups"],
    who: "administrator",
  },
  {
    pattern: "/admin/query",
    load: () => import("../features/queries/QueryPage.svelte"),
    say: ["admin", "analytics", "queries"],
    who: "administrator",
  },
  {
    pattern: "/admin/log",
    load: () => import("../features/admin/LogPage.svelte"),
    say: ["admin", "members"],
    who: "administrator",
  },
  {
    pattern: "/admin/installation",
    load: () => import("../features/installation/InstallationPage.svelte"),
    say: ["admin", "installation"],
    who: "administrator",
  },
];
