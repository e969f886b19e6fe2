/** Finds peers for a host's topics: advertises, looks around from time to time, bootstraps topics. */
import { Machine, type MachineOptions, type StatesOf } from "@asyncmachine/asyncmachine";
import type { Host } from "../host/host.ts";
import { type BootstrapFlow, startBootstrap } from "./bootstrap.ts";
import type { PeerInfo, Rendezvous } from "./rendezvous.ts";
import { type Advertisement, schema } from "./states.ts";
import { withTimeLimit } from "./time_limit.ts";

/** A registration is renewed after this part of the time that it lasts. */
const RENEW = 0.8;

/** How discovery is made. */
export interface DiscoveryOptions {
  /** The name of its machine; those of the flows begin with it. */
  readonly id: string;
  /** Whose topics it looks after. */
  readonly host: Pick<Host, "peers" | "topics">;
  /** Where it looks. */
  readonly rendezvous: Rendezvous;
  /** How others reach the host; asked at each registration, since addresses change. */
  readonly self: () => PeerInfo;
  /** Connects the host to a peer. */
  readonly connect: (peer: PeerInfo, signal: AbortSignal) => Promise<unknown>;
  /** Peers that are enough for a topic; with fewer, a refresh looks for more. */
  readonly enough?: number;
  /** Ms between two refreshes. */
  readonly refresh?: number;
  /** Ms between two checks of a bootstrap. */
  readonly delay?: number;
  /** Ms before a failed registration is tried again; doubled each time, up to 30 times as much. */
  readonly backoff?: number;
  /** Ms that the rendezvous, or a peer, has to answer. */
  readonly answer?: number;
  /** Told what failed; it is tried again. */
  readonly onError?: (error: Error) => void;
  /** Options of its machine. */
  readonly machine?: Pick<MachineOptions, "parent" | "tracers" | "tags" | "logLevel" | "logger">;
}

/** Discovery at work. */
export interface Discovery {
  /** Its machine; flows are its children. */
  readonly machine: Machine<StatesOf<typeof schema>>;
  /** Registers the host for a topic until `stopAdvertising`; resolves when that was tried once. */
  advertise(topic: string): Promise<void>;
  /** Ends a registration. */
  stopAdvertising(topic: string): Promise<void>;
  /** Looks for peers of a topic now; resolves with how many new ones were connected. */
  discover(topic: string): Promise<number>;
  /** Resolves with the number of the topic's peers when there are at least `peers`; one flow a topic. */
  bootstrap(
    topic: string,
    options?: { peers?: number; signal?: AbortSignal; timeout?: number },
  ): Promise<number>;
  /** Ends registrations and flows. */
  stop(): Promise<void>;
}

