import type { DatabaseSync, StatementSync } from "node:sqlite";
import { inTransaction, openFile } from "./sqlite_file.ts";
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

/** Settings of a {@linkcode SqliteStore}. */
export interface SqliteStoreOptions {
  /**
   * What a commit survives: `full` the loss of power, `normal` the death of processes only, and is faster.
   * @default {"full"}
   */
  readonly sync?: "full" | "normal" | undefined;
  /** How many commits of each flow are kept to look at. @default {Infinity} */
  readonly history?: number | undefined;
  /** For how many milliseconds other processes are waited for. @default {5000} */
  readonly timeout?: number | undefined;
}

const HEAD = "id, kind, revision, hash, active, tags, due, ended, failed, stored_at, owner";

/** A file, open, with what is asked of it again and again. */
interface Opened {
  readonly db: DatabaseSync;
  readonly insert: StatementSync;
  readonly update: StatementSync;
  readonly log: StatementSync;
  readonly prune: StatementSync;
}

/**
 * Keeps flows in a file of SQLite, which many processes may share. Needs Deno, Node from 22.13 on, or Bun.
 * The file is opened with the first question and closed with the last owner.
 *
 * @example Usage
 * ```ts
 * import { defineFlow, openFlows, SqliteStore } from "@asyncmachine/asyncmachine/durable";
 * import { assertEquals } from "@std/assert";
 *
 * const hello = defineFlow({
 *   schema: { Begun: {}, Said: { require: ["Begun"] } },
 *   data: (input: { name: string }) => ({ text: `Hello ${input.name}` }),
 *   start: "Begun",
 *   ends: ["Said"],
 *   handlers: { BegunState: (e) => void e.add("Said") },
 * });
 * const file = await Deno.makeTempFile();
 * const flows = await openFlows(new SqliteStore(file), { hello });
 * const flow = await flows.start("hello", "1", { name: "Ada" });
 * const { text } = await flow.result();
 * assertEquals(text, "Hello Ada");
 * await flows.close();
 * await Deno.remove(file);
 * ```
 */
export class SqliteStore implements Store {
  /** Whether it keeps what happened. */
  readonly keepsHistory: boolean;
  readonly #path: string;
  readonly #sync: "full" | "normal";
  readonly #history: number;
  readonly #timeout: number;
  #opened: Promise<Opened> | null = null;
  #owners = 0;

