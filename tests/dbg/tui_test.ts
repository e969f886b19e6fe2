import { fileURLToPath } from "node:url";
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { importFile } from "../../dbg/files.ts";
import {
  initialModel,
  LAYOUTS,
  type Message,
  type Model,
  Store,
  update,
  view,
} from "../../dbg/model/mod.ts";
import { Receiver } from "../../dbg/receiver.ts";
import {
  actionOf,
  BINDINGS,
  drawScreen,
  Grid,
  LEGEND,
  mouseMessages,
  pasteOf,
  type Size,
  viewportOf,
} from "../../dbg/tui/mod.ts";

const HERE = fileURLToPath(new URL("./", import.meta.url));
const SIZES: readonly Size[] = [
  { columns: 80, rows: 24 },
  { columns: 120, rows: 40 },
  { columns: 200, rows: 60 },
];

/** What a file has, as it is shown at first. */
async function opened(name: "tour" | "chain" = "tour"): Promise<Model> {
  const store = new Store();
  await importFile(store, `${HERE}${name}.jsonl.gz`);
  return typed(update(initialModel(store), { kind: "received" }), []);
}

function sent(model: Model, ...messages: Message[]): Model {
  return messages.reduce(update, model);
}

/** The model after keys. */
function typed(model: Model, keys: readonly string[]): Model {
  return keys.reduce((now, key) => {
    const action = actionOf(now, key);
    return action === null || typeof action === "string" ? now : update(now, action);
  }, model);
}

function screen(model: Model, size: Size) {
  return drawScreen(view(model, viewportOf(size, model)), size);
}

function text(model: Model, size: Size): string {
  return screen(model, size).grid.lines().join("\n") + "\n";
}

/** Views of what a program of two machines did, by messages. */
const VIEWS: Readonly<Record<string, (model: Model) => Model>> = {
  ...Object.fromEntries(
    LAYOUTS.filter((layout) => layout !== "found").map((layout) => [
      layout,
      (model: Model) =>
        sent(model, { kind: "client", key: "server" }, { kind: "transition", id: 5 }, {
          kind: "layout",
          layout,
        }),
    ]),
  ),
  steps: (model) =>
    sent(
      model,
      { kind: "client", key: "server" },
      { kind: "first" },
      { kind: "stepTo", step: 2 },
      { kind: "focus", on: "steps" },
      { kind: "expand" },
    ),
  filters: (model) =>
    sent(model, { kind: "client", key: "server" }, { kind: "filter", name: "canceled" }, {
      kind: "focus",
      on: "filters",
    }),
  export: (model) => sent(model, { kind: "dialog", dialog: "export" }),
  open: (model) =>
    sent(model, { kind: "dialog", dialog: "open" }, { kind: "openPath", path: "a.gz" }),
  empty: () => listening(),
  refused: () => {
    const model = listening();
    model.store.refuse("Protocol version has to be one of 1, 2");
    model.store.refuse("Request without the token");
    model.store.refuse("Request without the token");
    return update(model, { kind: "received" });
  },
};

function listening(): Model {
  const store = new Store();
  store.address = "127.0.0.1:6831";
  return initialModel(store);
}

/** Views of a chain of five machines that ends with an error, by keys. */
const KEYS: Readonly<Record<string, string>> = {
  "chain-start": "",
  "chain-why": "n w",
  "chain-why-unfolded": "n w down down down down down down down down down enter",
  "chain-refused": "/ p e e r enter tab w left",
  "chain-errors": "e",
  "chain-errors-search": "e / z z z",
  "chain-found": "ctrl+f h o s t",
  "chain-found-nothing": "ctrl+f z z z",
  "chain-time": "i",
  "chain-time-zoomed": "/ p e e r enter i - - j j",
  "chain-time-machines": "/ a p i enter i j j t - -",
  "chain-machines-search": "/ e",
  "chain-machines-none": "/ z z z",
  "chain-tree-search": "tab / x c",
  "chain-sorted": "t t",
};

const named = ({ columns, rows }: Size) => `${columns}x${rows}`;

/** Compares with what is kept; to accept a change: `GOLDEN=write deno test -A tests/dbg`. */
async function asKept(file: string, drawn: string): Promise<void> {
  const path = `${HERE}screens/${file}.txt`;
  if (Deno.env.get("GOLDEN") === "write") await Deno.writeTextFile(path, drawn);
  assertEquals(drawn, await Deno.readTextFile(path));
}

