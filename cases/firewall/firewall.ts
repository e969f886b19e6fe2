import { Machine } from "../../mod.ts";
import { type Address, AddressBook } from "./addresses.ts";
import { schema as firewallSchema } from "./firewall_states.ts";
import type { FirewallStates } from "./firewall_states.ts";
import type { Flow, FlowHandlers } from "./flow.ts";
import type { Place } from "./flow_states.ts";
import { FlowTable, type Patience } from "./flow_table.ts";
import { readHeader } from "./header.ts";
import { close, relay, writeAll } from "./relay.ts";
import type { Rules } from "./rules.ts";

/** The sockets of a flow, and whose they are. */
interface Sockets {
  readonly client: Deno.Conn;
  readonly address: Address;
  /** What the client has said before the server heard of it. */
  header: Uint8Array;
  server: Deno.Conn | null;
}

/** Where a firewall stands. */
export interface FirewallOptions {
  /** Where clients come. @default a free port on loopback */
  readonly listen?: Deno.TcpListenOptions;
  /** What it protects. */
  readonly server: Deno.ConnectOptions;
  /** What it enforces. */
  readonly rules: Rules;
  /** Shows flows and addresses to whoever watches the firewall's machine. @default {false} */
  readonly watched?: boolean;
}

/** What has happened so far. */
export interface Counts {
  /** Connections that came. */
  accepted: number;
  /** Those whose header was complete and which the server took. */
  established: number;
  /** Those that were not let in. */
  refused: number;
  /** Those that were too slow. */
  timedOut: number;
  /** Those that made room for others. */
  evicted: number;
  /** Bans. */
  bans: number;
}

/** From how many of the places for half-open flows on it is an attack. */
const ALARM = 0.8;

/**
 * A TCP proxy that lets through what behaves. A client's flow is half-open until it has sent a header;
 * only then the server hears of it.
 */
export class Firewall {
  /** The firewall's own machine; it is the parent of all others, if it is watched. */
  readonly machine: Machine<FirewallStates>;
  /** The flows. */
  readonly table: FlowTable;
  /** The addresses. */
  readonly addresses: AddressBook;
  /** What has happened so far. */
  readonly counts: Counts = {
    accepted: 0,
    established: 0,
    refused: 0,
    timedOut: 0,
    evicted: 0,
    bans: 0,
  };
  readonly #sockets: Map<Flow, Sockets> = new Map();
  readonly #listener: Deno.TcpListener;
  readonly #server: Deno.ConnectOptions;
  readonly #rules: Rules;

