import { args } from "../../mod.ts";
import { defineFlow } from "../../durable/mod.ts";

/** What an order does to the world outside. */
export interface Services {
  call(what: string, key: string, signal: AbortSignal): Promise<string>;
}

/** An order: reserve → charge → ship, undone in reverse when something fails. */
export const orderOf = (services: Services) =>
  defineFlow({
    schema: {
      Placed: { args: args<{ item: string }>() },
      Reserved: { remove: ["Placed"] },
      Charged: { remove: ["Reserved"] },
      Shipped: { remove: ["Charged"] },
      Undoing: { remove: ["Placed", "Reserved", "Charged"] },
      Undone: { remove: ["Undoing", "Exception"] },
      Exception: { multi: true, add: ["Undoing"] },
    },
    data: (input: { item: string }) => ({ item: input.item, did: [] as string[] }),
    start: "Placed",
    ends: ["Shipped", "Undone"],
    tags: (data) => [data.item],
    handlers: {
      async PlacedState(e) {
        e.flow.data.did.push(
          await e.once("reserve", (o) => services.call("reserve", o.key, o.signal)),
        );
        e.add("Reserved");
      },
      async ReservedState(e) {
        e.flow.data.did.push(
          await e.once("charge", (o) => services.call("charge", o.key, o.signal)),
        );
        e.add("Charged");
      },
      async ChargedState(e) {
        e.flow.data.did.push(await e.once("ship", (o) => services.call("ship", o.key, o.signal)));
        e.add("Shipped");
      },
      async UndoingState(e) {
        for (const did of [...e.flow.data.did].reverse()) {
          await e.once(`undo ${did}`, (o) => services.call(`undo ${did}`, o.key, o.signal));
        }
        e.add("Undone");
      },
    },
  });
