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
import { Divider } from "./divider.tsx";
import { Errors, explain, Found } from "./over_all.tsx";
import { Files, importFile } from "./files.tsx";
import { Bar, Filters, modeText, Status, Steps, Timeline } from "./foot.tsx";
import { Help } from "./help.tsx";
import { Log, Rain } from "./history.tsx";
import { hasSelection, holds, watchHolds } from "./hold.ts";
import { actionOf, type Own } from "./keys.ts";
import { type Look, look, setLook, watchLook } from "./look.ts";
import { Machines } from "./machines.tsx";
import { Matrix } from "./matrix.tsx";
import { pure } from "./pure.ts";
import { keep, restore } from "./settings.ts";
import { connect, send } from "./socket.ts";
import { States } from "./states.tsx";
import { Tabs } from "./tabs.tsx";
import { Time } from "./time.tsx";
import { Top, turnTheme } from "./top.tsx";
import { sendViewport } from "./viewport.ts";
import { visible } from "./visible.ts";
import { Welcome } from "./welcome.tsx";
import { follow, textOf, Why } from "./why.tsx";

let view: PageView | null = null;
let answered = 0;
let fault = "";
let lost = "";
/** How long something said stays, in milliseconds. */
const SAID = 15_000;
let said = "";
let forgetting: ReturnType<typeof setTimeout> | undefined;
/** The dialog that is open. */
let opened: "help" | "files" | null = null;
/** Errors that a screen reader was told of, and what it is told now. */
let known = -1;
let newErrors = "";
let announcing: ReturnType<typeof setTimeout> | undefined;
/** Time between two such words, in milliseconds. */
const QUIET = 5000;
/** Whether a narrow page shows the filters. */
let sheet = false;
let waiting = false;
/** The view that gets the focus when it is there. */
let waitingFor = "";
/** Whether the drawing answers the debugger, which sends no more before. */
let owed = false;

/** The views that the panels show: one in which text is selected keeps its own. */
const panels = new Map<string, PageView>();

const PANELS = ["machines", "tree", "main", "side", "bars"] as const;

function panel(id: string, now: PageView): PageView {
  const before = panels.get(id);
  if (before !== undefined && hasSelection(document.getElementById(id))) return before;
  panels.set(id, now);
  return now;
}

/** The views of the panel in the middle, and what its heading says. */
const VIEWS = [
  ["tree-log", "Log"],
  ["tree-matrix", "Matrix"],
  ["tree-rain", "Rain"],
  ["time", "Time"],
  ["errors", "Errors"],
  ["found", "Found"],
] as const;

const Views = pure(({ layout, errors }: { layout: PageView["layout"]; errors: number }) => (
  <div class="tools" role="group" aria-label="View">
    {VIEWS.map(([one, title]) => (
      <button
        key={one}
        type="button"
        aria-pressed={one === layout}
        onClick={() => send({ kind: "layout", layout: one })}
      >
        {title}
        {one === "errors" && errors > 0 && <span class="error">{` ${errors}`}</span>}
      </button>
    ))}
  </div>
));

/** What the column at the right shows. */
const Side = pure(({ side }: { side: Look["side"] }) => (
  <div class="tools side-tabs" role="group" aria-label="Side">
    {(["why", "diagram"] as const).map((one) => (
      <button
        key={one}
        type="button"
        aria-pressed={one === side}
        onClick={() => setLook({ side: one, wide: false })}
      >
        {one === "why" ? "Why" : "Diagram"}
      </button>
    ))}
  </div>
));

const open = (dialog: "help" | "files") => () => {
  opened = dialog;
  redraw();
};
const close = () => {
  opened = null;
  redraw();
};
const openHelp = open("help");
const openFiles = open("files");

/** What is searched is shown as it is found; without text, what was there before. */
function onSearch(text: string): void {
  if (view === null || view.layout === "errors") return;
  if (text !== "" && view.layout !== "found") send({ kind: "answer", layout: "found" });
}

/** Says politely that there are errors: how many more than when it last said so. */
function announce({ errorCount }: PageView): void {
  if (known === -1 || known > errorCount) known = errorCount;
  const more = errorCount - known;
  if (more === 0 || announcing !== undefined) return;
  newErrors = `${more} new error${more === 1 ? "" : "s"}, ${errorCount} in all`;
  known = errorCount;
  announcing = setTimeout(() => {
    announcing = undefined;
    redraw();
  }, QUIET);
}

