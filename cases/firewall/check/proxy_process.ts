/**
 * A proxy in a process of its own: `plain`, which only carries, or `firewall` with rules as JSON. Says
 * where it listens; answers each line with what it has counted.
 */
import { cpuUsage } from "node:process";
import { Firewall } from "../firewall.ts";
import { close, relay } from "../relay.ts";
import { parseRules } from "../rules.ts";
import { linesIn } from "./child.ts";

/** What a proxy tells. */
export interface ProxyReport {
  /** Flows that it has now. */
  readonly flows: number;
  /** Time limits that run. */
  readonly waiting: number;
  /** Addresses that it remembers. */
  readonly addresses: number;
  /** What it has counted, by name. */
  readonly counts: Readonly<Record<string, number>>;
  /** Milliseconds of computing so far. */
  readonly cpu: number;
  /** Bytes of the heap in use. */
  readonly heap: number;
}

const cpu = () => {
  const { user, system } = cpuUsage();
  return (user + system) / 1000;
};

/** The same work without a guard. */
function plainProxy(server: Deno.ConnectOptions) {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  let flows = 0;
  const carry = async (client: Deno.Conn) => {
    let behind: Deno.Conn | null = null;
    flows++;
    try {
      behind = await Deno.connect(server);
      await Promise.all([relay(client, behind, () => {}), relay(behind, client, () => {})]);
    } catch {
      // reset by one of them
    }
    flows--;
    close(client);
    close(behind);
  };
  (async () => {
    for await (const client of listener) carry(client);
  })();
  return {
    port: listener.addr.port,
    report: () => ({ flows, waiting: 0, addresses: 0, counts: {} }),
  };
}

function guarded(server: Deno.ConnectOptions, rules: string) {
  const firewall = new Firewall({ server, rules: parseRules(JSON.parse(rules)) });
  const { table, addresses, counts, port } = firewall;
  return {
    port,
    report: () => ({
      flows: table.size,
      waiting: table.waiting + addresses.waiting,
      addresses: addresses.size,
      counts: { ...counts },
    }),
  };
}

if (import.meta.main) {
  const [kind, port, rules] = Deno.args;
  const server = { hostname: "127.0.0.1", port: Number(port) };
  const proxy = kind === "plain" ? plainProxy(server) : guarded(server, rules);
  console.log(JSON.stringify({ port: proxy.port }));
  for await (const _ of linesIn()) {
    const heap = Deno.memoryUsage().heapUsed;
    console.log(JSON.stringify({ ...proxy.report(), cpu: cpu(), heap } satisfies ProxyReport));
  }
  Deno.exit(0);
}
