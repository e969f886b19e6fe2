import { assert, assertEquals } from "@std/assert";
import { cutText, errorTexts, valueText } from "../../telemetry/value_text.ts";
import { anyValues } from "./any_values.ts";

Deno.test("valueText() is a text within its limit for every value", () => {
  for (const [what, value] of anyValues()) {
    for (const limit of [0, 1, 2, 10, 1000]) {
      for (const shown of [value, [value], { value }, new Map([[value, value]])]) {
        const text = valueText(shown, limit);
        assertEquals(typeof text, "string", what);
        assert(text.length <= Math.max(limit, 1), `${what}: ${text.length} of ${limit}`);
      }
    }
  }
});

Deno.test("valueText() is JSON for plain data that fits", () => {
  for (
    const value of [null, true, -1.5, [], {}, [1, "a", null], { a: { b: ["c"] }, "d e": "\n" }]
  ) {
    assertEquals(valueText(value, 1000), JSON.stringify(value));
  }
  assertEquals(valueText("as it is", 1000), "as it is");
});

Deno.test("valueText() shows what is no plain data", () => {
  const circle: unknown[] = [];
  circle.push(circle);
  class Point {
    x = 1;
    get y(): number {
      throw new Error("not called");
    }
  }
  const shown: [unknown, string][] = [
    [undefined, "undefined"],
    [12n, "12n"],
    [Symbol("sign"), "Symbol(sign)"],
    [new Map<string, unknown>([["a", 1], ["b", {}]]), 'Map(2) {"a" => 1,"b" => {}}'],
    [new Set(["a"]), 'Set(1) {"a"}'],
    [new Uint8Array(2_000_000), "Uint8Array(2000000 bytes)"],
    [new ArrayBuffer(3), "ArrayBuffer(3 bytes)"],
    [new Date(0), "1970-01-01T00:00:00.000Z"],
    [new RangeError("no route"), "RangeError: no route"],
    [new Point(), 'Point {"x":1}'],
    [{
      get a() {
        return 1;
      },
    }, '{"a":[getter]}'],
    [Object.create(null), "{}"],
    [circle, "[[circular]]"],
    [[[[[[]]]]], "[[[[…]]]]"],
    [Array.from({ length: 60 }, () => 0), `[${"0,".repeat(50)}…]`],
    [Proxy.revocable({}, {}).proxy, "{}"],
  ];
  for (const [value, text] of shown) assertEquals(valueText(value, 1000), text);
});

Deno.test("valueText() marks what it cut off", () => {
  assertEquals(valueText(["abcdef"], 6), '["abc…');
  assertEquals(cutText("abc", 3), "abc");
  assertEquals(cutText("abcd", 3), "ab…");
  assertEquals(cutText("a😀b", 3), "a…", "no half of a pair");
});

Deno.test("errorTexts() gives texts within the limit for everything that can be thrown", () => {
  for (const [what, value] of anyValues()) {
    for (const text of Object.values(errorTexts(value, 100))) {
      assertEquals(typeof text, "string", what);
      assert(text.length <= 100, what);
    }
  }
  const unreadable = anyValues().find(([what]) => what === "an error that cannot be read")![1];
  assertEquals(errorTexts(unreadable, 100), { name: "Error", message: "[unreadable]" });
  assertEquals(valueText(unreadable, 100), "Error: [unreadable]");
  const { name, message } = errorTexts(new RangeError("no route"), 100);
  assertEquals([name, message], ["RangeError", "no route"]);
  assertEquals(errorTexts("a text", 100), { name: "Error", message: "a text" });
});
