/**
 * The bot as a program.
 *
 *     deno run -A cases/irc_bot/main.ts --server 127.0.0.1:6667 --nick robo --channel '#lab'
 *         [--channel …] [--store FILE] [--watch dbg,prometheus,otel]
 *
 * With a store, reminders outlive the process. Bad input is one line and exit code 2; SIGINT and SIGTERM
 * say goodbye.
 */
import { parseArgs } from "node:util";
import { SqliteStore } from "../../durable/mod.ts";
import { parseWatchers, watch, WATCH_HELP } from "../watch.ts";
import { Bot } from "./bot.ts";
import { Reminders } from "./reminders.ts";

const USAGE =
  `usage: main.ts --server HOST:PORT --nick NICK [--channel NAME]… [--store FILE] [--watch ${WATCH_HELP}]`;

/** Starts what the arguments say. */
async function start(args: string[]) {
  const { values } = parseArgs({
    args,
    options: {
      server: { type: "string" },
      nick: { type: "string" },
      channel: { type: "string", multiple: true, default: [] },
      store: { type: "string" },
      watch: { type: "string", default: "" },
    },
  });
  if (values.server === undefined || values.nick === undefined) throw new RangeError(USAGE);
  const [, hostname, port] = /^(.+):(\d{1,5})$/.exec(values.server) ?? [];
  if (hostname === undefined || Number(port) > 65535) {
    throw new RangeError(`--server is "${values.server}", expected HOST:PORT`);
  }
  const watchers = parseWatchers(values.watch);
  let reminders: Reminders | null = null;
  const bot = new Bot({
    server: { hostname, port: Number(port) },
    nick: values.nick,
    channels: values.channel,
    remind: (call) => reminders ? reminders.remind(call) : "I have no memory",
  });
  if (values.store) {
    reminders = await Reminders.open(
      new SqliteStore(values.store),
      (to, text) => bot.tell(to, text),
    );
  }
  return { bot, reminders, watching: watch(bot.machine, watchers) };
}

if (import.meta.main) {
  let started;
  try {
    started = await start(Deno.args);
  } catch (error) {
    console.error((error as Error).message.split("\n")[0]);
    Deno.exit(2);
  }
  const { bot, reminders, watching } = started;
  bot.machine.on("OnlineState", () => console.log(`online as ${bot.nick}`));
  bot.machine.on("LostState", (e) => console.log(`lost: ${e.args.reason ?? "no answer"}`));
  if (watching.metrics) console.log(`metrics on ${watching.metrics}`);
  bot.start();
  const stop = async () => {
    await reminders?.[Symbol.asyncDispose]();
    await bot.quit();
    await watching[Symbol.asyncDispose]();
    Deno.exit(0);
  };
  for (const signal of ["SIGINT", "SIGTERM"] as const) Deno.addSignalListener(signal, stop);
}
