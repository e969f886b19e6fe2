import type { World } from "./world.ts";

/** The nine gauges, by name: what it says, and how it is read. */
export const GAUGES: Readonly<Record<string, { help: string; read: (world: World) => number }>> = {
  sim_peers: { help: "Peers", read: ({ peers }) => peers.size },
  sim_topics: { help: "Topics", read: ({ topics }) => topics.size },
  sim_connections: { help: "Links between peers", read: ({ network }) => network.size },
  sim_streams: {
    help: "Streams: one each way over each link",
    read: ({ network }) => 2 * network.size,
  },
  sim_friends: {
    help: "Friendships",
    read: ({ friends }) => [...friends.values()].reduce((sum, { size }) => sum + size, 0) / 2,
  },
  sim_peers_with_topics: {
    help: "Peers that have joined a topic",
    read: ({ topics }) => new Set([...topics.values()].flatMap(({ peers }) => [...peers])).size,
  },
  sim_peers_per_topic: {
    help: "Peers of a topic, on average",
    read({ topics }) {
      const joined = [...topics.values()].reduce((sum, { peers }) => sum + peers.size, 0);
      return topics.size === 0 ? 0 : joined / topics.size;
    },
  },
  sim_msgs_recv: { help: "Messages received", read: ({ counts }) => counts.received },
  sim_msgs_miss: { help: "Messages missed", read: ({ counts }) => counts.missing },
};

/** What is used of prom-client. */
interface GaugeMaker {
  // deno-lint-ignore no-explicit-any -- prom-client's own type has type parameters that don't matter
  readonly Gauge: new (options: any) => unknown;
  // deno-lint-ignore no-explicit-any -- as above
  readonly register: any;
}

/** Makes the gauges of a world readable by Prometheus, until `undo`. */
export function registerGauges({ Gauge, register }: GaugeMaker, world: World): () => void {
  for (const [name, { help, read }] of Object.entries(GAUGES)) {
    new Gauge({
      name,
      help,
      collect(this: { set(value: number): void }) {
        this.set(read(world));
      },
    });
  }
  return () => Object.keys(GAUGES).forEach((name) => register.removeSingleMetric(name));
}

/** The gauges in a line. */
export function gaugesLine(world: World): string {
  return Object.entries(GAUGES).map(([name, { read }]) => {
    const value = read(world);
    return `${name} ${Number.isInteger(value) ? value : value.toFixed(2)}`;
  }).join("  ");
}
