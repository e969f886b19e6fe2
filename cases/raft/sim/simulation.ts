/**
 * One schedule: nodes, clients, and all that happens to them, in one order that a seed decides. The
 * nodes are those that run as processes; only the network, the disk and the time are made up.
 */
import { findContradiction } from "../linearizable.ts";
import type { Entry } from "../log.ts";
import { type NodeOptions, RaftNode } from "../node.ts";
import { type Command, Register } from "../register.ts";
import type { Outcome, Timing } from "../states.ts";
import { Client, type World } from "./clients.ts";
import { Invariants } from "./invariants.ts";
import { MemoryDisk } from "./memory_disk.ts";
import type { Mutant } from "./mutants.ts";
import { CALM, Network } from "./network.ts";
import { Random } from "./random.ts";
import { type Owner, VirtualTime } from "./virtual_time.ts";

/** What a schedule came to. */
export interface Report {
  /** What was wrong, or null. */
  readonly violation: string | null;
  readonly figures: Figures;
  /** A number that any difference in the order of things changes. */
  readonly digest: number;
}

/** What happened. */
export interface Figures {
  readonly steps: number;
  readonly elected: number;
  readonly committed: number;
  readonly operations: number;
  readonly lost: number;
  readonly doubled: number;
  readonly crashes: number;
  readonly cuts: number;
  readonly pauses: number;
  readonly snapshots: number;
}

/** Which schedule. */
export interface SimulationOptions {
  readonly seed: number;
  readonly mutant?: Mutant | undefined;
  /** Takes the story, line by line. */
  readonly tell?: ((line: string) => void) | undefined;
}

/** In virtual milliseconds. */
const TIMING: Timing = { election: 60, heartbeat: 30, call: 40 };
/** How long things go wrong. */
const STORM = 1000;
/** How long the clients may then take to come to an end. */
const CALM_LIMIT = 20_000;

/** A place where a node runs, dies and runs again. */
interface Place {
  readonly id: number;
  readonly disk: MemoryDisk;
  node: RaftNode | null;
  owner: { readonly place: number; gone: boolean; pausedUntil: number };
  /** What was told of it last. */
  text: string;
  /** Its term, and what it had done in it, when it was looked at last. */
  term: number;
  moment: number;
}

/** Runs a schedule to its end, or to the first thing that is wrong. */
export function simulate(options: SimulationOptions): Report {
  return new Simulation(options).run();
}

class Simulation {
  readonly #random: Random;
  readonly #time = new VirtualTime();
  readonly #network: Network;
  readonly #invariants = new Invariants();
  readonly #places: readonly Place[];
  readonly #clients: readonly Client[];
  /** Gets everything in the end. */
  readonly #reader: Client;
  readonly #options: SimulationOptions;
  readonly #batch: number;
  readonly #snapshotEvery: number;
  readonly #faultEvery: number;
  readonly #spite: number;
  /** Election timeouts that hardly differ make elections without a winner. */
  readonly #spread: number;
  #steps = 0;
  #crashes = 0;
  #cuts = 0;
  #pauses = 0;
  #snapshots = 0;
  #digest = 0;
  #over = false;

