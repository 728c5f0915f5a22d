// Joining, signing in, and what links in mails lead to.
import type { Route } from "./route";

export const visitor: Route[] = [
  {
    pattern: "/signup",
    load: () => import("../features/accounts/SignUpPage.svelte"),
    say: ["account"],
    who: "visitor",
  },
  {
    pattern: "/verify",
    load: () => import("../features/accounts/VerifyPage.svelte"),
    say: ["account"],
    always: true,
  },
  {
    pattern: "/setup",
    load: () => import("../features/accounts/SetUpPage.svelte"),
    say: ["account"],
    always: true,
  },
  {
    pattern: "/terms",
    load: () => import("../features/accounts/TermsPage.svelte"),
    say: ["account"],
    always: true,
  },
  {
    pattern: "/login",
    load: () => import("../features/sessions/LogInPage.svelte"),
    say: ["account"],
    who: "visitor",
  },
  {
    pattern: "/forgot",
    load: () => import("../features/sessions/ForgotPage.svelte"),
    say: ["account"],
    always: true,
  },
  {
    pattern: "/reset",
    load: () => import("../features/sessions/ResetPage.svelte"),
    say: ["account"],
    always: true,
  },
  {
    pattern: "/goodbye",
    load: () => import("../features/accounts/GoodbyePage.svelte"),
    say: ["account"],
    always: true,
  },
  {
    pattern: "/email",
    load: () => import("../features/accounts/EmailChangePage.svelte"),
    say: ["account"],
    always: true,
  },
  {
    pattern: "/unsubscribe",
    load: () => import("../features/notifications/UnsubscribePage.svelte"),
    say: ["account"],
    always: true,
  },
  {
    pattern: "/appeal",
    load: () => import("../features/moderation/AppealPage.svelte"),
    say: ["report"],
    always: true,
  },
];
