/** Values that somebody may give as an argument or throw, with what makes each of them special. */
export function anyValues(): [what: string, value: unknown][] {
  const revoked = Proxy.revocable({}, {});
  revoked.revoke();
  const throwing = () => {
    throw new Error("do not look at me");
  };
  const circle: Record<string, unknown> = { name: "circle" };
  circle.self = circle;
  const deep: Record<string, unknown> = {};
  for (let i = 0, at = deep; i < 10_000; i++) at = at.next = {} as Record<string, unknown>;
  const badError = new Error("bad");
  for (const key of ["name", "message", "stack"]) {
    Object.defineProperty(badError, key, { get: throwing });
  }
  const oddError = Object.assign(new Error("odd"), { name: Symbol("name"), message: { a: 1 } });
  return [
    ["undefined", undefined],
    ["null", null],
    ["a boolean", true],
    ["NaN", NaN],
    ["a big number", 10n ** 100_000n],
    ["a symbol", Symbol("sign")],
    ["an empty text", ""],
    ["a long text", "x".repeat(2_000_000)],
    ["half a surrogate", "\uD83D"],
    ["a function", throwing],
    ["a class", class Foo {}],
    ["a plain object", { a: 1, b: ["x", null] }],
    ["an object without prototype", Object.create(null)],
    ["names of Object.prototype", JSON.parse('{"__proto__":1,"constructor":2,"toString":3}')],
    ["a circle", circle],
    ["a deep object", deep],
    ["a wide object", Object.fromEntries(Array.from({ length: 20_000 }, (_, i) => [`k${i}`, i]))],
    ["a long array", Array.from({ length: 100_000 }, (_, i) => i)],
    ["a sparse array", new Array(1e9)],
    ["a map", new Map<unknown, unknown>([["a", 1], [{ b: 2 }, new Set([1])]])],
    ["a set", new Set(["a"])],
    ["a weak map", new WeakMap()],
    ["bytes", new Uint8Array(2_000_000)],
    ["a buffer", new ArrayBuffer(2_000_000)],
    ["a view", new DataView(new ArrayBuffer(8))],
    ["a blob", new Blob(["abc"])],
    ["a date", new Date(0)],
    ["no date", new Date(NaN)],
    ["an address", new URL("https://example.com/")],
    ["a pattern", /a+/g],
    ["a promise", Promise.resolve(1)],
    ["an error", new RangeError("no route", { cause: circle })],
    ["an error with a long message", new Error("y".repeat(2_000_000))],
    ["an error that cannot be read", badError],
    ["an error with odd parts", oddError],
    ["a getter that throws", Object.defineProperty({}, "x", { get: throwing, enumerable: true })],
    ["a toString that throws", { toString: throwing, toJSON: throwing, valueOf: throwing }],
    ["a revoked proxy", revoked.proxy],
    [
      "a proxy that throws",
      new Proxy({}, { get: throwing, ownKeys: throwing, getPrototypeOf: throwing, has: throwing }),
    ],
    [
      "a class that throws",
      new (class Bad {
        get [Symbol.toStringTag]() {
          return throwing();
        }
      })(),
    ],
  ];
}
