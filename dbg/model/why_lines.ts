import type { Cause } from "./causes.ts";
import type { TransitionRef } from "./reference.ts";
import type { ValueNode } from "./value_tree.ts";
import type { ErrorView, StackLine, Why } from "./why.ts";

/** A line of what is said about a transition. */
export interface WhyLine {
  /** What it is about: `caused by`; empty below the first line of it. */
  readonly label: string;
  /** What it says. */
  readonly text: string;
  /** How far it is indented. */
  readonly depth: number;
  /** Where one can go from it. */
  readonly go: TransitionRef | null;
  /** Names what can be unfolded there; `null` for nothing. */
  readonly fold: string | null;
  /** Whether that is unfolded. */
  readonly open: boolean;
  /** What it means. */
  readonly tone: "normal" | "dim" | "error" | "warning" | "value" | "code";
}

/** Causes, effects and lines of a stack that are shown folded. */
const CAUSES = 5;
const EFFECTS = 6;
const STACK = 6;
/** Characters of a text that is shown folded. */
const TEXT = 120;

type Add = (text: string, more?: Partial<WhyLine>) => void;

/** What is said about a transition, line by line; `open` are the names of what is unfolded. */
export function whyLines(why: Why, open: ReadonlySet<string>): WhyLine[] {
  const lines: WhyLine[] = [];
  const part = (label: string, fill: (add: Add, isOpen: (fold: string) => boolean) => void) => {
    let first = true;
    fill((text, more) => {
      const base = { depth: 0, go: null, fold: null, open: false, tone: "normal" } as const;
      lines.push({ ...base, text, label: first ? label : "", ...more });
      first = false;
    }, (fold) => open.has(fold));
  };
  const { error, lost } = why;
  if (why.outcome === "time moved") {
    part("lost", (add) =>
      add(
        lost > 0
          ? `${lost} transitions did not arrive: dropped by the program, or on the way`
          : "nothing: ticks moved without a transition, as by an import",
        { tone: lost > 0 ? "warning" : "dim" },
      ));
    return lines;
  }
  part("caused by", (add, isOpen) => causes(why, add, isOpen("causes")));
  if (error !== null) part("error", (add, isOpen) => errorLines(error, add, isOpen));
  part("asked", (add) => add(asked(why)));
  part("took", (add) => add(took(why)));
  part("arguments", (add, isOpen) => argumentLines(why, add, isOpen));
  if (why.refusal !== null) part("refused by", (add) => refusalLines(why, add));
  part("led to", (add, isOpen) => effectLines(why, add, isOpen("effects")));
  return lines;
}

/** All that is said about a transition as a text, for a clipboard: nothing folded. */
export function whyText(why: Why): string {
  const open = new Set<string>();
  for (let count = -1; count !== open.size;) {
    count = open.size;
    for (const { fold } of whyLines(why, open)) if (fold !== null) open.add(fold);
  }
  const { tx, outcome } = why;
  const lines = whyLines(why, open).filter(({ text, fold }) => fold === null || text !== "fold");
  return [
    `${tx.key} #${tx.id} ${tx.title} · ${outcome} · ${tx.clock}`,
    ...lines.map(({ label, depth, text }) => `${label.padEnd(11)}${"  ".repeat(depth)}${text}`),
  ].join("\n");
}

/** `peer-7 #882 ConnectingState`. */
export function causeText({ machine, transition, text }: Cause): string {
  return `${machine} ${transition === 0 ? "" : `#${transition} `}${text}`;
}

function causes({ chain: { causes, end } }: Why, add: Add, open: boolean): void {
  if (causes.length === 0) return add("code outside of all handlers", { tone: "dim" });
  const shown = open || causes.length <= CAUSES + 1 ? causes : causes.slice(0, CAUSES);
  shown.forEach((cause, depth) => {
    add(causeText(cause), { go: cause.ref, depth: depth === 0 ? 0 : 1 });
  });
  if (shown.length < causes.length) {
    const text = `… ${causes.length - shown.length} more, the first one ${
      causeText(causes[causes.length - 1])
    }`;
    add(text, { fold: "causes", depth: 1 });
  }
  const said = {
    first: `first cause: outside of all handlers (chain: ${causes.length})`,
    missing: "not here: it is yet to come, has left memory, or its program is not connected",
    long: "and so on",
  }[end];
  add(said, { tone: "dim", depth: 1 });
}

function errorLines(error: ErrorView, add: Add, isOpen: (fold: string) => boolean): void {
  const all = [error, ...error.causes];
  all.forEach(({ name, message, stack }, i) => {
    const head = message === "" ? name : `${name}: ${message}`;
    add(i === 0 ? head : `cause: ${head}`, { tone: "error", depth: i === 0 ? 0 : 1 });
    stackLines(stack, `stack ${i}`, add, isOpen);
  });
}

function stackLines(
  stack: readonly StackLine[],
  fold: string,
  add: Add,
  isOpen: (fold: string) => boolean,
): void {
  const open = isOpen(fold);
  const own = stack.filter((line) => line.own);
  const shown = open ? stack : (own.length > 0 ? own : stack).slice(0, STACK);
  for (const { text } of shown) add(text, { depth: 2, tone: "code" });
  const rest = stack.length - shown.length;
  if (rest > 0) add(`… ${rest} more`, { fold, depth: 2, tone: "dim" });
  else if (open) add("fold", { fold, open, depth: 2, tone: "dim" });
}

function asked({ asked: { clock, waited, behind } }: Why): string {
  if (waited === null) return `${clock}, ran at once`;
  const others = behind === 0 ? "" : ` behind ${behind} other${behind === 1 ? "" : "s"}`;
  return `${clock}, waited ${milliseconds(waited)}${others}`;
}

