// For moderators.
import type { Route } from "./route";

export const moderation: Route[] = [
  {
    pattern: "/moderation",
    load: () => import("../features/moderation/ModerationPage.svelte"),
    say: ["moderation", "report"],
    who: "moderator",
  },
  // Beside the queue, which knows whose address this is.
  { pattern: "/moderation/cases/:id", over: "/moderation", who: "moderator" },
  {
    pattern: "/moderation/audit",
    load: () => import("../features/moderation/AuditPage.svelte"),
    say: ["moderation", "report"],
    who: "moderator",
  },
  {
    pattern: "/moderation/looks",
    load: () => import("../features/moderation/LooksPage.svelte"),
    say: ["moderation"],
    who: "moderator",
  },
  {
    pattern: "/moderation/blocklist",
    load: () => import("../features/moderation/BlocklistPage.svelte"),
    say: ["moderation"],
    who: "moderator",
  },
];
