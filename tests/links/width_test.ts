/** What this project expects of `@std/cli/unicode-width`, by whatever stands for it. */
import { assert, assertEquals } from "@std/assert";
import { unicodeWidth } from "@std/cli/unicode-width";

Deno.test("any character has a width of 0, 1 or 2 columns", () => {
  for (let point = 1; point < 0x110000; point++) {
    if (point >= 0xd800 && point < 0xe000) continue;
    const char = String.fromCodePoint(point);
    // All signs without a shape of their own, and some of the others.
    if (point % 97 !== 0 && !/\p{Cf}/u.test(char)) continue;
    assert([0, 1, 2].includes(unicodeWidth(char)), point.toString(16));
  }
});

Deno.test("characters have the columns that terminals give them", () => {
  const columns: Readonly<Record<string, number>> = {
    ...{ a: 1, "é": 1, "ß": 1, "Ж": 1, "ह": 1, "·": 1, "…": 1, "│": 1, "█": 1, "▼": 1, "◆": 1 },
    ...{ "状": 2, "態": 2, "한": 2, "ア": 2, "Ａ": 2, "，": 2, "👍": 2, "🚀": 2, "𠀀": 2 },
    ...{ "\u0301": 0, "\u200b": 0, "\u0600": 0, "\u200d": 0 },
  };
  for (const [char, width] of Object.entries(columns)) {
    assertEquals(unicodeWidth(char), width, char);
  }
});
