import assert from "node:assert/strict";
import { test } from "node:test";
import { learn } from "../../i18n";
import admin from "../../i18n/en/admin.json";
import { waitingMails } from "./mails";

learn(admin);

test("mails that wait are counted, and since when", () => {
  const said = (waiting: number, oldest_seconds: number) =>
    waitingMails({ server: null, waiting, oldest_seconds, reason: "" });
  assert.equal(said(0, 0), "No mail waits.");
  assert.equal(said(1, 20), "One mail waits.");
  assert.equal(said(3, 20), "3 mails wait.");
  assert.equal(said(1, 120), "One mail waits, the oldest for 2 min.");
  assert.equal(said(3, 600), "3 mails wait, the oldest for 10 min.");
});
