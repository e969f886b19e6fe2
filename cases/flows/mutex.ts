/**
 * A lock over processes: a flow with a line of those who wait, first come, first served.
 *
 * Whoever holds it has a time limit, so that one that died does not hold it for ever.
 */
import { args, exclusive, returns } from "../../mod.ts";
import { defineFlow } from "../../durable/mod.ts";

/** How long it may be held. */
export const LIMIT = 60_000;

type Who = { who: string };

/** Free ⇄ Held; `Acquire` and `Release` are asked, `Close` ends it. */
export const mutex = defineFlow({
  schema: {
    ...exclusive({ Free: {}, Held: { multi: "latest" }, Closed: {} }),
    Acquire: { event: true, args: args.required<Who>(), returns: returns<"held" | "waits">() },
    Release: { event: true, args: args.required<Who>(), returns: returns<string | null>() },
    Overdue: { event: true },
  },
  data: () => ({ holder: null as string | null, line: [] as string[] }),
  start: "Free",
  ends: ["Closed"],
  handlers: {
    AcquireState(e) {
      const { data } = e.flow;
      const { who } = e.args;
      if (data.holder === who) return "held"; // asked again, after a crash
      if (data.holder === null) {
        data.holder = who;
        e.add("Held");
        return "held";
      }
      if (!data.line.includes(who)) data.line.push(who);
      return "waits";
    },
    ReleaseState(e) {
      const { data } = e.flow;
      if (data.holder !== e.args.who) {
        data.line = data.line.filter((one) => one !== e.args.who);
        return data.holder;
      }
      const next = data.holder = data.line.shift() ?? null;
      e.add(next === null ? "Free" : "Held");
      return next;
    },
    // Each holder has an activation of its own, and a time that ends with it.
    HeldState(e) {
      if (!e.resumed) e.addAfter(LIMIT, "Overdue");
    },
    OverdueState(e) {
      const { holder } = e.flow.data;
      if (holder !== null) e.add("Release", { who: holder });
    },
  },
});
