// The numbers on the administrator's pages are the numbers in the rows: known ones are written into
// the database of a real server, of days on which it counted nothing itself, and every dashboard is
// read. Each value is said here as it was written and as it is to be shown.
import assert from "node:assert/strict";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { launch, person } from "./support/browser.mjs";
import { amara } from "./support/cast.mjs";
import { missing, photos } from "./support/paths.mjs";
import { noModels, noServer, startServer } from "./support/server.mjs";
import { main, publish, setUpAdministrator } from "./support/steps.mjs";
import { settled, until } from "./support/visit.mjs";

const file = join(photos, "train.jpg");
const skip = noServer() || noModels() || missing(file, "the photo of the test");

const length = 86_400_000;
// A day that ends meanwhile would move what the overview compares: the next one is waited for.
const room = 300_000;
if (!skip) await until(() => Date.now() % length < length - room, 2 * room / 1000);
const today = Math.floor(Date.now() / length) * length;
const micros = (time) => `${time}000`;
// Four days are shown, the four before them are compared. Fewer than 90 days back, or upkeep would
// take some of the rows away.
const back = (days) => today - days * length;
const shownDays = [10, 9, 8, 7].map(back);
const iso = (time) => new Date(time).toISOString().slice(0, 10);
const range = `from=${iso(back(10))}&to=${iso(back(7))}&step=day`;
const day = (time) => new Intl.DateTimeFormat("en-SG", {
  day: "numeric", month: "short", year: "numeric", timeZone: "UTC" }).format(new Date(time));

// [days back, kind, label, count, amount]
const use = [
  [10, "sign_up", "", 2, 0], [8, "sign_up", "", 5, 0], [7, "sign_up", "", 1, 0],
  [13, "sign_up", "", 4, 0],
  [10, "upload", "image/jpeg", 3, 0], [8, "upload", "image/png", 2, 0],
  [10, "upload_bytes", "image/jpeg", 3, 3_000_000], [8, "upload_bytes", "image/png", 2, 500_000],
  [10, "storage", "originals", 1, 1_000_000_000], [10, "storage", "renditions", 1, 200_000_000],
  [10, "storage", "database", 1, 50_000_000],
  [7, "storage", "originals", 1, 1_600_000_000], [7, "storage", "renditions", 1, 400_000_000],
  [7, "storage", "database", 1, 100_000_000], [7, "storage", "backups", 1, 2_000_000_000],
  [9, "view", "", 1250, 0], [11, "view", "", 1000, 0],
  [10, "like", "", 3, 0], [8, "like", "", 4, 0], [13, "like", "", 7, 0],
  [7, "comment", "", 2, 0], [10, "follow", "", 1, 0],
  [10, "search", "", 20, 0], [9, "search", "", 40, 0],
  [10, "search_empty", "", 2, 0], [9, "search_empty", "", 4, 0],
  [10, "moderation", "published", 30, 0], [10, "moderation", "held", 4, 0],
  [9, "moderation", "removed", 3, 0], [9, "moderation", "approved", 2, 0],
  [9, "moderation", "kept", 8, 0], [8, "moderation", "overturned", 1, 0],
  [8, "moderation", "suspended", 9, 0], [9, "moderation", "reported", 6, 0],
  [9, "request", "feed", 1200, 3_000_000], [9, "request", "media", 300, 9_000_000],
  [9, "route_time", "feed/10000", 100, 500_000], [7, "route_time", "feed/10000", 100, 500_000],
  [9, "request_time", "10000", 100, 500_000],
  [8, "error", "4xx", 4, 0], [8, "error", "5xx", 1, 0],
  [10, "gauge", "queue_depth", 1, 3], [10, "gauge", "queue_age", 1, 2_500_000],
  [8, "gauge", "memory", 1, 500_000_000], [8, "gauge", "memory_worker", 1, 250_000_000],
  [8, "gauge", "disk_free", 1, 40_000_000_000],
  [9, "cpu", "web", 1, 42_000_000], [9, "cpu", "decode", 1, 3_500_000],
];
// By the hour less was counted than by the day: what is said of the whole is of the day.
const hours = [[8, "view", 12], [23, "view", 5], [8, "like", 1]];
// [days back, in a day, in a week, in a month]
const active = [[11, 9, 39, 69], [10, 10, 40, 70], [9, 11, 41, 71], [8, 12, 42, 72],
  [7, 13, 43, 73]];
