import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { SendQueue } from "../../../cases/irc_bot/send_queue.ts";

Deno.test("a send queue never lets more go in a while than its budget says, and keeps the order", () => {
  const budget = fc.record({
    burst: fc.integer({ min: 1, max: 9 }),
    every: fc.integer({ min: 1, max: 900 }),
  });
  const pauses = fc.array(fc.nat(3000), { maxLength: 60 });
  fc.assert(fc.property(budget, pauses, (budget, pauses) => {
    const queue = new SendQueue(budget, 1000);
    pauses.forEach((_, i) => queue.push({ to: "x", line: `${i}` }));
    let now = 1000;
    const sent: { at: number; line: string }[] = [];
    for (const pause of pauses) {
      now += pause;
      const wait = queue.wait(now);
      if (pause % 3 === 0) now += wait; // some wait as they are told, others give up
      else if (wait > 0) continue;
      assertEquals(queue.wait(now), 0);
      queue.spend(now);
      sent.push({ at: now, line: queue.shift()!.line });
    }
    assertEquals(sent.map(({ line }) => line), sent.map((_, i) => `${i}`));
    for (const [i, { at }] of sent.entries()) {
      for (let j = i; j < sent.length; j++) {
        const most = budget.burst + (sent[j].at - at) / budget.every;
        assert(j - i + 1 <= most + 1e-9, `${j - i + 1} lines in ${sent[j].at - at} ms`);
      }
    }
  }));
});

Deno.test("a send queue takes so many messages and no more", () => {
  const queue = new SendQueue({ burst: 1, every: 1 }, 2);
  const message = { to: "x", line: "y" };
  assertEquals([1, 2, 3].map(() => queue.push(message)), [true, true, false]);
  queue.shift();
  assertEquals([queue.push(message), queue.size], [true, 2]);
});
