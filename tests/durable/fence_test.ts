import { freezeOwner } from "./kill/fence.ts";
import { sqliteBackend } from "./kill/sqlite_backend.ts";

Deno.test("SqliteStore: an owner that was frozen past its lease is refused, says so and stops", async () => {
  const dir = await Deno.makeTempDir();
  await freezeOwner(sqliteBackend(`${dir}/flows.db`));
  await Deno.remove(dir, { recursive: true });
});
