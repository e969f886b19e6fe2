import fc from "fast-check";

const whole = fc.oneof(
  fc.integer({ min: -5, max: 30 }),
  fc.constantFrom(2 ** 53 - 1, -(2 ** 53) + 1),
);
const sign = fc.constantFrom(1, -1);
const flag = fc.boolean();
const maybe = <T>(one: fc.Arbitrary<T>) => fc.option(one, { nil: undefined });
const text = fc.oneof(
  fc.constantFrom("anchor", "m", "m#2", "constructor", "", "A", "\ud800", "x".repeat(11_000)),
  fc.string({ unit: "binary", maxLength: 8 }),
);
const size = fc.oneof(
  fc.integer({ min: -1, max: 600 }),
  fc.constantFrom(1e308, NaN, "x", null, {}),
);
const part = fc.oneof(fc.record({ from: size, count: size }), fc.constantFrom(null, 1, []));

/** What each kind of message may hold. */
const FIELDS: Readonly<Record<string, Readonly<Record<string, fc.Arbitrary<unknown>>>>> = {
  client: { key: text },
  clientBy: { by: whole },
  move: { by: whole },
  step: { by: whole },
  position: { position: whole },
  transition: { id: whole, step: maybe(whole) },
  stepTo: { step: whole },
  time: { time: fc.constantFrom(0, 1, -1, 8.64e15, 1e300, -1e300) },
  first: {},
  last: {},
  jump: { by: sign },
  touched: { by: sign, state: maybe(whole) },
  error: { by: sign },
  match: { by: sign },
  tail: { on: maybe(flag) },
  play: { on: maybe(flag) },
  focus: {
    on: fc.constantFrom("clients", "tree", "log", "timeline", "steps", "matrix", "filters"),
  },
  layout: { layout: maybe(fc.constantFrom("tree-log", "tree-matrix", "matrix", "matrix-rain")) },
  filter: { name: fc.constantFrom("canceled", "auto", "empty", "checks"), on: maybe(flag) },
  level: { level: maybe(fc.nat(4)) },
  group: { group: maybe(fc.option(text)) },
  cursor: { by: whole },
  scrollColumn: { by: whole },
  enter: {},
  state: { state: whole },
  expand: { state: maybe(whole), on: maybe(flag) },
  search: { text, in: maybe(fc.constantFrom("clients", "tree", "transitions")) },
  link: { machine: text, tx: maybe(fc.nat(9)), step: maybe(fc.nat(9)) },
  drawn: {},
  viewport: {
    viewport: fc.record({
      ...{ clients: part, tree: part, log: size, rain: size },
      ...{ matrixRows: size, matrixColumns: size, timeline: size },
    }),
  },
};

const valid = fc.constantFrom(...Object.keys(FIELDS)).chain((kind) =>
  fc.record({ kind: fc.constant(kind), n: maybe(fc.nat(99)), ...FIELDS[kind] })
);
/** In place of a field, or of the whole. */
const extreme = fc.constantFrom<unknown>(
  ...[null, true, 0.5, -1, 1e308, "", "x", "__proto__", "x".repeat(11_001), [], {}, [[]]],
);
const spoiled = fc.tuple(valid, fc.nat(9), extreme).map(([message, at, value]) => {
  const keys = Object.keys(message);
  return { ...message, [keys[at % keys.length]]: value };
});

/** What a page could send, many of it wrong, as texts. */
export const pageTexts: fc.Arbitrary<string> = fc.oneof(
  { arbitrary: valid.map((one) => JSON.stringify(one)), weight: 12 },
  { arbitrary: spoiled.map((one) => JSON.stringify(one)), weight: 3 },
  { arbitrary: extreme.map((one) => JSON.stringify(one)), weight: 1 },
  { arbitrary: fc.string(), weight: 1 },
);
