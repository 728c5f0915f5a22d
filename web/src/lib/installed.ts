// The service worker (src/sw): asked for once the page has drawn, told what it may keep, and told
// to forget when somebody else is here. Where there are none (plain http), nothing is kept.
import { afterFirst } from "./idle";

interface Policies {
  createPolicy: (
    name: string,
    rules: { createScriptURL: (url: string) => string },
  ) => { createScriptURL: (url: string) => unknown };
}

const script = "/sw.js";

// The security policy lets no address become a script but this one.
function trusted(url: string): string {
  const types = (window as { trustedTypes?: Policies }).trustedTypes;
  const policy = types?.createPolicy("picsharz-sw", {
    createScriptURL(wanted) {
      if (wanted !== script) throw new TypeError(wanted);
      return wanted;
    },
  });
  return (policy?.createScriptURL(url) ?? url) as string;
}

export function install(): void {
  if (!("serviceWorker" in navigator)) return;
  const register = () => {
    // Without it everything works that works with a network.
    navigator.serviceWorker.register(trusted(script)).catch(() => {});
  };
  afterFirst(register);
}

function say(message: { type: string; path?: string; body?: string }): void {
  if ("serviceWorker" in navigator) navigator.serviceWorker.controller?.postMessage(message);
}

// An answer that came inside the document, which the worker does not see.
export function keepAnswer(path: string, answer: unknown): void {
  say({ type: "keep", path, body: JSON.stringify(answer) });
}

// Somebody signed in or out: what was kept is not theirs.
export function forgetKept(): void {
  say({ type: "forget" });
}