for (const size of SIZES) {
  for (const [name, arrange] of Object.entries(VIEWS)) {
    Deno.test(`drawScreen draws ${name} at ${named(size)} as it did`, async () => {
      await asKept(`${name}_${named(size)}`, text(arrange(await opened()), size));
    });
  }
  for (const [name, keys] of Object.entries(KEYS)) {
    Deno.test(`drawScreen draws ${name} at ${named(size)} as it did`, async () => {
      const model = typed(await opened("chain"), keys.split(" ").filter((key) => key !== ""));
      await asKept(`${name}_${named(size)}`, text(model, size));
    });
  }
  Deno.test(`drawScreen draws all pages of the help at ${named(size)}, with each key and sign`, async () => {
    let model = typed(await opened(), ["?"]);
    const pages: string[] = [];
    for (;;) {
      const page = text(model, size);
      if (page === pages[0]) break;
      pages.push(page);
      model = typed(model, ["space"]);
    }
    const all = pages.join("\n");
    await asKept(`help_${named(size)}`, all);
    for (const { keys, help } of BINDINGS) {
      assertStringIncludes(all, help);
      for (const key of keys) assertStringIncludes(all, key);
    }
    for (const { where, signs } of LEGEND) {
      assertStringIncludes(all, where);
      for (const [sign, meaning] of signs) {
        assertStringIncludes(all, sign);
        assertStringIncludes(all, meaning);
      }
    }
    assertEquals(typed(model, ["esc"]).dialog, null);
  });
  Deno.test(`An error is walked back to its first cause by one key per step at ${named(size)}`, async () => {
    let model = typed(await opened("chain"), ["n", "w"]);
    const screens = [text(model, size)];
    const places = [model.client];
    for (let i = 0; i < 6; i++) {
      model = typed(model, ["enter"]);
      screens.push(text(model, size));
      places.push(model.client);
    }
    assertEquals(places, ["api", "api", "gateway", "peer", "network", "clock", "clock"]);
    assertStringIncludes(screens[0], "RangeError: page 0 of 12");
    assertStringIncludes(screens[6], "code outside of all handlers");
    await asKept(`chain-walk_${named(size)}`, screens.join("\n"));
    for (const place of places.toReversed()) {
      assertEquals(model.client, place);
      model = typed(model, ["["]);
    }
    for (const place of places) {
      model = typed(model, ["]"]);
      assertEquals(model.client, place);
    }
  });
}

Deno.test("The walk is the same when all came in another order than it happened", async () => {
  const gz = (await Deno.open(`${HERE}chain.jsonl.gz`)).readable;
  const whole = await new Response(gz.pipeThrough(new DecompressionStream("gzip"))).text();
  const messages = whole.trim().split("\n").map((line) => JSON.parse(line));
  const machines = Map.groupBy(messages, ({ machine }) => machine);
  const backwards = [...machines.values()].toReversed().flatMap((own) =>
    own.map((message) =>
      message.kind === "batch"
        ? { ...message, transitions: message.transitions.toReversed() }
        : message
    )
  );
  const walks = [];
  for (const order of [messages, backwards]) {
    const store = new Store();
    const receiver = new Receiver(store);
    for (const message of order) receiver.message(message);
    let model = typed(update(initialModel(store), { kind: "received" }), ["n", "w"]);
    const walk = [];
    for (let i = 0; i < 7; i++) {
      const { why, lines } = view(model, viewportOf(SIZES[0], model)).why!;
      walk.push([why.tx.key, why.tx.id, lines.map(({ label, text }) => `${label} ${text}`)]);
      model = typed(model, ["enter"]);
    }
    walks.push(walk);
  }
  assertEquals(walks[1], walks[0]);
  assertEquals(walks[0].map(([key, id]) => `${key} ${id}`), [
    ...["api 3", "api 2", "gateway 1", "peer 4", "network 1", "clock 2", "clock 1"],
  ]);
});

Deno.test("drawScreen stays within any size", async () => {
  const model = await opened();
  for (
    const size of [{ columns: 20, rows: 5 }, { columns: 1, rows: 1 }, { columns: 300, rows: 9 }]
  ) {
    for (const layout of LAYOUTS) {
      const { grid } = screen(update(model, { kind: "layout", layout }), size);
      assertEquals([grid.width, grid.lines().length], [size.columns, size.rows]);
    }
  }
});

