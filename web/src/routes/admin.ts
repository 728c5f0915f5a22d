// For administrators.
import type { Route } from "./route";

export const admin: Route[] = [
  {
    pattern: "/admin/jobs",
    load: () => import("../features/admin/JobsPage.svelte"),
    who: "administrator",
  },
  {
    pattern: "/admin/mailbox",
    load: () => import("../features/admin/MailboxPage.svelte"),
    who: "administrator",
  },
];
