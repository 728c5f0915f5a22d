import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Backup, BackupList } from "../../api";
import { alarmOf, isUnderWay } from "./state";

const backup = (day: number, state: Backup["state"], kind: Backup["kind"] = "full"): Backup => ({
  id: `202611${day}t001500z`,
  kind,
  state,
  problem: "",
  asked_at: `2026-11-${day}T00:15:00Z`,
  ended_at: null,
  progress: null,
  contents: null,
  proof: null,
});

const list = (backups: Backup[], good: number | null): BackupList => ({
  backups,
  next_at: backups[0] ? new Date(Date.parse(backups[0].asked_at) + 86_400_000).toISOString() : null,
  good_at: good ? `2026-11-${good}T00:15:00Z` : null,
  bytes: 0,
  log_late_since: null,
});

const now = Date.parse("2026-11-29T12:00:00Z");

describe("A backup", () => {
  it("that nobody proves is not under way", () => {
    assert.ok(isUnderWay(backup(29, "running")));
    assert.ok(isUnderWay(backup(29, "waiting")));
    for (const state of ["made", "proved", "failed", "unproved"] as const) {
      assert.ok(!isUnderWay(backup(29, state)), state);
    }
  });
});

const proof = (at: string, good: boolean): Backup["proof"] => ({
  at,
  good,
  rows: 1,
  objects: 1,
  pages: 1,
  problems: good ? [] : ["One file has other bytes."],
});

describe("An alarm of backups", () => {
  it("is none while the last one is proved and young", () => {
    assert.equal(alarmOf(list([backup(29, "proved")], 29), now), null);
    assert.equal(alarmOf(list([backup(29, "running"), backup(28, "proved")], 28), now), null);
    assert.equal(alarmOf(list([], null), now), null);
  });

  it("says that the last one failed or is not proved, whatever runs", () => {
    const before = backup(27, "proved");
    for (const [state, what] of [
      ["failed", "failed"],
      ["unproved", "unproved"],
      ["made", "unproved"],
    ] as const) {
      const last = backup(28, state);
      assert.deepEqual(alarmOf(list([last, before], 27), now), { what, backup: last });
    }
    const last = backup(28, "failed");
    assert.deepEqual(alarmOf(list([backup(29, "running"), last, before], 27), now), {
      what: "failed",
      backup: last,
    });
  });

  it("hears nothing of archives that could not be made", () => {
    assert.equal(
      alarmOf(list([backup(29, "proved"), backup(28, "failed", "archive")], 29), now),
      null,
    );
  });

  it("says that the proof of an archive failed, until another archive is proved", () => {
    const bad = backup(27, "unproved", "archive");
    const good = backup(29, "proved");
    assert.deepEqual(alarmOf(list([good, bad], 29), now), { what: "doubted", backup: bad });
    assert.equal(alarmOf(list([good, backup(28, "proved", "archive"), bad], 29), now), null);
    const last = backup(29, "failed");
    assert.deepEqual(
      alarmOf(list([last, bad], 25), now),
      { what: "failed", backup: last },
      "what is wrong with the last one is said first",
    );
  });

  it("says that an older one failed when it was proved again", () => {
    const good = backup(29, "proved");
    const first = backup(28, "unproved");
    assert.equal(alarmOf(list([good, first], 29), now), null, "a newer one was proved since");
    const again = { ...first, proof: proof("2026-11-29T09:00:00Z", false) };
    assert.deepEqual(alarmOf(list([good, again], 29), now), { what: "doubted", backup: again });
    const since = { ...good, proof: proof("2026-11-29T10:00:00Z", true) };
    assert.equal(alarmOf(list([since, again], 29), now), null);
  });

  it("says that the last good one is older than twice its interval", () => {
    const old = { what: "old", backup: null };
    assert.deepEqual(alarmOf(list([backup(25, "proved")], 25), now), old);
    assert.deepEqual(alarmOf(list([backup(27, "proved")], 27), now), old);
    assert.equal(alarmOf({ ...list([backup(25, "proved")], 25), next_at: null }, now), null);
  });

  it("says since when the log is not copied, behind what is wrong with the last one", () => {
    const since = "2026-11-29T11:00:00Z";
    const late = (...backups: Backup[]) => ({ ...list(backups, 29), log_late_since: since });
    const alarm = { what: "log", backup: null, since };
    assert.deepEqual(alarmOf(late(backup(29, "proved")), now), alarm);
    assert.deepEqual(alarmOf(late(), now), alarm);
    const last = backup(29, "failed");
    assert.deepEqual(alarmOf(late(last), now), { what: "failed", backup: last });
  });

  it("hears nothing of what a clock that was ahead has made", () => {
    const ahead = { ...backup(30, "proved"), asked_at: "2026-12-29T00:15:00Z" };
    const last = backup(28, "failed");
    const good = list([last], 27);
    assert.deepEqual(alarmOf({ ...good, backups: [ahead, last] }, now), {
      what: "failed",
      backup: last,
    });
    const old = list([backup(25, "proved")], 25);
    assert.deepEqual(alarmOf({ ...old, backups: [ahead, ...old.backups] }, now), {
      what: "old",
      backup: null,
    });
  });
});
