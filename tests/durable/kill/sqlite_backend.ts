import { fileURLToPath } from "node:url";
import { SqliteStore } from "../../../durable/mod.ts";
import type { Backend } from "./kills.ts";

/** A store in a file. */
export function sqliteBackend(path: string): Backend {
  return {
    program: [fileURLToPath(new URL("./order_process.ts", import.meta.url))],
    place: path,
    open() {
      const store = new SqliteStore(path, { sync: "normal" });
      return Promise.resolve({ store, close: () => store.close() });
    },
  };
}
