import { args } from "../../../mod.ts";
import { defineFlow } from "../../../durable/mod.ts";

/** An order whose every effect is a request to a server outside, which counts them. */
export const orderAt = (url: string) => {
  const effect = async (what: string, key: string, signal: AbortSignal) => {
    const at = `${url}/effect?key=${encodeURIComponent(key)}&what=${what}`;
    const response = await fetch(at, { method: "POST", signal });
    const said = await response.text();
    if (!response.ok) throw new Error(said);
    return said;
  };
  /** Says that the result of a key is stored: from now on its effect must not be asked for. */
  const stored = async (key: string, signal: AbortSignal) => {
    const response = await fetch(`${url}/stored?key=${encodeURIComponent(key)}`, {
      method: "POST",
      signal,
    });
    await response.body?.cancel();
  };
  return defineFlow({
    schema: {
      Placed: { args: args<{ fails: boolean }>() },
      Reserved: { remove: ["Placed"] },
      Charged: { remove: ["Reserved"] },
      Shipped: { remove: ["Charged"] },
      Undoing: { remove: ["Placed", "Reserved", "Charged"] },
      Undone: { remove: ["Undoing", "Exception"] },
      Exception: { multi: true, add: ["Undoing"] },
    },
    data: (input: { fails: boolean }) => ({ fails: input.fails, did: [] as string[] }),
    start: "Placed",
    ends: ["Shipped", "Undone"],
    handlers: {
      async PlacedState(e) {
        const said = await e.once("reserve", (o) => effect("reserve", o.key, o.signal));
        await stored(`${e.key}/reserve`, e.signal);
        e.flow.data.did = [said];
        e.add("Reserved");
      },
      async ReservedState(e) {
        const said = await e.once("charge", (o) => effect("charge", o.key, o.signal));
        await stored(`${e.key}/charge`, e.signal);
        e.flow.data.did = [...e.flow.data.did.slice(0, 1), said];
        e.add("Charged");
      },
      async ChargedState(e) {
        const what = e.flow.data.fails ? "fail" : "ship";
        await e.once("ship", (o) => effect(what, o.key, o.signal));
        await stored(`${e.key}/ship`, e.signal);
        e.add("Shipped");
      },
      async UndoingState(e) {
        for (const did of e.flow.data.did.toReversed()) {
          const what = `undo-${did}`;
          await e.once(what, (o) => effect(what, o.key, o.signal));
          await stored(`${e.key}/${what}`, e.signal);
        }
        e.add("Undone");
      },
    },
  });
};

/** What has to be done for an order, in order, and where it has to end. */
export function wantedOf(fails: boolean) {
  return fails
    ? { effects: ["reserve", "charge", "fail", "undo-charge", "undo-reserve"], end: "Undone" }
    : { effects: ["reserve", "charge", "ship"], end: "Shipped" };
}
