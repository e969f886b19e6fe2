import "./deno_in_node.ts";

const { run } = await import("../gen/cli.ts");
Deno.exit(await run(Deno.args));
