/**
 * The disk of a process: a folder with the last snapshot and a journal of entries and ballots, which
 * is only appended to until a snapshot replaces it. Each line has a checksum. What a method was given
 * has been synced when it returns, and so has the folder after a file was replaced.
 */
import { join } from "node:path";
import { crc32 } from "node:zlib";
import type { Ballot, Disk, Kept } from "./disk.ts";
import { type Entry, Log, type Position, type Snapshot, START } from "./log.ts";
import { parseEntry, parsePosition, parseSnapshot } from "./messages.ts";

/** A folder that cannot be used, and why. */
export class JournalError extends Error {
  override readonly name = "JournalError";
}

/** The files of a node. */
export class Journal implements Disk {
  readonly #folder: string;
  readonly #node: number;
  readonly #lock: Deno.FsFile;
  readonly #kept: Kept;
  #ballot: Ballot = { term: 0, vote: null };
  #journal: Deno.FsFile;

  /**
   * Opens the folder, which is made if it is not there.
   *
   * @throws {JournalError} If another process or node uses it, or its contents are damaged.
   */
  constructor(folder: string, node: number) {
    this.#folder = folder;
    this.#node = node;
    Deno.mkdirSync(folder, { recursive: true });
    this.#lock = Deno.openSync(join(folder, "lock"), { write: true, create: true });
    try {
      if (!this.#lock.tryLockSync(true)) {
        throw new JournalError(`${folder} is in use by another process`);
      }
      this.#kept = this.#read();
      this.#journal = this.#open();
    } catch (error) {
      this.#lock.close();
      throw error;
    }
  }

  load(): Kept {
    return this.#kept;
  }

  saveBallot({ term, vote }: Ballot): void {
    this.#ballot = { term, vote };
    this.#append(lineOf({ ballot: this.#ballot }));
  }

  append(after: number, entries: readonly Entry[]): void {
    this.#append(lineOf({ after, entries }));
  }

  /** The snapshot comes first: the journal that is there still fits it if nothing else happens. */
  saveSnapshot(snapshot: Snapshot, base: Position, entries: readonly Entry[]): void {
    this.#replaceFile("snapshot", lineOf(snapshot));
    this.#begin(base, entries);
    this.#journal.close();
    this.#journal = this.#open();
  }

  /** Lets another process have the folder. */
  close(): void {
    this.#journal.close();
    this.#lock.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  #append(line: string): void {
    writeAll(this.#journal, line);
    this.#journal.syncDataSync();
  }

  /** A journal that begins here. */
  #begin(base: Position, entries: readonly Entry[]): void {
    const head = lineOf({ node: this.#node, base, ballot: this.#ballot });
    this.#replaceFile("journal", head + lineOf({ after: base.index, entries }));
  }

  #open(): Deno.FsFile {
    return Deno.openSync(join(this.#folder, "journal"), { append: true });
  }

  #read(): Kept {
    const [saved] = this.#lines("snapshot", false);
    const snapshot = saved ? parseSnapshot(saved) : null;
    const log = this.#readJournal();
    // Else the snapshot was received, and the journal that it replaces is still there.
    if (snapshot && !log.holds(snapshot)) log.moveBase(snapshot);
    const { base } = log;
    if (base.index > (snapshot?.index ?? 0)) throw this.#damaged("journal", 1);
    return { ballot: this.#ballot, snapshot, base, entries: log.from(base.index + 1) };
  }

  #readJournal(): Log {
    const [head, ...records] = this.#lines("journal", true);
    if (!head) {
      this.#begin(START, []);
      return new Log();
    }
    if (head.node !== this.#node) {
      throw new JournalError(`${this.#folder} belongs to node ${head.node}, not ${this.#node}`);
    }
    const log = new Log(parsePosition(head.base));
    this.#ballot = head.ballot;
    for (const [at, { ballot, after, entries }] of records.entries()) {
      if (ballot) {
        this.#ballot = ballot;
        continue;
      }
      const fits = Number.isSafeInteger(after) && after >= log.base.index && after <= log.last;
      if (!fits || !Array.isArray(entries)) throw this.#damaged("journal", at + 2);
      log.replace(after, entries.map(parseEntry));
    }
    return log;
  }

  /** The lines of a file, none if there is none; a line that was being appended is cut off. */
  #lines(name: string, cut: boolean): LineContents[] {
    const path = join(this.#folder, name);
    let bytes: Uint8Array;
    try {
      bytes = Deno.readFileSync(path);
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return [];
      throw error;
    }
    const found: LineContents[] = [];
    for (let start = 0; start < bytes.length;) {
      const end = bytes.indexOf(0x0a, start);
      const contents = end === -1 ? null : contentsOf(bytes.subarray(start, end));
      if (contents === null) {
        const isLast = end === -1 || end === bytes.length - 1;
        if (!cut || !isLast) throw this.#damaged(name, found.length + 1);
        cutOff(path, start);
        break;
      }
      found.push(contents);
      start = end + 1;
    }
    return found;
  }

  #damaged(name: string, line: number): JournalError {
    return new JournalError(
      `${join(this.#folder, name)}, line ${line}, is damaged: the node may have promised what it ` +
        "no longer knows, so it must not run again; the others go on while they are a majority",
    );
  }

  #replaceFile(name: string, text: string): void {
    const path = join(this.#folder, name);
    const file = Deno.openSync(`${path}.new`, { write: true, create: true, truncate: true });
    try {
      writeAll(file, text);
      file.syncSync();
    } finally {
      file.close();
    }
    Deno.renameSync(`${path}.new`, path);
    const folder = Deno.openSync(this.#folder);
    try {
      folder.syncSync();
    } finally {
      folder.close();
    }
  }
}

/** What a line says, as it was written: the checksum has been compared. */
// deno-lint-ignore no-explicit-any
type LineContents = any;

function lineOf(contents: unknown): string {
  const text = JSON.stringify(contents);
  return `${crc32(text).toString(16).padStart(8, "0")} ${text}\n`;
}

function contentsOf(line: Uint8Array): LineContents | null {
  const text = new TextDecoder().decode(line);
  const body = text.slice(9);
  return text.slice(0, 9) === `${crc32(body).toString(16).padStart(8, "0")} `
    ? JSON.parse(body)
    : null;
}

function writeAll(file: Deno.FsFile, text: string): void {
  const bytes = new TextEncoder().encode(text);
  for (let at = 0; at < bytes.length;) at += file.writeSync(bytes.subarray(at));
}

function cutOff(path: string, size: number): void {
  const file = Deno.openSync(path, { write: true });
  try {
    file.truncateSync(size);
    file.syncSync();
  } finally {
    file.close();
  }
}
