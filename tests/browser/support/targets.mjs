// What is pressed is large enough: 24 px for everything, 44 px for our own controls and the bars.

// Those that are smaller. Words of a sentence that lead somewhere are as high as their line; what
// belongs to a label is pressed by that as well.
export const small = (page) =>
  page.evaluate(() => {
    const ours = ".button, body > header a, header > nav a, nav a, .bottom a, dialog header button";
    const inSentence = (node) => {
      if (getComputedStyle(node).display !== "inline") return false;
      const words = (one) => one.textContent.replace(/\s+/g, "");
      return words(node.closest("p, li, dd, span, label, h1, h2, td") ?? node) !== words(node);
    };
    const faults = [];
    const wanted = "a[href], button, input, select, textarea, summary";
    for (const node of document.querySelectorAll(wanted)) {
      if (!node.checkVisibility({ visibilityProperty: true })) continue;
      const box = node.getBoundingClientRect();
      if (box.width < 2 || box.height < 2 || getComputedStyle(node).clipPath !== "none") continue;
      if (inSentence(node)) continue;
      const label = ["checkbox", "radio", "file"].includes(node.type) && node.closest("label");
      const { width, height } = (label || node).getBoundingClientRect();
      const least = node.matches(ours) ? 44 : 24;
      if (height >= least - 0.5 && width >= least - 0.5) continue;
      // A tab may be narrow where its word is.
      if (node.matches("nav a") && height >= 43.5 && width >= 24) continue;
      const said = node.textContent.trim().slice(0, 30) || node.ariaLabel || node.name;
      faults.push(`${node.tagName}.${node.className} ${said}: ${Math.round(width)} by ` +
        `${Math.round(height)}`);
    }
    return faults;
  });
