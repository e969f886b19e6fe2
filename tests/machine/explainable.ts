import type { Machine } from "../../mod.ts";

/** Refusals of every kind, and a schema that comes after them. */
export const explainable: readonly {
  readonly schema: object;
  readonly provoke: (machine: Machine) => void;
  readonly next: object;
  readonly says: RegExp;
}[] = [
  {
    schema: { A: { require: ["B"] }, B: {} },
    provoke: (machine) => void machine.add("A"),
    next: { A: {}, B: {}, C: {} },
    says: /A requires B/,
  },
  {
    schema: { A: { require: ["B"] }, B: {} },
    provoke: (machine) => void machine.add("A"),
    next: { C: {}, B: { require: ["C"] }, A: { require: ["B"] } },
    says: /A requires B/,
  },
  {
    schema: { A: {}, B: { remove: ["A"] } },
    provoke: (machine) => {
      machine.add("B");
      machine.add("A");
    },
    next: { New: {}, B: {}, A: {} },
    says: /B removes A/,
  },
  {
    schema: { A: {}, B: {} },
    provoke: (machine) => {
      machine.on("AEnter", () => false);
      machine.add("A");
    },
    next: { B: {}, New: {}, A: {} },
    says: /AEnter/,
  },
  {
    schema: { A: {}, B: { multi: true } },
    provoke: (machine) => {
      let mutated = false;
      machine.on("AEnter", () => {
        mutated = true;
        return machine.add("B") === "executed";
      });
      machine.canAdd("A");
      machine.add("A");
      if (!mutated) throw new Error("The handler was not asked");
    },
    next: { B: {}, New: {}, A: { require: ["New"] } },
    says: /AEnter/,
  },
];
