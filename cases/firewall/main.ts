/**
 * The firewall as a program: stands before a server and enforces rules.
 *
 *     deno run -A cases/firewall/main.ts --server 127.0.0.1:8080 [--listen 127.0.0.1:8000]
 *         [--rules FILE] [--watch dbg,prometheus,otel]
 *
 * Without rules, addresses of this computer may come in. Bad input is one line and exit code 2; SIGINT and
 * SIGTERM let flows end for five seconds.
 */
import { parseArgs } from "node:util";
import { parseWatchers, watch, WATCH_HELP } from "../watch.ts";
import { Address } from "./addresses.ts";
import { Firewall } from "./firewall.ts";
import { Flow } from "./flow.ts";
import { parseRules } from "./rules.ts";

const USAGE =
  `usage: main.ts --server HOST:PORT [--listen HOST:PORT] [--rules FILE] [--watch ${WATCH_HELP}]`;

/** How long flows may take to end by themselves, in milliseconds. */
const GRACE = 5000;

const LOCAL = {
  rules: [
    { from: "127.0.0.0/8", action: "allow" },
    { from: "::1", action: "allow" },
  ],
};

function endpoint(option: string, text: string): { hostname: string; port: number } {
  const [, hostname, port] = /^(.+):(\d{1,5})$/.exec(text) ?? [];
  if (hostname === undefined || Number(port) > 65535) {
    throw new RangeError(`--${option} is "${text}", expected HOST:PORT`);
  }
  return { hostname: hostname.replace(/^\[(.*)\]$/, "$1"), port: Number(port) };
}

/** Starts what the arguments say. */
function start(args: string[]) {
  const { values } = parseArgs({
    args,
    options: {
      server: { type: "string" },
      listen: { type: "string", default: "127.0.0.1:0" },
      rules: { type: "string" },
      watch: { type: "string", default: "" },
    },
  });
  if (values.server === undefined) throw new RangeError(USAGE);
  const watchers = parseWatchers(values.watch);
  const firewall = new Firewall({
    server: endpoint("server", values.server),
    listen: endpoint("listen", values.listen),
    rules: parseRules(values.rules ? JSON.parse(Deno.readTextFileSync(values.rules)) : LOCAL),
    watched: values.watch !== "",
  });
  const watching = watch(
    firewall.machine,
    watchers,
    (one) => one instanceof Flow ? "flow" : one instanceof Address ? "address" : one.id,
  );
  return { firewall, watching };
}

if (import.meta.main) {
  let started;
  try {
    started = start(Deno.args);
  } catch (error) {
    console.error((error as Error).message.split("\n")[0]);
    Deno.exit(2);
  }
  const { firewall, watching } = started;
  console.log(`listening on port ${firewall.port}`);
  if (watching.metrics) console.log(`metrics on ${watching.metrics}`);
  const stop = async () => {
    await firewall.stop(GRACE);
    await watching[Symbol.asyncDispose]();
    Deno.exit(0);
  };
  for (const signal of ["SIGINT", "SIGTERM"] as const) Deno.addSignalListener(signal, stop);
}