  /** Names the file; it is made when it is missing. */
  constructor(path: string, options: SqliteStoreOptions = {}) {
    this.#path = path;
    this.#sync = options.sync ?? "full";
    this.#history = options.history ?? Infinity;
    this.keepsHistory = this.#history > 0;
    this.#timeout = options.timeout ?? 5_000;
    if (this.#sync !== "full" && this.#sync !== "normal") {
      throw new TypeError(`sync is ${JSON.stringify(this.#sync)}, expected "full" or "normal"`);
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
    const db = await openFile(this.#path, this.#timeout, this.#sync);
    return {
      db,
      insert: db.prepare(
        `INSERT INTO flow (hash, active, tags, due, ended, failed, stored_at, owner, state, id, kind, revision)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 1) ON CONFLICT DO NOTHING RETURNING key`,
      ),
      update: db.prepare(
        `UPDATE flow SET hash = ?, active = ?, tags = ?, due = ?, ended = ?, failed = ?, stored_at = ?,
         owner = ?, state = ?, revision = revision + 1
         WHERE id = ? AND kind = ? AND revision = ? AND owner = ? RETURNING key`,
      ),
      log: db.prepare("INSERT INTO log VALUES (?, ?, ?, ?)"),
      prune: db.prepare("DELETE FROM log WHERE flow = ? AND revision <= ?"),
    };
  }

  /** Closes the file; the next question opens it again. */
  async close(): Promise<void> {
    const opened = this.#opened;
    this.#opened = null;
    await opened?.then(({ db }) => db.close(), () => {});
  }

  /** Begins to own. */
  async join(owner: string, lease: number): Promise<void> {
    const { db } = await this.#open();
    inTransaction(
      db,
      () => db.prepare("INSERT INTO owner VALUES (?, 1, ?)").run(owner, untilOf(lease)),
    );
    this.#owners++;
  }

  /** A sign of life. */
  async beat(owner: string, lease: number): Promise<boolean> {
    const { db } = await this.#open();
    const { changes } = inTransaction(
      db,
      () =>
        db.prepare("UPDATE owner SET beat = beat + 1, until = ? WHERE name = ?")
          .run(untilOf(lease), owner),
    );
    return Number(changes) === 1;
  }

  /** Ceases to own; with the last owner the file is closed. */
  async leave(owner: string): Promise<void> {
    const { db } = await this.#open();
    inTransaction(db, () => {
      db.prepare("UPDATE flow SET owner = NULL WHERE owner = ? AND NOT ended").run(owner);
      db.prepare("DELETE FROM owner WHERE name = ?").run(owner);
    });
    if (--this.#owners === 0) await this.close();
  }

  /** All owners. */
  async owners(): Promise<readonly OwnerHead[]> {
    const { db } = await this.#open();
    return db.prepare("SELECT name AS owner, beat, until FROM owner")
      .all() as unknown as OwnerHead[];
  }

  /** Stores changes, in one transaction. */
  async commit(owner: string, commits: readonly FlowCommit[]): Promise<readonly number[]> {
    const opened = await this.#open();
    return inTransaction(
      opened.db,
      () => commits.map((commit) => this.#store(opened, owner, commit)),
    );
  }

  #store({ insert, update, log, prune }: Opened, owner: string, commit: FlowCommit): number {
    const { kind, id, after, ended } = commit;
    const values = [
      commit.hash,
      JSON.stringify(commit.active),
      JSON.stringify(commit.tags),
      commit.due,
      ended ? 1 : 0,
      commit.failed ? 1 : 0,
      commit.at,
      ended ? null : owner,
      commit.state,
      id,
      kind,
    ];
    const row = after === 0 ? insert.get(...values) : update.get(...values, after, owner);
    if (row === undefined) return 0;
    const revision = after + 1;
    if (commit.log !== "" && this.#history > 0) {
      log.run(row.key, revision, commit.at, commit.log);
      if (this.#history < revision) prune.run(row.key, revision - this.#history);
    }
    return revision;
  }

  /** Takes over what nobody has, in one transaction. */
  async claim(owner: string, { kinds, id, dead, limit }: FlowClaim): Promise<readonly FlowRow[]> {
    const { db } = await this.#open();
    return inTransaction(db, () => {
      db.prepare(
        "DELETE FROM owner WHERE name <> ? AND (until <= ? OR name IN (SELECT value FROM json_each(?)))",
      ).run(owner, Date.now(), JSON.stringify(dead));
      const rows = db.prepare(
        `UPDATE flow SET owner = ?, revision = revision + 1 WHERE key IN (
           SELECT key FROM flow WHERE NOT ended
           AND (owner IS NULL OR owner NOT IN (SELECT name FROM owner))
           AND EXISTS (SELECT 1 FROM json_each(?) AS k WHERE k.value ->> 0 = kind
                       AND (k.value ->> 1 IS NULL OR k.value ->> 1 = hash))
           ${id === undefined ? "" : "AND id = ?"} LIMIT ?
         ) RETURNING ${HEAD}, state`,
      ).all(
        owner,
        JSON.stringify([...kinds]),
        ...(id === undefined ? [] : [id]),
        limit,
      );
      return rows.map((row) => rowOf(row));
    });
  }

  /** One flow. */
  async read(kind: string, id: string): Promise<FlowRow | undefined> {
    const { db } = await this.#open();
    const row = db.prepare(`SELECT ${HEAD}, state FROM flow WHERE id = ? AND kind = ?`).get(
      id,
      kind,
    );
    return row && rowOf(row);
  }

  /** Flows by what is searched for. */
  async list(query: FlowQuery): Promise<readonly FlowHead[]> {
    const { db } = await this.#open();
    const { kind, active = [], tags = [], ended, after, limit } = query;
    const where: string[] = [];
    const values: (string | number)[] = [];
    const and = (condition: string, ...given: (string | number)[]) => {
      where.push(condition);
      values.push(...given);
    };
    if (kind !== undefined) and("kind = ?", kind);
    if (ended !== undefined) and("ended = ?", ended ? 1 : 0);
    for (const [column, names] of [["active", active], ["tags", tags]] as const) {
      for (const name of names) {
        and(
          `json_valid(${column}) AND EXISTS (SELECT 1 FROM json_each(${column}) WHERE value = ?)`,
          name,
        );
      }
    }
    if (after?.kind !== undefined) and("(id, kind) > (?, ?)", after.id, after.kind);
    else if (after !== undefined) and("id > ?", after.id);
    const rows = db.prepare(
      `SELECT ${HEAD} FROM flow ${where.length === 0 ? "" : `WHERE ${where.join(" AND ")}`}
       ORDER BY id, kind LIMIT ?`,
    ).all(...values, limit ?? -1);
    return rows.map(headOf);
  }

  /** What was stored before. */
  async history(kind: string, id: string): Promise<readonly FlowLog[]> {
    const { db } = await this.#open();
    return db.prepare(
      `SELECT log.revision, log.at, log.log FROM log JOIN flow ON log.flow = flow.key
       WHERE flow.id = ? AND flow.kind = ? ORDER BY log.revision`,
    ).all(id, kind) as unknown as FlowLog[];
  }
}

/** SQLite has no infinity that JSON tools like. */
function untilOf(lease: number): number {
  return Math.min(Date.now() + lease, Number.MAX_SAFE_INTEGER);
}

type Row = Readonly<Record<string, unknown>>;

function rowOf(row: Row): FlowRow {
  return { ...headOf(row), state: String(row.state) };
}

function headOf(row: Row): FlowHead {
  const active = namesOf(row.active);
  const tags = namesOf(row.tags);
  const damaged = active === null ? "its active states" : tags === null ? "its labels" : undefined;
  return {
    kind: String(row.kind),
    id: String(row.id),
    revision: Number(row.revision),
    hash: String(row.hash),
    active: active ?? [],
    tags: tags ?? [],
    due: row.due === null ? null : Number(row.due),
    ended: row.ended === 1,
    failed: row.failed === 1,
    storedAt: Number(row.stored_at),
    owner: row.owner === null ? null : String(row.owner),
    ...(damaged === undefined ? {} : { damaged }),
  };
}

/** A list of names, or `null` when it is damaged. */
function namesOf(text: unknown): readonly string[] | null {
  try {
    const names = JSON.parse(String(text));
    return Array.isArray(names) && names.every((name) => typeof name === "string") ? names : null;
  } catch {
    return null;
  }
}
