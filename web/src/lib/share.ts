// Passing on an address of ours: by what the device has for it, else by the clipboard.
import { t } from "../i18n";
import { toast } from "./toast.svelte";

const refused = (error: unknown) => error instanceof DOMException && error.name === "AbortError";

// Where the device has nothing for it, the address is copied, or said where that cannot be either:
// a page over plain http may not.
export async function share(path: string, title: string): Promise<void> {
  const url = new URL(path, location.href).href;
  if (typeof navigator.share === "function") {
    try {
      return await navigator.share({ title, url });
    } catch (error) {
      if (refused(error)) return; // somebody thought better of it
    }
  }
  await copy(url);
}

export async function copy(url: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(url);
    toast(t("share.copied"));
  } catch {
    toast(url);
  }
}