Deno.test("Every key does what the help says, or nothing where it makes no sense", async () => {
  const start = sent(await opened(), { kind: "client", key: "server" }, {
    kind: "focus",
    on: "log",
  }, {
    kind: "transition",
    id: 4,
  });
  const at = (model: Model) => view(model, viewportOf(SIZES[0], model));
  const position = (model: Model) => at(model).timeline.position;
  const cases: Readonly<Record<string, (before: Model, after: Model) => boolean>> = {
    tab: (before, after) => before.focus !== after.focus,
    "shift+tab": (before, after) => before.focus !== after.focus,
    space: (_, after) => after.playing,
    left: (before, after) => position(after) === position(before) - 1,
    right: (before, after) => position(after) === position(before) + 1,
    "alt+left": (_, after) => position(after) === 0,
    "alt+h": (_, after) => position(after) === 0,
    "alt+right": (_, after) => position(after) === at(after).timeline.total,
    "alt+l": (_, after) => position(after) === at(after).timeline.total,
    "alt+b": (before, after) => position(after) === position(before) - 1 && after.step > 0,
    "alt+n": (_, after) => after.step === 1,
    up: (_, after) => after.scroll.log === -1,
    k: (_, after) => after.scroll.log === -1,
    down: (_, after) => after.scroll.log === 1,
    j: (_, after) => after.scroll.log === 1,
    "alt+k": (_, after) => after.scroll.log === -10,
    pageup: (_, after) => after.scroll.log === -10,
    "alt+j": (_, after) => after.scroll.log === 10,
    pagedown: (_, after) => after.scroll.log === 10,
    "alt+e": (_, after) => after.expanded.size > 0,
    home: (_, after) => position(after) === 0,
    end: (_, after) => position(after) === at(after).timeline.total,
    h: (before, after) => position(after) === position(before) - 1,
    l: (before, after) => position(after) === position(before) + 1,
    "ctrl+u": (_, after) => after.scroll.log === -10,
    "ctrl+d": (_, after) => after.scroll.log === 10,
    g: (_, after) => position(after) === 0,
    G: (_, after) => position(after) === at(after).timeline.total,
    n: (_, after) => at(after).current?.error === true,
    v: (_, after) => after.layout === "tree-matrix",
    T: (_, after) => after.tail,
    f: (_, after) => after.focus === "filters",
    x: (_, after) => after.dialog === "export",
    "alt+v": (_, after) => after.tail,
    "alt+m": (_, after) => after.layout === "tree-matrix",
    "alt+x": (_, after) => at(after).current?.error === true,
    "alt+f": (_, after) => after.focus === "filters",
    "alt+g": (_, after) => after.filters.level === 0,
    "/": (_, after) => after.layout === "found" && after.typing,
    "ctrl+f": (_, after) => after.layout === "found" && after.typing,
    w: (_, after) => after.layout === "tree-why" && after.focus === "why",
    e: (_, after) => after.layout === "errors" && after.focus === "errors",
    enter: (_, after) => after.layout === "tree-why",
    "[": (_, after) => position(after) === at(after).timeline.total,
    V: (_, after) => after.layout === "matrix-rain",
    m: (_, after) => after.layout === "matrix",
    i: (_, after) => after.layout === "time",
    s: (_, after) => after.focus === "steps",
    t: (_, after) => after.sort === "activity",
    E: (_, after) => after.expanded.size > 0,
    L: (_, after) => after.filters.level === 0,
    ",": (_, after) => position(after) === 0,
    ".": (_, after) => position(after) === at(after).timeline.total,
    ")": (_, after) => after.step === 1,
    "(": (before, after) => position(after) === position(before) - 1 && after.step > 0,
    "+": (_, after) => after.time.span !== null,
    "=": (_, after) => after.time.span !== null,
    "-": (_, after) => after.time.span !== null,
    _: (_, after) => after.time.span !== null,
    "<": (_, after) => after.time.from !== null,
    ">": (_, after) => after.time.from !== null,
    o: (_, after) => after.dialog === "open",
    "alt+s": (_, after) => after.dialog === "export",
    "?": (_, after) => after.dialog === "help",
    esc: (_, after) => after.focus === "clients",
  };
  for (const [key, holds] of Object.entries(cases)) {
    assert(holds(start, typed(start, [key])), key);
  }
  const special: Readonly<Record<string, () => boolean>> = {
    "]": () => typed(start, ["[", "]"]).cursor === start.cursor,
    "0": () => typed(start, ["<", "0"]).time.from === null,
    y: () => actionOf(start, "y") === "copy",
    d: () => actionOf(start, "d") === "demo",
    r: () => actionOf(start, "r") === "redraw",
    "ctrl+n": () => at(typed(start, ["home", "/", "D", "o", "n", "e", "ctrl+n"])).current!.id > 0,
    "ctrl+p": () => at(typed(start, ["end", "/", "D", "o", "n", "e", "ctrl+p"])).current!.id > 0,
    "alt+z": () => at(typed(start, ["end", "alt+z"])).current?.error === true,
    "alt+t": () => {
      const from = sent(start, { kind: "first" }, { kind: "state", state: 2 });
      return at(typed(from, ["alt+t"])).current?.title.includes("Work") === true;
    },
    "alt+u": () => {
      const found = typed(start, ["home", "/", "D", "o", "n", "e", "alt+u"]);
      return at(found).current?.title.includes("Done") === true;
    },
    N: () => at(typed(start, ["end", "N"])).current?.error === true,
    "*": () => typed(sent(start, { kind: "first" }, { kind: "state", state: 2 }), ["*"]).cursor > 0,
    "#": () => typed(sent(start, { kind: "last" }, { kind: "state", state: 2 }), ["#"]).cursor > 0,
    "alt+T": () =>
      typed(sent(start, { kind: "last" }, { kind: "state", state: 2 }), ["alt+T"]).cursor > 0,
    "alt+U": () => {
      const found = typed(start, ["home", "/", "W", "o", "r", "k", "down", "down", "alt+U"]);
      return found.cursor === typed(start, ["home", "/", "W", "o", "r", "k", "enter"]).cursor;
    },
    ...Object.fromEntries(["q", "ctrl+q", "ctrl+c", "ctrl+\\"].map((key) => [
      key,
      () => actionOf(start, key) === "quit",
    ])),
    "ctrl+z": () => actionOf(start, "ctrl+z") === "suspend",
    "ctrl+l": () => actionOf(start, "ctrl+l") === "redraw",
    // The last one: it takes from the store.
    backspace: () => {
      const left = typed(sent(start, { kind: "focus", on: "clients" }), ["backspace"]);
      return left.store.clients.size === 1;
    },
  };
  for (const [key, holds] of Object.entries(special)) assert(holds(), key);
  const tested = new Set([...Object.keys(cases), ...Object.keys(special)]);
  const untested = BINDINGS.flatMap(({ keys }) => keys).filter((key) => !tested.has(key));
  assertEquals(untested, []);
});