function took({ took: { total, handlers } }: Why): string {
  const each = handlers.map(({ name, ms }) => ms === null ? name : `${name} ${number(ms)}`);
  return `${milliseconds(total)}${each.length === 0 ? "" : `: ${each.join(", ")}`}`;
}

/** `0.4 ms`, `12 ms`, `3.2 s`. */
export function milliseconds(ms: number): string {
  return ms >= 1000 ? `${number(ms / 1000)} s` : `${number(ms)} ms`;
}

function number(value: number): string {
  if (value >= 100) return String(Math.round(value));
  return String(Number(value.toPrecision(2)));
}

function argumentLines(
  { args, argsSent }: Why,
  add: Add,
  isOpen: (fold: string) => boolean,
): void {
  if (args.length === 0) {
    const text = {
      yes: "none",
      no: "not sent: the program's { args: true } or AM_DBG_ARGS=1 shows them",
      unknown: "none, or not sent",
    }[argsSent];
    return add(text, { tone: "dim" });
  }
  const width = widest(args.map(({ name }) => name));
  for (const { name, value } of args) {
    valueLines(name.padEnd(width), value, 0, `argument ${name}`, add, isOpen);
  }
}

/** The longest of the names, within reason: values stand in one column. */
function widest(names: readonly string[]): number {
  return Math.min(Math.max(...names.map((name) => name.length)), 16);
}

function valueLines(
  name: string,
  value: ValueNode,
  depth: number,
  fold: string,
  add: Add,
  isOpen: (fold: string) => boolean,
): void {
  const open = isOpen(fold);
  const { entries, kind } = value;
  if (entries.length > 0) {
    add(`${name}  ${open ? value.text : preview(value)}`, { depth, fold, open, tone: "value" });
    if (!open) return;
    const width = widest(entries.map(({ name }) => name));
    for (const entry of entries) {
      const path = `${fold} ${entry.name}`;
      valueLines(entry.name.padEnd(width), entry.value, depth + 1, path, add, isOpen);
    }
    return;
  }
  const long = kind === "text" && (value.text.length > TEXT || value.text.includes("\n"));
  const text = kind !== "text" ? value.text : open ? quoted(value.text) : shortened(value.text);
  if (!long) return add(`${name}  ${text}`, { depth, tone: "value" });
  if (!open) return add(`${name}  ${text}`, { depth, fold, tone: "value" });
  add(`${name}  text of ${value.text.length}`, { depth, fold, open, tone: "value" });
  for (const line of value.text.split(/\r?\n/)) {
    add(line, { depth: depth + 1, tone: "value" });
  }
}

/** A value in one line. */
export function preview(value: ValueNode, most: number = TEXT): string {
  const { kind, text, entries } = value;
  if (kind === "word") return text;
  if (kind === "text") return shortened(text, Math.min(most, 40));
  if (entries.length === 0) return text === "{0}" ? "{}" : text === "[0]" ? "[]" : text;
  const parts: string[] = [];
  let size = 0;
  for (const { name, value } of entries) {
    const part = kind === "list" || value.kind !== "word" && name === String(parts.length)
      ? preview(value, most / 2)
      : `${name}: ${preview(value, most / 2)}`;
    size += part.length + 2;
    if (size > most && parts.length > 0) {
      parts.push(`… ${entries.length - parts.length} more`);
      break;
    }
    parts.push(part);
  }
  const all = parts.join(", ");
  if (kind === "list") return `[${all}]`;
  return text.startsWith("{") ? `{ ${all} }` : `${text} { ${all} }`;
}

function quoted(text: string): string {
  return `"${text}"`;
}

/** A text in one line, cut in the middle; how much is missing is said behind it. */
function shortened(text: string, most: number = TEXT): string {
  const line = text.replaceAll(/\r?\n/g, "↵");
  if (line.length <= most) return quoted(line);
  const head = line.slice(0, Math.ceil(most * 0.7)).toWellFormed();
  const tail = line.slice(line.length - Math.floor(most * 0.3)).toWellFormed();
  return `"${head}…${tail}" +${text.length - most}`;
}

function refusalLines({ refusal, effects }: Why, add: Add): void {
  const { by, handler, relations } = refusal!;
  if (by === "handler") {
    const threw = effects.effects.some(({ how }) => how === "error");
    return add(`handler ${handler}${threw ? ", which threw" : ""}`, { tone: "warning" });
  }
  if (by === "unknown") return add("not recorded", { tone: "dim" });
  for (const { text, since, ref } of relations) {
    add(text, { tone: "warning" });
    add(ref === null ? since : `${since}  #${ref.id} ${ref.title}`, { go: ref, depth: 1 });
  }
}

function effectLines({ effects: { effects, total }, tx }: Why, add: Add, open: boolean): void {
  if (total === 0) return add("nothing", { tone: "dim" });
  const shown = open || effects.length <= EFFECTS + 1 ? effects : effects.slice(0, EFFECTS);
  for (const { ref, text } of shown) {
    const where = ref.key === tx.key ? "" : `${ref.key} `;
    const what = ref.accepted ? "" : " · canceled";
    add(`${where}#${ref.id} ${ref.title}${what}  ${text}`, {
      go: ref,
      tone: ref.error ? "error" : ref.accepted ? "normal" : "warning",
    });
  }
  const rest = total - shown.length;
  if (rest > 0) {
    add(`… ${rest} more`, { fold: effects.length > shown.length ? "effects" : null, tone: "dim" });
  }
}