const monday = today - ((new Date(today).getUTCDay() + 6) % 7) * length - 70 * length;
// [the week of sign-up, weeks after it, members, active]
const retention = [[0, 0, 40, 40], [0, 1, 40, 20], [0, 2, 40, 10], [1, 0, 8, 8], [1, 1, 8, 2]];
// [days back, words, searches, without a result]
const searched = [[9, "harbour", 9, 0], [9, "gutar", 3, 3], [8, "harbour", 4, 1]];
// [days back, seconds from its opening until it was closed]
const cases = [[10, 10], [10, 30], [10, 20], [8, 5]];
const [hold, remove, undo] = [0, 3, 5]; // of moderation::Action
// [days back, action, reason, the place of the one that it takes back]
const decisions = [
  [10, hold, "suggestive"], [9, hold, "suggestive"], [8, remove, "spam"], [8, remove, "explicit"],
  [8, undo, "", 3], [11, remove, "spam"],
];
const camera = { make: "NIKON CORPORATION", model: "NIKON D750", lens: "50 mm" };
const firstId = 9_000; // of rows that a server gives other ids

function statements(photo) {
  return [
    ...use.map(([days, kind, label, count, amount]) =>
      "INSERT INTO usage_days (day, kind, label, count, amount)" +
      ` VALUES (${micros(back(days))}, '${kind}', '${label}', ${count}, ${amount})`),
    ...hours.map(([hour, kind, count]) =>
      "INSERT INTO usage_hours (hour, kind, label, count, amount)" +
      ` VALUES (${micros(back(9) + hour * 3_600_000)}, '${kind}', '', ${count}, 0)`),
    ...active.map(([days, ...counts]) =>
      "INSERT INTO active_counts (day, daily, weekly, monthly)" +
      ` VALUES (${micros(back(days))}, ${counts.join(", ")})`),
    ...retention.map(([later, ...counts]) =>
      "INSERT INTO retention_weeks (cohort, week, members, active)" +
      ` VALUES (${micros(monday + later * 7 * length)}, ${counts.join(", ")})`),
    ...searched.map(([days, words, ...counts]) =>
      "INSERT INTO search_days (day, words, searches, without_result)" +
      ` VALUES (${micros(back(days))}, '${words}', ${counts.join(", ")})`),
    ...[[9, 1000], [8, 111], [20, 500]].map(([days, views]) =>
      "INSERT INTO photo_views (day, photo_id, views)" +
      ` VALUES (${micros(back(days))}, ${photo}, ${views})`),
    ...[[11, "members", 90], [10, "members", 92], [8, "members", 97], [7, "members", 98],
      [11, "photos", 50], [7, "photos", 55]].map(([days, kind, count]) =>
      "INSERT INTO analytics_days (day, kind, count)" +
      ` VALUES (${micros(back(days))}, '${kind}', ${count})`),
    ...cases.map(([days, waited], at) =>
      "INSERT INTO moderation_cases (id, photo_id, origin, reason, facts, opened_at, closed_at)" +
      ` VALUES (${firstId + at}, ${photo}, 0, '', '{}', ${micros(back(days))},` +
      ` ${micros(back(days) + waited * 1000)})`),
    ...decisions.map(([days, action, reason, undone], at) =>
      "INSERT INTO moderation_decisions (id, case_id, photo_id, owner_id, action, reason, note," +
      " state_before, state_after, owner_state_before, facts, undoes, created_at)" +
      ` VALUES (${firstId + at}, 1, 1, 1, ${action}, '${reason}', '', 3, 4, 0, '{}',` +
      ` ${undone === undefined ? "NULL" : firstId + undone}, ${micros(back(days) + 1000)})`),
    `UPDATE photo_details SET camera = '${JSON.stringify(camera)}' WHERE photo_id = ${photo}`,
    // Whose photos are looked at is counted anew by whoever asks next.
    "UPDATE analytics_refresh SET at = 0, took = 0",
  ];
}

