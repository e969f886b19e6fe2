import { assertEquals } from "@std/assert";
import { DatabaseSync } from "node:sqlite";
import { SqliteHistory } from "../../telemetry/history/sqlite/mod.ts";
import { type Ending, shareHistory } from "./shared_history.ts";

async function inFolder(fn: (path: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  await fn(`${folder}/shared.db`);
  await Deno.remove(folder, { recursive: true });
}

Deno.test("SqliteHistory keeps every entry of six processes that open a new file", () =>
  inFolder((path) =>
    shareHistory(path, 1000, [..."abcdef"].map((id) => ({ id, ending: "close" })))
  ));

Deno.test("SqliteHistory keeps every entry of eight processes whose machines have one id", () =>
  inFolder((path) =>
    shareHistory(path, 500, Array.from({ length: 8 }, () => ({ id: "same", ending: "close" })))
  ));

Deno.test("SqliteHistory keeps what was committed, however processes end", () =>
  inFolder(async (path) => {
    const endings: Ending[] = ["close", "exit", "throw", "kill"];
    // The second time, the file is an old one whose writers have died.
    for (const round of [1, 2]) {
      await shareHistory(
        path,
        400,
        endings.map((ending) => ({ id: `${ending} ${round}`, ending })),
      );
    }
  }));

Deno.test("SqliteHistory converts a file of the first format", () =>
  inFolder((path) => {
    const db = new DatabaseSync(path);
    db.exec(`
      CREATE TABLE machine (key INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, time TEXT);
      CREATE TABLE list (key INTEGER PRIMARY KEY, names TEXT NOT NULL UNIQUE);
      CREATE TABLE entry (
        machine INTEGER NOT NULL REFERENCES machine, seq INTEGER NOT NULL, at REAL NOT NULL,
        tick INTEGER NOT NULL, tx INTEGER NOT NULL, type TEXT NOT NULL, auto INTEGER NOT NULL,
        called INTEGER NOT NULL REFERENCES list, names INTEGER NOT NULL REFERENCES list,
        ticks TEXT NOT NULL, PRIMARY KEY (machine, seq)
      ) WITHOUT ROWID;
      INSERT INTO machine VALUES (1, 'old', NULL);
      INSERT INTO list VALUES (1, '[]'), (2, '["A"]');
      INSERT INTO entry VALUES (1, 0, 10, 0, 0, 'start', 0, 1, 2, '[0]');
      INSERT INTO entry VALUES (1, 1, 20, 1, 1, 'add', 0, 2, 2, '[1]');
    `);
    db.close();
    using store = new SqliteHistory(path);
    const found = store.history("old")!.find().map(({ at, calledStates, ticks }) => ({
      at,
      calledStates,
      ticks,
    }));
    assertEquals(found, [{ at: 20, calledStates: ["A"], ticks: [1] }]);
    return Promise.resolve();
  }));
