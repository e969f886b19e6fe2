import { assert, assertEquals, assertThrows } from "@std/assert";
import { join } from "node:path";
import type { Entry } from "../../../cases/raft/log.ts";
import { Journal, JournalError } from "../../../cases/raft/journal.ts";

const put = (term: number, seq: number): Entry => ({
  term,
  command: { op: "put", session: 1, seq, key: "k", value: `värde ${seq} \ud800 \n` },
});

function inFolder(fn: (folder: string) => void): void {
  const folder = Deno.makeTempDirSync({ prefix: "raft-journal-" });
  try {
    fn(join(folder, "node"));
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
}

function write(folder: string): void {
  using journal = new Journal(folder, 1);
  journal.saveBallot({ term: 2, vote: 3 });
  journal.append(0, [{ term: 1, command: null }, put(1, 1)]);
  journal.append(2, [put(2, 2), put(2, 3)]);
  journal.append(2, [put(3, 4)]); // in place of the two before
}

const load = (folder: string) => {
  using journal = new Journal(folder, 1);
  return journal.load();
};

Deno.test("Journal keeps ballot and log", () =>
  inFolder((folder) => {
    assertEquals(load(folder), {
      ballot: { term: 0, vote: null },
      snapshot: null,
      base: { index: 0, term: 0 },
      entries: [],
    });
    write(folder);
    const { ballot, entries } = load(folder);
    assertEquals(ballot, { term: 2, vote: 3 });
    assertEquals(entries, [{ term: 1, command: null }, put(1, 1), put(3, 4)]);
  }));

Deno.test("Journal cuts off a line that was being written, wherever it ended", () =>
  inFolder((folder) => {
    write(folder);
    const whole = Deno.readFileSync(join(folder, "journal"));
    const states = [
      [],
      [{ term: 1, command: null }, put(1, 1)],
      [{ term: 1, command: null }, put(1, 1), put(2, 2), put(2, 3)],
      [{ term: 1, command: null }, put(1, 1), put(3, 4)],
    ];
    let seen = 0;
    for (let size = 0; size <= whole.length; size++) {
      Deno.writeFileSync(join(folder, "journal"), whole.subarray(0, size));
      const text = JSON.stringify(load(folder).entries);
      const at = states.findIndex((one) => JSON.stringify(one) === text);
      assert(at >= seen, `after ${size} bytes: ${text}`);
      seen = at;
      if (size % 16 > 0) continue;
      // What was cut off does not come back, and the log goes on from there.
      {
        using journal = new Journal(folder, 1);
        journal.append(0, [put(9, 9)]);
      }
      assertEquals(load(folder).entries, [put(9, 9)]);
    }
    assertEquals(seen, 3);
  }));

Deno.test("Journal refuses a folder that is damaged before the end, and says where", () =>
  inFolder((folder) => {
    write(folder);
    for (const [name, line] of [["journal", 2], ["journal", 1]] as const) {
      const path = join(folder, name);
      const before = Deno.readFileSync(path);
      const bytes = before.slice();
      const start = line === 1 ? 0 : bytes.indexOf(10) + 1;
      bytes[start + 15] ^= 1;
      Deno.writeFileSync(path, bytes);
      assertThrows(() => new Journal(folder, 1), JournalError, `${name}, line ${line}, is damaged`);
      Deno.writeFileSync(path, before);
    }
    assertEquals(load(folder).entries.length, 3);
  }));

Deno.test("Journal belongs to one node, and to one process at a time", () =>
  inFolder((folder) => {
    write(folder);
    assertThrows(() => new Journal(folder, 2), JournalError, "belongs to node 1, not 2");
    using _ = new Journal(folder, 1);
    assertThrows(() => new Journal(folder, 1), JournalError, "in use");
  }));

Deno.test("Journal survives a death at each step of a snapshot", () =>
  inFolder((folder) => {
    const snapshot = { index: 2, term: 1, state: "{}" };
    const steps: string[] = [];
    const rename = Deno.renameSync;
    const keep = () => {
      const copy = `${folder}-${steps.length}`;
      Deno.mkdirSync(copy);
      for (const { name } of Deno.readDirSync(folder)) {
        Deno.copyFileSync(join(folder, name), join(copy, name));
      }
      steps.push(copy);
    };
    write(folder);
    Deno.renameSync = (from, to) => {
      keep();
      rename(from, to);
      keep();
    };
    try {
      using journal = new Journal(folder, 1);
      journal.saveSnapshot(snapshot, { index: 2, term: 1 }, [put(3, 4)]);
    } finally {
      Deno.renameSync = rename;
    }
    const found = steps.map((copy) => load(copy));
    assertEquals(found.map((one) => one.snapshot), [null, snapshot, snapshot, snapshot]);
    assertEquals(found.map((one) => one.base.index), [0, 0, 0, 2]);
    assertEquals(found.map((one) => one.ballot.term), [2, 2, 2, 2]);
    for (const { base, entries } of found) {
      assertEquals(entries.at(-1), put(3, 4));
      assertEquals(base.index + entries.length, 3);
    }
  }));

Deno.test("Journal takes a received snapshot over although the log is of before", () =>
  inFolder((folder) => {
    write(folder);
    const log = Deno.readFileSync(join(folder, "journal"));
    {
      using journal = new Journal(folder, 1);
      const base = { index: 9, term: 4 };
      journal.saveSnapshot({ ...base, state: "{}" }, base, []);
    }
    Deno.writeFileSync(join(folder, "journal"), log);
    const { base, entries } = load(folder);
    assertEquals([base, entries], [{ index: 9, term: 4 }, []]);
  }));

Deno.test("Journal has synced what it was given when it returns", () =>
  inFolder((folder) => {
    const calls: string[] = [];
    const { prototype } = Deno.FsFile;
    const { writeSync, syncSync, syncDataSync } = prototype;
    const rename = Deno.renameSync;
    const noted = <F extends (...args: never[]) => unknown>(name: string, fn: F): F =>
      function (this: unknown, ...args: Parameters<F>) {
        calls.push(name);
        return fn.apply(this, args);
      } as F;
    using journal = new Journal(folder, 1);
    prototype.writeSync = noted("write", writeSync);
    prototype.syncSync = noted("sync", syncSync);
    prototype.syncDataSync = noted("syncData", syncDataSync);
    Deno.renameSync = noted("rename", rename);
    try {
      journal.append(0, [put(1, 1)]);
      assertEquals(calls.splice(0), ["write", "syncData"]);
      journal.saveBallot({ term: 1, vote: 1 });
      assertEquals(calls.splice(0), ["write", "syncData"]);
      journal.saveSnapshot({ index: 1, term: 1, state: "" }, { index: 1, term: 1 }, []);
      assertEquals(calls, [1, 2].flatMap(() => ["write", "sync", "rename", "sync"]));
    } finally {
      Object.assign(prototype, { writeSync, syncSync, syncDataSync });
      Deno.renameSync = rename;
    }
  }));
