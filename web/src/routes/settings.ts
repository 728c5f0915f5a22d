// What a member decides about the own account.
import type { Route } from "./route";

export const settings: Route[] = [
  {
    pattern: "/settings",
    load: () => import("../features/accounts/SettingsPage.svelte"),
    say: ["account", "settings"],
    who: "member",
  },
  {
    pattern: "/settings/security",
    load: () => import("../features/accounts/SecurityPage.svelte"),
    say: ["account", "settings"],
    who: "member",
  },
  {
    pattern: "/settings/invitations",
    load: () => import("../features/accounts/InvitationsPage.svelte"),
    say: ["settings"],
    who: "member",
  },
  {
    pattern: "/settings/data",
    load: () => import("../features/data/DataPage.svelte"),
    say: ["settings"],
    who: "member",
  },
];
