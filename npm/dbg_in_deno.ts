import { run } from "../dbg/cli.ts";

Deno.exit(await run(Deno.args));
