import { DatabaseSync } from "node:sqlite";

/** The file's format, as its `user_version`. */
const FORMAT = 2;

const SCHEMA = `
  CREATE TABLE machine (key INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, time TEXT);
  CREATE TABLE list (key INTEGER PRIMARY KEY, names TEXT NOT NULL UNIQUE);
`;

/** A life is one time that a machine was tracked; two processes never write into the same one. */
const ENTRY = `
  CREATE TABLE entry (
    machine INTEGER NOT NULL REFERENCES machine, life INTEGER NOT NULL, seq INTEGER NOT NULL,
    at REAL NOT NULL, tick INTEGER NOT NULL, tx INTEGER NOT NULL, type TEXT NOT NULL,
    auto INTEGER NOT NULL, called INTEGER NOT NULL REFERENCES list,
    names INTEGER NOT NULL REFERENCES list, ticks TEXT NOT NULL, PRIMARY KEY (machine, life, seq)
  ) WITHOUT ROWID;
`;

/** The first format had one life per machine. */
const UPGRADE = `
  ALTER TABLE entry RENAME TO entry1;
  ${ENTRY}
  INSERT INTO entry SELECT machine, 1, seq, at, tick, tx, type, auto, called, names, ticks FROM entry1;
  DROP TABLE entry1;
`;

/**
 * Opens a history's file, or makes it, while other processes may be doing the same.
 *
 * @param timeout For how many milliseconds others may be waited for.
 */
export function openDatabase(path: string, timeout: number): DatabaseSync {
  const db = new DatabaseSync(path);
  try {
    // Before anything that may find the file locked.
    db.exec(`PRAGMA busy_timeout = ${Math.ceil(timeout)}`);
    // Changing the mode does not wait for others by itself.
    patiently(timeout, () => db.exec("PRAGMA journal_mode = WAL"));
    db.exec("PRAGMA synchronous = NORMAL");
    if (formatOf(db) !== FORMAT) patiently(timeout, () => write(db, () => upgrade(db, path)));
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}

function formatOf(db: DatabaseSync): number {
  return db.prepare("PRAGMA user_version").get()!.user_version as number;
}

function upgrade(db: DatabaseSync, path: string): void {
  const format = formatOf(db); // another process may have been faster
  if (format > FORMAT) {
    throw new Error(
      `Cannot open the history "${path}": its format is ${format}, this version knows ${FORMAT}`,
    );
  }
  if (format === FORMAT) return;
  const old = db.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'entry'").get();
  db.exec(old ? UPGRADE : SCHEMA + ENTRY);
  db.exec(`PRAGMA user_version = ${FORMAT}`);
}

/**
 * Runs `fn` as one transaction. It takes its turn at the beginning: one that reads first and writes
 * then is refused at once when another process has written in between.
 */
export function write(db: DatabaseSync, fn: () => void): void {
  db.exec("BEGIN IMMEDIATE");
  try {
    fn();
    db.exec("COMMIT");
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
function patiently(timeout: number, attempt: () => void): void {
  const end = performance.now() + timeout;
  for (let pause = 1;; pause = Math.min(pause * 2, 50)) {
    try {
      return attempt();
    } catch (error) {
      if (!isBusy(error) || performance.now() > end) throw error;
    }
    // Not all at the same moment again.
    const wait = pause * (0.5 + Math.random());
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, wait);
  }
}

/** Whether other processes are the reason. */
function isBusy(error: unknown): boolean {
  const { errcode } = error as { readonly errcode?: number };
  return errcode !== undefined ? (errcode & 0xff) === 5 : /database is locked/.test(String(error));
}
