// Whether the server can be reached, and from when what is shown instead is.
let offline = $state(false);
let keptAt = $state("");
let changed = 0;

export const online = {
  get offline() {
    return offline;
  },
  // ISO time of the oldest answer that is shown in place of a newer one; "" for none.
  get keptAt() {
    return keptAt;
  },
};

// `what`: "server", "nothing", or the time of an answer that the browser kept. `begun`: when it was
// asked for, in milliseconds of performance.now(). What was asked for before the last change tells
// of the time before it: an answer that was on its way when the line broke does not mend it.
export function reached(what: string, begun = performance.now()): void {
  const without = what !== "server";
  if (without !== offline) {
    if (begun < changed) return;
    changed = performance.now();
  }
  offline = without;
  if (!offline) keptAt = "";
  else if (what !== "nothing" && (keptAt === "" || what < keptAt)) keptAt = what;
}

export function startOnline(): void {
  addEventListener("offline", () => reached("nothing"));
  addEventListener("online", () => reached("server"));
}
