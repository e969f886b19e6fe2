/** @jsxImportSource preact */
/// <reference lib="dom" />
import { Component, type VNode } from "preact";
import type { FilterName, TimelineView } from "../../model/mod.ts";
import type { PageTransition, PageView } from "../page_view.ts";
import { go } from "./address.ts";
import { isPressed } from "./hold.ts";
import { HINTS } from "./keys.ts";
import { pure } from "./pure.ts";
import { send } from "./socket.ts";
import { visible } from "./visible.ts";

const MODES = { tail: "Tail", playing: "Playing", paused: "Paused" } as const;

/** One transition. */
export const Bar = pure(({ id, head, one, status }: {
  id: string;
  head: string;
  one: PageTransition | null;
  status: string;
}) => (
  <div id={id} class="bar">
    <span class="head">{head}</span>
    <span class={`title ${one?.style ?? "dim"}`}>
      {one ? `tx ${one.id} · T +${one.ticks} · ${visible(one.title)}` : status}
    </span>
    <span class="arguments">{one ? visible(one.args) : ""}</span>
    <span class="dim">{one ? `${one.summary} UTC` : ""}</span>
  </div>
));

/** A slider that keeps the place it is dragged to, whatever comes meanwhile. */
class Slider extends Component<{
  id: string;
  label: string;
  total: number;
  value: number;
  background?: string;
  onMove: (value: number, first: boolean) => void;
}> {
  #input: HTMLInputElement | null = null;
  #dragged = false;

  override shouldComponentUpdate(): boolean {
    return !isPressed(this.#input);
  }

  render({ id, label, total, value, background, onMove }: this["props"]): VNode {
    return (
      <input
        id={id}
        type="range"
        min={0}
        max={total}
        value={value}
        aria-label={label}
        style={{ "--cells": background ?? "none" }}
        ref={(input) => {
          this.#input = input;
        }}
        onInput={({ currentTarget }) => {
          onMove(Number(currentTarget.value), !this.#dragged);
          this.#dragged = isPressed(currentTarget);
        }}
        onChange={() => {
          this.#dragged = false;
        }}
      />
    );
  }
}

const CELLS = {
  canceled: "--warning",
  error: "--error",
  jump: "--accent",
  normal: "--line",
} as const;

/** The timeline's cells as one background: neighbors of the same kind are one stripe. */
export function stripes(cells: TimelineView["cells"]): string {
  const stops: string[] = [];
  for (let i = 0; i < cells.length;) {
    const kind = cells[i];
    const from = i;
    while (i < cells.length && cells[i] === kind) i++;
    const color = kind === "none" ? "transparent" : `var(${CELLS[kind]})`;
    const percent = (at: number) => `${Math.round(at * 10_000 / cells.length) / 100}%`;
    stops.push(`${color} ${percent(from)} ${percent(i)}`);
  }
  return stops.length === 0 ? "none" : `linear-gradient(to right, ${stops.join(", ")})`;
}

/** Where one is among the transitions. */
export const Timeline = pure(({ timeline }: { timeline: TimelineView }) => (
  <div class="slider">
    <button
      type="button"
      aria-label="Previous transition"
      onClick={() => send({ kind: "move", by: -1 })}
    >
      ‹
    </button>
    <span id="position">
      {timeline.position} / {timeline.total}
    </span>
    <Slider
      id="timeline"
      label="Transitions"
      total={timeline.total}
      value={timeline.position}
      background={stripes(timeline.cells)}
      onMove={(position, first) => {
        if (first) go({ kind: "position", position });
        else send({ kind: "position", position });
      }}
    />
    <button
      type="button"
      aria-label="Next transition"
      onClick={() => send({ kind: "move", by: 1 })}
    >
      ›
    </button>
  </div>
));

/** Where one is among the steps of the next transition. */
export const Steps = pure(({ steps }: { steps: PageView["steps"] }) => (
  <label class="slider steps">
    <span class="word">Steps of the next</span>
    <span id="step">
      {steps.position} / {steps.total} {visible(steps.text)}
    </span>
    <Slider
      id="steps"
      label="Steps of the next transition"
      total={steps.total}
      value={steps.position}
      onMove={(step) => send({ kind: "stepTo", step })}
    />
  </label>
));

const TITLES: Readonly<Record<string, string>> = {
  canceled: "Hides transitions that were refused",
  auto: "Hides transitions of auto states",
  empty: "Hides transitions that changed nothing",
  checks: "Hides dry runs, as of canAdd",
  level: "Log lines: L0 none, L1 changes, L2 operations, L3 decisions, L4 all",
  group: "Only states and transitions of a group",
};

/** What is hidden. */
export const Filters = pure(({ filters }: { filters: PageView["filterBar"] }) => (
  <div
    id="filters"
    role="group"
    aria-label="Filters"
    onClick={({ target }) => {
      const name = (target as Element).closest<HTMLElement>("[data-filter]")?.dataset.filter;
      if (name === undefined) return;
      if (name === "level" || name === "group") send({ kind: name });
      else send({ kind: "filter", name: name as FilterName });
    }}
  >
    {filters.map(({ key, on, text }) => (
      <button
        key={key}
        type="button"
        class={on ? "on" : ""}
        aria-pressed={key === "level" || key === "group" ? undefined : on}
        data-filter={key}
        title={TITLES[key]}
      >
        {visible(text)}
      </button>
    ))}
  </div>
));

/** What was lost, what was done, and which keys there are. */
export const Status = pure(({ dropped, evicted, notice }: {
  dropped: number;
  evicted: number;
  notice: string;
}) => (
  <div id="status" role="status" class={notice ? "told" : ""}>
    {dropped > 0 && <span class="error">{dropped} dropped</span>}
    {evicted > 0 && <span class="warning">{evicted} left memory</span>}
    <span class={notice ? "warning" : "dim"}>{notice ? visible(notice) : HINTS}</span>
  </div>
));

/** The head of the bar of the current transition. */
export const modeText = (mode: PageView["mode"]): string => MODES[mode];
