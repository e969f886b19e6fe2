/**
 * The debugger's terminal UI: keys become messages, the model's view becomes cells.
 *
 * @module
 */
import { initialModel, type Message, type Model, type Store, update, view } from "../model/mod.ts";
import type { Grid } from "./grid.ts";
import { actionOf, parseKeys } from "./keys.ts";
import { drawScreen, mouseMessage, type Screen, viewportOf } from "./screen.ts";
import { Terminal } from "./terminal.ts";

export { Grid, type Style, STYLES } from "./grid.ts";
export {
  type Action,
  actionOf,
  type Binding,
  BINDINGS,
  type MouseEvent,
  parseKeys,
} from "./keys.ts";
export {
  drawScreen,
  type Hit,
  mouseMessage,
  type Screen,
  type Size,
  viewportOf,
} from "./screen.ts";

/** At most so many screens per second are drawn for what machines send. */
const FRAME = 60;
const PLAY = 500;
/** Letters typed within this time search together. */
const TYPING = 1500;

/** What the terminal UI can't do itself. */
export interface TuiOptions {
  /** Writes a file; gives what to tell about it. */
  readonly export: (model: Model) => Promise<string>;
}

/** Runs the terminal UI until somebody quits; the terminal is as before then. */
export async function runTui(store: Store, options: TuiOptions): Promise<void> {
  const terminal = new Terminal();
  let model = update(initialModel(store), { kind: "received" });
  let shown: Grid | null = null;
  let screen: Screen | null = null;
  let typed = 0;
  let drawn = 0;
  const draw = () => {
    const size = terminal.size();
    screen = drawScreen(view(model, viewportOf(size, model.layout)), size);
    terminal.write(screen.grid.diff(shown, terminal.color));
    shown = screen.grid;
    drawn = performance.now();
  };
  const send = (message: Message) => {
    model = update(model, message);
  };
  const { promise, resolve: quit } = Promise.withResolvers<void>();
  const resized = () => {
    shown = null;
    draw();
  };
  terminal.open();
  const frames = setInterval(() => {
    if (store.revision === model.revision || performance.now() - drawn < 1000 / FRAME) return;
    send({ kind: "received" });
    draw();
  }, 1000 / FRAME);
  const playing = setInterval(() => {
    if (!model.playing) return;
    send({ kind: "playTick" });
    draw();
  }, PLAY);
  for (const signal of ["SIGTERM", "SIGHUP", "SIGINT"] as const) {
    Deno.addSignalListener(signal, quit);
  }
  Deno.addSignalListener("SIGWINCH", resized);
  const reader = Deno.stdin.readable.getReader();
  const decoder = new TextDecoder();
  const read = async () => {
    for (;;) {
      const { value, done } = await reader.read();
      if (done) return quit();
      for (const key of parseKeys(decoder.decode(value, { stream: true }))) {
        if (typeof key !== "string") {
          const message = screen && mouseMessage(screen, key);
          if (message) send(message);
          continue;
        }
        const now = performance.now();
        const letter = /^[\w-]$/.test(key);
        if (letter && now - typed > TYPING && model.search && model.searchIn !== "transitions") {
          send({ kind: "search", text: "" });
        }
        if (letter) typed = now;
        const action = actionOf(model, key);
        if (action === "quit") return quit();
        if (action === "export") {
          const notice = await options.export(model);
          send({ kind: "dialog", dialog: null });
          send({ kind: "notice", text: notice });
        } else if (action !== null) {
          if (model.notice) send({ kind: "notice", text: "" });
          send(action);
        }
      }
      draw();
    }
  };
  try {
    draw();
    await Promise.race([promise, read()]);
  } finally {
    clearInterval(frames);
    clearInterval(playing);
    for (const signal of ["SIGTERM", "SIGHUP", "SIGINT"] as const) {
      Deno.removeSignalListener(signal, quit);
    }
    Deno.removeSignalListener("SIGWINCH", resized);
    terminal.restore();
    await reader.cancel().catch(() => {});
  }
}
