// Whether the page is set in Inter. Its file is as large as all that a page needs before its first
// draw, so a phone is not sent it then: it is when the service worker has it, from the second visit
// on. Larger screens preload it (index.html). In a document it stays as it begins: nothing moves.
const large = "(min-width: 768px)";

export function startFont(): void {
  const kept = "serviceWorker" in navigator && navigator.serviceWorker.controller !== null;
  document.documentElement.toggleAttribute("data-inter", kept || matchMedia(large).matches);
}
