import { fileURLToPath } from "node:url";
import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { importFile } from "../../dbg/files.ts";
import { FILTER_NAMES, LAYOUTS, type Message, type Model, Store } from "../../dbg/model/mod.ts";
import { groups, schema } from "../../dbg/schema.ts";
import { Session } from "../../dbg/session.ts";
import { checkSchema } from "../../gen/check.ts";

const TOUR = fileURLToPath(new URL("./tour.jsonl.gz", import.meta.url));

async function opened(options?: ConstructorParameters<typeof Session>[1]): Promise<Session> {
  const store = new Store();
  await importFile(store, TOUR);
  return new Session(store, options);
}

/** What the active states have to be for a model, by the names of the views and panels. */
function expected(model: Model): Record<string, boolean> {
  const shown = model.client !== null;
  const free = model.dialog === null;
  return {
    ClientSelected: shown,
    TailMode: shown && model.tail,
    Playing: shown && model.playing,
    Paused: shown && !model.tail && !model.playing,
    StateNameSelected: shown && model.state !== -1,
    LogUserScrolled: shown && model.scroll.log !== null,
    SidebarFocused: free && model.focus === "clients",
    TreeFocused: free && model.focus === "tree",
    LogFocused: free && model.focus === "log",
    TimelineTxsFocused: free && model.focus === "timeline",
    TimelineStepsFocused: free && model.focus === "steps",
    MatrixFocused: free && model.focus === "matrix",
    FiltersFocused: free && model.focus === "filters",
    DialogFocused: !free,
    HelpDialog: model.dialog === "help",
    ExportDialog: model.dialog === "export",
    TreeLogView: model.layout === "tree-log",
    TreeMatrixView: model.layout === "tree-matrix",
    TreeRainView: model.layout === "tree-rain",
    MatrixView: model.layout === "matrix",
    MatrixRainView: model.layout === "matrix-rain",
    FilterCanceledTx: model.filters.canceled,
    FilterAutoTx: model.filters.auto,
    FilterEmptyTx: model.filters.empty,
    FilterChecksTx: model.filters.checks,
  };
}

function active({ machine }: Session, model: Model): Record<string, boolean> {
  return Object.fromEntries(
    Object.keys(expected(model)).map((state) => [state, machine.is(state as "Start")]),
  );
}

/** States that are over as soon as they are done. */
const MOMENTARY = [
  "ClientMsg",
  "ConnectEvent",
  "DisconnectEvent",
  "UserFwd",
  "UserBack",
  "UserFwdStep",
  "UserBackStep",
  "UserCommand",
  "Fwd",
  "Back",
  "FwdStep",
  "BackStep",
  "ScrollToTx",
  "SelectingClient",
  "RemoveClient",
  "ToggleFilter",
  "Exporting",
  "Exception",
] as const;

const by = fc.constantFrom(1, -1) as fc.Arbitrary<1 | -1>;
const message: fc.Arbitrary<Message> = fc.oneof(
  fc.record({
    kind: fc.constant("client" as const),
    key: fc.constantFrom("server", "client", "no"),
  }),
  fc.record({ kind: fc.constant("clientBy" as const), by }),
  fc.record({
    kind: fc.constantFrom("move" as const, "step" as const),
    by: fc.integer({ min: -9, max: 9 }),
  }),
  fc.record({ kind: fc.constant("position" as const), position: fc.nat(9) }),
  fc.record({ kind: fc.constant("transition" as const), id: fc.nat(9) }),
  fc.record({ kind: fc.constantFrom("first" as const, "last" as const) }),
  fc.record({ kind: fc.constantFrom("jump" as const, "touched" as const, "error" as const), by }),
  fc.record({ kind: fc.constantFrom("tail" as const, "play" as const) }),
  fc.record({
    kind: fc.constant("focus" as const),
    on: fc.constantFrom("clients", "tree", "log", "timeline", "steps", "matrix", "filters"),
  }),
  fc.record({ kind: fc.constant("focusBy" as const), by }),
  fc.record({
    kind: fc.constant("layout" as const),
    layout: fc.constantFrom(...LAYOUTS, undefined),
  }),
  fc.record({
    kind: fc.constant("dialog" as const),
    dialog: fc.constantFrom("help", "export", null),
  }),
  fc.record({ kind: fc.constant("filter" as const), name: fc.constantFrom(...FILTER_NAMES) }),
  fc.record({
    kind: fc.constantFrom("filterToggle" as const, "enter" as const, "received" as const),
  }),
  fc.record({ kind: fc.constant("cursor" as const), by: fc.integer({ min: -5, max: 5 }) }),
  fc.record({ kind: fc.constant("state" as const), state: fc.integer({ min: -1, max: 3 }) }),
) as fc.Arbitrary<Message>;

