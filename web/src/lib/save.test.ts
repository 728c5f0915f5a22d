import assert from "node:assert/strict";
import { test } from "node:test";
import { csvOf } from "./save";

test("a file of rows is read as what it was, and as no formula", () => {
  assert.equal(
    csvOf(["a", "b"], [["x, \"y\"", 1.5], ["=1+1", -2], [null, "@mei\nline"]]),
    "a,b\r\n\"x, \"\"y\"\"\",1.5\r\n'=1+1,-2\r\n,\"'@mei\nline\"\r\n",
  );
});
