/**
 * Long work that shows signs of life: when they stop, it is begun again where it was; it can be canceled.
 *
 * `Beat` is a multi state, so each call starts its time limit anew. Leaving `Working` ends its signal: the
 * work that hangs is dropped, and what it says later is ignored.
 */
import { exclusive } from "../../mod.ts";
import { defineFlow } from "../../durable/mod.ts";

/** How long the work may be silent. */
export const SILENCE = 30_000;
/** How often it is begun again. */
const RESTARTS = 3;

/** Does the steps from `from` on, and tells after each. */
export type Work = (
  from: number,
  tell: (step: number) => void,
  signal: AbortSignal,
) => Promise<void>;

/** Working → Done; silent → Stalled → Working; too often → Failed; `Canceled` at any time. */
export const longWorkOf = (work: Work) =>
  defineFlow({
    schema: {
      ...exclusive({ Working: {}, Stalled: {}, Done: {}, Failed: {}, Canceled: {} }),
      Beat: {
        multi: true,
        require: ["Working"],
        timeouts: { Stalled: SILENCE },
      },
    },
    data: () => ({ step: 0, restarts: 0 }),
    start: "Working",
    ends: ["Done", "Failed", "Canceled"],
    handlers: {
      async WorkingState(e) {
        e.add("Beat");
        const tell = (step: number) => {
          e.flow.data.step = step;
          e.add("Beat");
        };
        await work(e.flow.data.step, tell, e.signal);
        e.add("Done");
      },
      StalledState(e) {
        const { data } = e.flow;
        e.add(++data.restarts > RESTARTS ? "Failed" : "Working");
      },
    },
  });
