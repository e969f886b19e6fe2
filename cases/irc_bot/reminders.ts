import { args } from "../../mod.ts";
import { defineFlow, type Flows, openFlows, type Store } from "../../durable/mod.ts";
import type { CommandArgs } from "./states.ts";

/** What is to be said, and when. */
interface Reminder {
  /** Whom it is for. */
  readonly from: string;
  /** Where it is said. */
  readonly to: string;
  /** What is said. */
  readonly text: string;
  /** When, in epoch milliseconds. */
  readonly due: number;
}

/** How many reminders one person may have waiting. */
const EACH = 20;
/** How far away one may be, in milliseconds. */
const FARTHEST = 366 * 24 * 3_600_000;
/** How long after a crash another process takes over, in milliseconds. */
const LEASE = 3000;
/** How long until what could not be said is tried again, in milliseconds. */
const AGAIN = 1000;

const UNITS = { s: 1000, m: 60_000, h: 3_600_000, d: 24 * 3_600_000 } as const;

/** Says something; whether it could. */
export type Tell = (to: string, text: string) => Promise<boolean>;

/** A reminder as a flow: it outlives the process, and so does when it is due. */
const reminderOf = (tell: Tell) =>
  defineFlow({
    schema: {
      Waiting: { remove: ["Due"], args: args<Reminder>() },
      Due: { remove: ["Waiting"] },
      Told: { remove: ["Due"] },
    },
    data: (reminder: Reminder) => reminder,
    start: "Waiting",
    ends: ["Told"],
    tags: ({ from }) => [from.toLowerCase()],
    handlers: {
      // Also when another process goes on: what counts is when it is due, not how long was left.
      async WaitingState(e) {
        await e.sleep(Math.max(0, e.flow.data.due - Date.now()));
        e.add("Due");
      },
      async DueState(e) {
        const { from, to, text } = e.flow.data;
        await e.once("tell", async () => {
          await undefined; // the bot's machine is asked in a turn of its own, also after a crash
          while (!await tell(to, `${from}: ${text}`)) await e.sleep(AGAIN);
        });
        e.add("Told");
      },
    },
  });

/** Reminders on a store. */
export class Reminders implements AsyncDisposable {
  readonly #flows: Flows<{ reminder: ReturnType<typeof reminderOf> }>;

  private constructor(flows: Flows<{ reminder: ReturnType<typeof reminderOf> }>) {
    this.#flows = flows;
  }

  /** Opens a store: what is due is told from now on. */
  static async open(store: Store, tell: Tell): Promise<Reminders> {
    const kinds = { reminder: reminderOf(tell) };
    return new Reminders(await openFlows(store, kinds, { lease: LEASE }));
  }

  /** How many wait. */
  async waiting(): Promise<number> {
    return (await this.#flows.list({ ended: false })).length;
  }

  /** Takes what was asked for, `10m tea`, and says what to answer; it is stored by then. */
  async remind({ from, to, text }: CommandArgs): Promise<string> {
    const [, count, unit, what] = /^(\d{1,6}) ?([smhd]) +(.*\S)/.exec(text) ?? [];
    if (what === undefined) return "how? for example: !remind 10m tea";
    const ms = Number(count) * UNITS[unit as keyof typeof UNITS];
    if (ms > FARTHEST) return "that is too far away";
    const theirs = await this.#flows.list({
      tags: [from.toLowerCase()],
      ended: false,
      limit: EACH,
    });
    if (theirs.length >= EACH) return `${from}: you have ${EACH} reminders already`;
    const reminder = { from, to, text: what, due: Date.now() + ms };
    await this.#flows.start("reminder", crypto.randomUUID(), reminder);
    return `${from}: in ${count}${unit}`;
  }

  /** Stops; what waits goes on with the next process. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.#flows.close();
  }
}
