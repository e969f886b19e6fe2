/** @jsxImportSource preact */
/// <reference lib="dom" />
/**
 * The page: it draws views and sends messages; all that happens, happens in the debugger's model.
 *
 * @module
 */
import { render } from "preact";
import type { PageView } from "../page_view.ts";
import { go, showAddress, watchAddress } from "./address.ts";
import { Diagram } from "./diagram.tsx";
import { Bar, Filters, modeText, Search, Status, Steps, Timeline } from "./foot.tsx";
import { Log, Rain } from "./history.tsx";
import { hasSelection, holds, watchHolds } from "./hold.ts";
import { actionOf } from "./keys.ts";
import { Machines } from "./machines.tsx";
import { Matrix } from "./matrix.tsx";
import { keep, restore } from "./settings.ts";
import { connect, send } from "./socket.ts";
import { States } from "./states.tsx";
import { sendViewport } from "./viewport.ts";
import { visible } from "./visible.ts";

let view: PageView | null = null;
let answered = 0;
let fault = "";
let lost = "";
let wide = false;
let waiting = false;
/** Whether the drawing answers the debugger, which sends no more before. */
let owed = false;

/** The views that the panels show: one in which text is selected keeps its own. */
const panels = new Map<string, PageView>();

function panel(id: string, now: PageView): PageView {
  const before = panels.get(id);
  if (before !== undefined && hasSelection(document.getElementById(id))) return before;
  panels.set(id, now);
  return now;
}

function App({ now }: { now: PageView }) {
  const [machines, tree, main, picture, foot] = ["machines", "tree", "main", "diagram", "bars"]
    .map((id) => panel(id, now));
  const held = [machines, tree, main, picture, foot].some((one) => one !== now);
  const key = now.machine?.key ?? "";
  const kinds = main.layout.split("-");
  // With another size, too, the line where one is comes into sight.
  const place = `${main.link} ${wide}`;
  const follows = main.mode === "tail";
  const told = lost || fault || now.missing ||
    (held ? "A panel waits while text is selected in it: Esc lets it go on." : "");
  return (
    <>
      {told !== "" && (
        <div id="banner" role="alert" class={lost || fault ? "error" : "warning"}>
          {visible(told)}
        </div>
      )}
      <main class={`${wide ? "wide" : ""} ${now.layout.startsWith("tree") ? "" : "treeless"}`}>
        <nav id="machines" aria-label="Machines">
          <Machines machines={machines.machines} selected={machines.machine?.key ?? ""} />
        </nav>
        <section id="tree" aria-label="States">
          <States tree={tree.tree} count={tree.machine?.states ?? 0} machine={key} />
        </section>
        <section id="main" aria-label="Log, matrix, rain">
          {kinds.includes("log") && <Log log={main.log} place={place} follows={follows} />}
          {kinds.includes("matrix") && <Matrix matrix={main.matrix} />}
          {kinds.includes("rain") && <Rain rain={main.rain} place={place} follows={follows} />}
        </section>
        <section id="diagram" aria-label="Diagram">
          <Diagram machine={key} diagram={picture.diagram} />
        </section>
      </main>
      <footer>
        <div id="bars">
          <Bar id="current" head={modeText(foot.mode)} one={foot.current} status={foot.status} />
          <Timeline timeline={foot.timeline} />
          <Bar id="next" head="Next" one={foot.next} status="" />
          <Steps steps={foot.steps} />
        </div>
        <div id="controls">
          <Filters filters={now.filterBar} />
          <Search search={now.search} />
        </div>
        <Status dropped={now.dropped} evicted={now.evicted} notice={now.notice} />
      </footer>
    </>
  );
}

function draw(): void {
  waiting = false;
  if (holds()) return;
  if (view === null) {
    render(<div id="banner" role="alert">{lost || fault || "Connecting …"}</div>, document.body);
  } else {
    render(<App now={view} />, document.body);
    if (lost === "") {
      showAddress(view, answered);
      keep(view);
    }
  }
  if (owed) send({ kind: "drawn" });
  owed = false;
}

function redraw(): void {
  if (waiting) return;
  waiting = true;
  requestAnimationFrame(draw);
}

watchHolds(redraw);
watchAddress();
addEventListener("keydown", (event) => {
  if (event.key === "Escape") getSelection()?.removeAllRanges();
  const action = actionOf(event);
  if (action === null) return;
  event.preventDefault();
  if (action === "search") document.getElementById("search")?.focus();
  else if (action === "diagram") {
    wide = !wide;
    redraw();
  } else if (action.place) go(action.message);
  else send(action.message);
});
connect({
  open() {
    lost = "";
    sendViewport();
    restore();
  },
  update(next, number, text) {
    view = next ?? view;
    answered = number;
    fault = text && `The debugger cannot show this: ${text}`;
    owed = true;
    redraw();
  },
  lost(reason) {
    lost = `The debugger is gone${reason && ` (${reason})`}; trying again …`;
    owed = false;
    redraw();
  },
});
