// What notifications say, in words.
import type { ChosenKind, Notification } from "../../api";

// After the name of one person, or of several.
const verbs: Record<ChosenKind, readonly [string, string]> = {
  follow: ["follows you", "follow you"],
  follow_request: ["asks to follow you", "ask to follow you"],
  follow_approved: ["lets you follow", "let you follow"],
  like: ["liked your photo", "liked your photo"],
  comment: ["commented on your photo", "commented on your photo"],
  reply: ["replied to you under", "replied to you under"],
  mention: ["mentioned you under", "mentioned you under"],
};

export function verb(kind: ChosenKind, count: number): string {
  return verbs[kind][count === 1 ? 0 : 1];
}

const outcomes = {
  shown: "is within the rules and is shown",
  hidden: "stays hidden",
  removed: "was removed",
  suspended: "was removed and your account suspended",
} as const;

export function ruling(decision: NonNullable<Notification["decision"]>): string {
  const who = decision.appealed ? "A moderator answered your appeal" : "A moderation decision";
  return `${who}: your ${decision.about} ${outcomes[decision.outcome]}.`;
}

// In the settings.
export const kindNames: Record<ChosenKind, string> = {
  follow: "New followers",
  follow_request: "Requests to follow you",
  follow_approved: "Answers to your requests",
  like: "Likes",
  comment: "Comments on your photos",
  reply: "Replies to you",
  mention: "Mentions of you",
};

// Of mails, where they are ended.
export const mailNames: Record<ChosenKind | "digest", string> = {
  follow: "mails about new followers",
  follow_request: "mails about requests to follow you",
  follow_approved: "mails about answers to your requests",
  like: "mails about likes",
  comment: "mails about comments on your photos",
  reply: "mails about replies to you",
  mention: "mails about mentions of you",
  digest: "the daily mail",
};

export interface Day<T> {
  title: string;
  items: T[];
}

// In the order they come, newest first.
export function byDay<T extends { updated_at: string }>(
  items: readonly T[],
  now: Date,
  locale?: string,
): Day<T>[] {
  const days: Day<T>[] = [];
  for (const item of items) {
    const title = dayOf(new Date(item.updated_at), now, locale);
    const last = days.at(-1);
    if (last?.title === title) last.items.push(item);
    else days.push({ title, items: [item] });
  }
  return days;
}

function dayOf(then: Date, now: Date, locale?: string): string {
  const midnight = new Date(now.getFullYear(), now.getMonth(), now.getDate());
  if (then >= midnight) return "Today";
  midnight.setDate(midnight.getDate() - 1);
  if (then >= midnight) return "Yesterday";
  return new Intl.DateTimeFormat(locale, {
    weekday: "long",
    day: "numeric",
    month: "long",
    ...(then.getFullYear() === now.getFullYear() ? {} : { year: "numeric" }),
  }).format(then);
}
