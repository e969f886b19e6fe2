/**
 * The debugger's terminal UI: keys become messages, the model's view becomes cells.
 *
 * @module
 */
import { type Model, view } from "../model/mod.ts";
import type { Session } from "../session.ts";
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
/** Letters typed within this time search together. */
const TYPING = 1500;

/** Runs the terminal UI until the session is over; the terminal is as before then. */
export async function runTui(session: Session): Promise<void> {
  const { machine } = session;
  const terminal = new Terminal();
  let shown: Grid | null = null;
  let screen: Screen | null = null;
  let drawn: Model | null = null;
  let typed = 0;
  const draw = () => {
    const size = terminal.size();
    const { model } = session;
    screen = drawScreen(view(model, viewportOf(size, model.layout)), size);
    terminal.write(screen.grid.diff(shown, terminal.color));
    shown = screen.grid;
    drawn = model;
  };
  const quit = () => void machine.remove("Start");
  const resized = () => {
    shown = null;
    draw();
  };
  const pressed = (key: string) => {
    const { model } = session;
    const now = performance.now();
    const letter = /^[\w-]$/.test(key);
    if (letter && now - typed > TYPING && model.search && model.searchIn !== "transitions") {
      session.send({ kind: "search", text: "" });
    }
    if (letter) typed = now;
    const action = actionOf(session.model, key);
    if (action === "quit") return quit();
    if (action === "export") return void machine.add("Exporting");
    if (action === null) return;
    if (model.notice) session.send({ kind: "notice", text: "" });
    session.send(action);
  };
  const reader = Deno.stdin.readable.getReader();
  const decoder = new TextDecoder();
  const read = async () => {
    for (;;) {
      const { value, done } = await reader.read();
      if (done) return quit();
      for (const key of parseKeys(decoder.decode(value, { stream: true }))) {
        if (typeof key === "string") pressed(key);
        else if (screen) {
          const message = mouseMessage(screen, key);
          if (message) session.send(message);
        }
      }
      if (session.model !== drawn) draw();
    }
  };
  terminal.open();
  const frames = setInterval(() => {
    if (session.model !== drawn) draw();
  }, 1000 / FRAME);
  for (const signal of ["SIGTERM", "SIGHUP", "SIGINT"] as const) {
    Deno.addSignalListener(signal, quit);
  }
  Deno.addSignalListener("SIGWINCH", resized);
  try {
    draw();
    await Promise.race([machine.whenNot("Start"), read()]);
  } finally {
    clearInterval(frames);
    for (const signal of ["SIGTERM", "SIGHUP", "SIGINT"] as const) {
      Deno.removeSignalListener(signal, quit);
    }
    Deno.removeSignalListener("SIGWINCH", resized);
    terminal.restore();
    await reader.cancel().catch(() => {});
  }
}
