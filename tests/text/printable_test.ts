import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { printable } from "../../text/printable.ts";

Deno.test("printable() puts a sign in place of each control character", () => {
  const controls = [...Array(0x20).keys(), ...Array.from({ length: 0x21 }, (_, i) => 0x7f + i)];
  for (const code of controls) {
    assertEquals(printable(`a${String.fromCharCode(code)}b`), "a·b", `U+${code.toString(16)}`);
  }
  assertEquals(printable("a\x1b]52;c;aGk=\x07b\r\nc\x9b2J"), "a·]52;c;aGk=·b··c·2J");
});

Deno.test("printable() leaves out what reorders or hides text", () => {
  const hidden =
    "\u00ad\u061c\u200b\u200e\u200f\u2028\u2029\u202a\u202e\u2066\u2069\ufeff\u{e0041}";
  for (const char of hidden) assertEquals(printable(`a${char}b`), "ab", JSON.stringify(char));
});

Deno.test("printable() keeps letters, marks, signs and emoji of all scripts", () => {
  for (const text of ["Foo_1 $x-y", "हिन्दी", "e\u0301", "状態", "حالة", "😀", "a·b", "\u00a0"]) {
    assertEquals(printable(text), text);
  }
});

Deno.test("printable() never lets a control or formatting character through, whatever comes", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary", maxLength: 40 }), (text) => {
      const shown = printable(text);
      assertEquals(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u.test(shown), false);
      assertEquals(printable(shown), shown);
    }),
    { numRuns: 2000 },
  );
});
