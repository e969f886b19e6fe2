import { fileURLToPath } from "node:url";
import config from "../deno.json" with { type: "json" };
import type { Source } from "./commands.ts";
import { addressOf, InputError, tokenOf } from "./input.ts";

/** May be done by what serves tools: it asks and reads, and does nothing else. */
const PERMISSIONS = ["--allow-net", "--allow-read", "--allow-env"];

/**
 * Serves the questions as tools over stdin and stdout until who asks is gone; gives the exit code. A
 * process of its own with a lock of its own does it, because the SDK is bigger than all the rest.
 */
export async function serveTools(options: Source): Promise<number> {
  const { token: _, tokenFile: __, ...source } = options;
  if (source.import === "-") throw new InputError("--import - is not possible: stdin is for tools");
  addressOf("--url", source.url);
  const token = tokenOf(options);
  const main = new URL("./mcp/main.ts", import.meta.url);
  const local = main.protocol === "file:";
  if (local && !await exists(main)) throw new InputError("mcp is not part of the npm package");
  const settings = local
    ? ["--config", fileURLToPath(new URL("./mcp/deno.json", import.meta.url)), "--frozen"]
    : ["--no-config", "--no-lock"];
  const child = new Deno.Command(Deno.execPath(), {
    args: [
      ...["run", "--quiet", "--no-prompt", ...PERMISSIONS, ...settings],
      local ? fileURLToPath(main) : main.href,
      JSON.stringify({ source, version: config.version }),
    ],
    // Not among the arguments, which other users can see.
    env: token === undefined ? {} : { AM_DBG_TOKEN: token },
    stdin: "inherit",
    stdout: "inherit",
    stderr: "inherit",
  }).spawn();
  const stop = () => child.kill("SIGTERM");
  const signals = ["SIGINT", "SIGTERM"] as const;
  for (const signal of signals) Deno.addSignalListener(signal, stop);
  try {
    return (await child.status).code;
  } finally {
    for (const signal of signals) Deno.removeSignalListener(signal, stop);
  }
}

async function exists(file: URL): Promise<boolean> {
  return await Deno.stat(file).then(({ isFile }) => isFile, () => false);
}
