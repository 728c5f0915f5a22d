// For moderators.
import type { Route } from "./route";

export const moderation: Route[] = [
  {
    pattern: "/moderation",
    load: () => import("../features/moderation/ModerationPage.svelte"),
    who: "moderator",
  },
];
