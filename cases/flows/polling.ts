/**
 * Three ways to ask again and again: often, seldom, and by the calendar.
 *
 * Often is a loop within one activation: nothing of it is stored, a crash begins it anew. Seldom is a timer
 * of the flow: it survives the process, and the flow is no machine in memory meanwhile.
 */
import { exclusive } from "../../mod.ts";
import { defineFlow, nextRun } from "../../durable/mod.ts";

/** What is asked: what it says when it is there, or `null`. */
export type Ask = (signal: AbortSignal) => Promise<string | null>;

const ended = { Found: {}, Nothing: {} };

/** Asks each second for a minute. */
export const oftenOf = (ask: Ask) =>
  defineFlow({
    schema: exclusive({ Polling: { timeouts: { Nothing: 60_000 } }, ...ended }),
    data: () => ({ found: "" }),
    start: "Polling",
    ends: ["Found", "Nothing"],
    handlers: {
      async PollingState(e) {
        for (let found = await ask(e.signal);; found = await ask(e.signal)) {
          if (found !== null) {
            e.flow.data.found = found;
            return void e.add("Found");
          }
          await e.sleep(1_000);
        }
      },
    },
  });

/** Asks at once, and then each hour, a day long. */
export const seldomOf = (ask: Ask) =>
  defineFlow({
    schema: {
      ...exclusive({ Waiting: {}, ...ended }),
      Poll: { multi: "latest", require: ["Waiting"], timeouts: { Poll: 3_600_000 } },
    },
    data: () => ({ found: "", asked: 0 }),
    start: "Waiting",
    ends: ["Found", "Nothing"],
    handlers: {
      WaitingState: (e) => void e.add("Poll"),
      async PollState(e) {
        const { data } = e.flow;
        data.asked++;
        const found = await ask(e.signal);
        if (found !== null) {
          data.found = found;
          e.add("Found");
        } else if (data.asked >= 24) e.add("Nothing");
      },
    },
  });

/** Asks on weekdays at nine in Berlin. */
export const calendarOf = (ask: Ask) =>
  defineFlow({
    schema: exclusive({ Waiting: {}, Polling: {}, Found: {} }),
    data: () => ({ found: "", asked: [] as string[] }),
    start: "Waiting",
    ends: ["Found"],
    handlers: {
      WaitingState(e) {
        if (e.resumed) return; // the timer was kept
        const next = nextRun("0 9 * * MON-FRI", { timeZone: "Europe/Berlin" })!;
        e.addAfter(next.getTime() - Date.now(), "Polling");
      },
      async PollingState(e) {
        const { data } = e.flow;
        const found = await ask(e.signal);
        data.asked.push(new Date().toISOString());
        data.found = found ?? "";
        e.add(found === null ? "Waiting" : "Found");
      },
    },
  });
