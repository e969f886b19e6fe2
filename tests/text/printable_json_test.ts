import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { printableJson } from "../../text/printable_json.ts";

Deno.test("printableJson() reads back the same, and has no character that a terminal acts upon", () => {
  fc.assert(
    fc.property(fc.array(fc.string({ unit: "binary", maxLength: 20 })), (texts) => {
      const json = printableJson({ texts });
      assertEquals(JSON.parse(json), { texts });
      assertEquals(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u.test(json), false);
    }),
    { numRuns: 1000 },
  );
  assertEquals(
    printableJson({ a: ["\x9b\u{e0041}"] }, 1),
    '{\n "a": [\n  "\\u009b\\udb40\\udc41"\n ]\n}',
  );
});
