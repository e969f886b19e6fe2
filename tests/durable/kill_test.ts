import { assertEquals } from "@std/assert";
import { killAtPoint, killAtRandom } from "./kill/kills.ts";
import { sqliteBackend } from "./kill/sqlite_backend.ts";

/** The long form is `deno task test:durable`. */
const LONG = Deno.env.get("DURABLE_LONG") !== undefined;

Deno.test("SqliteStore: an order survives kill -9 at every commit point", async () => {
  const step = LONG ? 1 : 7;
  let killed = 0;
  for (let point = 0;; point += step) {
    const path = await Deno.makeTempDir();
    const was = await killAtPoint(sqliteBackend(`${path}/flows.db`), point);
    await Deno.remove(path, { recursive: true });
    if (!was) break;
    killed++;
  }
  if (LONG) console.log(`killed at ${killed} points`);
  assertEquals(killed * step >= 28, true, `${killed} kills`);
});

Deno.test("SqliteStore: orders survive kill -9 at random times", async () => {
  const kills = LONG ? 200 : 4;
  const path = await Deno.makeTempDir();
  const killed = await killAtRandom(sqliteBackend(`${path}/flows.db`), kills);
  await Deno.remove(path, { recursive: true });
  if (LONG) console.log(`${killed} of ${kills} were killed before they were done`);
});
