import { type AnyMachine, globalTracers } from "../../mod.ts";
import { DEFAULT_URL } from "./address.ts";
import { Connection, type DebuggerConnection, type DebuggerOptions } from "./connection.ts";

/**
 * Shows a machine in the debugger from now on, with the children that it has and those that it gets.
 * Never blocks or breaks a machine.
 */
export function connectDebugger(
  machine: AnyMachine,
  options: DebuggerOptions = {},
): DebuggerConnection {
  const connection = new Connection(options);
  connection.watch(machine);
  return connection;
}

/** Shows all machines that are made from now on in the debugger, over one connection. */
export function debugAll(options: DebuggerOptions = {}): DebuggerConnection {
  const connection = new Connection(options);
  globalTracers.add(connection);
  return connection;
}

/**
 * What {@linkcode debugAll} does, if the environment variable `AM_DBG_ADDR` is set: `1` for the
 * default address, `host:port`, or a URL; `AM_DBG_TOKEN` is the token, and with `AM_DBG_ARGS=1` all
 * arguments are shown, or with names in it (`id,page`) those. Else nothing, and null. When nothing
 * answers, it says so once on the console.
 */
export function debugEnv(options: DebuggerOptions = {}): DebuggerConnection | null {
  const address = environment("AM_DBG_ADDR");
  if (!address || address === "0") return null;
  const connection = new Connection({
    token: environment("AM_DBG_TOKEN"),
    args: shownArgs(environment("AM_DBG_ARGS")),
    ...options,
    url: address === "1" ? DEFAULT_URL : address,
  }, true);
  globalTracers.add(connection);
  return connection;
}

function shownArgs(text: string | undefined): true | readonly string[] | undefined {
  if (text === undefined || text === "0") return undefined;
  return text === "1" ? true : text.split(",").map((name) => name.trim());
}

/** A variable of the environment, where there is one and it may be read. */
function environment(name: string): string | undefined {
  const { Deno, process } = globalThis as {
    Deno?: { env?: { get?(name: string): string | undefined } };
    process?: { env?: Record<string, string | undefined> };
  };
  try {
    return (Deno?.env?.get ? Deno.env.get(name) : process?.env?.[name]) || undefined;
  } catch {
    return undefined; // no permission
  }
}