Deno.test("Letters are keys until a search is begun; Enter takes what it found, Esc gives it up", async () => {
  const clients = sent(await opened(), { kind: "focus", on: "clients" });
  assertEquals(typed(clients, ["w"]).layout, "tree-why");
  const model = typed(clients, ["/", "c", "l"]);
  assertEquals([model.search, model.searchIn, model.clientCursor], ["cl", "clients", "client"]);
  const given = typed(model, ["esc"]);
  assertEquals([given.search, given.typing, given.client], ["", false, clients.client]);
  const taken = typed(model, ["enter"]);
  assertEquals([taken.search, taken.typing, taken.client], ["", false, "client"]);
  const tree = typed(sent(taken, { kind: "focus", on: "tree" }), ["/", "e", "x", "c", "enter"]);
  assertEquals(tree.store.clients.get("client")!.hello.names[tree.state], "Exception");
  const found = typed(tree, ["ctrl+f", "E", "x", "c", "enter"]);
  assertEquals([found.layout, found.typing, found.search], ["found", false, "Exc"]);
  assertEquals(typed(found, ["enter"]).layout, "tree-why");
  assertEquals(typed(found, ["esc"]).layout, "tree-log");
});

Deno.test("Every command that alt gives is there without alt, on any keyboard", () => {
  const anywhere = /^(?:[\x21-\x7e]|tab|shift\+tab|enter|esc|space|backspace|up|down|left|right)$/;
  for (const { keys, help } of BINDINGS) {
    const plain = keys.filter((key) => anywhere.test(key) || /^ctrl\+[a-z]$/.test(key));
    assert(plain.length > 0, `${help}: ${keys}`);
  }
  const all = BINDINGS.flatMap(({ keys }) => keys);
  assertEquals(new Set(all).size, all.length, "no key means two things");
  // Those of before go on working.
  for (const key of "eghjklmnbstuvxzTUf") assert(all.includes(`alt+${key}`), key);
});

Deno.test("The export dialog takes a plain name and says which machines", async () => {
  const model = typed(await opened(), ["alt+s", "tab", "backspace", "x", "/"]);
  assertEquals(model.exportForm, { name: "am-dbg-dumx", selectedOnly: true });
  assertEquals(actionOf(model, "enter"), "export");
  assertEquals(typed(model, ["esc"]).dialog, null);
});