const turnSheet = () => {
  sheet = !sheet;
  redraw();
};

/** What the page itself has to say stays for a while. */
function say(text: string): void {
  said = text;
  clearTimeout(forgetting);
  forgetting = setTimeout(() => {
    said = "";
    redraw();
  }, SAID);
  redraw();
}

function Panels({ now }: { now: PageView }) {
  const [machines, tree, main, side] = ["machines", "tree", "main", "side"]
    .map((id) => panel(id, now));
  const { wide, tab, widths, hidden, side: kind } = look();
  const key = now.machine?.key ?? "";
  const kinds = main.layout.split("-");
  // With another size, too, the line where one is comes into sight.
  const place = `${main.link} ${wide} ${tab}`;
  const follows = main.mode === "tail";
  const treeless = !now.layout.startsWith("tree");
  return (
    <main class={`${wide ? "wide" : ""} ${treeless ? "treeless" : ""}`} data-tab={tab}>
      <nav id="machines" aria-label="Machines">
        <Machines
          machines={machines.machines}
          selected={machines.machine?.key ?? ""}
          order={machines.order}
          search={now.search}
        />
      </nav>
      <Divider column="machines" label="Machines" width={widths.machines} side="left" />
      <section id="tree" aria-label="States">
        <States tree={tree.tree} count={tree.machine?.states ?? 0} machine={key} />
      </section>
      <Divider column="states" label="States" width={widths.states} side="left" />
      <section id="main" aria-label="View">
        <Views layout={now.layout} errors={now.errorCount} />
        {kinds.includes("log") && <Log log={main.log} place={place} follows={follows} />}
        {kinds.includes("matrix") && <Matrix matrix={main.matrix} />}
        {kinds.includes("rain") && <Rain rain={main.rain} place={place} follows={follows} />}
        {main.time && <Time time={main.time} place={key} />}
        {main.errors && <Errors errors={main.errors} place="" />}
        {main.found && <Found found={main.found} text={main.search.text} />}
      </section>
      <Divider column="side" label="the side" width={widths.side} side="right" />
      <section id="side" aria-label="Why, diagram">
        <Side side={kind} />
        {kind === "why" ? <Why why={side.why} onCopy={OWN.copy} /> : (
          <div id="diagram">
            <Diagram
              machine={key}
              diagram={side.diagram}
              selected={now.settings.state}
              hidden={hidden}
            />
          </div>
        )}
      </section>
    </main>
  );
}

function App({ now }: { now: PageView }) {
  const foot = panel("bars", now);
  const held = PANELS.some((id) => panel(id, now) !== now);
  const told = lost || fault || now.missing ||
    (held ? "A panel waits while text is selected in it: Esc lets it go on." : "");
  const empty = now.machines.part.total === 0 && now.order.hidden === 0;
  const kind = VIEWS.find(([one]) => one === now.layout)?.[1] ?? "Matrix";
  return (
    <>
      <Top
        search={now.search}
        theme={look().theme}
        onSearch={onSearch}
        onFiles={openFiles}
        onHelp={openHelp}
      />
      {told !== "" && (
        <div id="banner" role="alert" class={lost || fault ? "error" : "warning"}>
          {visible(told)}
        </div>
      )}
      {empty
        ? (
          <main class="empty">
            <Welcome
              address={location.host}
              refusals={now.refusals}
              onFiles={openFiles}
              onHelp={openHelp}
            />
          </main>
        )
        : <Panels now={now} />}
      <footer class={sheet ? "open" : ""}>
        {!empty && (
          <div id="bars">
            <Bar id="current" head={modeText(foot.mode)} one={foot.current} status={foot.status} />
            <div class="sliders">
              <Timeline timeline={foot.timeline} />
              <Steps steps={foot.steps} />
              <button
                id="more"
                type="button"
                aria-label="Filters and steps"
                aria-expanded={sheet}
                onClick={turnSheet}
              >
                ⋯
              </button>
            </div>
          </div>
        )}
        {!empty && (
          <div id="controls">
            <Filters filters={now.filterBar} />
          </div>
        )}
        <Status dropped={now.dropped} evicted={now.evicted} notice={said || now.notice} />
      </footer>
      <div class="quiet" role="status">{newErrors}</div>
      {!empty && <Tabs tab={look().tab} view={kind} />}
      {opened === "help" && <Help onClose={close} />}
      {opened === "files" && (
        <Files
          machine={now.machine?.key ?? ""}
          id={now.machine?.id ?? ""}
          onClose={close}
          onDone={say}
        />
      )}
    </>
  );
}

