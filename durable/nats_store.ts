import { StoreError } from "./errors.ts";
import { type Indexed, NatsIndex } from "./nats_index.ts";
import {
  connectTo,
  type NatsConnection,
  type NatsConsumer,
  type NatsJetStream,
  type NatsManager,
  type NatsMessage,
  type NatsModule,
  type NatsParts,
} from "./nats_peer.ts";
import type {
  FlowClaim,
  FlowCommit,
  FlowHead,
  FlowLog,
  FlowQuery,
  FlowRow,
  OwnerHead,
  Store,
} from "./store.ts";
import { inOrder, matches } from "./query.ts";

/** Settings of a {@linkcode NatsStore}. */
export interface NatsStoreOptions {
  /**
   * Where NATS is, for example `"127.0.0.1:4222"`: connects by `@nats-io/transport-node` and
   * `@nats-io/jetstream`, version 3, which the application has.
   */
  readonly servers?: string | readonly string[] | undefined;
  /** Instead: a connection, of any of its transports, which stays yours to close. */
  readonly connection?: NatsConnection | undefined;
  /** With it: `import * as jetstream from "@nats-io/jetstream"`. */
  readonly jetstream?: NatsModule | undefined;
  /** The name of the stream; it is made when it is missing. @default {"flows"} */
  readonly name?: string | undefined;
  /** How many commits of each flow are kept; the newest one always is. @default {100} */
  readonly history?: number | undefined;
  /** How many servers keep the stream. @default {1} */
  readonly replicas?: number | undefined;
  /** How long an answer is waited for, in milliseconds. @default {5000} */
  readonly timeout?: number | undefined;
}

/** The form of the messages; one that is newer is refused. */
const FORMAT = 1;
/** So many are under way at once. */
const AT_ONCE = 100;
/** JetStream says that the last message of the subject is another one. */
const WRONG_LAST_SEQUENCE = 10071;

/** A flow in a message. */
interface FlowMessage extends Omit<FlowCommit, "log"> {
  readonly type: "flow";
  readonly log: string;
  readonly owner: string;
}

/** An owner in a message. */
interface OwnerMessage {
  readonly type: "owner";
  readonly owner: string;
  readonly beat: number;
  /** Until when it is alive; 0: it is not. */
  readonly until: number;
}

type Head = Omit<FlowMessage, "state" | "log"> | OwnerMessage;

interface Opened {
  readonly js: NatsJetStream;
  readonly manager: NatsManager;
  readonly index: NatsIndex<Head>;
  /** The connection, if it was made here. */
  readonly own: NatsConnection | null;
}

/**
 * Keeps flows in a stream of NATS JetStream, which many processes on many hosts may share: a subject per
 * flow, whose last sequence is the fence, and one per owner, for its lease.
 *
 * @example Usage
 * ```ts ignore
 * import { NatsStore, openFlows } from "@asyncmachine/asyncmachine/durable";
 *
 * const flows = await openFlows(new NatsStore({ servers: "127.0.0.1:4222" }), { order });
 * ```
 */
export class NatsStore implements Store {
  readonly #options: NatsStoreOptions;
  readonly #name: string;
  readonly #timeout: number;
  #opened: Promise<Opened> | null = null;
  #owners = 0;
  /** The last message of each subject that this store wrote, and for whom. */
  readonly #written: Map<string, { readonly seq: number; readonly owner: string }> = new Map();
  readonly #beats: Map<string, { seq: number; beat: number }> = new Map();

  /** Names the stream. */
  constructor(options: NatsStoreOptions) {
    this.#options = options;
    this.#name = options.name ?? "flows";
    this.#timeout = options.timeout ?? 5_000;
    if (!/^[\w-]+$/.test(this.#name)) {
      throw new TypeError(
        `The name of the stream is ${
          JSON.stringify(this.#name)
        }, expected letters, digits, - and _`,
      );
    }
    const { servers, connection, jetstream } = options;
    if (servers === undefined && (connection === undefined || jetstream === undefined)) {
      throw new TypeError("A NatsStore needs servers, or a connection and jetstream");
    }
  }

  async #open(): Promise<Opened> {
    this.#opened ??= this.#make();
    try {
      return await this.#opened;
    } catch (error) {
      this.#opened = null;
      throw error;
    }
  }

