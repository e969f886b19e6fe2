import { assert, assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { apply, type Delta, delta } from "../../dbg/page/delta.ts";

/** As the page gets it. */
const carried = (change: Delta | undefined) => JSON.parse(JSON.stringify(change ?? null));

const arrive = (before: unknown, after: unknown) => {
  const change = delta(before, after);
  return change === undefined ? before : apply(before, carried(change));
};

const json = fc.jsonValue({ noUnicodeString: false }).map((value) =>
  // JSON knows no -0.
  JSON.parse(JSON.stringify(value))
);

Deno.test("A delta leads from any value to any other", () => {
  fc.assert(fc.property(json, json, (before, after) => {
    assertEquals(arrive(before, after), after);
    assertEquals(delta(before, JSON.parse(JSON.stringify(before))), undefined);
  }));
});

Deno.test("A delta of lists with keys leads from any order, set and content to any other", () => {
  const key = fc.oneof(fc.nat(9), fc.constantFrom("a", "b", "1", "__proto__", "constructor", ""));
  const list = fc.array(
    fc.oneof(
      { weight: 9, arbitrary: fc.record({ key, text: fc.constantFrom("x", "y"), more: json }) },
      { weight: 1, arbitrary: json },
    ),
    { maxLength: 12 },
  ).map((all) => JSON.parse(JSON.stringify(all)));
  fc.assert(fc.property(list, list, (before, after) => {
    assertEquals(arrive({ list: before }, { list: after }), { list: after });
  }));
});

Deno.test("A delta shares what is unchanged, and says only what is not", () => {
  const row = (key: number, text = "text ".repeat(20)) => ({ key, text });
  const before = { names: ["A", "B"], rows: Array.from({ length: 60 }, (_, i) => row(i)) };
  const after = { names: ["A", "B"], rows: [...before.rows.slice(2).map((one) => ({ ...one }))] };
  after.rows.push(row(60), row(61));
  after.rows[10] = row(12, "changed");
  const size = JSON.stringify(delta(before, after)).length;
  assert(size < 400, `${size}`);
  const result = arrive(before, after) as typeof before;
  assertEquals(result, after);
  assertStrictEquals(result.names, before.names);
  assertStrictEquals(result.rows[0], before.rows[2]);
  assertEquals(result.rows[10], { key: 12, text: "changed" });
});

Deno.test("A delta keeps names that JavaScript treats in its own way", () => {
  const hostile = JSON.parse('{"__proto__":{"polluted":1},"constructor":2}');
  const result = arrive({ args: {} }, { args: hostile }) as { args: Record<string, unknown> };
  assertEquals(JSON.stringify(result), JSON.stringify({ args: hostile }));
  assertEquals(({} as { polluted?: number }).polluted, undefined);
  assertEquals(JSON.stringify(arrive({ args: hostile }, { args: {} })), '{"args":{}}');
});

Deno.test("A delta that belongs to another value is refused", () => {
  const wrong: readonly [unknown, Delta][] = [
    [null, [1, [["a", [0, 1]]]]],
    [{}, [2, [[1]]]],
    [[1, 2], [2, [[1, 5]]]],
  ];
  for (const [value, change] of wrong) assertThrows(() => apply(value, change), TypeError);
});
