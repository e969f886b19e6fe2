import { LAYOUTS, type Message, type Viewport } from "../model/mod.ts";

type Check = (value: unknown) => boolean;

const text: Check = (value) => typeof value === "string" && value.length <= 1000;
const whole: Check = (value) => Number.isSafeInteger(value);
const number: Check = (value) => typeof value === "number" && Number.isFinite(value);
const flag: Check = (value) => typeof value === "boolean";
const sign: Check = (value) => value === 1 || value === -1;
const oneOf = (...all: readonly unknown[]): Check => (value) => all.includes(value);
const maybe = (check: Check): Check => (value) => value === undefined || check(value);

/** What a page may send, field by field. `received` and removals are not for pages. */
const FIELDS: Readonly<Record<string, Readonly<Record<string, Check>>>> = {
  client: { key: text },
  clientBy: { by: whole },
  move: { by: whole },
  step: { by: whole },
  position: { position: whole },
  transition: { id: whole, step: maybe(whole) },
  stepTo: { step: whole },
  time: { time: number },
  first: {},
  last: {},
  jump: { by: sign },
  touched: { by: sign, state: maybe(whole) },
  error: { by: sign },
  match: { by: sign },
  tail: { on: maybe(flag) },
  play: { on: maybe(flag) },
  focus: { on: oneOf("clients", "tree", "log", "timeline", "steps", "matrix", "filters") },
  layout: { layout: maybe(oneOf(...LAYOUTS)) },
  filter: { name: oneOf("canceled", "auto", "empty", "checks"), on: maybe(flag) },
  level: { level: maybe(oneOf(0, 1, 2, 3, 4)) },
  group: { group: maybe((value) => value === null || text(value)) },
  cursor: { by: whole },
  scrollColumn: { by: whole },
  enter: {},
  state: { state: whole },
  expand: { state: maybe(whole), on: maybe(flag) },
  search: { text, in: maybe(oneOf("clients", "tree", "transitions")) },
};

/** What a page sent: a message for its model, or how much it shows. */
export type PageMessage = Message | { readonly kind: "viewport"; readonly viewport: Viewport };

const VIEWPORT = ["log", "rain", "matrixRows", "matrixColumns", "timeline"] as const;
/** Rows or columns of one panel that a page may ask for. */
const MOST = 500;

/**
 * Reads what a page sent.
 *
 * @throws {TypeError} If it is anything else than a known message.
 */
export function parsePageMessage(data: unknown): PageMessage {
  if (typeof data !== "string" || data.length > 4000) throw new TypeError("Message is too long");
  const value: unknown = JSON.parse(data);
  if (typeof value !== "object" || value === null) throw new TypeError("Message is no object");
  const { kind, ...fields } = value as Record<string, unknown>;
  if (kind === "viewport") {
    const sizes = (fields.viewport ?? {}) as Record<string, unknown>;
    const size = (name: string) => Math.min(Math.max(Number(sizes[name]) || 1, 1), MOST);
    const viewport = Object.fromEntries(VIEWPORT.map((name) => [name, Math.trunc(size(name))]));
    return { kind, viewport: viewport as unknown as Viewport };
  }
  const checks = typeof kind === "string" && Object.hasOwn(FIELDS, kind) ? FIELDS[kind] : undefined;
  if (!checks) throw new TypeError(`Message kind ${JSON.stringify(kind)} is unknown`);
  for (const [name, check] of Object.entries(checks)) {
    if (!check(fields[name])) throw new TypeError(`Field "${name}" of "${kind}" is wrong`);
  }
  const known = Object.keys(checks).filter((name) => fields[name] !== undefined);
  return { kind, ...Object.fromEntries(known.map((name) => [name, fields[name]])) } as Message;
}
