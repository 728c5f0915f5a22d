// Times for people: relative below a week, then absolute.
import { locale } from "../i18n";

const minute = 60;
const hour = 60 * minute;
const day = 24 * hour;
const week = 7 * day;

export function shortTime(then: Date, now: Date): string {
  const seconds = Math.round((now.getTime() - then.getTime()) / 1000);
  if (seconds < -minute || seconds >= week) {
    return new Intl.DateTimeFormat(locale(), {
      day: "numeric",
      month: "short",
      ...(then.getFullYear() === now.getFullYear() ? {} : { year: "numeric" }),
    }).format(then);
  }
  const relative = new Intl.RelativeTimeFormat(locale(), { numeric: "auto" });
  if (seconds < minute) return relative.format(0, "second"); // "now"
  if (seconds < hour) return relative.format(-Math.floor(seconds / minute), "minute");
  if (seconds < day) return relative.format(-Math.floor(seconds / hour), "hour");
  return relative.format(-nights(then, now), "day");
}

// As the calendar counts them: what is two evenings ago is not "yesterday" in the morning.
function nights(then: Date, now: Date): number {
  const midnight = (date: Date) => Date.UTC(date.getFullYear(), date.getMonth(), date.getDate());
  return (midnight(now) - midnight(then)) / (day * 1000);
}

// A day that somebody has to remember.
export function longDay(then: Date): string {
  return new Intl.DateTimeFormat(locale(), { dateStyle: "long" }).format(then);
}

export function fullTime(then: Date): string {
  return new Intl.DateTimeFormat(locale(), { dateStyle: "full", timeStyle: "short" }).format(then);
}

// What a camera's own clock said: as it stands, without turning it into the reader's time.
export function cameraTime(iso: string): string {
  const then = new Date(`${iso.slice(0, 16)}Z`);
  if (Number.isNaN(then.getTime())) return "";
  return new Intl.DateTimeFormat(locale(), {
    dateStyle: "medium",
    timeStyle: "short",
    timeZone: "UTC",
  }).format(then);
}
