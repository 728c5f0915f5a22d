// Passes an address on: by what the device offers for that, else into the clipboard.
export type Shared = "shared" | "copied" | "failed";

export async function share(title: string, url: string): Promise<Shared> {
  if (typeof navigator.share === "function") {
    try {
      await navigator.share({ title, url });
      return "shared";
    } catch (error) {
      // Somebody who changed their mind is told nothing.
      if (error instanceof DOMException && error.name === "AbortError") return "shared";
    }
  }
  try {
    await navigator.clipboard.writeText(url);
    return "copied";
  } catch {
    return "failed"; // not over plain http, and not where it was forbidden
  }
}