Deno.test("A click focuses the panel under it and acts, the wheel acts there without", async () => {
  const model = await opened();
  for (const size of SIZES) {
    for (const layout of LAYOUTS) {
      const arranged = update(model, { kind: "layout", layout });
      const drawn = screen(arranged, size);
      for (const { x, y, width, height, focus } of drawn.areas) {
        const at = { x: x + width - 1, y: y + height - 1 };
        const [first] = mouseMessages(drawn, { kind: "click", ...at }, arranged);
        assertEquals(first, { kind: "focus", on: focus }, `${layout} ${focus}`);
        const turned = mouseMessages(drawn, { kind: "down", ...at }, arranged);
        assertEquals(turned.map((one) => "on" in one && one.on), [focus]);
        const before = { ...arranged, focus: "filters" } as const;
        assertEquals(turned.reduce(update, before as Model).focus, "filters");
      }
      const focuses = new Set(drawn.areas.map(({ focus }) => focus));
      for (const always of ["clients", "timeline"] as const) assert(focuses.has(always), always);
    }
  }
  const drawn = screen(model, SIZES[0]);
  const last = (x: number, y: number) =>
    mouseMessages(drawn, { kind: "click", x, y }, model).at(-1);
  assertEquals(last(2, 1), { kind: "typing", on: true, in: "clients" });
  assertEquals(last(2, 2)?.kind, "client");
  assertEquals(last(20, 3)?.kind, "state");
  const { total } = view(model, viewportOf(SIZES[0], model)).timeline;
  const bar = drawn.grid.lines()[22].indexOf("▌");
  assertEquals(last(bar - 1, 22), { kind: "position", position: total });
  const help = update(model, { kind: "dialog", dialog: "help" });
  assertEquals(mouseMessages(drawn, { kind: "down", x: 2, y: 1 }, help), [
    { kind: "dialogPage", by: 1 },
  ]);
  assertEquals(mouseMessages(drawn, { kind: "click", x: 2, y: 1 }, help), [
    { kind: "dialog", dialog: null },
  ]);
});

const PRINTABLE = [
  ...Array.from({ length: 0x5e }, (_, i) => String.fromCharCode(0x21 + i)),
  "space",
  "é",
  "ß",
  "Ж",
  "日",
  "ह",
  "\u0301",
  "😀",
];

Deno.test("Every printable character is text in every search, the first letter too", async () => {
  const model = await opened();
  const panels = {
    clients: typed(sent(model, { kind: "focus", on: "clients" }), ["/"]),
    tree: typed(sent(model, { kind: "focus", on: "tree" }), ["/"]),
    transitions: typed(sent(model, { kind: "focus", on: "log" }), ["/"]),
  };
  for (const [panel, start] of Object.entries(panels)) {
    for (const key of PRINTABLE) {
      const text = key === "space" ? " " : key;
      const later = typed(start, ["a", key]);
      assertEquals([later.search, later.searchIn], [`a${text}`, panel], key);
      assertEquals(typed(later, ["backspace"]).search, "a");
      assertEquals(typed(start, [key]).search, text, `${panel} ${key}`);
    }
    const pasted = pasteOf(start, "one\x07 two\nthree");
    assertEquals(pasted && update(start, pasted).search, "one two");
    const lost = sent(start, { kind: "search", text: "zzz", in: panel as "tree" });
    for (const size of [...SIZES, { columns: 40, rows: 12 }]) {
      assertStringIncludes(text(lost, size), "no match", panel);
    }
  }
  assertEquals(pasteOf(sent(model, { kind: "focus", on: "log" }), "q\x11"), null);
  const exporting = typed(model, ["alt+s"]);
  assertEquals(pasteOf(exporting, "../b c"), { kind: "exportForm", name: "am-dbg-dump..bc" });
});

Deno.test("Grid keeps hostile text in its cell, and sends only what changed", () => {
  const grid = new Grid(10, 2);
  grid.text(0, 0, "a\x1b[2Jb\nc");
  grid.text(0, 1, "日本 x\u202e");
  assertEquals(grid.lines(), ["a·[2Jb·c", "日本 x"]);
  const again = new Grid(10, 2);
  again.text(0, 0, "a\x1b[2Jb\nc");
  again.text(0, 1, "日本 y", "normal");
  assertEquals(again.diff(grid, true), "\x1b[2;6H\x1b[0my");
  assertStringIncludes(again.diff(null, true), "\x1b[2J");
  again.text(0, 0, "z", "error");
  assertStringIncludes(again.diff(grid, true), "\x1b[0;31mz");
  assertStringIncludes(again.diff(grid, false), "\x1b[0;1;3mz");
});