  async #make(): Promise<Opened> {
    const { servers, history = 100, replicas = 1 } = this.#options;
    const { connection, jetstream } = servers === undefined
      ? this.#options as NatsParts
      : await connectTo(servers);
    const stream = this.#name;
    const js = jetstream.jetstream(connection as never) as NatsJetStream;
    const manager = await jetstream.jetstreamManager(connection as never) as NatsManager;
    const description = `flows of asyncmachine, format ${FORMAT}`;
    const info = await manager.streams.info(stream).catch(() => null) as
      | { readonly config: { readonly description?: string } }
      | null;
    if (info === null) {
      await manager.streams.add({
        name: stream,
        description,
        subjects: [`${stream}.>`],
        max_msgs_per_subject: Math.max(1, history),
        num_replicas: replicas,
      });
    } else if (info.config.description !== description) {
      throw new StoreError(
        `Cannot open the stream "${stream}": it holds ${
          JSON.stringify(info.config.description ?? "something else")
        }, expected ${description}`,
      );
    }
    const index = new NatsIndex<Head>({
      stream,
      js,
      manager,
      timeout: 4 * this.#timeout,
      headOf,
    });
    return { js, manager, index, own: servers === undefined ? null : connection };
  }

  /** Ends what is under way, and the connection if it was made here. */
  async close(): Promise<void> {
    const opened = this.#opened;
    this.#opened = null;
    await opened?.then(async ({ index, own }) => {
      await index.close();
      await own?.close();
    }, () => {});
  }

  // --- owners --------------------------------------------------------------------------

  /** Begins to own. */
  async join(owner: string, lease: number): Promise<void> {
    this.#beats.set(owner, { seq: 0, beat: 0 });
    if (!await this.beat(owner, lease)) {
      throw new StoreError(`Cannot join as ${JSON.stringify(owner)}: there is such an owner`);
    }
    this.#owners++;
  }

  /** A sign of life; false when somebody has said that it is dead. */
  async beat(owner: string, lease: number): Promise<boolean> {
    const last = this.#beats.get(owner);
    if (last === undefined) return false;
    const until = Date.now() + lease;
    const subject = this.#ownerSubject(owner);
    for (let after = last.seq;;) {
      const message: OwnerMessage = { type: "owner", owner, beat: ++last.beat, until };
      const seq = await this.#publish(subject, message, after);
      if (seq !== 0) {
        last.seq = Math.max(last.seq, seq);
        return true;
      }
      // What is there may be one's own, whose answer was lost or is on its way.
      const present = await this.#last(subject);
      if (after === 0 || present === null || read<OwnerMessage>(present.data).until === 0) {
        this.#beats.delete(owner);
        return false;
      }
      after = present.seq;
    }
  }

  /** Ceases to own. */
  async leave(owner: string): Promise<void> {
    const last = this.#beats.get(owner);
    this.#beats.delete(owner);
    if (last !== undefined) await this.#bury(owner, last.seq);
    if (--this.#owners === 0) await this.close();
  }

  /** Says that an owner is dead, unless it has given a sign of life since. */
  async #bury(owner: string, seq: number): Promise<boolean> {
    const message: OwnerMessage = { type: "owner", owner, beat: 0, until: 0 };
    return await this.#publish(this.#ownerSubject(owner), message, seq) !== 0;
  }

  /** All owners. */
  async owners(): Promise<readonly OwnerHead[]> {
    const { index } = await this.#open();
    return [...ownersOf(await index.caughtUp()).values()]
      .map(({ head: { owner, beat, until } }) => ({ owner, beat, until }));
  }

  // --- flows -----------------------------------------------------------------------------

  /** Stores changes, each by itself. */
  async commit(owner: string, commits: readonly FlowCommit[]): Promise<readonly number[]> {
    const stored: number[] = [];
    for (let i = 0; i < commits.length; i += AT_ONCE) {
      const some = commits.slice(i, i + AT_ONCE);
      stored.push(...await Promise.all(some.map((commit) => this.#store(owner, commit))));
    }
    return stored;
  }

  async #store(owner: string, commit: FlowCommit): Promise<number> {
    const subject = this.#flowSubject(commit.kind, commit.id);
    const message: FlowMessage = { type: "flow", ...commit, owner };
    const written = this.#written.get(subject);
    const known = commit.after === 0 || written?.seq === commit.after && written.owner === owner;
    let seq = known ? await this.#publish(subject, message, commit.after) : 0;
    if (seq === 0) {
      const present = await this.#last(subject);
      const said = present && read<FlowMessage>(present.data);
      if (said === null || said.owner !== owner || said.ended) return 0;
      // The same row, or an attempt whose answer was lost: it is this one's own, and goes on from there.
      if (present!.seq !== commit.after && !(said.after === commit.after && said.at <= commit.at)) {
        return 0;
      }
      if (commit.after === 0) return 0;
      seq = await this.#publish(subject, message, present!.seq);
      if (seq === 0) return 0;
    }
    if (commit.ended) this.#written.delete(subject);
    else this.#written.set(subject, { seq, owner });
    return seq;
  }

  /** Takes over what nobody has. */
  async claim(owner: string, { kinds, id, dead, limit }: FlowClaim): Promise<readonly FlowRow[]> {
    const { index } = await this.#open();
    const all = await index.caughtUp();
    const alive = new Set<string>();
    for (const [name, { head, seq }] of ownersOf(all)) {
      const isDead = name !== owner && (head.until <= Date.now() || dead.includes(name));
      if (!isDead || !await this.#bury(name, seq)) alive.add(name);
    }
    const wanted: { readonly subject: string; readonly seq: number }[] = [];
    for (const [subject, { head, seq }] of all) {
      if (head.type !== "flow" || head.ended || alive.has(head.owner)) continue;
      const hash = kinds.get(head.kind);
      if (hash === undefined || hash !== null && hash !== head.hash) continue;
      if (id === undefined || id === head.id) wanted.push({ subject, seq });
    }
    const claimed: FlowRow[] = [];
    while (wanted.length > 0 && claimed.length < limit) {
      const some = wanted.splice(0, Math.min(AT_ONCE, limit - claimed.length));
      const rows = await Promise.all(some.map((one) => this.#take(owner, one.subject, one.seq)));
      for (const row of rows) if (row !== null) claimed.push(row);
    }
    return claimed;
  }

  async #take(owner: string, subject: string, seq: number): Promise<FlowRow | null> {
    const present = await this.#last(subject);
    if (present === null || present.seq !== seq) return null;
    const message = { ...read<FlowMessage>(present.data), owner, after: seq, log: "" };
    const revision = await this.#publish(subject, message, seq);
    if (revision === 0) return null;
    this.#written.set(subject, { seq: revision, owner });
    return rowOf(message, revision);
  }

  /** One flow. */
  async read(kind: string, id: string): Promise<FlowRow | undefined> {
    const present = await this.#last(this.#flowSubject(kind, id));
    if (present === null) return undefined;
    const row = rowOf(read<FlowMessage>(present.data), present.seq);
    if (row.owner === null) return row;
    const last = await this.#last(this.#ownerSubject(row.owner));
    const gone = last === null || read<OwnerMessage>(last.data).until === 0;
    return gone ? { ...row, owner: null } : row;
  }

  /** Flows by what is searched for. */
  async list(query: FlowQuery): Promise<readonly FlowHead[]> {
    const { index } = await this.#open();
    const all = await index.caughtUp();
    const owners = ownersOf(all);
    const found: FlowHead[] = [];
    for (const { head, seq } of all.values()) {
      if (head.type !== "flow") continue;
      const owner = owners.has(head.owner) ? head.owner : null;
      const row = { ...headIn(head, seq), owner: head.ended ? null : owner };
      if (matches(row, query)) found.push(row);
    }
    return found.sort(inOrder).slice(0, query.limit ?? found.length);
  }

  /** What was stored before. */
  async history(kind: string, id: string): Promise<readonly FlowLog[]> {
    const { js } = await this.#open();
    const consumer = await js.consumers.get(this.#name, {
      deliver_policy: "all",
      filter_subjects: this.#flowSubject(kind, id),
    }) as NatsConsumer;
    let { num_pending: left } = await consumer.info();
    const logs: FlowLog[] = [];
    while (left > 0) {
      const messages = await consumer.fetch({ max_messages: left, expires: this.#timeout });
      for await (const { seq, data } of messages) {
        const { at, log } = read<FlowMessage>(data);
        if (log !== "") logs.push({ revision: seq, at, log });
        if (--left === 0) break;
      }
    }
    return logs;
  }

  // --- messages -----------------------------------------------------------------------------

  /** The sequence of the message; 0 when another one is the last. */
  async #publish(subject: string, message: object, after: number): Promise<number> {
    const { js } = await this.#open();
    try {
      const data = new TextEncoder().encode(JSON.stringify(message));
      const { seq } = await js.publish(subject, data, {
        timeout: this.#timeout,
        expect: { lastSubjectSequence: after },
      });
      return seq;
    } catch (error) {
      if ((error as { readonly code?: unknown }).code === WRONG_LAST_SEQUENCE) return 0;
      throw error;
    }
  }

  async #last(subject: string): Promise<NatsMessage | null> {
    const { manager } = await this.#open();
    return await manager.streams.getMessage(this.#name, { last_by_subj: subject });
  }

  #flowSubject(kind: string, id: string): string {
    return `${this.#name}.flow.${token(kind)}.${token(id)}`;
  }

  #ownerSubject(owner: string): string {
    return `${this.#name}.owner.${token(owner)}`;
  }
}

/** A text as a part of a subject, which may hold neither dots nor spaces. */
function token(text: string): string {
  const bytes = new TextEncoder().encode(text);
  return "t" + Array.from(bytes, (byte) => {
    const char = String.fromCharCode(byte);
    return /[A-Za-z0-9-]/.test(char) ? char : `_${byte.toString(16).padStart(2, "0")}`;
  }).join("");
}

function read<T>(data: Uint8Array): T {
  return JSON.parse(new TextDecoder().decode(data));
}

function headOf(data: Uint8Array): Head {
  try {
    const { state: _, log: _log, ...head } = read<FlowMessage>(data);
    return head;
  } catch {
    return { type: "owner", owner: "", beat: 0, until: 0 }; // no message of ours
  }
}

/** Those that are not known to be dead. */
function ownersOf(
  all: ReadonlyMap<string, Indexed<Head>>,
): ReadonlyMap<string, { readonly head: OwnerMessage; readonly seq: number }> {
  const owners = new Map<string, { readonly head: OwnerMessage; readonly seq: number }>();
  for (const { head, seq } of all.values()) {
    if (head.type === "owner" && head.until > 0) owners.set(head.owner, { head, seq });
  }
  return owners;
}

function headIn(head: Omit<FlowMessage, "state" | "log">, revision: number): FlowHead {
  const { type: _, after: _after, at, ...rest } = head;
  return { ...rest, revision, storedAt: at, owner: head.ended ? null : head.owner };
}

function rowOf({ state, log: _, ...head }: FlowMessage, revision: number): FlowRow {
  return { ...headIn(head, revision), state };
}
