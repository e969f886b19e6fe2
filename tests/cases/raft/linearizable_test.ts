import { assert, assertEquals } from "@std/assert";
import { findContradiction, type Operation } from "../../../cases/raft/linearizable.ts";
import { Random } from "../../../cases/raft/sim/random.ts";

/** `put 1 0-2`: value, called, returned; without a return it never came. */
function history(text: string): Operation[] {
  return text.split(", ").map((line) => {
    const [op, value, times] = line.split(" ");
    const [called, returned] = times.split("-");
    return {
      op: op as "put" | "get",
      key: "x",
      value: value === "null" ? null : value,
      called: Number(called),
      returned: returned === "" ? Infinity : Number(returned),
    };
  });
}

const fits = (text: string) => findContradiction(history(text)) === null;

Deno.test("findContradiction accepts what one register could have done", () => {
  assert(fits("get null 0-1, put a 2-3, get a 4-5"));
  assert(fits("put a 0-10, get null 1-2, get a 3-4"), "a put takes effect somewhere in its time");
  assert(fits("put a 0-5, put b 1-6, get b 7-8, get b 9-10"), "either order");
  assert(fits("put a 0-5, put b 1-6, get a 7-8"), "either order");
  assert(fits("put a 0-1, put b 2-, get a 3-4, get b 9-10"), "no answer: it may come late");
  assert(fits("put a 0-1, put b 2-, get a 3-4, get a 9-10"), "no answer: it may never come");
});

Deno.test("findContradiction refuses what no register does", () => {
  assert(!fits("put a 0-1, get null 2-3"), "a lost write");
  assert(!fits("put a 0-1, put b 2-3, get a 4-5"), "a stale read");
  assert(!fits("put a 0-5, get a 1-2, get null 3-4"), "back in time");
  assert(!fits("put a 0-5, put b 1-6, get b 7-8, get a 9-10"), "two orders at once");
  assert(!fits("put a 0-1, put b 2-, get b 3-4, get a 5-6"), "once seen, it has happened");
  assert(!fits("put b 5-, get b 3-4"), "seen before it was called");
});

Deno.test("findContradiction names the key and the operation", () => {
  const wrong = history("put a 0-1, get null 2-3").map((one) => ({ ...one, key: "y" }));
  const found = findContradiction([...history("put a 0-1, get a 2-3"), ...wrong]);
  assertEquals([found?.key, found?.at.op, found?.at.value], ["y", "get", null]);
});

/** Tries all orders. */
function bruteForce(left: readonly Operation[], value: string | null = null): boolean {
  if (left.every(({ returned }) => returned === Infinity)) return true;
  return left.some((one, at) => {
    if (left.some((other) => other.returned <= one.called)) return false;
    if (one.op === "get" && one.value !== value && one.returned !== Infinity) return false;
    return bruteForce(left.toSpliced(at, 1), one.op === "put" ? one.value : value);
  });
}

Deno.test("findContradiction says the same as trying all orders", () => {
  const answers = { true: 0, false: 0 };
  for (let seed = 1; seed <= 2000; seed++) {
    const random = new Random(seed);
    const puts = ["a", "b", "c"].slice(0, 1 + random.below(3));
    const operations = Array.from({ length: 6 }, (_, at): Operation => {
      const called = random.below(20);
      const put = puts[at];
      return {
        op: put ? "put" : "get",
        key: "x",
        value: put ?? random.pick([null, ...puts]),
        called,
        returned: random.chance(0.2) ? Infinity : called + 1 + random.below(12),
      };
    });
    const expected = bruteForce(operations);
    answers[`${expected}`]++;
    assertEquals(findContradiction(operations) === null, expected, `seed ${seed}`);
  }
  assert(answers.true > 200 && answers.false > 200, JSON.stringify(answers));
});

Deno.test("findContradiction takes long histories", () => {
  const operations: Operation[] = [];
  for (let at = 0; at < 20_000; at++) {
    const value = String(Math.floor(at / 2));
    operations.push({
      op: at % 2 ? "get" : "put",
      key: "x",
      value,
      called: at,
      returned: at + 1.5,
    });
  }
  assertEquals(findContradiction(operations), null);
  operations.push({ op: "get", key: "x", value: "3", called: 30_000, returned: 30_001 });
  assertEquals(findContradiction(operations)?.at.value, "3");
});
