import { MemoryStore, SqliteStore } from "../../durable/mod.ts";
import { storeCases } from "../../durable/testing.ts";

for (const { name, shared, run } of storeCases) {
  if (!shared) {
    Deno.test(`MemoryStore: ${name}`, async () => {
      const store = new MemoryStore();
      await run({ store, other: store });
    });
  }
  Deno.test(`SqliteStore: ${name}`, async () => {
    const dir = await Deno.makeTempDir();
    const store = new SqliteStore(`${dir}/flows.db`);
    const other = new SqliteStore(`${dir}/flows.db`);
    try {
      await run({ store, other });
    } finally {
      await store.close();
      await other.close();
      await Deno.remove(dir, { recursive: true });
    }
  });
}
