import type { Schema } from "../../mod.ts";

/** Numbers from 0 to 1 that a seed determines. */
export function randomOf(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x9e3779b9) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 16), 0x21f0aaad);
    mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97);
    return ((mixed ^ (mixed >>> 15)) >>> 0) / 2 ** 32;
  };
}

/** A schema of up to five states with all properties and relations, few or many. */
export function randomSchema(random: () => number): Schema {
  const size = 1 + Math.floor(random() ** 0.7 * 4 + (random() < 0.1 ? 1 : 0));
  const names = ["A", "B", "C", "D", "E"].slice(0, size);
  const density = 0.08 + random() * 0.3;
  const autos = random() * 0.6, multis = random() * 0.3;
  const events = random() < 0.5 ? random() * 0.4 : 0;
  const timeouts = random() < 0.5 ? random() * 0.3 : 0;
  const mutual = random() < 0.4 ? names.filter(() => random() < 0.6) : [];
  return Object.fromEntries(names.map((name) => {
    const list = (density: number) => names.filter(() => random() < density);
    const isEvent = random() < events;
    return [name, {
      ...isEvent ? { event: true } : {},
      ...!isEvent && random() < autos ? { auto: true } : {},
      ...!isEvent && random() < multis ? { multi: random() < 0.5 ? true : "latest" as const } : {},
      ...isEvent ? {} : { timeouts: Object.fromEntries(list(timeouts).map((to) => [to, 1000])) },
      add: list(density * 0.7),
      remove: mutual.includes(name) ? [...new Set([...mutual, ...list(density)])] : list(density),
      require: list(density * 0.7),
      after: list(density * 0.3),
    }];
  }));
}
