/**
 * The debugger's demo: a network of 120 machines connects to it, and a script plays a tour by
 * mutations of the debugger's own machine.
 *
 *     deno run -A dbg/demo.ts [--headless] [--port NUMBER]
 *
 * In a terminal the screen stays afterwards. Headless, it prints the screens that it passes.
 *
 * @module
 */
import { Command } from "@cliffy/command";
import { connectDebugger } from "../telemetry/mod.ts";
import { exportFrom, openFile } from "./file_actions.ts";
import { Store, view } from "./model/mod.ts";
import { pageHandler } from "./page/mod.ts";
import { startServer } from "./server.ts";
import { Session } from "./session.ts";
import { simulate } from "./simulation.ts";
import { drawScreen, runTui, type Size, viewportOf } from "./tui/mod.ts";

/** Time between two mutations in a terminal, in milliseconds. */
const PACE = 150;
/** How long the machines may take to arrive, in milliseconds. */
const PATIENCE = 30_000;

/** A part of the tour: what the screen shows at its end. */
export type Scene = string;

/**
 * Plays the tour by mutations only: yields after each, with the name of the scene that it ends, or
 * null in the middle of one.
 */
export function* tour({ machine }: Session): Generator<Scene | null> {
  const times = function* (state: "Fwd" | "FwdStep" | "BackStep", count: number, scene: Scene) {
    for (let i = 1; i <= count; i++) {
      machine.add(state);
      yield i < count ? null : scene;
    }
  };
  machine.add("SelectingClient", { key: "peer-1" });
  machine.add("ScrollToTx", { to: { kind: "first" } });
  yield "A peer, before its first transition";
  yield* times("Fwd", 20, "After 20 transitions");
  machine.add("TreeMatrixView");
  yield "The matrix";
  yield* times("Fwd", 11, "The matrix, 11 transitions later");
  yield* times("FwdStep", 8, "Into the next transitions, 8 steps");
  machine.add("StateNameSelected", { state: "Connected" });
  yield "The state Connected";
  yield* times("FwdStep", 15, "15 steps more");
  machine.add("TreeLogView");
  yield "The log";
  yield* times("BackStep", 23, "23 steps back");
  machine.add("MatrixRainView");
  yield "The rain";
  machine.add("FilterCanceledTx");
  yield "Without what was canceled";
  machine.add("HelpDialog");
  yield "All keys";
  machine.remove("HelpDialog");
  machine.remove("FilterCanceledTx");
  machine.add("TreeLogView");
  machine.add("TailMode");
  yield "The end";
}

/** The text of the session's screen. */
export function screenOf({ model }: Session, size: Size): string {
  return drawScreen(view(model, viewportOf(size, model)), size).grid.lines().join("\n");
}

/** Lets the simulated network connect to a debugger; done when all of it has arrived. */
export async function connectNetwork(
  store: Store,
  address: string,
  options: { readonly machines?: number; readonly rounds?: number } = {},
): Promise<Disposable> {
  let sent = 0;
  let end: () => void = () => {};
  const network = await simulate({
    ...options,
    onStart(machine, groups) {
      const connection = connectDebugger(machine, { url: `ws://${address}`, groups });
      machine.addTracer({ inheritable: true, transitionEnd: () => void sent++ });
      end = () => connection.close();
    },
  });
  const deadline = performance.now() + PATIENCE;
  for (;;) {
    let arrived = 0;
    for (const client of store.clients.values()) arrived += client.end + client.dropped;
    if (arrived >= sent) break;
    if (performance.now() > deadline) throw new Error(`Only ${arrived} of ${sent} arrived`);
    await pause(20);
  }
  return {
    [Symbol.dispose]() {
      network.dispose();
      end();
    },
  };
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((next) => setTimeout(next, milliseconds));
}

async function main(headless: boolean, port: number): Promise<void> {
  const store = new Store();
  const server = startServer(store, { port, page: pageHandler(store) });
  using session = new Session(store, {
    export: (model) => exportFrom(model, "."),
    open: (path) => openFile(store, path),
  });
  const { machine } = session;
  machine.add("Ready");
  const screen = headless ? null : runTui(session);
  {
    using _network = await connectNetwork(store, server.address);
    for (const scene of tour(session)) {
      if (machine.not("Start")) break;
      if (!headless) await pause(PACE);
      else if (scene !== null) {
        console.log(`=== ${scene}\n${screenOf(session, { columns: 120, rows: 40 })}`);
      }
    }
    await screen;
  }
  machine.remove("Start");
  await server.close();
}

if (import.meta.main) {
  try {
    await new Command()
      .name("demo")
      .description("A network of 120 machines, and a tour of the debugger.")
      .option("-H, --headless", "Print the screens instead of drawing them.")
      .option("-p, --port <port:integer>", "Where the debugger listens.", { default: 6831 })
      .throwErrors()
      .action(({ headless, port }: { headless?: boolean; port: number }) =>
        main(headless === true || !Deno.stdout.isTerminal(), port)
      )
      .parse(Deno.args);
  } catch (error) {
    console.error(`demo: ${(error as Error).message}`);
    Deno.exit(2);
  }
  Deno.exit(0);
}
