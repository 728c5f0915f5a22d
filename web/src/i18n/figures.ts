// Numbers with what they count, as a language writes them.
const kilo = 1000;
const sizes = ["byte", "kilobyte", "megabyte", "gigabyte"] as const;
const times = [
  { unit: "second", seconds: 1, most: 90 },
  { unit: "minute", seconds: 60, most: 5_400 },
  { unit: "hour", seconds: 3_600, most: 129_600 },
  { unit: "day", seconds: 86_400, most: Infinity },
] as const;

export function bytesIn(locale: string, count: number): string {
  let power = 0;
  while (power + 1 < sizes.length && count >= kilo ** (power + 1)) power += 1;
  return new Intl.NumberFormat(locale, {
    style: "unit",
    unit: sizes[power],
    unitDisplay: power > 0 ? "short" : "long",
    maximumFractionDigits: power > 1 ? 1 : 0,
  }).format(count / kilo ** power);
}

// In whole units, and never less than it is.
export function durationIn(locale: string, seconds: number): string {
  const { unit, seconds: one } = times.find(({ most }) => seconds <= most) ?? times[3];
  const long = { style: "unit", unit, unitDisplay: "long" } as const;
  return new Intl.NumberFormat(locale, long).format(Math.ceil(seconds / one));
}
