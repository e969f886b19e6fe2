/**
 * A trip of three bookings, undone in reverse when one of them fails.
 *
 * The saga runs within one activation: after a crash the handler runs again, what was done is not done
 * twice, and undoing goes on where it was.
 */
import { exclusive } from "../../mod.ts";
import { defineFlow, saga } from "../../durable/mod.ts";

/** What the flow needs of the world outside. */
export interface Bookings {
  /** The same key books once. */
  book(what: string, key: string): Promise<string>;
  /** Gives back what was booked. */
  cancel(booking: string, key: string): Promise<void>;
}

/** Booking → Booked, or Undone; what could not be undone → Stuck, for a person to look at. */
export const tripOf = (bookings: Bookings) =>
  defineFlow({
    schema: exclusive({ Booking: {}, Booked: {}, Undone: {}, Stuck: {} }),
    data: (what: readonly string[]) => ({ what, booked: [] as string[], problems: [] as string[] }),
    start: "Booking",
    ends: ["Booked", "Undone", "Stuck"],
    handlers: {
      async BookingState(e) {
        const { data } = e.flow;
        const trip = saga(e);
        try {
          const booked: string[] = [];
          for (const what of data.what) {
            booked.push(
              await trip.step(
                what,
                ({ key }) => bookings.book(what, key),
                (booking, { key }) => bookings.cancel(booking, key),
              ),
            );
          }
          data.booked = booked;
          e.add("Booked");
        } catch (error) {
          e.signal.throwIfAborted(); // the process ends: nothing is undone for that
          data.problems = [String(error)];
          try {
            await trip.undo();
            e.add("Undone");
          } catch (undoing) {
            if (!(undoing instanceof AggregateError)) throw undoing;
            data.problems.push(...undoing.errors.map(String));
            e.add("Stuck");
          }
        }
      },
    },
  });