  constructor(options: SimulationOptions) {
    this.#options = options;
    const random = this.#random = new Random(options.seed);
    const count = random.pick([3, 3, 5]);
    this.#batch = random.pick([1, 1, 2, 100]);
    this.#snapshotEvery = random.pick([4, 12, 1000]);
    this.#faultEvery = random.pick([40, 100, 250]);
    this.#spite = random.pick([0, 0.1, 0.5]);
    this.#spread = random.pick([1, 1, 0.2]);
    this.#network = new Network(this.#time, random, {
      drop: random.pick([0, 0.02, 0.15]),
      double: random.pick([0, 0.05, 0.3]),
      delay: random.pick([4, 15, 40]),
      late: random.pick([0, 0.05, 0.15]),
    });
    this.#places = Array.from({ length: count }, (_, at) => ({
      id: at + 1,
      disk: new MemoryDisk(),
      node: null,
      owner: { place: at + 1, gone: true, pausedUntil: 0 },
      text: "",
      term: 0,
      moment: -1,
    }));
    const world: World = {
      keys: random.pick([["x"], ["x", "y"]]),
      time: this.#time,
      random,
      nodes: count,
      send: (client, node, command, answered) => this.#command(client, node, command, answered),
      fail: (what) => this.#invariants.fail(what),
    };
    this.#clients = Array.from(
      { length: random.pick([2, 3]) },
      (_, at) => new Client(50 + at, 8, world),
    );
    this.#reader = new Client(49, 0, world);
  }

  run(): Report {
    this.#time.run(() => this.#start(), (owner) => this.#step(owner));
    for (const { node } of this.#places) node?.stop();
    const history = [...this.#clients, this.#reader].flatMap((client) => client.history);
    const wrong = findContradiction(history);
    if (wrong) {
      const { op, value } = wrong.at;
      this.#invariants.fail(`not linearizable: ${op} ${wrong.key} ${value}`);
    }
    return {
      violation: this.#invariants.violation,
      digest: this.#digest,
      figures: {
        steps: this.#steps,
        elected: this.#invariants.elected,
        committed: this.#invariants.committed,
        operations: history.filter(({ returned }) => returned !== Infinity).length,
        lost: this.#network.lost,
        doubled: this.#network.doubled,
        crashes: this.#crashes,
        cuts: this.#cuts,
        pauses: this.#pauses,
        snapshots: this.#snapshots,
      },
    };
  }

  #start(): void {
    for (const place of this.#places) this.#boot(place);
    for (const client of this.#clients) client.start();
    this.#time.after(this.#random.between(20, this.#faultEvery), () => this.#fault(), null);
    this.#time.after(STORM, () => this.#calm(), null);
    this.#time.after(STORM + CALM_LIMIT, () => {
      this.#invariants.fail("no progress, though nothing goes wrong any more");
    }, null);
  }

  #boot(place: Place): void {
    const { id, disk } = place;
    place.owner = { place: id, gone: false, pausedUntil: 0 };
    const { mutant } = this.#options;
    let options: NodeOptions = {
      id,
      members: this.#places.map((one) => one.id),
      disk,
      application: new Register(),
      random: () => this.#random.next() * this.#spread,
      timing: TIMING,
      batch: this.#batch,
      snapshotEvery: this.#snapshotEvery,
      transport: this.#transport(place),
      onApply: (index, entry) => this.#invariants.applied(id, index, entry),
    };
    options = mutant?.options?.(options) ?? options;
    const kept = options.disk;
    const watched: NodeOptions["disk"] = {
      load: () => kept.load(),
      saveBallot: (ballot) => kept.saveBallot(ballot),
      append: (after, entries) => {
        kept.append(after, entries);
        this.#appended(place, after, entries);
      },
      saveSnapshot: (snapshot, base, entries) => {
        kept.saveSnapshot(snapshot, base, entries);
        this.#snapshots++;
      },
    };
    const node = place.node = new RaftNode({ ...options, disk: watched });
    this.#time.as(place.owner, () => node.start());
  }

  #appended({ id, node }: Place, after: number, entries: readonly Entry[]): void {
    if (node) this.#invariants.appended(id, node.log, after, entries);
  }

  #transport(place: Place): NodeOptions["transport"] {
    const { owner } = place;
    return {
      call: (to, message, answered) => {
        const other = this.#places[to - 1];
        const there = other.owner;
        this.#network.send(owner, there, () => {
          const reply = other.node!.receive(message);
          this.#network.send(there, owner, () => answered(reply));
        });
      },
    };
  }

  #command(
    { owner }: Client,
    to: number,
    command: Command,
    answered: (outcome: Outcome) => void,
  ): void {
    const place = this.#places[to - 1];
    const there = place.owner;
    this.#network.send(owner, there, () => {
      const answer = (outcome: Outcome) =>
        this.#network.send(there, owner, () => answered(outcome));
      const propose = this.#options.mutant?.propose;
      if (propose) propose(place.node!, { command, answer });
      else place.node!.propose([{ command, answer }]);
    });
  }

  readonly #running = () => this.#places.flatMap(({ node }) => node ?? []);

  #step(owner: Owner | null): boolean {
    this.#steps++;
    const place = owner && this.#places[owner.place - 1];
    if (place?.node) {
      const { node } = place;
      this.#invariants.stepped(node, this.#running);
      const trace = node.ballot.term * 31 + node.log.last * 7 + node.commit + place.id;
      this.#digest = Math.imul(this.#digest ^ trace, 0x01000193) ^ Math.floor(this.#time.now);
      if (this.#options.tell) this.#tellNode(place, node);
      this.#spiteNode(place, node);
    }
    return !this.#over && this.#invariants.violation === null;
  }

  #tell(what: string): void {
    this.#options.tell?.(`${this.#time.now.toFixed(1).padStart(7)}  ${what}`);
  }

  #tellNode(place: Place, node: RaftNode): void {
    const states = node.machine.activeStates().join(" ");
    const text = `${states}, term ${node.ballot.term}, vote ${node.ballot.vote ?? "-"}, ` +
      `log ${node.log.end.index}@${node.log.end.term}, commit ${node.commit}`;
    if (text !== place.text) this.#tell(`node ${place.id}: ${text}`);
    place.text = text;
  }

  /** What hurts most: to be hit right after a vote, an election or a commit. */
  #spiteNode(place: Place, { machine, ballot, commit }: RaftNode): void {
    if (this.#spite === 0 || this.#time.now >= STORM) return;
    const leads = machine.is("Leader");
    const moment = leads ? commit : ballot.vote === null ? -1 : 0;
    const { term } = ballot;
    if (term === place.term && moment === place.moment) return;
    Object.assign(place, { term, moment });
    if (moment < 0 || !this.#random.chance(this.#spite)) return;
    if (leads) this.#hit(place);
    else this.#crash(place);
  }

  /** Now and then something goes wrong, in half of the cases for the leader. */
  #fault(): void {
    const random = this.#random;
    if (this.#time.now >= STORM) return;
    const running = this.#places.filter(({ node }) => node);
    const leaders = running.filter(({ node }) => node!.machine.is("Leader"));
    const from = leaders.length > 0 && random.chance(0.5) ? leaders : running;
    if (from.length > 0) this.#hit(random.pick(from));
    const next = this.#faultEvery * random.between(0.5, 1.5);
    this.#time.after(next, () => this.#fault(), null);
  }

  #hit(place: Place): void {
    const kind = this.#random.below(5);
    if (kind < 2) this.#crash(place);
    else if (kind === 2) this.#pause(place);
    else this.#part(place);
  }

  #crash(place: Place): void {
    this.#crashes++;
    this.#tell(`node ${place.id} dies`);
    place.node!.stop();
    place.node = null;
    place.owner.gone = true;
    const ms = this.#random.between(1, this.#random.pick([10, 100]));
    this.#time.after(ms, () => this.#restart(place), null);
  }

  #restart(place: Place): void {
    if (place.node) return;
    this.#tell(`node ${place.id} starts`);
    this.#boot(place);
  }

  #pause(place: Place): void {
    this.#pauses++;
    const ms = this.#random.between(20, 300);
    this.#tell(`node ${place.id} is frozen for ${ms.toFixed()} ms`);
    place.owner.pausedUntil = this.#time.now + ms;
  }

  /** Cuts the ways between two parts of the nodes, in both directions or in one. */
  #part(place: Place): void {
    this.#cuts++;
    const both = this.#random.chance(0.7);
    const alone = this.#random.chance(0.5);
    const here = this.#places.filter((one) => one === place || !alone && this.#random.chance(0.4));
    for (const a of here) {
      for (const b of this.#places) {
        if (here.includes(b)) continue;
        this.#network.cut(a.id, b.id);
        if (both) this.#network.cut(b.id, a.id);
      }
    }
    this.#tell(`${both ? "cut off" : "not heard"}: ${here.map(({ id }) => id).join(" ")}`);
    this.#time.after(this.#random.between(20, 300), () => {
      this.#tell("all ways are open");
      this.#network.heal();
    }, null);
  }

  /** Nothing goes wrong any more: what was begun has to come to its end. */
  #calm(): void {
    this.#tell("calm");
    this.#network.weather = CALM;
    this.#network.heal();
    for (const place of this.#places) {
      this.#restart(place);
      place.owner.pausedUntil = 0;
    }
    const wait = () => {
      if (!this.#clients.every(({ done }) => done)) this.#time.after(50, wait, null);
      else this.#reader.readAll(() => this.#over = true);
    };
    wait();
  }
}
