import fc from "fast-check";

/** What stands for a number that JSON has no word for, but reads. */
const ENDLESS = "\u0000endless";

/** Values at and beyond the limits of everything that the wire has. */
const extreme = fc.constantFrom<unknown>(
  ...[0, -0, -1, 0.5, 1e-300, 2 ** 31, 2 ** 32 - 1, 2 ** 32, 2 ** 53 - 1, 2 ** 53, 1e308, ENDLESS],
  ...[8.64e15, -8.64e15, 8.64e15 + 1, -1e300, 9_999, 10_000, 10_001],
  ...["", "x", "\x1b]0;title\x07\x9b2J", "a\nb\r\u2028c", "\u202egnp.exe", "__proto__", "toString"],
  ...["x".repeat(10_000), "x".repeat(10_001), "\ud800", "हिन्दी", "👩‍👩‍👧"],
  ...[null, true, false, [], {}, [[]], [null], { length: -1 }, [-1, -1, -1, ""]],
);
const index = fc.nat(5);
const tick = fc.oneof(fc.nat(9), fc.constantFrom(2 ** 53 - 1, 2 ** 32, 2 ** 31));
const text = fc.oneof(fc.string({ unit: "binary", maxLength: 8 }), fc.constant("Exception"));
const names = fc.uniqueArray(text, { minLength: 1, maxLength: 6 });
const indexes = fc.array(index, { maxLength: 4 });
const time = fc.constantFrom(0, 1, -1, 1.5, 1.7e12, 8.64e15, -8.64e15);
const maybe = <T>(one: fc.Arbitrary<T>) => fc.option(one, { nil: undefined });

const hello = names.chain((names) =>
  fc.record({
    kind: fc.constant("hello"),
    machine: fc.nat(2),
    version: fc.constantFrom(1, 2),
    id: fc.oneof(text, fc.constantFrom("m", "m#2", "constructor")),
    instance: fc.constantFrom("i", "j"),
    parent: fc.option(fc.constantFrom("m", "anchor", "nobody")),
    tags: fc.array(text, { maxLength: 2 }),
    names: fc.constant(names),
    states: fc.array(
      fc.record({
        auto: maybe(fc.boolean()),
        multi: maybe(fc.boolean()),
        event: maybe(fc.boolean()),
        timeouts: maybe(fc.tuple(fc.nat(names.length - 1), fc.nat(9))),
        add: maybe(fc.array(fc.nat(names.length - 1), { maxLength: 3 })),
        require: maybe(fc.array(fc.nat(names.length - 1), { maxLength: 3 })),
      }),
      { minLength: names.length, maxLength: names.length },
    ),
    ticks: fc.array(tick, { minLength: names.length, maxLength: names.length }),
    groups: fc.dictionary(text, fc.array(fc.nat(names.length - 1), { maxLength: 2 }), {
      maxKeys: 2,
    }),
    sent: maybe(tick),
    args: maybe(fc.boolean()),
  })
);

const err = fc.record({
  name: text,
  message: text,
  stack: maybe(text),
  cause: maybe(fc.record({ name: text, message: text })),
});

const transition = fc.record({
  id: fc.oneof(fc.nat(20), tick),
  type: fc.constantFrom("add", "remove", "set", "jump"),
  called: indexes,
  ticks: fc.array(fc.tuple(fc.nat(2), tick), { maxLength: 3 }).map((pairs) => pairs.flat()),
  accepted: fc.boolean(),
  queue: fc.constantFrom(0, 1, 2 ** 32 - 1),
  time,
  duration: fc.constantFrom(0, 0.5, 8.64e15),
  auto: maybe(fc.boolean()),
  check: maybe(fc.boolean()),
  steps: maybe(
    fc.array(fc.tuple(fc.nat(8), fc.integer({ min: -1, max: 2 }), fc.constant(-1), text), {
      maxLength: 3,
    }),
  ),
  args: maybe(fc.dictionary(text, text, { maxKeys: 2 })),
  source: maybe(fc.tuple(text, tick, text)),
  refusedBy: maybe(text),
  lost: maybe(tick),
  timeout: maybe(text),
  waited: maybe(fc.constantFrom(0, 0.5, 8.64e15)),
  behind: maybe(tick),
  took: maybe(fc.array(fc.constantFrom(0, 0.001, 12.5, 8.64e15), { maxLength: 3 })),
  err: maybe(err),
});

const batch = fc.record({
  kind: fc.constant("batch"),
  machine: fc.nat(2),
  dropped: tick,
  sent: maybe(tick),
  transitions: fc.array(transition, { maxLength: 5 }),
  logs: fc.array(fc.tuple(fc.nat(9), time, fc.nat(4), text), { maxLength: 3 }),
  timers: maybe(
    fc.array(
      fc.tuple(fc.integer({ min: -1, max: 2 }), fc.array(fc.nat(2), { maxLength: 2 }), time),
      {
        maxLength: 3,
      },
    ),
  ),
});
const dispose = fc.record({ kind: fc.constant("dispose"), machine: fc.nat(2) });

/** A value with something extreme somewhere in it. */
function spoiled(message: unknown, path: readonly number[], value: unknown): unknown {
  const [first, ...rest] = path;
  if (typeof message !== "object" || message === null || first === undefined) return value;
  const keys = Object.keys(message);
  if (keys.length === 0) return value;
  const key = keys[first % keys.length];
  const changed = spoiled((message as Record<string, unknown>)[key], rest, value);
  if (Array.isArray(message)) return message.with(Number(key), changed);
  return { ...message, [key]: changed };
}

const valid = fc.oneof(
  { arbitrary: hello, weight: 2 },
  { arbitrary: batch, weight: 4 },
  { arbitrary: dispose, weight: 1 },
);
const message = fc.oneof(
  { arbitrary: valid, weight: 3 },
  {
    arbitrary: fc.tuple(valid, fc.array(fc.nat(30), { minLength: 1, maxLength: 4 }), extreme)
      .map(([one, path, value]) => spoiled(one, path, value)),
    weight: 4,
  },
  { arbitrary: extreme, weight: 1 },
);

/** Messages as one program could send them, many of them wrong, each as its text. */
export const messageTexts: fc.Arbitrary<string[]> = fc.tuple(
  hello,
  fc.array(message, { minLength: 1, maxLength: 8 }),
).map(([first, rest]) =>
  [{ ...first, machine: 0 }, ...rest].map((one) =>
    JSON.stringify(one).replaceAll(JSON.stringify(ENDLESS), "1e999")
  )
);

/** A frame, sometimes one that is none. */
export const frames: fc.Arbitrary<string> = fc.oneof(
  { arbitrary: messageTexts.map((texts) => `[${texts.join(",")}]`), weight: 20 },
  { arbitrary: messageTexts.map((texts) => `[${texts.join(",")}]`.slice(0, -7)), weight: 1 },
  { arbitrary: fc.string(), weight: 1 },
);
