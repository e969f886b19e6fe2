import { assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { importFile } from "../../dbg/files.ts";
import { Store, view } from "../../dbg/model/mod.ts";
import { type PageMessage, parsePageMessage } from "../../dbg/page/mod.ts";
import { pageView } from "../../dbg/page/page_view.ts";
import { Session } from "../../dbg/session.ts";

const key = fc.constantFrom("server", "client", "none", "__proto__", "");
const sign = fc.constantFrom(1, -1);
const whole = fc.oneof(
  fc.integer({ min: -5, max: 20 }),
  fc.constantFrom(-1, 2 ** 31, Number.MAX_SAFE_INTEGER),
);
const extreme = fc.oneof(
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.constantFrom(0, -1, 1e300, -1e300, 5e-324, 8.64e15, -8.64e15, Date.now()),
);

/** Messages of every kind that goes over all machines or over time, with anything in them. */
const message = fc.oneof(
  fc.record({ kind: fc.constant("go"), key, id: whole }),
  fc.record({ kind: fc.constant("activation"), key, state: whole, time: extreme }),
  fc.record({
    kind: fc.constant("timeWindow"),
    from: fc.option(extreme),
    span: fc.option(extreme),
  }),
  fc.record({ kind: fc.constant("pan"), by: extreme }),
  fc.record({ kind: fc.constant("zoom"), by: sign }),
  fc.record({ kind: fc.constantFrom("error", "equal", "match"), by: sign }),
  fc.record({ kind: fc.constant("cursor"), by: whole }),
  fc.record({ kind: fc.constant("time"), time: extreme }),
  fc.record({ kind: fc.constant("state"), state: whole }),
  fc.record({ kind: fc.constant("timeBy"), rows: fc.constantFrom("states", "machines") }),
  fc.record({
    kind: fc.constant("unfold"),
    fold: fc.constantFrom("causes", "__proto__", "stack 0"),
  }),
  fc.record({
    kind: fc.constant("search"),
    text: fc.string(),
    in: fc.constantFrom("clients", "transitions"),
  }),
  fc.record({
    kind: fc.constant("layout"),
    layout: fc.constantFrom("tree-log", "time", "errors", "found", "tree-why", "matrix-rain"),
  }),
  fc.record({
    kind: fc.constant("focus"),
    on: fc.constantFrom("why", "time", "errors", "found", "log"),
  }),
  fc.record({ kind: fc.constantFrom("enter", "first", "last", "tail", "answer", "sort") }),
);

const viewport = parsePageMessage(JSON.stringify({
  kind: "viewport",
  viewport: {
    ...{ why: true, found: 20, errors: { count: 5 }, time: { count: 5, columns: 100 } },
    clients: { from: 0, count: 10 },
    tree: { from: 0, count: 10 },
  },
}));

Deno.test("Whatever pages send, there is a view of it that a page can show", async () => {
  const store = new Store();
  await importFile(store, `${import.meta.dirname}/tour.jsonl.gz`);
  if (viewport.kind !== "viewport") throw new TypeError("no viewport");
  fc.assert(
    fc.property(fc.array(message, { maxLength: 12 }), (all) => {
      using session = new Session(store);
      for (const one of all) {
        let read: PageMessage;
        try {
          read = parsePageMessage(JSON.stringify(one));
        } catch (error) {
          // What cannot be meant is refused.
          assertEquals(error instanceof TypeError, true, String(error));
          continue;
        }
        if (read.kind === "viewport" || read.kind === "link" || read.kind === "drawn") continue;
        session.send(read);
        const { model } = session;
        const shown = pageView(view(model, viewport.viewport), model, "");
        assertEquals(JSON.parse(JSON.stringify(shown)), shown as unknown);
      }
    }),
    {
      numRuns: 300,
      examples: [[[
        { kind: "layout", layout: "time" },
        { kind: "state", state: 2 ** 31 }, // no machine has so many
        { kind: "timeBy", rows: "machines" },
      ]]],
    },
  );
});

Deno.test("A page's messages about time and places have bounds", () => {
  for (
    const one of [
      { kind: "go", key: "a" },
      { kind: "go", key: 1, id: 1 },
      { kind: "activation", key: "a", state: -1, time: 0 },
      { kind: "activation", key: "a", state: 0, time: null },
      { kind: "timeWindow", from: 0 },
      { kind: "timeWindow", from: 0, span: 0 },
      { kind: "timeWindow", from: 1e300, span: 1 },
      { kind: "timeWindow", from: 0, span: 1e300 },
      { kind: "pan", by: 1e9 },
      { kind: "zoom", by: 2 },
      { kind: "answer", layout: "tree-log" },
      { kind: "unfold" },
      { kind: "sort", sort: "name" },
      { kind: "focus", on: "dialog" },
    ]
  ) {
    assertThrows(
      () => parsePageMessage(JSON.stringify(one)),
      TypeError,
      undefined,
      JSON.stringify(one),
    );
  }
});
