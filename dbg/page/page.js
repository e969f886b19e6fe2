// The page only shows views and sends messages: all that happens, happens in the debugger's model.
const byId = (id) => document.getElementById(id);
const query = location.search;
let socket;
let view = null;
let drawnMachine = null;
let drawnPlace = "";

function element(tag, classes, text) {
  const made = document.createElement(tag);
  if (classes) made.className = classes;
  if (text !== undefined) made.textContent = text;
  return made;
}

function send(message) {
  if (socket?.readyState === WebSocket.OPEN) socket.send(JSON.stringify(message));
}

function row(classes, text, message) {
  const made = element("div", `row ${classes}`, text);
  if (message) made.addEventListener("click", () => send(message));
  return made;
}

function title(text) {
  return element("h2", "", text);
}

function machines() {
  const list = view.clients.map((one) => {
    const style = one.errorNow
      ? "error"
      : one.errorRecently
      ? "warning"
      : one.connected
      ? ""
      : "dim";
    const flags = `${one.errorNow ? "E" : ""}${one.started ? "S" : ""}${one.ready ? "R" : ""}`;
    const text = `${one.guide}${one.id} ${flags} ${one.transitions}${one.more ? "+" : ""}`;
    const classes = `${style} ${one.selected ? "selected" : ""} ${one.cursor ? "current" : ""}`;
    return row(classes, text, { kind: "client", key: one.key });
  });
  byId("machines").replaceChildren(title(`Machines: ${view.totals.clients}`), ...list);
}

function tree() {
  const indent = { state: 0, properties: 1, relation: 1, reference: 2 };
  const list = view.tree.map((line) => {
    const style = line.kind === "properties" || line.kind === "relation"
      ? "dim"
      : line.active
      ? "active"
      : "dim";
    const classes = [
      style,
      line.selected ? "selected" : "",
      line.touched || line.changed ? "bold" : "",
      line.cursor ? "current" : "",
    ].join(" ");
    const tick = line.tick < 0 ? "" : ` (${line.tick})`;
    const text = `${"  ".repeat(indent[line.kind])}${line.text}${tick} ${line.marks}`;
    const made = row(classes, text, { kind: "state", state: line.to >= 0 ? line.to : line.state });
    if (line.kind === "state") {
      made.addEventListener("dblclick", () => send({ kind: "expand", state: line.state }));
    }
    return made;
  });
  const count = view.machine ? `States: ${view.machine.states.length}` : "States";
  byId("tree").replaceChildren(title(count), ...list);
}

const clock = (time) => new Date(time).toLocaleTimeString();

function log() {
  return [
    title("Log"),
    ...view.log.map((line) =>
      line.kind === "time" ? row("dim", clock(line.time)) : row(
        `${line.future ? "dim" : ""} ${line.current ? "current" : ""} ${
          /error/.test(line.prefix) ? "error" : /cancel|reject/.test(line.prefix) ? "warning" : ""
        }`,
        `${line.prefix} ${line.text}`,
        { kind: "transition", id: line.id },
      )
    ),
  ];
}

function rain() {
  return [
    title("Rain"),
    ...view.rain.map((line) =>
      row(
        `${line.error ? "error" : ""} ${line.current ? "current" : ""}`,
        `${line.cells.replaceAll(" ", "·")}  ${clock(line.time)}`,
        { kind: "transition", id: line.id },
      )
    ),
  ];
}

function matrix() {
  const { matrix: data, machine } = view;
  if (!data || !machine) return [title("Matrix")];
  const table = element("table");
  const head = element("tr");
  head.append(element("th"));
  data.columns.forEach((state, i) =>
    head.append(element("th", data.called[i] ? "selected" : "dim", String(state)))
  );
  table.append(head);
  data.rows.forEach((state, i) => {
    const line = element("tr");
    const active = machine.ticks[state] % 2 === 1 ? "active" : "dim";
    line.append(element("td", active, `${state} ${machine.states[state]}`));
    for (const cell of data.cells[i]) {
      line.append(element("td", cell ? "bold" : "dim", cell || "·"));
    }
    table.append(line);
  });
  return [title(`Matrix: ${data.timeSum}`), table];
}

function bar(id, head, tx) {
  const classes = !tx ? "dim" : tx.error ? "error" : tx.accepted ? "" : "dim";
  const left = tx
    ? `${head} | tx: ${tx.id} | T: +${tx.ticks} | ${tx.title}`
    : `${head} | ${view.status}`;
  byId(id).replaceChildren(
    element("span", classes, left),
    element("span", "dim", tx?.summary ?? ""),
  );
}

function foot() {
  const mode = { tail: "Tail", playing: "Playing", paused: "Paused" }[view.mode];
  bar("current", mode, view.current);
  bar("next", "Next", view.next);
  const { timeline, steps } = view;
  byId("position").textContent = `${timeline.position} / ${timeline.total}`;
  Object.assign(byId("timeline"), { max: timeline.total });
  if (document.activeElement !== byId("timeline")) byId("timeline").value = timeline.position;
  byId("step").textContent = `${steps.position} / ${steps.total} ${
    steps.steps[steps.position - 1]?.text ?? ""
  }`;
  Object.assign(byId("steps"), { max: steps.total });
  if (document.activeElement !== byId("steps")) byId("steps").value = steps.position;
  byId("filters").replaceChildren(...view.filterBar.map((filter) => {
    const made = element("button", filter.on ? "on" : "", filter.text);
    const { name } = filter;
    made.addEventListener(
      "click",
      () => send(name === "level" || name === "group" ? { kind: name } : { kind: "filter", name }),
    );
    return made;
  }));
  const { totals, search } = view;
  const lost = `${totals.dropped ? `${totals.dropped} dropped ` : ""}${
    totals.evicted ? `${totals.evicted} left memory ` : ""
  }`;
  const found = search.text ? `search ${search.in}: ${search.text} ` : "";
  byId("status").textContent = `${lost}${found}${
    view.notice ||
    "← → transition, alt+← → jump, shift+← → step, space play, t tail, v view, d diagram, / search"
  }`;
}

