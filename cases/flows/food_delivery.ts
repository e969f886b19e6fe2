/**
 * A meal: paid, accepted by the restaurant in time, picked up, delivered.
 *
 * The customer has an answer as soon as the money is there, while the order goes on. Whoever acts out of
 * turn is refused by negotiation; a restaurant that says nothing is a state's time limit.
 */
import { args, exclusive, returns } from "../../mod.ts";
import { defineFlow } from "../../durable/mod.ts";

/** How long the restaurant has to accept, in milliseconds. */
export const ACCEPT_WITHIN = 10 * 60_000;

/** What the flow needs of the world outside. */
export interface Payments {
  charge(cents: number, key: string): Promise<string>;
  refund(receipt: string, key: string): Promise<void>;
}

/** Ordered → Paid → Cooking → OnTheWay → Delivered; refused or too late → Refunding → Refunded. */
export const deliveryOf = (payments: Payments) =>
  defineFlow({
    schema: {
      ...exclusive({
        Ordered: {},
        Paid: { timeouts: { Refunding: ACCEPT_WITHIN } },
        Cooking: {},
        OnTheWay: { args: args.required<{ driver: string }>() },
        Delivered: {},
        Refunding: {},
        Refunded: {},
      }),
      // Where the driver is: only the last one counts, and nothing waits for it.
      Position: { event: true, args: args.required<{ lat: number; lon: number }>() },
      Where: { event: true, returns: returns<string>() },
    },
    data: (input: { meal: string; cents: number }) => ({
      ...input,
      receipt: "",
      driver: "",
      position: null as { lat: number; lon: number } | null,
    }),
    start: "Ordered",
    ends: ["Delivered", "Refunded"],
    tags: ({ driver }) => driver === "" ? [] : [driver],
    handlers: {
      CookingEnter: (e) => e.machine.is("Paid"),
      OnTheWayEnter: (e) => e.machine.is("Cooking"),
      DeliveredEnter: (e) => e.machine.is("OnTheWay"),
      RefundingEnter: (e) => e.machine.any("Paid", "Cooking"),
      PositionEnter: (e) => e.machine.is("OnTheWay"),
      async OrderedState(e) {
        const { data } = e.flow;
        data.receipt = await e.once("charge", ({ key }) => payments.charge(data.cents, key));
        e.add("Paid");
      },
      OnTheWayState(e) {
        e.flow.data.driver = e.args.driver;
      },
      PositionState(e) {
        e.flow.data.position = { lat: e.args.lat, lon: e.args.lon };
      },
      WhereState(e) {
        const { position } = e.flow.data;
        return position === null ? "not on its way" : `${position.lat} ${position.lon}`;
      },
      async RefundingState(e) {
        const { receipt } = e.flow.data;
        await e.once("refund", ({ key }) => payments.refund(receipt, key));
        e.add("Refunded");
      },
    },
  });
