// Asks again and again while something is being done; at once when the page is seen again.
const pause = 2000;

// Gives the function that ends it. A request that fails is one that is asked again.
export function poll(ask: () => Promise<boolean>): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let over = false;
  const again = async () => {
    clearTimeout(timer);
    let more = true;
    try {
      more = await ask();
    } catch {
      more = true;
    }
    clearTimeout(timer);
    if (more && !over) timer = setTimeout(() => void again(), pause);
  };
  const seen = () => document.visibilityState === "visible" && void again();
  document.addEventListener("visibilitychange", seen);
  timer = setTimeout(() => void again(), pause);
  return () => {
    over = true;
    clearTimeout(timer);
    document.removeEventListener("visibilitychange", seen);
  };
}
