// What tests of long lists measure, in the page.

// Keeps whatever has moved in the page and moves from now on, but for what stands around it;
// `shifts` reads it.
export const watchShifts = (page) =>
  page.evaluate(() => {
    window.shifts = [];
    const main = document.querySelector("main");
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) {
        const moved = entry.sources.filter(({ node }) => main.contains(node));
        const told = moved.map(({ node, previousRect, currentRect }) =>
          `${node.className || node.nodeName} from ${previousRect.y} to ${currentRect.y}`);
        if (moved.length > 0) window.shifts.push(`${entry.value.toFixed(5)}: ${told.join(", ")}`);
      }
    }).observe({ type: "layout-shift", buffered: true });
  });

// Two frames later, when what moved was reported.
export const shifts = (page) =>
  page.evaluate(async () => {
    for (let frame = 0; frame < 3; frame += 1) await new Promise(requestAnimationFrame);
    return window.shifts;
  });

// The rows of the grid that are drawn: [{top, height, start, end}] of their photos, with the edges
// of the list itself.
export const rows = (page) =>
  page.evaluate(() => {
    const list = document.querySelector("main ul:has(> [data-block])").getBoundingClientRect();
    const found = new Map();
    for (const node of document.querySelectorAll("main li[data-block]")) {
      const { top, height, left, right } = node.getBoundingClientRect();
      const row = found.get(node.dataset.block) ?? [];
      found.set(node.dataset.block, [...row, { top, height, left, right }]);
    }
    return { left: list.left, right: list.right, rows: [...found.values()] };
  });

// Which photo of a list is the first that begins in the window, and where.
export const firstSeen = (page) =>
  page.evaluate(() => {
    const seen = [...document.querySelectorAll("main [data-block]")]
      .map((node) => ({
        id: node.querySelector("a[href^='/photo/']")?.getAttribute("href"),
        number: Number(node.getAttribute("aria-posinset")),
        top: node.getBoundingClientRect().top,
      }))
      .filter(({ top, id }) => top >= 56 && id);
    return seen.sort((one, other) => one.top - other.top || one.number - other.number)[0];
  });

// Goes on down, by so many pixels at a time, until the photo of this number is drawn, or one after
// it where the way went past it. What the document holds on the way is kept: the most elements of
// the list at once, its greatest height, and how far it was scrolled.
export const scrollTo = (page, number, step = 100_000) =>
  page.evaluate(async ([wanted, by]) => {
    const most = { elements: 0, height: 0, scrolled: 0 };
    const numbers = () =>
      [...document.querySelectorAll("main [data-block]")].map((node) =>
        Number(node.getAttribute("aria-posinset")),
      );
    for (let still = 0; still < 600; still += 1) {
      const drawn = numbers();
      most.elements = Math.max(most.elements, drawn.length);
      most.height = Math.max(most.height, document.documentElement.scrollHeight);
      most.scrolled = Math.max(most.scrolled, scrollY);
      if (drawn.some((number) => number >= wanted)) return most;
      const before = document.documentElement.scrollHeight + scrollY;
      scrollTo(0, scrollY + by);
      await new Promise(requestAnimationFrame);
      if (document.documentElement.scrollHeight + scrollY !== before) still = 0;
    }
    throw new Error(`photo ${wanted} does not come; there are ${Math.max(...numbers())}`);
  }, [number, step]);
