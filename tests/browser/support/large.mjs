// Pages at 400 %, which is a window of 320 by 256 px, and with text of twice its size.

// Scrolls to each control of the page, as the focus does, and gives those that something else lies
// over, or that cannot be scrolled to.
export const covered = (page) =>
  page.evaluate(async () => {
    const wanted = "a[href], button, input, select, textarea, summary";
    const within = document.querySelector("dialog[open]") ?? document;
    const hidden = (node) => {
      const { width, height } = node.getBoundingClientRect();
      const cut = getComputedStyle(node).clipPath !== "none"; // the skip link, until it is used
      return cut || width < 2 || height < 2 || !node.checkVisibility({ visibilityProperty: true });
    };
    const all = [...within.querySelectorAll(wanted)].filter((node) => !hidden(node));
    const faults = [];
    for (const node of all.slice(0, 80)) {
      if (node.disabled || !node.isConnected) continue;
      node.scrollIntoView({ block: "center", inline: "center", behavior: "instant" });
      // A link of several lines has a box for each.
      const boxes = [...node.getClientRects()].filter(({ width, height }) => width * height > 0);
      const box = boxes.find(({ top, bottom }) => top >= 0 && bottom <= innerHeight) ?? boxes[0];
      if (!box) continue; // the list that it was of has given way
      const [x, y] = [box.left + box.width / 2, box.top + box.height / 2];
      // Of what is higher than the window the middle is seen.
      const there = document.elementFromPoint(x, y);
      const same = there && (node.contains(there) || there.contains(node) ||
        there.closest("label")?.control === node || there.closest("li, label")?.contains(node));
      if (!same) {
        const by = there ? `${there.tagName}.${there.className}` : "nothing";
        faults.push(`${node.tagName} ${node.textContent.trim().slice(0, 30)}: ${by}`);
      }
    }
    return { faults, count: all.length };
  });

// Boxes whose words do not fit into them, and that do not scroll.
export const clipped = (page) =>
  page.evaluate(() => {
    const faults = [];
    for (const node of document.querySelectorAll("body *")) {
      const style = getComputedStyle(node);
      const clips = ["hidden", "clip"].includes(style.overflowY);
      if (!clips || style.webkitLineClamp !== "none") continue;
      if (node.clientHeight < 4 || !node.textContent.trim() || !node.checkVisibility()) continue;
      if (node.scrollHeight > node.clientHeight + 4) {
        faults.push(`${node.tagName}.${node.className}: ${node.textContent.trim().slice(0, 30)}`);
      }
    }
    return faults;
  });

export const twice = (page) =>
  page.evaluate(async () => {
    document.documentElement.style.fontSize = "200%"; // by script, which the policy allows
    for (let frame = 0; frame < 3; frame += 1) await new Promise(requestAnimationFrame);
  });
