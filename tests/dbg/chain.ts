import { args, Machine } from "../../mod.ts";
import { pipe } from "../../pipes/mod.ts";

/** The chain's machines, in the order in which one causes the next. */
export const CHAIN = ["clock", "network", "peer", "gateway", "api"] as const;

/** What an error's text says. */
export const FAILURE = "page 0 of 12";

/**
 * Five machines of which each causes the next one's transition, by a timeout, by handlers and by a
 * pipe; the last one fails. Beside them a mutation that is refused because of what came before.
 * `watch` gets each machine before it does anything; done when the error is there.
 */
export async function playChain(watch: (machine: Machine) => void): Promise<Disposable> {
  const clock = new Machine({
    Waiting: { timeouts: { Due: 5 }, remove: ["Due"] },
    Due: { remove: ["Waiting"] },
  }, { id: "clock" });
  const network = new Machine({ Heartbeat: { multi: true } }, { id: "network" });
  const peer = new Machine({
    Online: {},
    Maintenance: { remove: ["Online"] },
    Connecting: { args: args<{ id: string; address: { host: string; port: number } }>() },
    Connected: { require: ["Online"], args: args<{ id: string }>() },
  }, { id: "peer" });
  const gateway = new Machine({ Ready: { auto: true, require: ["Busy"] }, Busy: {} }, {
    id: "gateway",
  });
  const api = new Machine({
    Start: {},
    Fetching: { require: ["Start"], args: args<{ page: number; body: string }>() },
  }, { id: "api", printErrors: false });
  const all = [clock, network, peer, gateway, api];
  for (const one of all) watch(one as unknown as Machine);

  clock.bindHandlers({ DueState: () => void network.add("Heartbeat") });
  network.bindHandlers({
    HeartbeatState: (e) => {
      e.with(peer).add("Connecting", { id: "peer-9", address: { host: "10.0.0.9", port: 4001 } });
    },
  });
  pipe(peer, { Connecting: "Busy" }, gateway);
  gateway.bindHandlers({
    BusyState: () => {
      api.add("Fetching", { page: 0, body: `GET / HTTP/1.1\nHost: ${"x".repeat(200)}` });
    },
  });
  api.bindHandlers({
    FetchingState: () => {
      throw new RangeError(FAILURE, { cause: new Error("the list has no such page") });
    },
  });

  api.add("Start");
  peer.add("Online");
  peer.add("Maintenance");
  peer.add("Connected", { id: "peer-9" });
  clock.add("Waiting");
  await api.when("Exception", { timeout: 30_000 });
  await clock.whenQueueEnds();
  return {
    [Symbol.dispose]() {
      for (const one of all) one.dispose();
    },
  };
}
