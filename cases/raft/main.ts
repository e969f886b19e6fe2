/**
 * A replicated register: `deno run -A cases/raft/main.ts cluster`, then `put`, `get`, `status`.
 *
 * @module
 */
import { run } from "./cli.ts";

if (import.meta.main) {
  const code = await run(Deno.args);
  if (code !== 0) Deno.exit(code);
}
