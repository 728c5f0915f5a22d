// Every address of the web, an area a list, for whoever looks at all of them: the checks of
// pages/places.test.mjs and pages/axe.test.mjs, and screens.mjs. places.test.mjs fails where the
// web has a route that is in none of these lists.
//
// [name, path, who]; who is "visitor" where it is not "member". The fake server's member is Mei,
// who is the administrator, too.

const visitors = [
  ["welcome", "/", "visitor"],
  ["signup", "/signup", "visitor"],
  ["signup-invited", "/signup#invitation=abc", "visitor"],
  ["terms", "/terms", "visitor"],
  ["about", "/about", "visitor"],
  ["help", "/help", "visitor"],
  ["login", "/login", "visitor"],
  ["forgot", "/forgot", "visitor"],
  ["goodbye", "/goodbye?until=2126-12-12T08:00:00Z", "visitor"],
  ["verify", "/verify", "visitor"],
  ["reset", "/reset#token=abc", "visitor"],
  ["setup", "/setup#token=abc", "visitor"],
  ["unsubscribe", "/unsubscribe#token=abc", "visitor"],
  ["email-change", "/email#token=abc", "visitor"],
  ["appeal", "/appeal#token=abc", "visitor"],
  ["nothing", "/no/such/page", "visitor"],
  ["missing", "/photo/1", "visitor"],
  ["photo-visitor", "/photo/7000", "visitor"],
  ["profile-visitor", "/@jonas", "visitor"],
];

const feed = [
  ["home", "/"],
  ["recent", "/recent"],
  ["explore", "/explore"],
  ["popular", "/popular"],
  ["tag", "/tags/blue%20hour"],
  ["tag-empty", "/tags/nothing"],
];

const photos = [
  ["photo", "/photo/7000"],
  ["photo-tall", "/photo/7003"],
  ["viewer", "/photo/7000/view"],
  ["likers", "/photo/7000/likes"],
  ["me", "/me"],
  ["liked", "/likes"],
  ["saved", "/saved"],
];

const uploads = [["upload", "/upload"]];

const people = [
  ["profile", "/@jonas"],
  ["private", "/@amara"],
  ["own", "/@mei"],
  ["followers", "/@mei/followers"],
  ["following", "/@mei/following"],
  ["collections", "/@mei/collections"],
  ["collection", "/collections/8000"],
  ["suggestions", "/people"],
  ["requests", "/people/requests"],
  ["activity", "/activity"],
];

const search = [
  ["search", "/search?q=harbour"],
  ["people", "/search?q=a&type=people"],
  ["search-tags", "/search?q=harbour&type=tags"],
  ["search-experts", "/search?q=harbour&type=experts"],
  ["search-meant", "/search?q=gutar"],
  ["search-wrong", "/search?q=before:yesterday"],
  ["search-tips", "/search"],
  ["empty", "/search?q=nothing"],
];

const settings = [
  ["settings", "/settings"],
  ["about-member", "/about"],
  ["help-member", "/help"],
  ["security", "/settings/security"],
  ["invitations", "/settings/invitations"],
  ["data", "/settings/data"],
  ["muted", "/settings/muted"],
  ["blocked", "/settings/blocked"],
];

const moderation = [
  ["moderation", "/moderation"],
  ["case", "/moderation/cases/3001"],
  ["audit", "/moderation/audit"],
  ["looks", "/moderation/looks"],
  ["blocklist", "/moderation/blocklist"],
  ["blocklist-photo", "/moderation/blocklist?photo=7001"],
];

const admin = [
  ["admin", "/admin"],
  ["mailbox", "/admin/mailbox"],
  ["jobs", "/admin/jobs"],
  ["jobs-waiting", "/admin/jobs?state=waiting"],
  ["admin-people", "/admin/people?from=2026-10-01&to=2026-10-31&step=day&compare=true"],
  ["admin-photos", "/admin/photos"],
  ["admin-engagement", "/admin/engagement"],
  ["admin-search", "/admin/search"],
  ["admin-moderation", "/admin/moderation"],
  ["admin-tags", "/admin/tags"],
  ["admin-costs", "/admin/costs"],
  ["admin-backups", "/admin/backups"],
  ["admin-query", "/admin/query"],
  ["admin-users", "/admin/users"],
  ["admin-user", "/admin/users/jonas"],
  ["admin-log", "/admin/log"],
  ["admin-installation", "/admin/installation"],
  ["admin-system", "/admin/system?from=2026-11-28&to=2026-11-29&step=hour"],
];

export const places = [
  ...visitors, ...feed, ...photos, ...uploads, ...people, ...search, ...settings, ...moderation,
  ...admin,
].map(([name, path, who = "member"]) => ({ name, path, member: who === "member" }));
