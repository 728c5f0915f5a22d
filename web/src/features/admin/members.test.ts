import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { AdminAction } from "../../api";
import { learn } from "../../i18n";
import members from "../../i18n/en/members.json";
import { gib, said, typedQuota } from "./members";

learn(members);

const did = (action: AdminAction["action"], detail: string) =>
  said({ id: "1", action, by: "mei", handle: "", detail, reason: "", created_at: "" });

describe("What an administrator did", () => {
  it("names tokens where some ended", () => {
    assert.equal(did("sessions", "2"), "Ended 2 sessions.");
    assert.equal(did("sessions", "2 1"), "Ended 2 sessions. Ended one token.");
    assert.equal(did("sessions", "0 3"), "Ended sessions; there were none. Ended 3 tokens.");
  });

  it("tells the list of mails from one of them", () => {
    assert.equal(did("mails_read", ""), "Read the mails in the mailbox.");
    assert.equal(did("mails_read", "17"), "Opened the mail 17.");
  });
});

describe("A quota as it is typed", () => {
  it("is GiB, with a point or a comma", () => {
    assert.equal(typedQuota("10"), 10 * gib);
    assert.equal(typedQuota(" 0.5 "), gib / 2);
    assert.equal(typedQuota("1,5"), 1.5 * gib);
    assert.equal(typedQuota("0"), 0);
  });

  it("is what everybody has where nothing is typed", () => {
    assert.equal(typedQuota("  "), null);
  });

  it("is nothing where it is no number", () => {
    for (const wrong of ["ten", "-1", "1e3", "1.2.3", "0x10"]) {
      assert.ok(Number.isNaN(typedQuota(wrong)), wrong);
    }
  });
});
