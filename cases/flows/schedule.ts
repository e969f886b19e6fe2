/**
 * A report each morning; one that takes longer than a day is not begun twice.
 *
 * The timer is the flow's, so it survives the process; the overlap is refused by negotiation and counted.
 */
import { exclusive } from "../../mod.ts";
import { defineFlow, nextRun } from "../../durable/mod.ts";

/** Writes the report of a day. */
export type Report = (day: string, signal: AbortSignal) => Promise<void>;

/** On until Off; `Due` each morning begins `Reporting`, unless it goes on. */
export const dailyOf = (report: Report) =>
  defineFlow({
    schema: {
      ...exclusive({ On: {}, Off: {} }),
      Due: { multi: "latest", require: ["On"] },
      Reporting: { require: ["On"] },
    },
    data: (timeZone: string) => ({ timeZone, reports: [] as string[], skipped: 0 }),
    start: "On",
    ends: ["Off"],
    handlers: {
      OnState: (e) => void (e.resumed || e.add("Due")),
      DueState(e) {
        if (e.resumed) return; // the timer was kept
        const { data } = e.flow;
        const next = nextRun("0 6 * * *", { timeZone: data.timeZone })!;
        e.addAfter(next.getTime() - Date.now(), "Due");
        if (e.machine.tick("Due") === 1) return; // the first one only sets the clock
        if (e.machine.is("Reporting")) data.skipped++;
        else e.add("Reporting");
      },
      async ReportingState(e) {
        const { data } = e.flow;
        const day = new Date().toISOString().slice(0, 10);
        await report(day, e.signal);
        data.reports.push(day);
        e.remove("Reporting");
      },
    },
  });
