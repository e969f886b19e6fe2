/**
 * The debugger's terminal UI: keys become messages, the model's view becomes cells.
 *
 * @module
 */
import type { Result } from "../../mod.ts";
import { type Model, view, whyText } from "../model/mod.ts";
import type { Session } from "../session.ts";
import { Grid } from "./grid.ts";
import { InputReader, type Paste } from "./input.ts";
import { hasShell } from "./job.ts";
import { actionOf, type Command, pasteOf } from "./keys.ts";
import { drawScreen, mouseMessages, type Screen, type Size, viewportOf } from "./screen.ts";
import { Terminal } from "./terminal.ts";

export { Grid, type Style, STYLES } from "./grid.ts";
export { type Input, InputReader, type MouseEvent, type Paste } from "./input.ts";
export {
  type Action,
  actionOf,
  type Binding,
  BINDINGS,
  type Command,
  pasteOf,
  textOf,
} from "./keys.ts";
export { LEGEND, type Sign } from "./legend.ts";
export {
  type Area,
  drawScreen,
  type Hit,
  mouseMessages,
  type Screen,
  type Size,
  viewportOf,
} from "./screen.ts";

/** At most so many screens per second are drawn for what machines send … */
const FRAME = 60;
/** … and they take at most one part in so many of the time. */
const SHARE = 5;
/** After so many milliseconds an Escape is the key, and no sequence's beginning. */
const ESCAPE = 100;

/** What ends the debugger in order; Windows knows a few of them only. */
const ENDING: readonly Deno.Signal[] = Deno.build.os === "windows"
  ? ["SIGINT", "SIGBREAK"]
  : ["SIGTERM", "SIGHUP", "SIGINT", "SIGQUIT"];

/** A screen, whatever the view makes of what was recorded: an error is shown instead of it. */
function screenOf(model: Model, size: Size): Screen {
  try {
    return drawScreen(view(model, viewportOf(size, model)), size);
  } catch (error) {
    const grid = new Grid(size.columns, size.rows);
    grid.text(0, 0, `Cannot draw this: ${error}`, "error");
    grid.text(0, 1, "Another machine or view may do; ctrl+q quits", "dim");
    return { grid, hits: [], areas: [] };
  }
}

/** Runs the terminal UI until the session is over; the terminal is as before then. */
export async function runTui(session: Session): Promise<void> {
  const { machine } = session;
  const terminal = new Terminal();
  const input = new InputReader();
  const posix = Deno.build.os !== "windows";
  let shown: Grid | null = null;
  let screen: Screen | null = null;
  let drawn: Model | null = null;
  let own = false;
  let pause: ReturnType<typeof setTimeout> | undefined;
  /** When machines' news are drawn next. */
  let next = 0;
  const draw = () => {
    const start = performance.now();
    const { model } = session;
    screen = screenOf(model, terminal.size());
    terminal.write(screen.grid.diff(shown, terminal.color));
    shown = screen.grid;
    drawn = model;
    const end = performance.now();
    next = end + (end - start) * SHARE;
    if (terminal.gone) quit();
  };
  const quit = () => void machine.remove("Start");
  const redraw = () => {
    shown = null;
    draw();
  };
  const resume = () => {
    if (machine.not("Start")) return;
    terminal.open();
    redraw();
  };
  /** Stops like any program; with `group`, together with what runs it (`deno task`). */
  const suspend = (group: boolean) => {
    if (!posix) return;
    if (!hasShell()) {
      return session.send({ kind: "notice", text: "No shell here to come back from" });
    }
    terminal.restore();
    if (group) {
      own = true;
      Deno.kill(0, "SIGTSTP");
    }
    Deno.kill(Deno.pid, "SIGSTOP"); // returns when it goes on
    resume();
    // The group's signal comes to this process, too, but a moment later.
    setTimeout(() => own = false, ESCAPE);
  };
  const stopped = () => {
    if (own) own = false;
    else suspend(false);
  };
  /** Only what a person asks for goes to the clipboard. */
  const copy = () => {
    const { model } = session;
    const { why, link } = view(model, { ...viewportOf(terminal.size(), model), why: true });
    const whole = why !== null && model.layout === "tree-why";
    terminal.copy(whole ? whyText(why.why) : link);
    session.send({ kind: "notice", text: `Copied: ${whole ? "why" : link || "nothing"}` });
  };
  const done = (result: Result, what: string) => {
    if (result !== "canceled") return;
    session.send({ kind: "notice", text: `Nothing can be ${what} here now` });
  };
  const pressed = (key: string) => {
    const { model } = session;
    const action = actionOf(model, key);
    if (action === null) return;
    if (model.notice) session.send({ kind: "notice", text: "" });
    if (typeof action !== "string") return session.send(action);
    const commands: Readonly<Record<Command, () => void>> = {
      quit,
      suspend: () => suspend(true),
      redraw,
      copy,
      export: () => done(machine.add("Exporting"), "exported"),
      open: () => done(machine.add("Opening", { path: model.openPath.trim() }), "opened"),
      demo: () => {
        if (model.store.clients.size === 0) done(machine.add("StartingDemo"), "started");
      },
    };
    commands[action]();
  };
  const pasted = ({ text }: Paste) => {
    const message = pasteOf(session.model, text);
    if (message) session.send(message);
  };
  const take = (all: ReturnType<InputReader["read"]>) => {
    for (const one of all) {
      if (typeof one === "string") pressed(one);
      else if (one.kind === "paste") pasted(one);
      else if (screen) {
        for (const message of mouseMessages(screen, one, session.model)) session.send(message);
      }
    }
    if (session.model !== drawn && machine.is("Start")) draw();
  };
  const reader = Deno.stdin.readable.getReader();
  const decoder = new TextDecoder();
  const read = async () => {
    for (;;) {
      const { value, done } = await reader.read();
      clearTimeout(pause);
      if (done) return quit();
      take(input.read(decoder.decode(value, { stream: true })));
      if (input.undecided) pause = setTimeout(() => take(input.pause()), ESCAPE);
    }
  };
  terminal.open();
  const frames = setInterval(() => {
    if (session.model !== drawn && performance.now() >= next) draw();
  }, 1000 / FRAME);
  const signals: readonly (readonly [Deno.Signal, () => void])[] = [
    ...ENDING.map((signal) => [signal, quit] as const),
    ...(posix ? [["SIGTSTP", stopped], ["SIGCONT", resume], ["SIGWINCH", redraw]] as const : []),
  ];
  for (const [signal, listener] of signals) Deno.addSignalListener(signal, listener);
  try {
    draw();
    await Promise.race([machine.whenNot("Start"), read().catch(quit)]);
  } finally {
    clearInterval(frames);
    clearTimeout(pause);
    for (const [signal, listener] of signals) Deno.removeSignalListener(signal, listener);
    terminal.restore();
    await reader.cancel().catch(() => {});
  }
}
