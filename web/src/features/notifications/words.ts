// What notifications say, in words.
import type { Notification } from "../../api";
import { locale, t, type Key } from "../../i18n";
import { dateFormat } from "../../i18n/formats";
import type { Values } from "../../i18n/compile";

export interface Words {
  key: Key;
  values: Values;
}

// A sentence with the first one or two of those who did it, the others counted, and the photo; each
// of them in a tag. Null where it speaks of nobody.
export function sentence(item: Notification): Words | null {
  const { kind, decision, photo } = item;
  const title = photo?.title ?? "";
  const titled = title ? "yes" : "no";
  if (kind === "decision") {
    if (!decision) return null;
    const { about, outcome, appealed } = decision;
    const values = { about, outcome, appealed: appealed ? "yes" : "no" };
    return { key: "activity.ruling", values };
  }
  const [first, second] = item.actors;
  if (!first) return null;
  const two = item.count === 2 && second !== undefined;
  const values = {
    people: two ? "two" : item.count > 1 ? "more" : "one",
    first: first.name,
    second: second?.name ?? "",
    others: item.count - 1,
    titled,
    title,
  };
  return { key: `activity.${kind}`, values };
}

export interface Day<T> {
  title: string;
  items: T[];
}

// In the order they come, newest first.
export function byDay<T extends { updated_at: string }>(
  items: readonly T[],
  now: Date,
): Day<T>[] {
  const days: Day<T>[] = [];
  for (const item of items) {
    const title = dayOf(new Date(item.updated_at), now);
    const last = days.at(-1);
    if (last?.title === title) last.items.push(item);
    else days.push({ title, items: [item] });
  }
  return days;
}

function dayOf(then: Date, now: Date): string {
  const midnight = new Date(now.getFullYear(), now.getMonth(), now.getDate());
  if (then >= midnight) return t("activity.today");
  midnight.setDate(midnight.getDate() - 1);
  if (then >= midnight) return t("activity.yesterday");
  return dateFormat(locale(), {
    weekday: "long",
    day: "numeric",
    month: "long",
    ...(then.getFullYear() === now.getFullYear() ? {} : { year: "numeric" }),
  }).format(then);
}