function draw(): void {
  waiting = false;
  if (holds()) return;
  if (view === null) {
    render(<div id="banner" role="alert">{lost || fault || "Connecting …"}</div>, document.body);
  } else {
    announce(view);
    render(<App now={view} />, document.body);
    if (waitingFor !== "" && view.layout === waitingFor) {
      document.querySelector<HTMLElement>("#main .scroll")?.focus();
      waitingFor = "";
    }
    // Its panel is at the side here.
    if (view.layout === "tree-why") {
      send({ kind: "layout", layout: "tree-log" });
      setLook({ side: "why", wide: false });
    }
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

/** A view, or the log again. */
function toggle(layout: "tree-matrix" | "time"): void {
  send({ kind: "layout", layout: view?.layout === layout ? "tree-log" : layout });
  setLook({ tab: "view" });
}

/** After the next drawing. */
function later(act: () => void): void {
  requestAnimationFrame(() => requestAnimationFrame(act));
}

/** What only the page does. */
const OWN: Readonly<Record<Own, () => void>> = {
  search: () => document.getElementById("search")?.focus(),
  machines: () => {
    setLook({ tab: "machines" });
    later(() => document.getElementById("find-machine")?.focus());
  },
  why: () => {
    const { side, wide, tab } = look();
    const on = side === "why" && !wide;
    setLook({ side: on ? "diagram" : "why", wide: false, tab: on ? tab : "why" });
    if (!on) later(() => document.querySelector<HTMLElement>("#side .scroll")?.focus());
  },
  errors: () => {
    send({ kind: "answer", layout: "errors" });
    setLook({ tab: "view" });
    if (view?.layout !== "errors") waitingFor = "errors";
  },
  matrix: () => toggle("tree-matrix"),
  time: () => toggle("time"),
  sort: () => send(view?.layout === "time" ? { kind: "timeBy" } : { kind: "sort" }),
  enter: () => {
    if (view === null) return;
    const panel = document.activeElement?.closest("#machines, #tree, #main, #side")?.id;
    if (panel === "machines" || panel === "tree") return go({ kind: "enter" });
    if (panel === "side" && view.why) return follow(view.why.lines.find((line) => line.cursor));
    if (panel === "main" && view.errors) {
      const error = view.errors.rows.find((one) => one.cursor);
      if (error) explain(error.last);
    } else if (panel === "main" && view.time) go({ kind: "enter" });
    else if (look().side !== "why" || look().wide) OWN.why();
  },
  filters: () => {
    sheet = true;
    redraw();
    document.querySelector<HTMLElement>("#filters button")?.focus();
  },
  steps: () => document.getElementById("steps")?.focus(),
  files: openFiles,
  help: openHelp,
  diagram: () => setLook({ wide: !look().wide, side: "diagram", tab: "diagram" }),
  theme: () => turnTheme(look().theme),
  copy: () => {
    const why = look().side === "why" ? view?.why : null;
    navigator.clipboard?.writeText(why ? textOf(why) : location.href).then(
      () => say(why ? "Why it happened is copied" : "The link is copied"),
      () => say("The browser lets nothing be copied"),
    );
  },
  back: () => history.back(),
  forward: () => history.forward(),
};

/** Lets selected text, the sheet, or an answer go: one at a time. */
function leave(): void {
  const selection = getSelection();
  const free = opened === null && !sheet && (selection === null || selection.isCollapsed);
  selection?.removeAllRanges();
  sheet = false;
  if (free && (view?.layout === "errors" || view?.layout === "found")) send({ kind: "answer" });
  redraw();
}

watchHolds(redraw);
watchAddress();
watchLook(redraw);
addEventListener("keydown", (event) => {
  if (event.key === "Escape") leave();
  const action = actionOf(event);
  if (action === null) return;
  event.preventDefault();
  if ("own" in action) OWN[action.own]();
  else if (action.place) go(action.message);
  else send(action.message);
});
addEventListener("dragover", (event) => event.preventDefault());
addEventListener("drop", async (event) => {
  const file = event.dataTransfer?.files[0];
  event.preventDefault();
  if (file !== undefined) say(await importFile(file));
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