// What people write: [the first and the last of the members who do, days back, title]. One half
// writes of the harbour, the other one of the market, and some of both of what is new.
const writers = 12;
const written = [
  [1, 1, 30, "Harbours, ferry, fog"], [2, 6, 30, "harbour, ferry, fog"], [1, 1, 29, "harbour"],
  [7, 11, 20, "night market, satay"], [12, 12, 20, "night market"], [4, 9, 2, "lantern"],
];

function wordsWritten() {
  const members = Array.from({ length: writers }, (_, at) => at + 1);
  const titles = written.flatMap(([first, last, days, title]) =>
    members.slice(first - 1, last).map((member) => [member, days, title]));
  return [
    ...members.map((member) =>
      "INSERT INTO accounts (id, handle, email, password_hash, name, country, created_at)" +
      ` VALUES (${firstId + member}, 'writer${member}', 'writer${member}@example.org', '', 'Wes',` +
      ` 'SG', ${micros(back(40))})`),
    ...titles.map(([member, days, title], at) =>
      "INSERT INTO photos (id, owner_id, title, description, alt, visibility, state, width," +
      " height, original, format, bytes, file_name, created_at)" +
      ` VALUES (${firstId + at}, ${firstId + member}, '${title}', '', '', 0, 3, 640, 480,` +
      ` '${firstId + at}', 0, 1, 'a.jpg', ${micros(back(days))})`),
    // What the classifier found on the other photo is no known word.
    "UPDATE photos SET labels = '[]'",
    // It is made anew by whoever finds it due.
    "DELETE FROM tag_analyses",
    "DELETE FROM schedules WHERE name = 'tags.analyse'",
  ];
}

const none = (count) => Array.from({ length: count }, () => "–");
const zeros = (count) => Array.from({ length: count }, () => "0");

// Figures as [value, change]; charts by their names, a row for each of the four days; tables by
// theirs.
const expected = {
  people: {
    query: `${range}&compare=true`,
    figures: [["98", "+8.9% 90 before"], ["13", "+44.4% 9 before"], ["43", "+10.3% 39 before"],
      ["73", "+5.8% 69 before"]],
    charts: {
      "Sign-ups": [["2", "0"], ["0", "4"], ["5", "0"], ["1", "0"]],
      "Members": [["92", "–"], ["92", "–"], ["97", "–"], ["98", "90"]],
      "Active members": [
        ["10", "–", "40", "–", "70", "–"], ["11", "–", "41", "–", "71", "–"],
        ["12", "–", "42", "–", "72", "–"], ["13", "9", "43", "39", "73", "69"],
      ],
    },
    tables: {
      "By country": [["Singapore", "1"]],
      "Who comes back": [
        [day(monday), "40", "100%", "50%", "25%", ...none(9)],
        [day(monday + 7 * length), "8", "100%", "25%", ...none(10)],
      ],
    },
  },
  photos: {
    query: range,
    figures: [["55", ""], ["5", ""], ["4.1 GB", ""]],
    charts: {
      "Uploads": [["3"], ["0"], ["2"], ["0"]],
      "Bytes uploaded": [["3 MB"], ["0 bytes"], ["500 kB"], ["0 bytes"]],
      "Storage": [["1 GB", "200 MB", "50 MB", "–"], none(4), none(4),
        ["1.6 GB", "400 MB", "100 MB", "2 GB"]],
    },
    tables: { "Cameras": [["NIKON D750", "1"]], "Lenses": [["50 mm", "1"]] },
  },
  engagement: {
    query: `${range}&compare=true`,
    figures: [["1,250", "+25% 1,000 before"], ["7", "0% 7 before"], ["1", "0 before"],
      ["2", "0 before"]],
    charts: {
      "What people do": [
        ["0", "0", "3", "0", "0", "0", "1", "0"], ["1,250", "0", "0", "7", "0", "0", "0", "0"],
        ["0", "0", "4", "0", "0", "0", "0", "0"], ["0", "1,000", "0", "0", "2", "0", "0", "0"],
      ],
    },
    tables: {
      "Most seen photos": [["The 7:42", "1,111", "0", "0"]],
      "People whose photos are seen most": [["Amara Okafor @amara", "1,111", "0", "1"]],
    },
  },
  search: {
    query: range,
    figures: [["60", ""], ["6", ""]],
    charts: { "Searches": [["20", "2"], ["40", "4"], ["0", "0"], ["0", "0"]] },
    tables: {
      "What is looked for": [["harbour", "13", "1"], ["gutar", "3", "3"]],
      "What is not found": [["gutar", "3", "3"], ["harbour", "13", "1"]],
    },
  },
  moderation: {
    query: range,
    figures: [["4", ""], ["3", ""], ["6", ""], ["1", ""]],
    charts: {
      "Decisions": [
        ["30", "4", "0", "0", "0", "0", "0"], ["0", "0", "3", "2", "8", "0", "0"],
        ["0", "0", "0", "0", "0", "1", "9"], zeros(7),
      ],
      "Time to a decision": [["20 secs", "30 secs"], none(2), ["5 secs", "5 secs"], none(2)],
    },
    tables: {
      "Decisions by reason": [
        ["Held for review", "Found suggestive", "2"], ["Removed", "Advertising or spam", "1"],
      ],
    },
  },
  system: {
    query: range,
    figures: [["1,500", ""], ["5", ""], ["7.5 ms", ""], ["10 ms", ""]],
    charts: {
      "Requests": [zeros(9), ["1,200", "0", "0", "0", "300", "0", "0", "0", "0"], zeros(9),
        zeros(9)],
      "How fast it answers": [none(3), ["7.5 ms", "9.5 ms", "10 ms"], none(3), none(3)],
      "Errors": [zeros(2), zeros(2), ["4", "1"], zeros(2)],
      "Queue": [["3", "2.5"], none(2), none(2), none(2)],
      "Processor time": [["0 secs", "0 secs"], ["3.5 secs", "42 secs"], ["0 secs", "0 secs"],
        ["0 secs", "0 secs"]],
      "Bytes sent": [["0 bytes"], ["12 MB"], ["0 bytes"], ["0 bytes"]],
      "Memory": [none(2), none(2), ["500 MB", "250 MB"], none(2)],
      "Free disk": [["–"], ["–"], ["40 GB"], ["–"]],
    },
    tables: {
      "By address": [["Feeds", "1,200", "3 MB", "7.5 ms", "10 ms"],
        ["Pictures", "300", "9 MB", "–", "–"]],
    },
  },
};

