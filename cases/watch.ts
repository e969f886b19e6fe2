/**
 * Shows the machines of a case to whoever looks: the debugger, Prometheus, OpenTelemetry, by one option.
 *
 * @module
 */
import type { AnyMachine } from "../mod.ts";
import { connectDebugger } from "../telemetry/mod.ts";
import { traceMachine } from "../telemetry/otel/mod.ts";
import { bindMachine, metricsHandler } from "../telemetry/prometheus/mod.ts";

/** Who looks, and where. */
export interface Watchers {
  /** The debugger's address, `host:port`. */
  readonly dbg?: string;
  /** The port on loopback where metrics are; 0: a free one. */
  readonly prometheus?: number;
  /** Whether spans are made: `OTEL_DENO=true` exports them. */
  readonly otel?: boolean;
}

/** What the option `--watch` means, in a line. */
export const WATCH_HELP = "dbg[=HOST:PORT],prometheus[=PORT],otel";

/**
 * Reads the option: `dbg`, `dbg=HOST:PORT`, `prometheus`, `prometheus=PORT` and `otel`, by commas.
 *
 * @throws {RangeError} If it says something else.
 */
export function parseWatchers(option: string): Watchers {
  const found: { -readonly [K in keyof Watchers]: Watchers[K] } = {};
  for (const part of option.split(",").filter((one) => one !== "")) {
    const [name, value] = part.split("=", 2);
    if (name === "dbg") found.dbg = value ?? "127.0.0.1:6831";
    else if (name === "otel" && value === undefined) found.otel = true;
    else if (name === "prometheus" && /^\d{1,5}$/.test(value ?? "9464")) {
      found.prometheus = Number(value ?? 9464);
    } else throw new RangeError(`--watch has "${part}", expected ${WATCH_HELP}`);
  }
  return found;
}

/** What looks at machines, until it is disposed of. */
export interface Watching extends AsyncDisposable {
  /** Where the metrics are; `null` without Prometheus. */
  readonly metrics: string | null;
}

/**
 * Shows a machine and all that have it for a parent.
 *
 * @param label What metrics are summed up by; short-lived machines of a kind share one.
 */
export function watch(
  machine: AnyMachine,
  { dbg, prometheus, otel }: Watchers,
  label: (one: AnyMachine) => string = (one) => one.id,
): Watching {
  const connection = dbg === undefined ? null : connectDebugger(machine, { url: dbg, args: true });
  const bindings = [
    ...prometheus === undefined ? [] : [bindMachine(machine, { label, states: true })],
    ...otel ? [traceMachine(machine)] : [],
  ];
  const server = prometheus === undefined ? null : Deno.serve({
    hostname: "127.0.0.1",
    port: prometheus,
    onListen: () => {},
  }, metricsHandler());
  return {
    metrics: server && `http://127.0.0.1:${server.addr.port}/metrics`,
    async [Symbol.asyncDispose]() {
      await connection?.close();
      for (const binding of bindings) binding.unbind();
      await server?.shutdown();
    },
  };
}
