import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { themeCookie, themeOf } from "./theme";

describe("the theme", () => {
  it("is read from the cookies, and the system's where none was chosen", () => {
    assert.equal(themeOf("lang=de; theme=dark; a=b"), "dark");
    assert.equal(themeOf("theme=light"), "light");
    for (const other of ["", "theme=pink", "mytheme=dark", "theme=darker", "theme="]) {
      assert.equal(themeOf(other), "system", other);
    }
  });
  it("is kept in a cookie of this site, and forgotten with the system's", () => {
    assert.equal(
      themeCookie("dark", true),
      "theme=dark; Path=/; Max-Age=34560000; SameSite=Lax; Secure",
    );
    assert.match(themeCookie("light", false), /SameSite=Lax$/);
    assert.match(themeCookie("system", false), /Max-Age=0;/);
  });
});
