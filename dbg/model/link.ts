/** A place that a link names. */
export interface Place {
  /** The machine's key. */
  readonly machine: string;
  /** The transition's number, 0 = before the first; without one the newest is followed. */
  readonly tx?: number;
  /** Steps of the transition after it. */
  readonly step?: number;
}

/** The link to a place: `#machine=ID&tx=N&step=N`. */
export function linkTo({ machine, tx, step }: Place): string {
  const id = `#machine=${encodeURIComponent(machine.toWellFormed())}`;
  return tx === undefined ? id : `${id}&tx=${tx}&step=${step ?? 0}`;
}

/** The place that a link names; `null` when it names none. */
export function placeOf(link: string): Place | null {
  const fields = new URLSearchParams(link.replace(/^#/, ""));
  const machine = fields.get("machine");
  if (machine === null || machine === "") return null;
  const [tx, step] = ["tx", "step"].map((name) => whole(fields.get(name)));
  return tx === undefined ? { machine } : { machine, tx, step: step ?? 0 };
}

function whole(text: string | null): number | undefined {
  return text !== null && /^\d{1,15}$/.test(text) ? Number(text) : undefined;
}
