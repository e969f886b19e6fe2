import { LAYOUTS, SORTS } from "../model/model.ts";
import type { Message, Part, Place, Viewport } from "../model/mod.ts";

type Check = (value: unknown) => boolean;

/** A machine's key may be as long as the wire allows an id to be, and a little more. */
const TEXT = 11_000;
/** The longest message: a text of which each character is escaped. */
const LONGEST = 6 * TEXT + 1000;

const text: Check = (value) => typeof value === "string" && value.length <= TEXT;
const whole: Check = (value) => Number.isSafeInteger(value);
const count: Check = (value) => whole(value) && (value as number) >= 0;
const number: Check = (value) => typeof value === "number" && Number.isFinite(value);
const flag: Check = (value) => typeof value === "boolean";
const sign: Check = (value) => value === 1 || value === -1;
const oneOf = (...all: readonly unknown[]): Check => (value) => all.includes(value);
/** Dates that there are, in ms since the epoch, and lengths between them. */
const moment: Check = (value) => number(value) && Math.abs(value as number) <= 8.64e15;
const length: Check = (value) =>
  number(value) && (value as number) >= 1e-3 && (value as number) <= 1e13;
const few: Check = (value) => number(value) && Math.abs(value as number) <= 100;
const nullable = (check: Check): Check => (value) => value === null || check(value);
const maybe = (check: Check): Check => (value) => value === undefined || check(value);

const FOCUSES = [
  ...["clients", "tree", "log", "timeline", "steps", "matrix", "filters"],
  ...["why", "time", "errors", "found"],
];

/** What a page may send, field by field. `received` and removals are not for pages. */
const FIELDS: Readonly<Record<string, Readonly<Record<string, Check>>>> = {
  client: { key: text },
  clientBy: { by: whole },
  move: { by: whole },
  step: { by: whole },
  position: { position: whole },
  transition: { id: whole, step: maybe(whole) },
  stepTo: { step: whole },
  time: { time: moment },
  first: {},
  last: {},
  jump: { by: sign },
  touched: { by: sign, state: maybe(whole) },
  error: { by: sign },
  match: { by: sign },
  equal: { by: sign },
  go: { key: text, id: whole },
  answer: { layout: maybe(oneOf("errors", "found")) },
  unfold: { fold: text, on: maybe(flag) },
  zoom: { by: sign },
  pan: { by: few },
  timeWindow: { from: nullable(moment), span: nullable(length) },
  timeBy: { rows: maybe(oneOf("states", "machines")) },
  activation: { key: text, state: count, time: moment },
  sort: { sort: maybe(oneOf(...SORTS)) },
  tail: { on: maybe(flag) },
  play: { on: maybe(flag) },
  focus: { on: oneOf(...FOCUSES) },
  layout: { layout: maybe(oneOf(...LAYOUTS)), by: maybe(sign) },
  filter: { name: oneOf("canceled", "auto", "empty", "checks"), on: maybe(flag) },
  level: { level: maybe(oneOf(0, 1, 2, 3, 4)) },
  group: { group: maybe((value) => value === null || text(value)) },
  cursor: { by: whole },
  scrollColumn: { by: whole },
  enter: {},
  state: { state: whole },
  expand: { state: maybe(whole), on: maybe(flag) },
  search: { text, in: maybe(oneOf("clients", "tree", "transitions")) },
  link: { machine: text, tx: maybe(count), step: maybe(count) },
  drawn: {},
};

/** What a page sent: a message for its model, how much it shows, a link, or that it has drawn. */
export type PageMessage =
  & (
    | Message
    | { readonly kind: "viewport"; readonly viewport: Viewport }
    | { readonly kind: "link" } & Place
    | { readonly kind: "drawn" }
  )
  & {
    /** The page's number of the message: the next view says that it has taken it in. */
    readonly n?: number;
  };

const SIZES = ["log", "rain", "matrixRows", "matrixColumns", "timeline"] as const;
const PARTS = ["clients", "tree"] as const;
/** Rows or columns of one panel that a page may ask for. */
const MOST = 500;

/**
 * Reads what a page sent.
 *
 * @throws {TypeError} If it is anything else than a known message.
 */
export function parsePageMessage(data: unknown): PageMessage {
  if (typeof data !== "string" || data.length > LONGEST) throw new TypeError("Message is too long");
  const value: unknown = JSON.parse(data);
  if (typeof value !== "object" || value === null) throw new TypeError("Message is no object");
  const { kind, n, ...fields } = value as Record<string, unknown>;
  if (!maybe(whole)(n)) throw new TypeError(`Field "n" is wrong`);
  const number = n === undefined ? {} : { n: n as number };
  if (kind === "viewport") return { kind, viewport: viewportOf(fields.viewport), ...number };
  const checks = typeof kind === "string" && Object.hasOwn(FIELDS, kind) ? FIELDS[kind] : undefined;
  if (!checks) throw new TypeError(`Message kind ${JSON.stringify(kind)} is unknown`);
  for (const [name, check] of Object.entries(checks)) {
    if (!check(fields[name])) throw new TypeError(`Field "${name}" of "${kind}" is wrong`);
  }
  const known = Object.keys(checks).filter((name) => fields[name] !== undefined);
  const read = Object.fromEntries(known.map((name) => [name, fields[name]]));
  return { kind, ...read, ...number } as PageMessage;
}

function viewportOf(value: unknown): Viewport {
  const sizes = record(value);
  const size = (value: unknown, least: number, most: number) =>
    Math.trunc(Math.min(Math.max(Number(value) || least, least), most));
  const part = (value: unknown): Part => {
    const { from, count } = record(value);
    return { from: size(from, 0, 1e6), count: size(count, 1, MOST) };
  };
  const around = (value: unknown) => {
    const { from, count } = record(value);
    return { count: size(count, 1, MOST), ...(from !== undefined && { from: size(from, 0, 1e6) }) };
  };
  const answers = {
    ...(sizes.why === true && { why: true }),
    ...(sizes.errors !== undefined && { errors: around(sizes.errors) }),
    ...(sizes.found !== undefined && { found: size(sizes.found, 1, MOST) }),
    ...(sizes.time !== undefined && {
      time: { ...around(sizes.time), columns: size(record(sizes.time).columns, 1, 2000) },
    }),
  };
  return Object.fromEntries([
    ...Object.entries(answers),
    ...SIZES.map((name) => [name, size(sizes[name], 1, MOST)]),
    ...PARTS.map((name) => [name, part(sizes[name])]),
  ]) as unknown as Viewport;
}

function record(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null ? value as Record<string, unknown> : {};
}
