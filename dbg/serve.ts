import { connectDebugger, debugAll } from "../telemetry/mod.ts";
import { isLoopback } from "./access.ts";
import { read } from "./commands.ts";
import { exportFrom, openFile } from "./file_actions.ts";
import { addressOf, InputError, listenAddress, tokenOf, type TokenOptions } from "./input.ts";
import { LAYOUTS, Store } from "./model/mod.ts";
import { complain, printLine } from "./output.ts";
import { pageHandler } from "./page/mod.ts";
import { groups } from "./schema.ts";
import { startServer } from "./server.ts";
import { Session } from "./session.ts";
import { simulate } from "./simulation.ts";
import { runTui } from "./tui/mod.ts";

/** The options of a debugger that collects. */
export interface Listening extends TokenOptions {
  readonly import?: string;
  readonly headless?: boolean;
  readonly listen: string;
  readonly maxMem: number;
  readonly dir: string;
  readonly selectMachine?: string;
  readonly selectTransition?: number;
  readonly selectConnected?: boolean;
  readonly cleanOnConnect?: boolean;
  readonly view?: string;
  readonly dbgSelf?: string;
  readonly logFile?: string;
}

/** How often a debugger without a screen says what it refused, in milliseconds. */
const SAY = 500;

/** Collects, with a screen where there is a terminal, until it is ended. */
export async function serve(options: Listening): Promise<void> {
  const { maxMem, dir, headless } = options;
  const { hostname, port } = listenAddress(options.listen);
  const token = tokenOf(options);
  if (!(maxMem > 0)) throw new InputError("--max-mem has to be more than 0");
  if (!isLoopback(hostname) && !token) {
    throw new InputError("Listening beyond loopback needs --token");
  }
  if (options.selectTransition !== undefined && options.selectMachine === undefined) {
    throw new InputError("--select-transition needs --select-machine");
  }
  const layout = LAYOUTS.find((one) => one === (options.view ?? LAYOUTS[0]));
  if (layout === undefined) {
    throw new InputError(`--view has to be one of ${LAYOUTS.join(", ")}, not "${options.view}"`);
  }
  const store = new Store({ maxMemory: maxMem * 1e6 });
  let server;
  try {
    server = startServer(store, { hostname, port, token, page: pageHandler(store) });
  } catch (error) {
    throw new InputError(`Cannot listen on ${options.listen}: ${(error as Error).message}`);
  }
  debugSelf(options.dbgSelf, server.address);
  using log = options.logFile === undefined ? null : logFile(options.logFile);
  using session = new Session(store, {
    model: { layout },
    selectConnected: options.selectConnected,
    cleanOnConnect: options.cleanOnConnect,
    export: (model) => exportFrom(model, dir),
    open: (path) => openFile(store, path),
    demo: () => demo(server.address, token),
  });
  if (log) {
    session.machine.setLogLevel("ops");
    session.machine.setLogger((line) => log.writeSync(new TextEncoder().encode(`${line}\n`)));
  }
  const { machine } = session;
  let fault: unknown = null;
  const prepared = prepare(session, options).catch((error) => {
    fault = error;
    machine.remove("Start");
  });
  const stop = () => void machine.remove("Start");
  const screen = !headless && Deno.stdin.isTerminal() && Deno.stdout.isTerminal();
  using _guard = keepRunning(store, screen ? session : null);
  if (screen) await runTui(session);
  else {
    for (const signal of ["SIGINT", "SIGTERM"] as const) Deno.addSignalListener(signal, stop);
    await prepared;
    if (fault === null) complain(`Listening on ${server.address}`);
    const saying = sayRefusals(store);
    await machine.whenNot("Start");
    clearInterval(saying);
    for (const signal of ["SIGINT", "SIGTERM"] as const) Deno.removeSignalListener(signal, stop);
  }
  await server.close();
  if (fault !== null) throw fault;
  let transitions = 0;
  for (const client of store.clients.values()) transitions += client.end;
  printLine(`Clients: ${store.clients.size}`);
  printLine(`Transitions: ${transitions}`);
}

/** Lets the demo's machines connect, as those of any program do. */
async function demo(address: string, token: string | undefined): Promise<string> {
  await simulate({
    onStart: (machine, groups) =>
      void connectDebugger(machine, { url: `ws://${address}`, token, groups, args: true }),
  });
  return "The demo: 120 machines. e shows their errors, w why something happened";
}

/** Whatever goes wrong in a timer, a view or a promise: what was collected stays, and it is said. */
function keepRunning(store: Store, session: Session | null): Disposable {
  const caught = (event: Event, error: unknown) => {
    event.preventDefault();
    event.stopImmediatePropagation();
    const text = `Internal error: ${error instanceof Error ? error.message : "unknown"}`;
    store.refuse(text);
    try {
      session?.send({ kind: "notice", text });
    } catch {
      // It was the session itself.
    }
  };
  const failed = (event: ErrorEvent) => caught(event, event.error);
  const rejected = (event: PromiseRejectionEvent) => caught(event, event.reason);
  globalThis.addEventListener("error", failed);
  globalThis.addEventListener("unhandledrejection", rejected);
  return {
    [Symbol.dispose]() {
      globalThis.removeEventListener("error", failed);
      globalThis.removeEventListener("unhandledrejection", rejected);
    },
  };
}

/** Says each kind of refusal once. */
function sayRefusals(store: Store): ReturnType<typeof setInterval> {
  const said = new Set<string>();
  return setInterval(() => {
    for (const reason of store.refusals.keys()) {
      if (said.has(reason)) continue;
      if (said.size >= 1000) return;
      said.add(reason);
      complain(`Refused: ${reason}`);
    }
  }, SAY);
}

/** Reads and selects what the options ask for, while the screen is there already. */
async function prepare(session: Session, options: Listening): Promise<void> {
  const { store, machine } = session;
  const { selectMachine: key, selectTransition: id } = options;
  if (options.import !== undefined) await read(store, options.import);
  if (key !== undefined) {
    if (!store.clients.has(key)) {
      throw new InputError(`Machine ${JSON.stringify(key)} is not known`);
    }
    machine.add("SelectingClient", { key });
    if (id !== undefined) machine.add("ScrollToTx", { to: { kind: "transition", id } });
  }
  machine.add("Ready");
}

/** Shows the debugger's own machines, those of its pages too, in another debugger. */
function debugSelf(address: string | undefined, own: string): void {
  if (address === undefined) return;
  const url = addressOf("--dbg-self", address);
  // It would have something new to tell itself forever.
  const port = url.port || (url.protocol === "wss:" ? "443" : "80");
  const here = isLoopback(url.hostname) && isLoopback(own.replace(/:\d+$/, ""));
  if (url.host === own || (here && own.endsWith(`:${port}`))) {
    throw new InputError("--dbg-self is this debugger's own address");
  }
  debugAll({ url: url.href, groups });
}

function logFile(path: string): Deno.FsFile {
  try {
    return Deno.openSync(path, { write: true, create: true, append: true });
  } catch (error) {
    throw new InputError(`Cannot write "${path}": ${(error as Error).message}`);
  }
}
