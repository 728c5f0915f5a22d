// Whether the server can be reached, and from when what is shown instead is.
let offline = $state(false);
let keptAt = $state("");

export const online = {
  get offline() {
    return offline;
  },
  // ISO time of the oldest answer that is shown in place of a newer one; "" for none.
  get keptAt() {
    return keptAt;
  },
};

// "server", "nothing", or the time of an answer that the browser kept.
export function reached(what: string): void {
  offline = what !== "server";
  if (!offline) keptAt = "";
  else if (what !== "nothing" && (keptAt === "" || what < keptAt)) keptAt = what;
}

export function startOnline(): void {
  addEventListener("offline", () => reached("nothing"));
  addEventListener("online", () => reached("server"));
}
