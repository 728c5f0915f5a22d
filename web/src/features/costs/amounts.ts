// Amounts of money and quantities, which the server gives as exact texts; and the names of what is
// paid for, which it gives in English.
import { locale, says, t } from "../../i18n";
import { dateFormat, numberFormat } from "../../i18n/formats";

export function amount(text: string | null, most = 2): string {
  if (text === null) return "–";
  return numberFormat(locale(), {
    style: "currency",
    currency: "USD",
    currencyDisplay: "narrowSymbol",
    minimumFractionDigits: 2,
    maximumFractionDigits: most,
  }).format(Number(text));
}

export function quantity(text: string): string {
  return numberFormat(locale(), { maximumFractionDigits: 3 }).format(Number(text));
}

// The same in a field, so that typedNumber() reads it as it was.
export function inField(text: string, least = 0): string {
  return numberFormat(locale(), {
    useGrouping: false,
    minimumFractionDigits: least,
    maximumFractionDigits: 6,
  }).format(Number(text));
}

const refused = "?"; // no number: the server says what one is

function signs(): { group: string; decimal: string } {
  const parts = numberFormat(locale()).formatToParts(1_234_567.5);
  const sign = (type: string) => parts.find((part) => part.type === type)?.value;
  return { group: sign("group") ?? " ", decimal: sign("decimal") ?? "." };
}

// Groups of three, or as in India of two before the last three; all of them by one sign.
function grouped(text: string, sign: string): boolean {
  const three = `[1-9]\\d{0,2}(?:[${sign}]\\d{3})+`;
  const two = `[1-9]\\d?(?:[${sign}]\\d{2})+[${sign}]\\d{3}`;
  return new RegExp(`^(?:${three}|${two})$`).test(text);
}

// As people type it, by the signs of their language, to what the server reads. Blanks and
// apostrophes only ever group, and a point that cannot is a decimal's everywhere. What could be
// meant as two numbers is none.
export function typedNumber(typed: string): string {
  const { group, decimal } = signs();
  const text = typed.trim().replace(/[\s'’]/g, " ");
  const [whole = "", part = "", ...more] = text.split(decimal);
  const isWhole = /^\d+$/.test(whole) || [" ", group].some((sign) => grouped(whole, sign));
  if (isWhole && /^\d*$/.test(part) && more.length === 0) {
    return whole.replace(/\D/g, "") + (part ? `.${part}` : "");
  }
  return /^(?:0|[1-9]\d*)\.\d+$/.test(text) && !grouped(text, ".") ? text : refused;
}

export const same = (one: string, other: string) => Number(one) === Number(other);

export function known(key: string, english: string): string {
  return says(key) ? t(key) : english;
}

// What `many` counts, after the number: "mails".
export function unitWord(unit: string, many: string): string {
  const key = `unit.${unit.replaceAll(" ", "_")}`;
  return says(key) ? t(key, { n: Number(many) }) : unit;
}

// The newest first: "2026-11".
export function monthsBack(now: Date, count: number): string[] {
  return Array.from({ length: count }, (_, back) =>
    new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - back, 1)).toISOString().slice(0, 7),
  );
}

export function monthName(month: string): string {
  return dateFormat(locale(), { month: "long", year: "numeric", timeZone: "UTC" })
    .format(new Date(`${month}-01T00:00:00Z`));
}
