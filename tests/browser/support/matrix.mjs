// In which forms a page is looked at. make check-long sets PICSHARZ_MATRIX=all.
export const all = process.env.PICSHARZ_MATRIX === "all";

export const themes = ["light", "dark"];
export const windows = [
  { width: 390, height: 844 },
  ...(all ? [{ width: 768, height: 1024 }] : []),
  { width: 1440, height: 900 },
];
// The pseudo-locale is English with every letter changed and longer; ar-XB is that from right to
// left. The web takes both from the cookie `lang` only.
export const languages = all ? ["en", "en-XA", "ar-XB"] : ["en"];

// Calls `look` with each theme and window of the page as it stands, without a load between them.
export async function eachForm(page, look) {
  for (const viewport of windows) {
    await page.setViewportSize(viewport);
    for (const colorScheme of themes) {
      await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
      // From its beginning, where no bar that stays covers half of a field.
      await page.evaluate(() => scrollTo(0, 0));
      await look({ theme: colorScheme, width: viewport.width });
    }
  }
  await page.setViewportSize(windows[0]);
}

// Each `every`th of a list, others at the next turn; all of it in make check-long.
export const oneOf = (every, list, turn) =>
  all ? list : list.filter((_, index) => index % every === turn % every);

export async function speak(one, server, language) {
  await one.context.addCookies([{ name: "lang", value: language, url: server.address }]);
}
