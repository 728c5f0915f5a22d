import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { describe, it } from "node:test";
import { qrCode } from "./qr";

const drawn = (text: string): string =>
  (qrCode(text) ?? []).map((row) => row.map((dark) => (dark ? "1" : "0")).join("")).join("\n");
const hash = (text: string): string => createHash("sha256").update(drawn(text)).digest("hex");

describe("qrCode", () => {
  // Both were read back by jsQR 1.4.0, as were texts of every length from 1 to 666.
  it("draws what a reader reads", () => {
    assert.equal(
      hash("hello"),
      "52a7aa67e7296ede539d6be86579c7180e3b6d417445712ae8bd314c1818458a",
    );
    assert.equal(
      hash(
        "otpauth://totp/Picsharz:mei_tan?secret=JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP&issuer=Picsharz",
      ),
      "120eb76c06613799d3a703f17fb7f4945f1ef2c61070c87ab6d2346f0512cefc",
    );
  });

  it("has finders in three corners", () => {
    const rows = drawn("hello").split("\n");
    assert.equal(rows.length, 21);
    for (const row of [rows[0], rows[6]]) {
      assert.equal(row?.slice(0, 7), "1111111");
      assert.equal(row?.slice(-7), "1111111");
    }
    assert.equal(rows[20]?.slice(0, 7), "1111111");
  });

  it("grows with the text and says where it is too long", () => {
    assert.equal(qrCode("x".repeat(14))?.length, 21);
    assert.equal(qrCode("x".repeat(15))?.length, 25);
    assert.equal(qrCode("x".repeat(666))?.length, 97);
    assert.equal(qrCode("x".repeat(667)), null);
    assert.equal(qrCode("é".repeat(334)), null);
  });
});
