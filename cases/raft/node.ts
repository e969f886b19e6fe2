/**
 * A Raft node: a machine for its role, and the ballot, log and register that its handlers change.
 * It knows no network, disk, clock or chance but those that it is given.
 */
import { type ArgsOf, type HandlerEvent, Machine, type StatesOf } from "../../mod.ts";
import type { Ballot, Disk } from "./disk.ts";
import { type Entry, Log, type Position, type Snapshot } from "./log.ts";
import {
  type AppendRequest,
  type InstallRequest,
  MAX_BATCH,
  type Message,
  type Reply,
  type Transport,
} from "./messages.ts";
import { type Leadership, Peer } from "./peer.ts";
import type { Answer, Application } from "./register.ts";
import { majority, RULES, type Rules } from "./rules.ts";
import { nodeSchema, type Proposal, TIMING, type Timing } from "./states.ts";

/** What a node is made of. */
export interface NodeOptions {
  readonly id: number;
  /** All nodes, this one included; fixed for the life of the cluster. */
  readonly members: readonly number[];
  readonly disk: Disk;
  readonly transport: Transport;
  readonly application: Application;
  /** Numbers from 0 up to 1, for election timeouts. */
  readonly random: () => number;
  /** @default {TIMING} */
  readonly timing?: Timing;
  /** Entries in a message, at most. @default {MAX_BATCH} */
  readonly batch?: number;
  /** Applied entries after which a snapshot is taken. @default {1000} */
  readonly snapshotEvery?: number;
  /** @default {RULES} */
  readonly rules?: Rules;
  /** Sees each entry as it is applied. */
  readonly onApply?: (index: number, entry: Entry) => void;
}

type States = StatesOf<typeof nodeSchema>;
/** The machine of a node. */
export type NodeMachine = Machine<States>;
type Event = HandlerEvent<States>;

interface Waiting {
  readonly term: number;
  readonly answer: Proposal["answer"];
}

/** A node. */
export class RaftNode {
  static readonly #ofMachine: WeakMap<object, RaftNode> = new WeakMap();

