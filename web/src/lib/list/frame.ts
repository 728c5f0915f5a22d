// The measures of a list of photos, as its element and the styles have them.
import type { Frame } from "./justified";

function read(node: HTMLElement): Frame {
  const style = getComputedStyle(node);
  const pixels = (name: string) => parseFloat(style.getPropertyValue(name));
  const width = node.getBoundingClientRect().width;
  return { width, gap: pixels("--grid-gap"), height: pixels("--row") };
}

const same = (one: Frame, other: Frame) =>
  Math.abs(one.width - other.width) <= 0.5 &&
  one.gap === other.gap &&
  one.height === other.height;

// To attach to the list: `changed` is told before it is drawn first, and when it is another size.
export function framed(changed: (frame: Frame) => void) {
  return (node: HTMLElement) => {
    let known = read(node);
    changed(known);
    const observer = new ResizeObserver(() => {
      const now = read(node);
      if (same(known, now)) return;
      known = now;
      changed(now);
    });
    observer.observe(node);
    return () => observer.disconnect();
  };
}
