// For administrators.
import type { Route } from "./route";

export const admin: Route[] = [
  {
    pattern: "/admin",
    load: () => import("../features/admin/AdminPage.svelte"),
    say: ["admin"],
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
];