const cells = (section) => section.locator("tbody tr").evaluateAll((rows) =>
  rows.map((row) => [...row.cells].map((cell) => cell.innerText.trim())));
const chart = (page, name) => main(page).getByRole("region", { name, exact: true }).first();
const table = (page, name) => main(page).locator("section:not(.chart)")
  .filter({ has: page.getByRole("heading", { name, exact: true }) });

async function figures(page) {
  const all = await main(page).locator("[data-figure]").all();
  return Promise.all(all.map(async (figure) => [
    await figure.locator(".value").innerText(),
    (await figure.locator(".change").innerText()).replace(/\s+/g, " ").trim(),
  ]));
}

describe("the administrator's numbers are those of the rows", { skip }, () => {
  let server, browser, administrator, api;

  before(async () => {
    // Its log is copied only where nobody else writes into the database.
    server = await startServer({ PICSHARZ_BACKUPS__LOG_EVERY: "0" });
    browser = await launch();
    administrator = await person(browser, server, "numbers");
    api = await setUpAdministrator(administrator, server, amara);
    const address = await publish(administrator, file, "The 7:42");
    server.change(...statements(/\d+$/.exec(address)[0]));
  });

  after(async () => {
    await browser?.close();
    await server?.stop();
  });

  async function look(area, query) {
    await administrator.page.goto(`/admin/${area}?${query}`);
    await settled(administrator.page);
    return administrator.page;
  }

  for (const [area, { query, figures: wanted, charts, tables }] of Object.entries(expected)) {
    it(`of ${area}`, async () => {
      const page = await look(area, query);
      assert.deepEqual(await figures(page), wanted);
      assert.equal(await main(page).locator("section.chart").count(), Object.keys(charts).length);
      for (const [name, rows] of Object.entries(charts)) {
        await chart(page, name).getByRole("button", { name: "Table" }).click();
        assert.deepEqual(await cells(chart(page, name)),
          rows.map((row, at) => [day(shownDays[at]), ...row]), name);
      }
      for (const [name, rows] of Object.entries(tables)) {
        assert.deepEqual(await cells(table(page, name)), rows, name);
      }
      administrator.assertNoComplaints();
    });
  }

  // What the server counts of itself today is not in the rows; what was a week ago is.
  it("of the overview", async () => {
    const { page } = administrator;
    await page.goto("/admin");
    await settled(page);
    assert.deepEqual(await main(page).locator("[data-figure] dt").allInnerTexts(), [
      "Members", "Active in 7 days", "Photos", "Views", "Storage", "99 of 100 within",
    ]);
    const [members, active, uploaded, views, storage, p99] = await figures(page);
    assert.deepEqual(members, ["1", "-99% 98 before"]);
    assert.deepEqual(uploaded, ["1", "-98.2% 55 before"]);
    for (const [[, change], before] of [
      [active, "43 before"], [views, "2,250 before"], [storage, "4.1 GB before"],
      [p99, "10 ms before"],
    ]) {
      assert.ok(change === before || change.endsWith(` ${before}`), `${change} is not ${before}`);
    }
    administrator.assertNoComplaints();
  });

  it("of formats are those of the photo that is there", async () => {
    const page = await look("photos", range);
    const [[format, count]] = await cells(table(page, "Formats"));
    assert.deepEqual([format, count], ["jpeg", "1"]);
  });

  it("of a day by its hours are drawn of the hours, and said of the whole day", async () => {
    const page = await look("engagement", `from=${iso(back(9))}&to=${iso(back(9))}&step=hour`);
    assert.deepEqual((await figures(page)).map(([value]) => value), ["1,250", "0", "0", "0"]);
    await chart(page, "What people do").getByRole("button", { name: "Table" }).click();
    const rows = await cells(chart(page, "What people do"));
    assert.equal(rows.length, 24);
    rows.forEach(([, views, likes], hour) => {
      assert.equal(views, { 8: "12", 23: "5" }[hour] ?? "0", `views at ${hour}`);
      assert.equal(likes, hour === 8 ? "1" : "0", `likes at ${hour}`);
    });
    administrator.assertNoComplaints();
  });

  // The last one: there are more members from here on.
  it("of what people write about are of the words on their photos", async () => {
    server.change(...wordsWritten());
    await until(async () => {
      const made = await api.get("/v1/admin/analytics/tags");
      return made.figures.find(({ id }) => id === "members").value === writers + 1;
    });
    const { page } = administrator;
    await page.goto("/admin/tags");
    await settled(page);
    // The administrator's photo is one of them; its title, "The 7:42", says nothing.
    assert.deepEqual((await figures(page)).map(([value]) => value), ["20", "13", "6"]);
    // What five of thirteen have tells more than what six have.
    assert.deepEqual(await cells(table(page, "Words")), [
      ["satay", "5", "5"], ["harbour", "6", "7"], ["ferry", "6", "6"], ["fog", "6", "6"],
      ["lantern", "6", "6"], ["night market", "6", "6"],
    ]);
    assert.deepEqual(await cells(table(page, "What grows, in numbers")),
      [["lantern", "6", "0.103", "3.337", ...zeros(12), "6"]]);
    assert.deepEqual(await cells(table(page, "Phrases")), [["night market", "6", "100%"]]);
    const grown = await main(page).locator(".trends li").allInnerTexts();
    assert.deepEqual(grown.map((text) => text.replace(/\s+/g, " ").trim()),
      ["lantern 6 members, 0.1 expected"]);
    assert.deepEqual(await main(page).locator(".cloud li").allInnerTexts(),
      ["satay", "harbour", "ferry", "fog", "lantern", "night market"]);
    assert.deepEqual(await main(page).locator(".groups li").allInnerTexts(),
      ["harbour · ferry · fog"]);
    const graph = main(page).getByRole("region", { name: "What belongs together" });
    await graph.getByRole("button", { name: "Table" }).click();
    assert.deepEqual(await cells(graph), [
      ["harbour", "ferry", "6", "100%"], ["harbour", "fog", "6", "100%"],
      ["ferry", "fog", "6", "100%"], ["satay", "night market", "5", "80.9%"],
    ]);
    administrator.assertNoComplaints();
  });
});
