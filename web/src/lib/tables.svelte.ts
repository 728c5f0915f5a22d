// The browser's tables of numbers and dates (i18n/formats.ts), read by another thread when the page
// has been drawn: all threads of a page share them, and whoever is the first waits (ADR 0050).
import { drawn } from "./idle";
import address from "./tables.worker?worker&url";
import { trusted } from "./trusted";
import { readElsewhere } from "./worker";

let there = $state(false);

// Whether what needs them can be written without a wait; what is seen first does not ask.
export function tablesRead(): boolean {
  return there;
}

// The starter may have begun already.
export function readTables(): void {
  const begun = window.picsharzTables ?? drawn.then(() => readElsewhere(trusted(address)));
  void begun.then(() => (there = true));
}