  /** Listens at once. */
  constructor(options: FirewallOptions) {
    this.#rules = options.rules;
    this.#server = options.server;
    this.#listener = Deno.listen(options.listen ?? { hostname: "127.0.0.1", port: 0 });
    this.machine = new Machine(firewallSchema, { id: "firewall" });
    const parent = options.watched ? this.machine : undefined;
    this.addresses = new AddressBook(this.#rules, { parent, onBanned: this.#ban });
    this.table = new FlowTable({
      handlers: this.#handlers(),
      patience: patienceOf(this.#rules),
      flows: this.#rules.flows,
      halfOpen: this.#rules.halfOpen,
      parent,
      onGone: this.#gone,
    });
    this.machine.bindHandlers({
      ListeningState: () => this.#accept(),
      DrainingState: () => close(this.#listener),
      StoppedState: () => {
        close(this.#listener);
        this.table.clear();
        this.addresses.clear();
      },
    });
    this.machine.add("Listening");
  }

  /** Where clients come. */
  get port(): number {
    return this.#listener.addr.port;
  }

  /** Takes no more, waits so long for those that are there, and ends. */
  async stop(ms = 0): Promise<void> {
    this.machine.add("Draining");
    const end = Date.now() + ms;
    while (this.table.size > 0 && Date.now() < end) {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    this.machine.add("Stopped");
    await this.machine.disposeAsync();
  }

  async #accept(): Promise<void> {
    while (this.machine.is("Listening")) {
      let client;
      try {
        client = await this.#listener.accept();
      } catch (error) {
        if (this.machine.not("Listening")) return;
        // Out of file descriptors, or a client that is gone already: others may come.
        if (error instanceof Deno.errors.BadResource) throw error;
        await new Promise((resolve) => setTimeout(resolve, 20));
        continue;
      }
      this.#take(client);
    }
  }

  #take(client: Deno.TcpConn): void {
    this.counts.accepted++;
    const { hostname, port } = client.remoteAddr;
    const address = this.addresses.of(hostname);
    if (address === null || address.add("Open") === "canceled") {
      this.#refuse(client, hostname, address);
      return;
    }
    const flow = this.table.open(`${hostname}:${port}`);
    if (flow === null) {
      this.#refuse(client, hostname, null);
      return;
    }
    address.flows.add(flow);
    this.#sockets.set(flow, { client, address, header: NOTHING, server: null });
    // The flow that made room may have been the last straw.
    if (address.is("Banned")) return this.table.end(flow, "Cut");
    this.table.packet(flow, "Syn");
    if (this.table.halfOpen >= ALARM * this.#rules.halfOpen) this.machine.add("UnderAttack");
    if (this.machine.is("UnderAttack")) this.table.extend(flow, this.#rules.header.ms / 4, true);
  }

  #refuse(client: Deno.Conn, hostname: string, address: Address | null): void {
    close(client);
    this.counts.refused++;
    const why = address === null ? "table full" : reasonOf(address);
    this.machine.add("Refused", { address: hostname, why });
    if (address === null) return;
    if (address.not("Denied")) address.add("Strike", { why });
    this.addresses.release(address);
  }

  /**
   * What the states of a flow do with its sockets. None of them is an asynchronous handler, to be watched
   * by the machine: what they begin ends with the sockets, which the flow's end closes.
   */
  #handlers(): FlowHandlers {
    // The handlers are bound to the table's flows only.
    const flowOf = (e: { readonly machine: unknown }) => e.machine as Flow;
    const socketsOf = (e: { readonly machine: unknown }) => this.#sockets.get(flowOf(e))!;
    const end = (e: { readonly machine: unknown }) => this.table.delete(flowOf(e));
    return {
      SynSentState: (e) => void this.#listen(flowOf(e), socketsOf(e)),
      SynReceivedState: (e) => void this.#forward(flowOf(e), socketsOf(e)),
      EstablishedState: (e) => {
        this.counts.established++;
        const { client, server } = socketsOf(e);
        this.#carry(flowOf(e), client, server!);
        this.#carry(flowOf(e), server!, client);
      },
      TimeWaitState: end,
      ClosedState: end,
      HalfOpenEnd: (e) => {
        const { address } = socketsOf(e);
        if (e.machine.is("TimedOut")) address.add("Strike", { why: "too slow" });
        else if (e.machine.is("Evicted")) address.add("Strike", { why: "made room" });
      },
      TimedOutState: () => void this.counts.timedOut++,
      EvictedState: () => void this.counts.evicted++,
    };
  }

  /** Hears what the client says first; then the server may hear of it. */
  async #listen(flow: Flow, sockets: Sockets): Promise<void> {
    try {
      const header = await readHeader(sockets.client, this.#rules.header);
      if (header === null) return this.#fail(flow);
      if (flow.over) return;
      sockets.header = header;
      this.table.extend(flow, this.#rules.connect, true);
      const server = await Deno.connect(this.#server);
      if (flow.over) return close(server);
      sockets.server = server;
      this.table.packet(flow, "ReplySynAck");
    } catch (error) {
      if (error instanceof RangeError) sockets.address.add("Strike", { why: "header too long" });
      this.#fail(flow);
    }
  }

  /** Tells the server what the client has said so far. */
  async #forward(flow: Flow, { server, header }: Sockets): Promise<void> {
    try {
      await writeAll(server!, header);
      if (!flow.over) this.table.packet(flow, "Ack");
    } catch {
      this.#fail(flow);
    }
  }

  /** One direction of an established flow; it goes on while the other one has ended. */
  async #carry(flow: Flow, from: Deno.Conn, to: Deno.Conn): Promise<void> {
    try {
      await relay(from, to, () => this.table.extend(flow, this.#rules.idle));
      if (flow.over) return;
      this.table.packet(flow, "Fin");
      // When both ends have said all, nothing is left to wait for.
      if (flow.is("LastAck")) this.table.packet(flow, "Ack");
    } catch {
      this.#fail(flow);
    }
  }

  #fail(flow: Flow): void {
    if (!flow.over) flow.add("Closed");
  }

  /** A flow has left the table, for whatever reason. */
  readonly #gone = (flow: Flow): void => {
    const sockets = this.#sockets.get(flow);
    if (sockets === undefined) return;
    this.#sockets.delete(flow);
    close(sockets.client);
    close(sockets.server);
    sockets.address.flows.delete(flow);
    this.addresses.release(sockets.address);
  };

  readonly #ban = (address: Address): void => {
    this.counts.bans++;
    this.machine.add("Banning", { address: address.id });
    for (const flow of [...address.flows]) this.table.end(flow, "Cut");
  };
}

const NOTHING = new Uint8Array(0);

function reasonOf(address: Address): string {
  if (address.is("Denied")) return "denied";
  return address.is("Banned") ? "banned" : "limit of its address";
}

function patienceOf({ header, idle, connect }: Rules): Patience {
  const all: Record<Place, number> = {
    SynSent: header.ms,
    SynBoth: header.ms,
    SynReceived: connect,
    Established: idle,
    FinWait: idle,
    CloseWait: idle,
    LastAck: idle,
    TimeWait: 0,
    Closed: 0,
  };
  return all;
}