  /** One object for all nodes: their machines share what is made of it. */
  static readonly #handlers = {
    FollowerState: (e: Event) => RaftNode.#of(e).#expectLeader(e),
    CandidateState: (e: Event) => RaftNode.#of(e).#stand(e),
    LeaderState: (e: Event) => RaftNode.#of(e).#lead(e),
    BackedState: (e: Event) => RaftNode.#of(e).#countOnBackers(e),
    LeaderEnd: (e: Event) => RaftNode.#of(e).#stepDown(),
    ProposedState: (e: HandlerEvent<States, ArgsOf<States, "Proposed">>) =>
      RaftNode.#of(e).#append(e.args.proposals),
  };

  static #of({ machine }: { readonly machine: object }): RaftNode {
    return RaftNode.#ofMachine.get(machine)!;
  }

  readonly id: number;
  readonly machine: NodeMachine;
  readonly #options: Required<Omit<NodeOptions, "onApply">> & NodeOptions;
  readonly #others: readonly number[];
  #ballot: Ballot;
  #snapshot: Snapshot | null;
  readonly #log: Log;
  #commit: number;
  #applied: number;
  #leader: number | null = null;
  #peers: readonly Peer[] = [];
  /** Peers that have answered since `Backed` was called. */
  readonly #backers: Set<number> = new Set();
  readonly #waiting: Map<number, Waiting> = new Map();
  #snapshotDue: number;

  constructor(options: NodeOptions) {
    this.#options = {
      timing: TIMING,
      batch: MAX_BATCH,
      snapshotEvery: 1000,
      rules: RULES,
      ...options,
    };
    this.id = options.id;
    this.#others = options.members.filter((id) => id !== options.id);
    const { ballot, snapshot, base, entries } = options.disk.load();
    this.#ballot = ballot;
    this.#snapshot = snapshot;
    this.#log = new Log(base, entries);
    this.#commit = this.#applied = snapshot?.index ?? 0;
    this.#snapshotDue = this.#applied + this.#options.snapshotEvery;
    if (snapshot) options.application.load(snapshot.state);
    this.machine = new Machine(nodeSchema, { id: `raft-${options.id}`, printErrors: false });
    RaftNode.#ofMachine.set(this.machine, this);
    this.machine.bindHandlers(RaftNode.#handlers);
  }

  /** Takes part from now on. */
  start(): void {
    this.machine.add("Follower");
  }

  /** Says and answers nothing any more. */
  stop(): void {
    this.machine.dispose();
    this.#stepDown();
  }

  /** The term, and whom it has voted for. */
  get ballot(): Ballot {
    return this.#ballot;
  }

  /** The log, to look at. */
  get log(): Omit<Log, "replace" | "moveBase"> {
    return this.#log;
  }

  /** Up to where it knows entries to be committed. */
  get commit(): number {
    return this.#commit;
  }

  /** Up to where they are applied. */
  get applied(): number {
    return this.#applied;
  }

  /** Who leads, as far as it knows. */
  get leader(): number | null {
    return this.#leader;
  }

  /** The last snapshot. */
  get snapshot(): Snapshot | null {
    return this.#snapshot;
  }

  /**
   * Has commands replicated; each is answered once, perhaps before this returns. Only a leader takes
   * them.
   *
   * @throws {Error} If it is called by an answer.
   */
  propose(proposals: readonly Proposal[]): void {
    if (this.machine.duringTransition) throw new Error("Cannot propose in an answer");
    const leads = this.machine.is("Leader") && !this.machine.disposed;
    if (leads) this.machine.add("Proposed", { proposals });
    else for (const { answer } of proposals) answer({ kind: "redirect", leader: this.#leader });
  }

  /**
   * Answers another node.
   *
   * @throws {Error} If the disk fails, or has failed, or the node was stopped.
   */
  receive(message: Message): Reply {
    if (this.machine.disposed) throw new Error(`Node ${this.id} was stopped`);
    if (this.machine.isErr()) throw new Error(`Node ${this.id} has stopped: its disk failed`);
    try {
      this.#enterTerm(message.term);
      if (message.term < this.#ballot.term) return this.#reply(false);
      if (message.kind === "vote") return this.#vote(message.from, message.end);
      this.#leader = message.from;
      this.machine.add("Follower");
      return message.kind === "append" ? this.#store(message) : this.#install(message);
    } catch (error) {
      this.machine.addErr(error);
      throw error;
    }
  }

  #reply(ok: boolean, index = 0): Reply {
    return { term: this.#ballot.term, ok, index };
  }

  #saveBallot(ballot: Ballot): void {
    this.#options.disk.saveBallot(ballot);
    this.#ballot = ballot;
  }

  /** A newer term makes everybody a follower. */
  #enterTerm(term: number): boolean {
    if (term <= this.#ballot.term) return false;
    this.#saveBallot({ term, vote: null });
    this.#leader = null;
    if (this.machine.not("Follower")) this.machine.add("Follower");
    return true;
  }

  #electionTime(): number {
    return this.#options.timing.election * (1 + this.#options.random());
  }

  #expectLeader(e: Event): void {
    e.addAfter(this.#electionTime(), "Candidate");
  }

  #stand(e: Event): void {
    const { rules } = this.#options;
    this.#saveBallot({ term: this.#ballot.term + 1, vote: this.id });
    this.#leader = null;
    e.addAfter(this.#electionTime(), "Candidate");
    const { term } = this.#ballot;
    const needed = majority(this.#others.length + 1);
    const voters = new Set([this.id]);
    const counted = () => {
      if (voters.size >= needed) rules.electedBy(e, this.machine).add("Leader");
    };
    counted();
    const request: Message = { kind: "vote", term, from: this.id, end: this.#log.end };
    for (const other of this.#others) {
      this.#ask(other, request, (reply) => {
        if (this.#enterTerm(reply.term) || !reply.ok) return;
        voters.add(other);
        counted();
      });
    }
  }

  /** What an answer sets off may need the disk, whose failure stops the node. */
  #ask(to: number, message: Message, answered: (reply: Reply) => void): void {
    this.#options.transport.call(to, message, (reply) => {
      if (this.machine.isErr() || this.machine.disposed) return;
      try {
        answered(reply);
      } catch (error) {
        this.machine.addErr(error);
      }
    });
  }

  #vote(candidate: number, end: Position): Reply {
    const { term, vote } = this.#ballot;
    const free = vote === null || vote === candidate;
    if (!free || !this.#options.rules.upToDate(end, this.#log.end)) return this.#reply(false);
    this.#saveBallot({ term, vote: candidate });
    this.machine.add("Follower");
    return this.#reply(true);
  }

  #lead(e: Event): void {
    this.#leader = this.id;
    this.#write([{ term: this.#ballot.term, command: null }]);
    const leadership = this.#leadership();
    this.#peers = this.#others.map((id) => new Peer(id, leadership, this.machine, e.signal));
    if (this.#peers.length > 0) e.add("Backed");
    this.#advance();
  }

  /** Else one that is cut off would take commands that come to nothing, and its clients would wait. */
  #countOnBackers(e: Event): void {
    this.#backers.clear();
    e.addAfter(2 * this.#options.timing.election, "Follower");
  }

  #heard(peer: number): void {
    this.#backers.add(peer);
    if (this.#backers.size + 1 < majority(this.#others.length + 1)) return;
    this.machine.add("Backed");
  }

  #leadership(): Leadership {
    const { timing, batch } = this.#options;
    // deno-lint-ignore no-this-alias
    const node = this;
    return {
      id: this.id,
      term: this.#ballot.term,
      log: this.#log,
      batch,
      timing,
      get commit() {
        return node.#commit;
      },
      get snapshot() {
        return node.#snapshot;
      },
      call: (to, message, answered) => this.#ask(to, message, answered),
      heard: (peer) => this.#heard(peer),
      outdatedBy: (term) => this.#enterTerm(term),
      replicated: () => this.#advance(),
    };
  }

  #stepDown(): void {
    this.#peers = [];
    for (const { answer } of this.#waiting.values()) answer({ kind: "unknown" });
    this.#waiting.clear();
  }

  #write(entries: readonly Entry[]): void {
    const { last } = this.#log;
    this.#options.disk.append(last, entries);
    this.#log.replace(last, entries);
  }

  #append(proposals: readonly Proposal[]): void {
    const { term } = this.#ballot;
    const first = this.#log.last + 1;
    // Before the disk: if it fails, those that wait are told when the leadership ends.
    proposals.forEach(({ answer }, at) => this.#waiting.set(first + at, { term, answer }));
    this.#write(proposals.map(({ command }) => ({ term, command })));
    for (const peer of this.#peers) peer.wake();
    this.#advance();
  }

  /** A leader counts who has what. */
  #advance(): void {
    const stored = [this.#log.last, ...this.#peers.map(({ match }) => match)];
    while (stored.length <= this.#others.length) stored.push(0);
    const committed = this.#options.rules.committed(stored, this.#log, this.#ballot.term);
    if (committed > this.#commit) this.#commitTo(committed);
    if (this.machine.not("Serving") && this.#log.termAt(this.#commit) === this.#ballot.term) {
      this.machine.add("Serving");
    }
  }

  #store({ after, entries, commit }: AppendRequest): Reply {
    const log = this.#log;
    if (!log.holds(after)) {
      const index = after.index > log.last ? log.last : log.beforeTermOf(after.index);
      return this.#reply(false, index);
    }
    const fresh = entries.findIndex(({ term }, at) =>
      !log.holds({ index: after.index + at + 1, term })
    );
    if (fresh !== -1) {
      const before = after.index + fresh;
      if (before < this.#commit) return this.#reply(false, this.#commit); // nobody may undo that
      const added = entries.slice(fresh);
      this.#options.disk.append(before, added);
      log.replace(before, added);
    }
    this.#commitTo(Math.min(commit, after.index + entries.length));
    return this.#reply(true, after.index + entries.length);
  }

  #install({ snapshot }: InstallRequest): Reply {
    const { disk, application } = this.#options;
    if (snapshot.index > this.#commit) {
      const log = new Log(this.#log.base, this.#log.from(this.#log.base.index + 1));
      log.moveBase(snapshot);
      disk.saveSnapshot(snapshot, log.base, log.from(log.base.index + 1));
      this.#log.moveBase(snapshot);
      this.#snapshot = snapshot;
      application.load(snapshot.state);
      this.#commit = this.#applied = snapshot.index;
      this.#snapshotDue = this.#applied + this.#options.snapshotEvery;
    }
    return this.#reply(true, snapshot.index);
  }

  #commitTo(index: number): void {
    if (index <= this.#commit) return;
    this.#commit = index;
    while (this.#applied < this.#commit) this.#apply(this.#applied + 1);
    if (this.#applied >= this.#snapshotDue) this.#takeSnapshot();
  }

  #apply(index: number): void {
    const entry = this.#log.at(index)!;
    const answer: Answer | null = entry.command &&
      this.#options.application.apply(index, entry.command);
    this.#applied = index;
    this.#options.onApply?.(index, entry);
    const waiting = this.#waiting.get(index);
    this.#waiting.delete(index);
    waiting?.answer(answer && waiting.term === entry.term ? answer : { kind: "unknown" });
  }

  /** The log keeps what came after the snapshot before, so that who is a little behind needs none. */
  #takeSnapshot(): void {
    const before = this.#snapshot ?? this.#log.base;
    const index = this.#applied;
    const term = this.#log.termAt(index)!;
    const snapshot = { index, term, state: this.#options.application.save() };
    const base = { index: before.index, term: before.term };
    this.#options.disk.saveSnapshot(snapshot, base, this.#log.from(base.index + 1));
    this.#log.moveBase(base);
    this.#snapshot = snapshot;
    this.#snapshotDue = index + this.#options.snapshotEvery;
  }
}