async function diagram() {
  const { machine } = view;
  const key = machine && `${machine.key} ${machine.states.length}`;
  if (key !== drawnMachine) {
    drawnMachine = key;
    byId("diagram").replaceChildren(title("Diagram"));
    if (machine) {
      const url = `diagram?${new URLSearchParams({ id: machine.key })}${query.replace("?", "&")}`;
      const answer = await fetch(url);
      if (answer.ok && drawnMachine === key) {
        const drawn = new DOMParser().parseFromString(await answer.text(), "image/svg+xml");
        byId("diagram").append(document.importNode(drawn.documentElement, true));
      }
    }
  }
  if (!view?.machine) return;
  const { states, ticks } = view.machine;
  const shown = view.steps.position > 0 ? view.next : view.current;
  const touched = new Set([...shown?.called ?? [], ...shown?.added ?? [], ...shown?.removed ?? []]);
  for (const box of byId("diagram").querySelectorAll("[data-state]")) {
    const at = states.indexOf(box.dataset.state);
    box.classList.toggle("lit", ticks[at] % 2 === 1);
    box.classList.toggle("called", touched.has(box.dataset.state));
  }
  for (const edge of byId("diagram").querySelectorAll("[data-from]")) {
    edge.classList.toggle("near", touched.has(edge.dataset.from) && touched.has(edge.dataset.to));
  }
}

function draw() {
  machines();
  tree();
  const panels = { log, rain, matrix, tree: () => [] };
  byId("main").replaceChildren(...view.layout.split("-").flatMap((name) => panels[name]()));
  foot();
  diagram();
  if (view.machine && location.hash !== view.link) {
    history.replaceState(null, "", query + view.link);
  }
  // Only a move brings lines into sight: who scrolls is left alone.
  const place = `${view.layout} ${view.link}`;
  if (place === drawnPlace) return;
  drawnPlace = place;
  for (const row of document.querySelectorAll("main > :not(#diagram) .current")) {
    row.scrollIntoView({ block: "nearest" });
  }
}

/** A link to a machine, a transition and a step. */
function follow(hash) {
  const wanted = new URLSearchParams(hash.slice(1));
  if (!wanted.has("machine")) return;
  send({ kind: "client", key: wanted.get("machine") });
  const id = Number(wanted.get("tx"));
  if (id > 0) send({ kind: "transition", id, step: Number(wanted.get("step")) || 0 });
  else if (wanted.has("tx")) send({ kind: "first" });
}

function connect() {
  const wanted = location.hash;
  socket = new WebSocket(new URL(`live${query}`, location.href.replace(/^http/, "ws")));
  socket.onopen = () => {
    send({
      kind: "viewport",
      viewport: { log: 60, rain: 60, matrixRows: 60, matrixColumns: 60, timeline: 100 },
    });
    follow(wanted);
  };
  socket.onmessage = ({ data }) => {
    view = JSON.parse(data);
    draw();
  };
  socket.onclose = () => {
    byId("status").textContent = "The debugger is gone; trying again …";
    setTimeout(connect, 1000);
  };
}

const KEYS = {
  " ": { kind: "play" },
  Home: { kind: "first" },
  End: { kind: "last" },
  ArrowUp: { kind: "cursor", by: -1 },
  ArrowDown: { kind: "cursor", by: 1 },
  Enter: { kind: "enter" },
  t: { kind: "tail" },
  v: { kind: "layout" },
  e: { kind: "expand" },
  n: { kind: "error", by: 1 },
  p: { kind: "error", by: -1 },
};

addEventListener("keydown", (event) => {
  if (event.target instanceof HTMLInputElement || event.ctrlKey || event.metaKey) return;
  const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
  const message = by === undefined
    ? KEYS[event.key]
    : event.altKey
    ? { kind: "jump", by }
    : event.shiftKey
    ? { kind: "step", by }
    : { kind: "move", by };
  if (event.key === "d") {
    document.body.classList.toggle("wide");
    drawnPlace = "";
    if (view) draw();
  }
  if (event.key === "/") {
    const text = prompt("Search transitions for a state", "") ?? "";
    send({ kind: "search", text, in: "transitions" });
    send({ kind: "match", by: 1 });
  }
  if (!message) return;
  event.preventDefault();
  send(message);
});
const FOCUS = { machines: "clients", tree: "tree", main: "log" };
for (const [id, on] of Object.entries(FOCUS)) {
  byId(id).addEventListener("focus", () => send({ kind: "focus", on }));
}
byId("timeline").addEventListener(
  "input",
  ({ target }) => send({ kind: "position", position: Number(target.value) }),
);
byId("steps").addEventListener(
  "input",
  ({ target }) => send({ kind: "stepTo", step: Number(target.value) }),
);
addEventListener("hashchange", () => follow(location.hash));
connect();
