/** Replication to one other node: a machine that lives as long as the leadership. */
import { type ExceptionArgs, type HandlerEvent, Machine, type StatesOf } from "../../mod.ts";
import type { Log, Snapshot } from "./log.ts";
import type { Message, Transport } from "./messages.ts";
import { peerSchema, type Timing } from "./states.ts";

/** What a peer needs of the leader. */
export interface Leadership extends Transport {
  readonly id: number;
  readonly term: number;
  readonly log: Log;
  readonly commit: number;
  readonly snapshot: Snapshot | null;
  /** Entries in a message, at most. */
  readonly batch: number;
  readonly timing: Timing;
  /** Whether a term is newer than the leader's, which ends its leadership. */
  outdatedBy(term: number): boolean;
  /** A peer has answered. */
  heard(peer: number): void;
  /** A peer has stored more. */
  replicated(): void;
}

type States = StatesOf<typeof peerSchema>;
/** The machine of a peer. */
export type PeerMachine = Machine<States>;
type Event = HandlerEvent<States>;

/** Another node, as its leader sees it. */
export class Peer {
  static readonly #ofMachine: WeakMap<object, Peer> = new WeakMap();

  /** One object for all peers. */
  static readonly #handlers = {
    AskingState: (e: Event) => Peer.#ofMachine.get(e.machine)!.#ask(e),
    ExceptionState: (e: HandlerEvent<States, ExceptionArgs>) =>
      Peer.#ofMachine.get(e.machine)!.#parent.addErr(e.args.err),
  };

  /** Up to here it has what the leader has. */
  match = 0;
  /** From here on it is sent entries. */
  #next: number;
  readonly id: number;
  readonly machine: PeerMachine;
  readonly #leader: Leadership;
  readonly #parent: Machine;

  constructor(id: number, leader: Leadership, parent: Machine, signal: AbortSignal) {
    this.id = id;
    this.#leader = leader;
    this.#parent = parent;
    this.#next = leader.log.last; // the entry with which the term begins
    const { call, heartbeat } = leader.timing;
    this.machine = new Machine(peerSchema, {
      id: `${parent.id}-peer-${id}`,
      parent,
      signal,
      timeouts: { Asking: { Asking: call }, Resting: { Asking: heartbeat } },
      printErrors: false,
    });
    Peer.#ofMachine.set(this.machine, this);
    this.machine.bindHandlers(Peer.#handlers);
    this.machine.add(["Asking", this.#progress(false)]);
  }

  #ask(e: Event): void {
    const { message, upTo } = this.#message();
    const leader = this.#leader;
    leader.call(this.id, message, ({ term, ok, index }) => {
      if (leader.outdatedBy(term) || e.expired) return;
      leader.heard(this.id);
      if (ok) this.match = Math.max(this.match, upTo);
      this.#next = ok ? this.match + 1 : Math.max(1, Math.min(this.#next - 1, index + 1));
      if (ok) leader.replicated();
      const more = this.#next <= leader.log.last;
      e.add([more ? "Asking" : "Resting", this.#progress(ok)]);
    });
  }

  /** There are new entries. */
  wake(): void {
    if (this.machine.is("Resting")) this.machine.add("Asking");
  }

  #lacksBase(): boolean {
    return this.#next <= this.#leader.log.base.index && this.#leader.snapshot !== null;
  }

  #progress(fits: boolean): "Probing" | "Streaming" | "Installing" {
    return this.#lacksBase() ? "Installing" : fits ? "Streaming" : "Probing";
  }

  /** What it is to be told next, and up to where it has everything once it has stored that. */
  #message(): { readonly message: Message; readonly upTo: number } {
    const { id: from, term, log, snapshot, commit, batch } = this.#leader;
    if (snapshot && this.#lacksBase()) {
      return { message: { kind: "install", term, from, snapshot }, upTo: snapshot.index };
    }
    const index = this.#next - 1;
    const entries = log.from(this.#next, this.machine.is("Probing") ? 1 : batch);
    const after = { index, term: log.termAt(index) ?? 0 };
    return {
      message: { kind: "append", term, from, after, entries, commit },
      upTo: index + entries.length,
    };
  }
}
