// Times for people: relative below a week, then absolute.
import { locale, t } from "../i18n";
import { dateFormat } from "../i18n/formats";

const minute = 60;
const hour = 60 * minute;
const day = 24 * hour;
const week = 7 * day;

const since = (then: Date, now: Date) => Math.round((now.getTime() - then.getTime()) / 1000);

// Whether it is written as so long ago, not as a date.
export function isRecent(then: Date, now: Date): boolean {
  const seconds = since(then, now);
  return seconds >= -minute && seconds < week;
}

export function shortTime(then: Date, now: Date): string {
  if (!isRecent(then, now)) {
    return dateFormat(locale(), {
      day: "numeric",
      month: "short",
      ...(then.getFullYear() === now.getFullYear() ? {} : { year: "numeric" }),
    }).format(then);
  }
  const seconds = since(then, now);
  if (seconds < minute) return t("time.now");
  if (seconds < hour) return t("time.minutes", { n: Math.floor(seconds / minute) });
  if (seconds < day) return t("time.hours", { n: Math.floor(seconds / hour) });
  return t("time.days", { n: nights(then, now) });
}

// As the calendar counts them: what is two evenings ago is not "yesterday" in the morning.
function nights(then: Date, now: Date): number {
  const midnight = (date: Date) => Date.UTC(date.getFullYear(), date.getMonth(), date.getDate());
  return (midnight(now) - midnight(then)) / (day * 1000);
}

// A day that somebody has to remember.
export function longDay(then: Date): string {
  return dateFormat(locale(), { dateStyle: "long" }).format(then);
}

export function fullTime(then: Date): string {
  return dateFormat(locale(), { dateStyle: "full", timeStyle: "short" }).format(then);
}

// What a camera's own clock said: as it stands, without turning it into the reader's time.
export function cameraTime(iso: string): string {
  const then = new Date(`${iso.slice(0, 16)}Z`);
  if (Number.isNaN(then.getTime())) return "";
  return dateFormat(locale(), {
    dateStyle: "medium",
    timeStyle: "short",
    timeZone: "UTC",
  }).format(then);
}
