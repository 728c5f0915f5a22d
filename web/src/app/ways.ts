// The ways through the application, as the rail of wide windows and the bar of narrow ones show
// them.
import type { Me } from "../api";
import type { Key } from "../i18n";
import type { IconName } from "../ui/Icon.svelte";

export interface Way {
  href: string;
  label: Key;
  icon: IconName;
}

const home: Way = { href: "/", label: "nav.home", icon: "home" };
const explore: Way = { href: "/recent", label: "nav.explore", icon: "compass" };
const upload: Way = { href: "/upload", label: "nav.upload", icon: "upload" };
const activity: Way = { href: "/activity", label: "nav.activity", icon: "bell" };
const you: Way = { href: "/me", label: "nav.you", icon: "user" };
const moderation: Way = { href: "/moderation", label: "nav.moderation", icon: "flag" };
const administration: Way = { href: "/admin", label: "nav.administration", icon: "shield" };
const help: Way = { href: "/help", label: "nav.help", icon: "help" };
const settings: Way = { href: "/settings", label: "nav.settings", icon: "settings" };
const about: Way = { href: "/about", label: "nav.about", icon: "info" };
const logIn: Way = { href: "/login", label: "action.log_in", icon: "user" };
const signUp: Way = { href: "/signup", label: "action.sign_up", icon: "user" };

// `inside`: whether those who are not signed in may look around.
export function mainWays(me: Me | null, inside: boolean): Way[] {
  if (me) return [home, explore, upload, activity, you];
  return inside ? [home, explore] : [];
}

// What the rail has room for at its end.
export function furtherWays(me: Me | null): Way[] {
  if (!me) return [help, about];
  return [
    ...(me.role === "member" ? [] : [moderation]),
    ...(me.role === "administrator" ? [administration] : []),
    help,
    settings,
  ];
}

export function bottomWays(me: Me | null, inside: boolean): Way[] {
  return [...mainWays(me, inside), ...(me ? [] : [about, inside ? signUp : logIn])];
}

const ofExplore = /^\/(explore|recent|popular|people)$/;

export const leadsToOneself = (way: Way) => way.href === you.href;

// For aria-current: the page itself, or a place that the page is a part of.
export function currentAt({ href }: Way, path: string, me: Me | null): "page" | "true" | undefined {
  if (path === href || (href === explore.href && path === "/explore")) return "page";
  if (href === explore.href && ofExplore.test(path)) return "true";
  if (href === you.href && me && path === `/@${me.handle}`) return "true";
  return href !== "/" && path.startsWith(`${href}/`) ? "true" : undefined;
}
