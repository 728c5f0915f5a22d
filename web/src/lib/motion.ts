// Movement between two pages: a photo that was clicked becomes the photo of the next page.

export function stillness(): boolean {
  return matchMedia("(prefers-reduced-motion: reduce)").matches;
}

const patience = 250; // ms; nothing on the page can be used meanwhile

// The photos of a page carry their id as data-photo. What is open over the page hides its own.
function photo(id: string): HTMLElement | null {
  const named = `[data-photo="${CSS.escape(id)}"]`;
  return (
    document.querySelector<HTMLElement>(`dialog[open] ${named}`) ??
    document.querySelector<HTMLElement>(`main ${named}`)
  );
}

// The photo on a page that may still ask the server for it; null where that takes long.
function arrival(id: string): Promise<HTMLElement | null> {
  return new Promise((resolve) => {
    const look = () => {
      const found = photo(id);
      if (found) done(found);
    };
    const observer = new MutationObserver(look);
    const timer = setTimeout(() => done(null), patience);
    function done(found: HTMLElement | null) {
      clearTimeout(timer);
      observer.disconnect();
      resolve(found);
    }
    observer.observe(document.body, { childList: true, subtree: true });
    look();
  });
}

// Draws the next page by `swap`. Where `from` is a photo that the next page shows as well, it moves
// to its new place; not where less motion is asked for, nor in a browser that cannot.
export async function morph(from: HTMLElement | null, swap: () => Promise<void>): Promise<void> {
  const id = from?.dataset.photo;
  if (!from || !id || stillness() || !document.startViewTransition) return swap();
  from.style.viewTransitionName = "photo";
  let to: HTMLElement | null = null;
  const transition = document.startViewTransition(async () => {
    from.style.viewTransitionName = "";
    await swap();
    to = await arrival(id);
    if (to) to.style.viewTransitionName = "photo";
  });
  const over = () => {
    if (to) to.style.viewTransitionName = "";
  };
  transition.ready.catch(() => {}); // it was left out: the page is there all the same
  transition.finished.then(over, over);
  await transition.updateCallbackDone;
}
