import { assertEquals } from "@std/assert";
import { checkSchema } from "../../gen/main.ts";
import { mergeSchemas, type Schema } from "../../mod.ts";
import { basic, connected } from "../../schemas/mod.ts";
import { fuzz } from "./check_fuzz.ts";

const messages = (schema: Schema) =>
  checkSchema(schema).findings.map(({ kind, message }) => `${kind}: ${message}`);

Deno.test("checkSchema says what the machine itself does, on random schemas", () => {
  const seed = Number(Deno.env.get("SEED") ?? Date.now() % 1_000_000);
  console.log(`SEED=${seed}`);
  const kinds = fuzz(300, seed);
  // A generator that makes no faults would prove nothing.
  const often = ["never-active", "never-stays", "never-leaves", "weak-add", "useless-timeout"];
  for (const kind of often) {
    assertEquals(kinds[kind] > 0, true, `no ${kind} in ${JSON.stringify(kinds)}`);
  }
});

Deno.test("checkSchema tells why, for each kind of finding", () => {
  const table: [Schema, string[]][] = [
    [{ A: {}, B: { auto: true, remove: ["A"] } }, [
      "never-stays: A never stays: when it has come, auto states follow, and B removes it",
      "never-leaves: B can never leave: it is auto, and comes back at once when it is removed",
    ]],
    [{ A: { require: ["C"] }, B: { auto: true, remove: ["C"] }, C: {} }, [
      "never-stays: A never stays: when it has come, auto states follow, and it loses C, which it requires",
      "never-stays: C never stays: when it has come, auto states follow, and B removes it",
      "never-leaves: B can never leave: it is auto, and comes back at once when it is removed",
    ]],
    [{ A: { auto: true, add: ["B"] }, B: {} }, [
      "never-leaves: A can never leave: it is auto, and comes back at once when it is removed",
    ]],
    [
      {
        Idle: { remove: ["Reading", "Saving"] },
        Reading: { remove: ["Idle", "Saving"] },
        Saving: { remove: ["Idle", "Reading"] },
        Cancel: { multi: true, add: ["Reading"] },
      },
      [
        "weak-add: Cancel adds Reading, but not while Idle is active, which removes Reading: Cancel comes without it then",
        "weak-add: Cancel adds Reading, but not while Saving is active, which removes Reading: Cancel comes without it then",
      ],
    ],
    [{ A: { require: ["B", "C"] }, B: { remove: ["C"] }, C: {} }, [
      "contradiction: A: it requires C, but it requires B, which removes C",
    ]],
    [{ A: { remove: ["B"] }, B: { remove: ["A"], after: ["A"] } }, [
      "useless-relation: B is after A, which never matters",
    ]],
    [{ A: { auto: true, remove: ["B"] }, B: { auto: true, remove: ["A"] } }, [
      "auto-fight: A and B are auto and remove each other: when both could come, A does, as it stands first",
    ]],
    [{ E: { event: true }, A: { require: ["E"] } }, [
      "never-stays: A never stays: when it has come, event states leave, and it loses E, which it requires",
    ]],
    [
      {
        Waiting: { timeouts: { Late: 5, Fine: 7, Ready: 9 } },
        Late: { require: ["Ready"] },
        Ready: { remove: ["Waiting"] },
        Fine: {},
      },
      [
        "useless-timeout: Waiting adds Late after 5 ms, which does nothing: while Waiting is active, Late is refused or active already",
      ],
    ],
    [{ Again: { multi: true, timeouts: { Again: 1000 } } }, []],
    [{ Go: { event: true, remove: ["Idle"] }, Idle: {}, Call: { multi: "latest" } }, []],
    [{ X: { auto: true, add: ["E"], require: ["E"] }, E: { event: true } }, [
      "endless: X and E come and go without end: an event state leaves, and the auto states that follow bring it back, until the machine's drainLimit is reached",
    ]],
    [mergeSchemas(basic, connected), []],
  ];
  for (const [schema, expected] of table) assertEquals(messages(schema), expected);
});

Deno.test("checkSchema says of a large group of states only what is certain", () => {
  const free: Record<string, object> = { Hub: {} };
  for (let i = 0; i < 20; i++) free[`S${i}x`] = { require: ["Hub"] };
  const report = checkSchema(free, { maxConfigurations: 500 });
  assertEquals([report.configurations, report.findings], [500, []]);
  const told: number[] = [];
  checkSchema(free, { maxConfigurations: 500, onProgress: (visited) => told.push(visited) });
  assertEquals(told, [200, 400]);

  const wrong = {
    ...free,
    Never: { require: ["S0x", "Foe"] },
    Foe: { remove: ["S0x"] },
    Ghost: { require: ["Never"] },
    Doubtful: { add: ["Foe"], require: ["S0x"] },
  };
  const found = checkSchema(wrong, { maxConfigurations: 500 });
  assertEquals(found.complete, false);
  assertEquals(
    found.findings.filter(({ kind }) => kind !== "weak-add").map(({ kind, states }) =>
      `${kind} ${states.join(" ")}`
    ),
    ["contradiction Never Foe S0x", "never-active Ghost Never"],
  );
});

Deno.test("checkSchema is complete for large groups in which nothing can be wrong", () => {
  const ring: Record<string, object> = {};
  const names = Array.from({ length: 12 }, (_, i) => `S${i}x`);
  for (const name of names) ring[name] = { remove: names };
  const { findings, complete } = checkSchema(ring);
  assertEquals([findings, complete], [[], true]);
});

Deno.test("checkSchema says that a round without end leaves doubts, and what is certain all the same", () => {
  const { findings, complete } = checkSchema({
    X: { auto: true, add: ["E"], require: ["E"] },
    E: { event: true },
    Never: { require: ["X", "Foe"] },
    Foe: { remove: ["X"] },
  });
  assertEquals(complete, false);
  assertEquals(findings.map(({ kind, states }) => [kind, ...states]), [
    ["contradiction", "Never", "Foe", "X"],
    ["endless", "X", "E"],
  ]);
});
