import { assert, assertEquals } from "@std/assert";
import { FakeTime } from "@std/testing/time";
import fc from "fast-check";
import { IDLE, type Timed, TimerWheel } from "../../../cases/firewall/timer_wheel.ts";

interface Item extends Timed {
  readonly name: number;
}
const item = (name: number): Item => ({ name, due: 0, slot: IDLE, before: null, behind: null });

Deno.test("a wheel tells each item once, not before it is due, and at most two ticks late", () => {
  const step = fc.oneof(
    fc.record({ kind: fc.constant("put" as const), at: fc.nat(9), ms: fc.nat(4000) }),
    fc.record({ kind: fc.constant("later" as const), at: fc.nat(9), ms: fc.nat(4000) }),
    fc.record({ kind: fc.constant("take" as const), at: fc.nat(9), ms: fc.constant(0) }),
    fc.record({ kind: fc.constant("wait" as const), at: fc.constant(0), ms: fc.nat(3000) }),
  );
  fc.assert(fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
    using time = new FakeTime();
    const due = new Map<number, number>();
    const items = Array.from({ length: 10 }, (_, i) => item(i));
    const wheel = new TimerWheel<Item>(({ name }) => {
      const at = due.get(name);
      assert(at !== undefined, `${name} does not wait`);
      assert(time.now >= at && time.now - at <= 200, `${name} told ${time.now - at} ms late`);
      due.delete(name);
    }, { tick: 100, slots: 8 });
    for (const { kind, at, ms } of steps) {
      if (kind === "wait") time.tick(ms);
      if (kind === "take") {
        wheel.take(items[at]);
        due.delete(at);
      }
      if (kind === "put") {
        due.set(at, items[at].due = time.now + ms);
        wheel.put(items[at]);
      }
      if (kind === "later" && due.has(at)) due.set(at, items[at].due += ms);
      assertEquals(wheel.size, due.size);
    }
    time.tick(60_000);
    assertEquals([wheel.size, due.size], [0, 0]);
  }));
});

Deno.test("a wheel does not tell what another one has taken out, when both were due", () => {
  using time = new FakeTime();
  const told: number[] = [];
  const [a, b] = [item(1), item(2)];
  const wheel: TimerWheel<Item> = new TimerWheel((one) => {
    told.push(one.name);
    wheel.take(one === a ? b : a);
  });
  for (const one of [a, b]) {
    one.due = time.now + 10;
    wheel.put(one);
  }
  time.tick(1000);
  assertEquals([told.length, wheel.size, a.slot, b.slot], [1, 0, IDLE, IDLE]);
});

Deno.test("a wheel goes on after its clock was set back, and has no timer when it is empty", () => {
  using time = new FakeTime();
  const told: number[] = [];
  const wheel = new TimerWheel<Item>(({ name }) => told.push(name));
  const one = item(1);
  one.due = time.now + 100;
  wheel.put(one);
  const real = Date.now;
  Date.now = () => real() - 5000; // five seconds back
  try {
    time.tick(5000);
    assertEquals(told, []);
    time.tick(1000);
    assertEquals(told, [1]);
  } finally {
    Date.now = real;
  }
});