/** Starts discovery for a host. */
export function createDiscovery(options: DiscoveryOptions): Discovery {
  const { host, rendezvous, enough = 6, delay = 100, backoff = 500, answer = 5000 } = options;
  const { onError = () => {} } = options;
  const advertised = new Map<string, Advertisement>();
  const flows = new Map<string, BootstrapFlow>();
  const discovering = new Set<string>();
  let flowsMade = 0;
  const machine = new Machine(schema, {
    ...options.machine,
    id: options.id,
    printErrors: false,
    timeouts: { PollTimer: { RefreshingDiscoveries: options.refresh ?? 1000 } },
  });

  /** What fails on the network is told, and tried again later; the machine goes on. */
  const failed = (error: unknown) =>
    onError(error instanceof Error ? error : new Error(String(error)));

  machine.bindHandlers({
    ExceptionState: (e) => failed(e.args.err),

    async RefreshingDiscoveriesState(e) {
      const topics = await host.topics();
      const missing = await Promise.all(topics.map(async (topic) => ({
        topic,
        peers: (await host.peers(topic)).length,
      })));
      const wanted = missing.filter(({ topic, peers }) =>
        peers < enough && !discovering.has(topic)
      );
      await Promise.allSettled(wanted.map(({ topic }) => e.ask("DiscoveringTopic", { topic })));
      e.add("DiscoveriesRefreshed");
    },

    DiscoveringTopicEnter: ({ args }) => !discovering.has(args.topic),
    async DiscoveringTopicState(e) {
      const { topic } = e.args;
      discovering.add(topic);
      let found = 0;
      try {
        found = await connectAll(
          await withTimeLimit(answer, e.signal, (signal) => rendezvous.find(topic, { signal })),
          e.signal,
        );
      } catch (error) {
        if (!e.signal.aborted) failed(error);
      } finally {
        discovering.delete(topic);
      }
      e.add("TopicDiscovered", { topic, found });
      return found;
    },

    BootstrappingTopicEnter: ({ args }) => !flows.has(args.topic),
    async BootstrappingTopicState(e) {
      const { topic, peers, signal } = e.args;
      const flow = startBootstrap({
        machine: {
          id: `${options.id}-bf${++flowsMade}`,
          parent: machine,
          signal,
          timeouts: { BootstrapDelay: { BootstrapChecking: delay } },
        },
        peers,
        count: async () => (await host.peers(topic)).length,
        discover: (signal) => discoverOrWait(topic, signal),
      });
      flows.set(topic, flow);
      try {
        await flow.when("TopicBootstrapped", { orError: true });
        const count = (await host.peers(topic)).length;
        e.add("TopicBootstrapped", { topic, peers: count });
        return count;
      } catch (error) {
        return error as Error;
      } finally {
        flows.delete(topic);
        flow.dispose();
      }
    },

    AdvertisingTopicEnter: ({ args: { topic, again } }) => advertised.get(topic) === again,
    async AdvertisingTopicState(e) {
      const { topic, again = { failed: 0 } } = e.args;
      advertised.set(topic, again);
      try {
        const ttl = await withTimeLimit(
          answer,
          e.signal,
          (signal) => rendezvous.register(topic, options.self(), { signal }),
        );
        again.failed = 0;
        if (advertised.get(topic) !== again) await rendezvous.unregister(topic, options.self().id);
        else e.addAfter(ttl * RENEW, "AdvertisingTopic", { topic, again });
      } catch (error) {
        if (e.signal.aborted) return;
        failed(error);
        const wait = backoff * Math.min(2 ** again.failed++, 30);
        e.addAfter(wait, "AdvertisingTopic", { topic, again });
      }
    },
    StopAdvertisingTopicEnter: ({ args: { topic } }) => advertised.has(topic),
    async StopAdvertisingTopicState(e) {
      const { topic } = e.args;
      advertised.delete(topic);
      try {
        await withTimeLimit(
          answer,
          e.signal,
          (signal) => rendezvous.unregister(topic, options.self().id, { signal }),
        );
      } catch (error) {
        failed(error); // it ends by itself
      }
    },
  });

  async function connectAll(found: readonly PeerInfo[], signal: AbortSignal): Promise<number> {
    const known = new Set([...await host.peers(), options.self().id]);
    const fresh = found.filter(({ id }) => !known.has(id));
    const results = await Promise.allSettled(
      fresh.map((peer) =>
        withTimeLimit(answer, signal, (one) => Promise.resolve(options.connect(peer, one)))
      ),
    );
    for (const result of results) {
      if (result.status === "rejected" && !signal.aborted) failed(result.reason);
    }
    return results.filter(({ status }) => status === "fulfilled").length;
  }

  /** Two need the same topic: the second one waits for what the first one finds. */
  async function discoverOrWait(topic: string, signal: AbortSignal) {
    if (discovering.has(topic)) await machine.whenArgs("TopicDiscovered", { topic }, { signal });
    else await machine.ask("DiscoveringTopic", { topic }, { signal });
  }

  async function stop() {
    const topics = [...advertised.keys()];
    await Promise.allSettled(topics.map((topic) => machine.ask("StopAdvertisingTopic", { topic })));
    machine.remove("Start");
    await machine.disposeAsync();
  }

  let stopped: Promise<void> | undefined;
  machine.add("Start");
  return {
    machine,
    advertise: (topic) => machine.ask("AdvertisingTopic", { topic }),
    stopAdvertising: (topic) => machine.ask("StopAdvertisingTopic", { topic }),
    discover: (topic) => machine.ask("DiscoveringTopic", { topic }),
    async bootstrap(topic, { peers = 1, signal, timeout } = {}) {
      const givenUp = new AbortController();
      try {
        const args = { topic, peers, signal: givenUp.signal };
        const answer = await machine.ask("BootstrappingTopic", args, { signal, timeout });
        if (answer instanceof Error) throw answer;
        return answer;
      } finally {
        givenUp.abort(); // who waits no longer leaves no flow behind
      }
    },
    stop: () => stopped ??= stop(),
  };
}