/** A change by the machine itself, as a script makes it. */
const mutation = fc.record({
  does: fc.constantFrom("add" as const, "remove" as const),
  state: fc.constantFrom(
    ...Object.values(groups).flat(),
    ...(["Fwd", "UserBackStep", "FilterAutoTx", "ClientSelected", "LogUserScrolled"] as const),
  ),
});

Deno.test("Whatever is done, the session's states and its model say the same", async () => {
  const store = new Store();
  await importFile(store, TOUR);
  fc.assert(
    fc.property(
      fc.array(fc.oneof(fc.record({ send: message }), mutation), { maxLength: 30 }),
      (todo) => {
        using session = new Session(store, { rate: 0.01 });
        for (const one of todo) {
          if ("send" in one) session.send(one.send);
          else session.machine[one.does](one.state);
          const { model, machine } = session;
          assertEquals(active(session, model), expected(model), JSON.stringify(one));
          assertEquals(MOMENTARY.filter((state) => machine.is(state)), [], JSON.stringify(one));
          assertEquals(machine.err, null);
        }
      },
    ),
    { numRuns: 500 },
  );
});

Deno.test("The session's schema has no fault, and its groups hold", () => {
  assertEquals(checkSchema(schema).findings, []);
  assertEquals(Object.values(groups).map((list) => list.length), [12, 3, 3, 9]);
});

Deno.test("A script goes through a machine's transitions by mutations", async () => {
  using session = await opened();
  const { machine } = session;
  machine.add("SelectingClient", { key: "server" });
  assert(machine.is(["ClientSelected", "TailMode"]));
  machine.add("ScrollToTx", { to: { kind: "first" } });
  assert(machine.is("Paused"));
  for (let i = 0; i < 3; i++) machine.add("Fwd");
  assertEquals(session.model.cursor, 3);
  machine.add("UserFwdStep", { by: 2 });
  assertEquals([session.model.cursor, session.model.step], [3, 2]);
  machine.add("Back");
  assertEquals([session.model.cursor, session.model.step], [2, 0]);
  machine.add("TreeMatrixView");
  assertEquals(session.model.layout, "tree-matrix");
  machine.add("StateNameSelected", { state: "Done" });
  assertEquals(
    session.model.state,
    session.store.clients.get("server")!.hello.names.indexOf("Done"),
  );
  machine.remove("StateNameSelected");
  assertEquals(session.model.state, -1);
  machine.add("RemoveClient", { key: "server" });
  assertEquals(session.model.client, "client");
});

Deno.test("Playing moves until the end, then pauses", async () => {
  using session = await opened();
  const { machine } = session;
  machine.add("ScrollToTx", { to: { kind: "last" } });
  machine.add("Back", { by: 2 });
  const { cursor } = session.model;
  machine.add("Playing");
  await machine.when("Paused");
  assert(session.model.cursor > cursor);
  machine.add("Fwd");
  const end = session.model.cursor;
  assertEquals(end, session.store.clients.get(session.model.client!)!.end);
});

Deno.test("Machines that come are selected, or clean what is gone, when that was asked for", async () => {
  const hello = (id: string, store: Store) =>
    store.hello({
      kind: "hello",
      machine: 0,
      version: 1,
      id,
      instance: id,
      parent: null,
      tags: [],
      names: ["A"],
      states: [{}],
      ticks: [0],
      groups: {},
    });
  using session = await opened({ selectConnected: true });
  hello("new", session.store);
  assertEquals([session.model.client, session.store.clients.size], ["new", 3]);
  using cleaning = await opened({ cleanOnConnect: true });
  const first = hello("first", cleaning.store);
  assertEquals([...cleaning.store.clients.keys()], ["first"]);
  hello("second", cleaning.store);
  assertEquals(cleaning.store.clients.size, 2);
  cleaning.store.disconnected(first);
  assertEquals(cleaning.store.clients.size, 2);
});

Deno.test("Exporting says what came of it and closes the dialog", async () => {
  using session = await opened({
    export: (model) => Promise.resolve(`as ${model.exportForm.name}`),
  });
  session.machine.add("ExportDialog");
  assertEquals(session.machine.add("Exporting"), "executed");
  await session.machine.whenNot("Exporting");
  assertEquals([session.model.notice, session.model.dialog], ["as am-dbg-dump", null]);
  using without = await opened();
  assertEquals(without.machine.add("Exporting"), "canceled");
});

Deno.test("A session that is disposed hears no more of the store", async () => {
  const session = await opened();
  session[Symbol.dispose]();
  assertEquals([session.store.watchers.size, session.machine.disposed], [0, true]);
});
