import { assert, assertEquals, assertNotEquals } from "@std/assert";
import fc from "fast-check";
import { initialModel, Store, update, view } from "../../dbg/model/mod.ts";
import { cutEnd, cutMiddle, textColumns } from "../../dbg/tui/columns.ts";
import { drawScreen, Grid, viewportOf } from "../../dbg/tui/mod.ts";

Deno.test("Names of all scripts keep their marks, and have the columns that terminals give them", () => {
  const columns: Readonly<Record<string, number>> = {
    "हिन्दी": 5,
    "e\u0301": 1,
    "日本": 4,
    "กำ": 2,
    "שָׁלוֹם": 4,
    "👩‍👩‍👧": 2,
    "🇩🇪": 2,
    "\u0301": 1,
  };
  for (const [name, count] of Object.entries(columns)) {
    assertEquals(textColumns(name), count, name);
    const grid = new Grid(20, 1);
    assertEquals(grid.text(0, 0, name), count, name);
    assertEquals(grid.lines(), [name === "\u0301" ? "◌\u0301" : name]);
  }
});

Deno.test("What is cut fits, and says so", () => {
  fc.assert(fc.property(fc.string({ unit: "grapheme" }), fc.nat(20), (text, room) => {
    for (const cut of [cutEnd, cutMiddle]) {
      const shown = cut(text, room);
      assert(textColumns(shown) <= room || shown === "");
      if (textColumns(text) > room && room > 0) assert(shown.includes("…"));
    }
  }));
  assertEquals(cutMiddle("app-payments-eu-west-1", 11), "app-p…est-1");
});

Deno.test("Flags and counts stay in sight beside long ids, at widths from 40 to 250", () => {
  const names = ["Start", "Ready", "Exception"];
  for (const id of ["big-payments-gateway-eu-west-1-".repeat(3), "日本語の名前".repeat(9), "m"]) {
    const store = new Store();
    const ticks = [1, 1, 1];
    store.hello({
      kind: "hello",
      machine: 0,
      version: 1,
      id,
      instance: id,
      parent: null,
      tags: [],
      names,
      states: [{}, {}, { multi: true }],
      ticks,
      groups: {},
    });
    const model = update(initialModel(store), { kind: "received" });
    for (let columns = 40; columns <= 250; columns += 7) {
      const size = { columns, rows: 24 };
      const { grid } = drawScreen(view(model, viewportOf(size, model)), size);
      const [line] = grid.lines()[2].split("│");
      assert(/^ESR .*[^ ] +0 ?$/.test(line), `${columns}: ${line}`);
    }
  }
});

Deno.test("What can stand in one place is told apart, with colors and without", () => {
  const drawn = (color: boolean, draw: (grid: Grid) => void) => {
    const grid = new Grid(4, 1);
    draw(grid);
    return grid.diff(null, color);
  };
  for (const color of [true, false]) {
    const all = (["normal", "dim", "bold", "error", "warning"] as const).flatMap((style) =>
      [[], ["selected"], ["cursor"], ["selected", "cursor"]].map((over) =>
        drawn(color, (grid) => {
          grid.text(0, 0, "x", style);
          for (const one of over) grid.paint(0, 0, 1, one as "cursor");
        })
      )
    );
    assertEquals(new Set(all).size, all.length, `color: ${color}`);
    const one = (style: "active" | "error") => drawn(color, (grid) => grid.text(0, 0, "x", style));
    assertNotEquals(one("active"), one("error"));
  }
});
