import type { PacketKind } from "./flow_states.ts";
import { FlowTable, type FlowTableOptions } from "./flow_table.ts";

/** The flags of a TCP header that matter here, as its bits. */
export const FLAGS = { fin: 0x01, syn: 0x02, rst: 0x04, ack: 0x10 } as const;

/** What a firewall needs to know of a TCP packet. */
export interface Packet {
  /** Address and port of the sender. */
  readonly from: string;
  /** Address and port of the receiver. */
  readonly to: string;
  /** The flags byte. */
  readonly flags: number;
}

/** What a packet is, by its flags; `null` for combinations that no end sends, such as those of scans. */
export function kindOf(flags: number): "syn" | "synAck" | "ack" | "fin" | "rst" | null {
  const { fin, syn, rst, ack } = FLAGS;
  switch (flags & (fin | syn | rst | ack)) {
    case syn:
      return "syn";
    case syn | ack:
      return "synAck";
    case ack:
      return "ack";
    case fin | ack:
      return "fin";
    case rst:
    case rst | ack:
      return "rst";
    default:
      return null;
  }
}

const ORIGINAL = { syn: "Syn", synAck: "SynAck", ack: "Ack", fin: "Fin", rst: "Rst" } as const;
const REPLY = {
  syn: "ReplySyn",
  synAck: "ReplySynAck",
  ack: "ReplyAck",
  fin: "Fin",
  rst: "Rst",
} as const;

/** Settings of a filter. */
export interface PacketFilterOptions extends Omit<FlowTableOptions, "handlers"> {
  /** Whether a flow may begin. @default all may */
  readonly admits?: (packet: Packet) => boolean;
}

/** Lets those packets pass that belong to a connection which began as connections do. */
export class PacketFilter {
  /** The flows. */
  readonly table: FlowTable;
  readonly #admits: (packet: Packet) => boolean;

  /** A filter that knows no flow. */
  constructor(options: PacketFilterOptions = {}) {
    this.table = new FlowTable(options);
    this.#admits = options.admits ?? (() => true);
  }

  /** Whether a packet passes. */
  passes(packet: Packet): boolean {
    const kind = kindOf(packet.flags);
    if (kind === null) return false;
    const key = `${packet.from}>${packet.to}`;
    const known = this.table.get(key);
    if (known) return this.table.packet(known, ORIGINAL[kind]);
    const answered = this.table.get(`${packet.to}>${packet.from}`);
    if (answered) return this.table.packet(answered, REPLY[kind] satisfies PacketKind);
    if (kind !== "syn" || !this.#admits(packet)) return false;
    const flow = this.table.open(key);
    return flow !== null && this.table.packet(flow, "Syn");
  }
}
