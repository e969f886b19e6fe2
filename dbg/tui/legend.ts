/** A sign of the screens, and what it means. */
export type Sign = readonly [sign: string, meaning: string];

/** All signs, by where they stand. */
export const LEGEND: readonly { readonly where: string; readonly signs: readonly Sign[] }[] = [
  {
    where: "Machines",
    signs: [
      ["E e", "an error: now, in the last 100"],
      ["S R", "Start, Ready are active"],
      ["✕", "gone: disconnected"],
      ["381 381+", "transitions; there are more later"],
    ],
  },
  {
    where: "States",
    signs: [
      ["(3)", "tick: odd is active"],
      ["▸ ▾", "folded, unfolded"],
      ["+ -", "is added, is removed"],
      ["*", "a handler of it ran"],
      ["!", "a handler of it canceled"],
      ["·", "called or touched"],
      ["▶ ◀", "the step's relation: from, to"],
    ],
  },
  {
    where: "Log",
    signs: [
      ["▌", "the current transition"],
      ["[add] [set]", "a mutation; :auto by an auto state"],
      ["[can:add]", "a dry run"],
      ["[implied]", "added by a relation"],
      ["[reject]", "Foo(-Bar): Foo lacks Bar"],
      ["L0 … L4", "levels: nothing, changes, ops,"],
      ["", "decisions, everything"],
    ],
  },
  {
    where: "Below",
    signs: [
      ["#4211", "the transition's number"],
      ["T+2", "by how much the ticks grew"],
      ["queue 2", "mutations that waited"],
      ["█ ░", "transitions: happened, to come"],
      ["▲ ▼ ◆", "error, canceled, the time moved"],
      ["● tail", "follows the newest"],
    ],
  },
  {
    where: "Matrix: column did to row",
    signs: [
      ["1 2 4 8", "requested, add, remove, require"],
      ["16 32 64", "enter, exit, called again"],
      ["128 256", "handler, cancel; sums of these"],
      ["+1", "by how much the tick grew"],
    ],
  },
  {
    where: "Rain: line per transition",
    signs: [
      ["S R W", "heads: the states' first letters"],
      ["1 2", "active; and touched"],
      ["- |", "touched, left"],
      ["c E", "canceled, error"],
    ],
  },
  {
    where: "Time",
    signs: [
      ["▐██▌", "active, from when to when"],
      ["██", "goes on beyond the edge, or now"],
      ["▒", "several, too short to tell apart"],
      ["╳", "an error"],
      ["● ┊", "active at the cursor; the cursor"],
    ],
  },
];
