// The days that a dashboard shows: chosen by a name or day by day, and so kept in the address. Days
// are those of UTC, as the server counts them, and both ends are included.
import type { BoardRange, Step } from "../../api";

export type Preset = "week" | "month" | "quarter" | "this_month" | "this_year" | "other";
export const presets: readonly Preset[] = [
  "week", "month", "quarter", "this_month", "this_year", "other",
];
export const steps: readonly Step[] = ["hour", "day", "week", "month"];
export type Days = Pick<BoardRange, "from" | "to">;

// Days by a name, which end with today whenever that is, or days that stay.
export interface Choice {
  preset: Preset;
  range: BoardRange;
}

const day = 86_400_000;
const mostPoints = 1000; // of a chart, by the contract
export const hoursKept = 100; // days that are known by the hour
const hours: Readonly<Record<Step, number>> = { hour: 1, day: 24, week: 168, month: 720 };
const written = /^\d{4}-\d\d-\d\d$/;

export const dayOf = (time: number) => new Date(time).toISOString().slice(0, 10);

function timeOf(text: string): number | null {
  const time = written.test(text) ? Date.parse(`${text}T00:00:00Z`) : NaN;
  return Number.isNaN(time) || dayOf(time) !== text ? null : time;
}

// How many there are, both ends included.
export function daysOf({ from, to }: Days): number {
  return Math.round(((timeOf(to) ?? 0) - (timeOf(from) ?? 0)) / day) + 1;
}

export function isRange(from: string, to: string): boolean {
  const [first, last] = [timeOf(from), timeOf(to)];
  return first !== null && last !== null && first <= last;
}

// So many that end with today.
export const daysBack = (days: number, now: number): Days => ({
  from: dayOf(now - (days - 1) * day),
  to: dayOf(now),
});

export function presetDays(preset: Preset, now: number): Days | null {
  const to = dayOf(now);
  if (preset === "week") return daysBack(7, now);
  if (preset === "month") return daysBack(30, now);
  if (preset === "quarter") return daysBack(90, now);
  if (preset === "this_month") return { from: `${to.slice(0, 8)}01`, to };
  if (preset === "this_year") return { from: `${to.slice(0, 5)}01-01`, to };
  return null;
}

// Whether so many points can be asked for and are kept, and there is more than one; but a day whose
// hours are not kept is shown as one.
export function fits(step: Step, days: Days, now: number): boolean {
  const points = (daysOf(days) * 24) / hours[step];
  const byHour = days.from >= daysBack(hoursKept, now).from;
  if (points > mostPoints) return false;
  return step === "hour" ? byHour : points > 1 || (step === "day" && !byHour);
}

// The one that is wanted where it fits, else that of so many days.
export function stepFor(days: Days, now: number, wanted?: Step | null): Step {
  if (wanted && fits(wanted, days, now)) return wanted;
  const count = daysOf(days);
  if (count <= 2 && fits("hour", days, now)) return "hour";
  if (count <= 120) return "day";
  return count <= 800 ? "week" : "month";
}

// The last thirty days where the address says nothing that can be read.
export function choiceOf(query: URLSearchParams, now: number): Choice {
  const [from, to] = [query.get("from") ?? "", query.get("to") ?? ""];
  const named = presets.find((one) => one === query.get("range") && one !== "other") ?? "month";
  const preset = isRange(from, to) ? "other" : named;
  const days = presetDays(preset, now) ?? { from, to };
  const wanted = steps.find((one) => one === query.get("step"));
  const step = stepFor(days, now, wanted);
  return { preset, range: { ...days, step, compare: query.get("compare") === "true" } };
}

export function queryOf({ preset, range: { from, to, step, compare } }: Choice): string {
  const days: Record<string, string> = preset === "other" ? { from, to } : { range: preset };
  return `?${new URLSearchParams({ ...days, step, ...(compare ? { compare: "true" } : {}) })}`;
}

// The same choice at a later time: itself as long as its days, and what is kept of them, are the
// same.
export function onwards(choice: Choice, now: number): Choice {
  const { preset, range } = choice;
  const { from, to } = presetDays(preset, now) ?? range;
  const step = stepFor({ from, to }, now, range.step);
  if (from === range.from && to === range.to && step === range.step) return choice;
  return { preset, range: { ...range, from, to, step } };
}
