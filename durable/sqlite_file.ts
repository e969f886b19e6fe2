import type { DatabaseSync } from "node:sqlite";
import { StoreError } from "./errors.ts";

/** The file's format, as its `user_version`. */
const FORMAT = 1;

/** Says that a file holds flows: its `application_id`, "amfl". */
const APPLICATION = 0x616d666c;

const TABLES = `
  CREATE TABLE flow (
    key INTEGER PRIMARY KEY, id TEXT NOT NULL, kind TEXT NOT NULL, revision INTEGER NOT NULL,
    hash TEXT NOT NULL, active TEXT NOT NULL, tags TEXT NOT NULL, due REAL, ended INTEGER NOT NULL,
    failed INTEGER NOT NULL, stored_at REAL NOT NULL, owner TEXT, state TEXT NOT NULL,
    UNIQUE (id, kind)
  );
  CREATE INDEX unfinished ON flow (owner) WHERE NOT ended;
  CREATE TABLE owner (name TEXT PRIMARY KEY, beat INTEGER NOT NULL, until REAL NOT NULL);
  CREATE TABLE log (
    flow INTEGER NOT NULL REFERENCES flow, revision INTEGER NOT NULL, at REAL NOT NULL,
    log TEXT NOT NULL, PRIMARY KEY (flow, revision)
  ) WITHOUT ROWID;
  PRAGMA application_id = ${APPLICATION};
  PRAGMA user_version = ${FORMAT};
`;

/**
 * Opens a file of flows, or makes it, while other processes may be doing the same.
 *
 * @throws {StoreError} If it is no such file, or of a newer format; nothing in it was changed.
 */
export async function openFile(path: string, timeout: number, sync: string): Promise<DatabaseSync> {
  const { DatabaseSync } = await import("node:sqlite");
  let db: DatabaseSync | undefined;
  try {
    db = new DatabaseSync(path);
    db.exec(`PRAGMA busy_timeout = ${Math.ceil(timeout)}`);
    await check(db, path);
    // Changing the mode does not wait for others by itself.
    await patiently(timeout, () => db!.exec("PRAGMA journal_mode = WAL"));
    db.exec(`PRAGMA synchronous = ${sync}`);
    return db;
  } catch (error) {
    db?.close();
    if (error instanceof StoreError) throw error;
    throw new StoreError(`Cannot open the store "${path}": ${(error as Error).message}`, {
      cause: error,
    });
  }
}

/** Makes the tables if there are none, and refuses what is something else. */
async function check(db: DatabaseSync, path: string): Promise<void> {
  if (formatOf(db) === FORMAT && isOurs(db)) return;
  await patiently(5_000, () =>
    inTransaction(db, () => {
      const format = formatOf(db); // another process may have been faster
      const empty = db.prepare("SELECT 1 FROM sqlite_schema").get() === undefined;
      if (empty && format === 0) return void db.exec(TABLES);
      if (!isOurs(db)) {
        throw new StoreError(`Cannot open the store "${path}": the file holds something else`);
      }
      if (format > FORMAT) {
        throw new StoreError(
          `Cannot open the store "${path}": its format is ${format}, this version knows ${FORMAT}; ` +
            "use a newer version of the library",
        );
      }
    }));
}

function formatOf(db: DatabaseSync): number {
  return db.prepare("PRAGMA user_version").get()!.user_version as number;
}

function isOurs(db: DatabaseSync): boolean {
  return db.prepare("PRAGMA application_id").get()!.application_id === APPLICATION;
}

/**
 * Runs `fn` as one transaction. It takes its turn at the beginning: one that reads first and writes then
 * is refused at once when another process has written in between.
 */
export function inTransaction<T>(db: DatabaseSync, fn: () => T): T {
  db.exec("BEGIN IMMEDIATE");
  try {
    const result = fn();
    db.exec("COMMIT");
    return result;
  } catch (error) {
    try {
      db.exec("ROLLBACK");
    } catch {
      // Some failures have rolled back already; the first error says more.
    }
    throw error;
  }
}

/** Tries again until other processes let it, or the time is over. */
async function patiently(timeout: number, attempt: () => void): Promise<void> {
  const end = performance.now() + timeout;
  for (let pause = 1;; pause = Math.min(pause * 2, 50)) {
    try {
      return attempt();
    } catch (error) {
      if (!isBusy(error) || performance.now() > end) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, pause * (0.5 + Math.random())));
  }
}

/** Whether other processes are the reason. */
function isBusy(error: unknown): boolean {
  const { errcode } = error as { readonly errcode?: number };
  return errcode !== undefined ? (errcode & 0xff) === 5 : /database is locked/.test(String(error));
}
