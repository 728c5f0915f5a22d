// Parts of the program that are loaded when they are needed.

export async function isThere(): Promise<boolean> {
  try {
    return (await fetch("/", { cache: "no-store" })).ok;
  } catch {
    return false;
  }
}

// For the place of a part that could not be loaded: where somebody asks for it again and it is
// still not there, the whole document is loaded anew. Browsers remember that a part did not come,
// and after a new version was installed, those of the old one are gone. Nothing goes round: each
// time is asked for.
export function insistently<T>(load: () => Promise<T>): () => Promise<T> {
  let asked = false;
  return async () => {
    const again = asked;
    asked = true;
    try {
      return await load();
    } catch (error) {
      if (!again || !(await isThere())) throw error;
      location.reload();
      return new Promise<never>(() => {});
    }
  };
}
