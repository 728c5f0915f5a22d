interface Window {
  picsharzTables?: Promise<void>; // of the starter: lib/tables.svelte.ts goes on from it
}
