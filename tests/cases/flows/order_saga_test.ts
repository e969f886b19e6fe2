import { assertEquals } from "@std/assert";
import { type Bookings, tripOf } from "../../../cases/flows/order_saga.ts";
import { Scene } from "./with_flows.ts";

const WHAT = ["car", "hotel", "flight"];

function office(fails: readonly string[], hangs: () => boolean = () => false) {
  const log: string[] = [];
  const it: Bookings = {
    book(what) {
      if (fails.includes(what)) return Promise.reject(new Error(`no ${what}`));
      log.push(what);
      return what === "hotel" && hangs() ? new Promise(() => {}) : Promise.resolve(`#${what}`);
    },
    cancel(booking) {
      if (fails.includes(booking)) return Promise.reject(new Error(`cannot cancel ${booking}`));
      log.push(`-${booking}`);
      return Promise.resolve();
    },
  };
  return { log, trip: tripOf(it) };
}

Deno.test("a trip of which all was booked is booked", async () => {
  const { log, trip } = office([]);
  await using scene = await Scene.open({ trip });
  const flow = await scene.flows.start("trip", "1", WHAT);
  await scene.pass(0);
  assertEquals((await flow.result()).booked, ["#car", "#hotel", "#flight"]);
  assertEquals(log, WHAT);
});

Deno.test("a trip that fails is undone in reverse", async () => {
  const { log, trip } = office(["flight"]);
  await using scene = await Scene.open({ trip });
  const flow = await scene.flows.start("trip", "1", WHAT);
  await scene.pass(0);
  assertEquals((await flow.result()).problems, ["Error: no flight"]);
  assertEquals(log, ["car", "hotel", "-#hotel", "-#car"]);
  assertEquals(flow.machine.activeStates(), ["Undone"]);
});

Deno.test("what cannot be undone keeps nothing else from being undone, and is told", async () => {
  const { log, trip } = office(["flight", "#hotel"]);
  await using scene = await Scene.open({ trip });
  const flow = await scene.flows.start("trip", "1", WHAT);
  await scene.pass(0);
  assertEquals((await flow.result()).problems, [
    "Error: no flight",
    "Error: cannot cancel #hotel",
  ]);
  assertEquals(log, ["car", "hotel", "-#car"]);
  assertEquals(flow.machine.activeStates(), ["Stuck"]);
});

Deno.test("a trip that was interrupted books nothing twice, and undoes nothing for that", async () => {
  let hangs = true;
  const { log, trip } = office([], () => hangs);
  await using scene = await Scene.open({ trip });
  await scene.flows.start("trip", "1", WHAT);
  await scene.pass(0);
  hangs = false;
  await using later = await scene.restart();
  await later.pass(0);
  assertEquals((await later.flows.list())[0].active, ["Booked"]);
  assertEquals(log, ["car", "hotel", "hotel", "flight"]); // the hotel had not answered
});
