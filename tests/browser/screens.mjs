// Draws every page against the fake server, in both themes and at two widths, into
// test-results/screens/, and says what is wider than its window.
//
//   npm run screens [-- part-of-a-name ...]
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { startFake } from "./fake_server.mjs";
import { launch } from "./support/browser.mjs";
import { eachForm, windows } from "./support/matrix.mjs";
import { screens } from "./support/paths.mjs";
import { places } from "./support/places.mjs";
import { situations } from "./support/situations.mjs";
import { open, pictured, somebody, tooWide } from "./support/visit.mjs";

const parts = process.argv.slice(2);
const wanted = ({ name }) => parts.length === 0 || parts.some((part) => name.includes(part));

async function draw(page, name, form) {
  const suffix = `${form.width}-${form.theme}`;
  await pictured(page);
  const wide = await tooWide(page);
  if (wide > 0) console.log(`${name} ${suffix}: ${wide} px too wide`);
  await page.screenshot({ path: join(screens, `${name}-${suffix}.png`) });
}

mkdirSync(screens, { recursive: true });
const server = await startFake();
const browser = await launch();
try {
  for (const member of [false, true]) {
    const options = { member, viewport: windows[0], reducedMotion: "reduce" };
    const one = await somebody(browser, server, "screens", options);
    for (const place of [...places, ...situations].filter(wanted)) {
      if (place.member !== member) continue;
      await open(server, one, place);
      await place.act?.(one.page, server.fake);
      await eachForm(one.page, (form) => draw(one.page, place.name, form));
    }
    for (const complaint of new Set(one.complaints)) console.log(complaint);
    await one.context.close();
  }
} finally {
  await browser.close();
  await server.stop();
}
