/** Clients that put and get one after the other, and the history that they see. */
import type { Operation } from "../linearizable.ts";
import type { Command } from "../register.ts";
import type { Outcome } from "../states.ts";
import type { Random } from "./random.ts";
import type { Owner, VirtualTime } from "./virtual_time.ts";

/** What clients need of the world. */
export interface World {
  readonly time: VirtualTime;
  readonly random: Random;
  readonly nodes: number;
  readonly keys: readonly string[];
  /** Brings a command to a node; the answer may come late, twice or never. */
  send(client: Client, node: number, command: Command, answered: (outcome: Outcome) => void): void;
  /** Something is wrong. */
  fail(what: string): void;
}

const PATIENCE = 150;
const TRIES = 6;

/** One client. */
export class Client {
  /** What it did, in order. */
  readonly history: Operation[] = [];
  readonly owner: Owner;
  readonly id: number;
  readonly #world: World;
  #left: number;
  #target: number;
  #session: number | null = null;
  #seq = 0;
  #puts = 0;
  /** What is awaited: answers to anything else come too late. */
  #request: object | null = null;
  #timer: object | null = null;

  constructor(id: number, operations: number, world: World) {
    this.id = id;
    this.owner = { place: id, gone: false, pausedUntil: 0 };
    this.#left = operations;
    this.#world = world;
    this.#target = 1 + world.random.below(world.nodes);
  }

  /** Whether all is done. */
  get done(): boolean {
    return this.#left === 0;
  }

  /** Begins. */
  start(): void {
    const { time, random } = this.#world;
    time.after(random.between(0, 50), () => this.#operate(), this.owner);
  }

  /** Gets every key, however long it takes. */
  readAll(end: () => void): void {
    this.#left += this.#world.keys.length;
    const read = (at: number) => {
      const key = this.#world.keys[at];
      if (key) this.#call({ op: "get", key }, Infinity, () => read(at + 1));
      else end();
    };
    read(0);
  }

  #operate(): void {
    if (this.#left === 0) return;
    const { time, random, keys } = this.#world;
    const next = () => time.after(random.between(0, 20), () => this.#operate(), this.owner);
    const key = random.pick(keys);
    if (random.chance(0.4)) this.#call({ op: "get", key }, TRIES, next);
    else if (this.#session === null) this.#open(next);
    else {
      const value = `${this.id}.${++this.#puts}`;
      const command: Command = { op: "put", session: this.#session, seq: ++this.#seq, key, value };
      this.#call(command, TRIES, next);
    }
  }

  #open(next: () => void): void {
    this.#ask({ op: "open" }, TRIES, (outcome) => {
      if (outcome?.kind === "opened") this.#session = outcome.session;
      this.#seq = 0;
      next();
    });
  }

  #call(command: Command & { op: "get" | "put" }, tries: number, next: () => void): void {
    const { time } = this.#world;
    const { op, key } = command;
    const called = time.now;
    this.#ask(command, tries, (outcome) => {
      this.#left--;
      const done = outcome?.kind === "done";
      if (outcome && !done) this.#world.fail(`an acknowledged write is lost: ${outcome.kind}`);
      if (!done) this.#session = null; // whether it was written is not known
      const value = op === "put" ? command.value : done ? outcome.value : null;
      this.history.push({ op, key, value, called, returned: done ? time.now : Infinity });
      next();
    });
  }

  /** Asks node after node; `null` when it gives up. */
  #ask(command: Command, tries: number, answered: (outcome: Outcome | null) => void): void {
    const { time, nodes } = this.#world;
    const request = {};
    const end = (outcome: Outcome | null) => {
      if (this.#timer) time.cancel(this.#timer);
      this.#request = this.#timer = null;
      answered(outcome);
    };
    let left = tries;
    const attempt = () => {
      if (left-- === 0) return end(null);
      if (this.#timer) time.cancel(this.#timer);
      this.#timer = time.after(PATIENCE, retry, this.owner);
      this.#world.send(this, this.#target, command, (outcome) => {
        if (this.#request !== request) return;
        if (outcome.kind !== "redirect" && outcome.kind !== "unknown") return end(outcome);
        if (outcome.kind === "redirect" && outcome.leader !== null) this.#target = outcome.leader;
        else this.#target = 1 + this.#target % nodes;
        if (this.#timer) time.cancel(this.#timer);
        this.#timer = time.after(10, attempt, this.owner);
      });
    };
    const retry = () => {
      this.#target = 1 + this.#target % nodes;
      attempt();
    };
    this.#request = request;
    attempt();
  }
}
