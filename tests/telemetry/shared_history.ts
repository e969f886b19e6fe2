/**
 * Six processes write one SQLite history for 10 seconds, ten times: `deno task test:history`. The
 * tests run shorter forms of it.
 */
import { assert, assertEquals } from "@std/assert";
import { DatabaseSync } from "node:sqlite";
import { SqliteHistory } from "../../telemetry/history/sqlite/mod.ts";

const WRITER = new URL("shared_history_writer.ts", import.meta.url);

/** How a writer ends; `kill` is `kill -9` in the midst of it. */
export type Ending = "close" | "exit" | "throw" | "kill";

/** Lets one writer write and end; gives how many entries it said it had committed. */
async function write(path: string, id: string, ms: number, ending: Ending): Promise<number> {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", WRITER.href, path, id, String(ms), ending],
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  if (ending === "kill") setTimeout(() => child.kill("SIGKILL"), ms);
  const { stdout, stderr } = await child.output();
  const errors = new TextDecoder().decode(stderr);
  if (ending !== "throw") assertEquals(errors, "", `writer ${id}`);
  else assert(errors.includes("on purpose") && !errors.includes("locked"), errors);
  // The last line of one that was killed may have been cut off.
  const lines = new TextDecoder().decode(stdout).split("\n").slice(0, -1);
  return Number(lines.at(-1) ?? 0);
}

/** Lets writers write at the same time, and checks that the file holds all that they committed. */
export async function shareHistory(
  path: string,
  ms: number,
  writers: readonly { readonly id: string; readonly ending: Ending }[],
): Promise<void> {
  const said = await Promise.all(writers.map(({ id, ending }) => write(path, id, ms, ending)));
  const db = new DatabaseSync(path);
  assertEquals(db.prepare("PRAGMA integrity_check").get()!.integrity_check, "ok");
  db.close();
  using store = new SqliteHistory(path);
  for (const id of new Set(writers.map((writer) => writer.id))) {
    const own = writers.flatMap((writer, i) => writer.id === id ? [i] : []);
    // Each life has one entry more, of where tracking began.
    const committed = own.map((i) => Math.max(0, said[i] - 1)).reduce((sum, one) => sum + one, 0);
    const history = store.history(id);
    const size = history?.size ?? 0;
    const exact = own.every((i) => writers[i].ending === "close");
    if (exact) {
      assert(committed > 0, `${id} has written nothing`);
      assertEquals(size, committed, id);
    }
    assert(size >= committed, `${id}: ${size} of ${committed} entries`);
    if (!history) continue;
    const entries = history.find();
    assertEquals(entries.length, size, id);
    assert(entries.every(({ at }, i) => i === 0 || at >= entries[i - 1].at), `${id} is in order`);
    if (own.length === 1) {
      assert(entries.every(({ transition }, i) => transition === i + 1), `${id} has no gap`);
    }
  }
}

if (import.meta.main) {
  for (let run = 1; run <= 10; run++) {
    const folder = await Deno.makeTempDir();
    const writers = [..."abcdef"].map((id) => ({ id, ending: "close" as const }));
    await shareHistory(`${folder}/shared.db`, 10_000, writers);
    await Deno.remove(folder, { recursive: true });
    console.log(`run ${run} of 10: every entry is there`);
  }
}
