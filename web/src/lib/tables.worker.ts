// See tables.svelte.ts.
new Intl.NumberFormat("en").format(0.5);
new Intl.DateTimeFormat("en", { dateStyle: "full", timeStyle: "short" }).format(0);
new Intl.DisplayNames("en", { type: "region" }).of("SG");
postMessage(null);
