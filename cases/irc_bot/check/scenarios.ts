/**
 * What the bot claims, each against a server of its own, so that all of them can run at the same time.
 *
 * @module
 */
import type { Claims } from "../../claims.ts";
import { Bot, type BotOptions } from "../bot.ts";
import { Ngircd } from "./ngircd.ts";
import { Person } from "./person.ts";
import { SlowLink } from "./slow_link.ts";

/** The bot as a process of its own. */
function spawned(port: number, store: string): Deno.ChildProcess {
  return new Deno.Command(Deno.execPath(), {
    args: [
      ...["run", "-A", new URL("../main.ts", import.meta.url).href],
      ...[
        "--server",
        `127.0.0.1:${port}`,
        "--nick",
        "memo",
        "--channel",
        CHANNEL,
        "--store",
        store,
      ],
    ],
    stdout: "null",
    stderr: "null",
  }).spawn();
}

/** Longer than anything takes: what is not there by then never comes. */
const LONG = { timeout: 120_000 };
const CHANNEL = "#lab";

const quick = { backoff: { first: 200, longest: 2000 } };

function started(port: number, nick: string, options: Partial<BotOptions> = {}): Bot {
  const bot = new Bot({
    server: { hostname: "127.0.0.1", port },
    nick,
    channels: [CHANNEL],
    ...quick,
    ...options,
  });
  bot.start();
  return bot;
}

/** How often a bot has lost its connection. */
const losses = (bot: Bot) => bot.machine.tick("Lost") / 2;

const seconds = (ms: number) => `${(ms / 1000).toFixed(1)} s`;

/** The server is killed by `kill -9`, and comes again a second later. */
export async function killed(claims: Claims): Promise<void> {
  await using server = await Ngircd.start();
  const bot = started(server.port, "kilroy", { channels: [CHANNEL, "#second"] });
  const isIn = async () => {
    for (const channel of bot.channels.values()) await channel.when("Joined", LONG);
  };
  await isIn();
  await server.kill();
  await bot.machine.whenNot("Linked", LONG);
  await new Promise((resolve) => setTimeout(resolve, 1000));
  await server.up();
  const up = performance.now();
  await isIn();
  const took = performance.now() - up;
  using ann = await Person.join(server.port, "ann", CHANNEL);
  await ann.send(`PRIVMSG ${CHANNEL} :!echo still here`);
  const answer = await ann.sees(/NOTICE #lab :still here/).then(() => true, () => false);
  claims.check(
    "server killed by kill -9 → back in both channels, and answers",
    answer,
    `${seconds(took)} after the server was up, ${losses(bot)} connections lost or refused`,
  );
  await bot.quit();
}

/** Somebody else has the nick, and leaves later. */
export async function nickTaken(claims: Claims): Promise<void> {
  await using server = await Ngircd.start();
  const holder = await Person.join(server.port, "robo", CHANNEL);
  const bot = started(server.port, "robo");
  await bot.machine.when("InChannel", LONG);
  const other = bot.nick;
  const taken = bot.machine.is("NickTaken");
  const left = performance.now();
  await holder.send("QUIT");
  holder[Symbol.dispose]();
  await bot.machine.whenNot("NickTaken", LONG);
  claims.check(
    "nick taken → another one, later regained",
    taken && other !== "robo" && bot.nick === "robo" && losses(bot) === 0,
    `robo → ${other} → ${bot.nick}, ${seconds(performance.now() - left)} after it was free`,
  );
  await bot.quit();
}

/** The wire becomes so slow that the server would drop the bot. */
export async function lag(claims: Claims): Promise<void> {
  const patience = 6;
  await using server = await Ngircd.start({ patience });
  using link = new SlowLink(server.port);
  const bot = started(link.port, "lagger", { times: { ping: 1000, lag: 500, lost: 1000 } });
  await bot.machine.when("InChannel", LONG);
  using ann = await Person.join(server.port, "ann", CHANNEL);
  const lost = bot.machine.whenTicks("Lost", 2, LONG);
  let lagged = false;
  bot.machine.on("LaggingState", () => void (lagged = true));
  let byItself = false;
  bot.machine.on("LostState", (e) => void (byItself ||= e.mutation.source?.timeout === "Lagging"));
  const before = ann.lines.length;
  const slow = performance.now();
  link.delay = 60_000;
  await lost;
  const took = performance.now() - slow;
  link.delay = 0;
  await bot.machine.when("InChannel", LONG);
  await ann.sees(/^:lagger\S* JOIN/, { from: before }).catch(() => {});
  claims.check(
    "lag → reconnects by itself before the server drops it",
    lagged && byItself && took < 2 * patience * 1000,
    `Lagging, then Lost after ${seconds(took)}; the server would have waited up to ${
      2 * patience
    } s`,
  );
  await bot.quit();
}

/** Much to say at once. */
export async function flood(claims: Claims, lines: number): Promise<void> {
  await using server = await Ngircd.start();
  using ann = await Person.join(server.port, "ann", CHANNEL);
  const bot = started(server.port, "talker");
  await bot.machine.when("InChannel", LONG);
  const start = performance.now();
  for (let i = 0; i < lines; i++) bot.say(CHANNEL, `line ${i}`);
  const throttled = bot.machine.is("Throttled");
  const last = new RegExp(`NOTICE ${CHANNEL} :line ${lines - 1}$`);
  await ann.sees(last, { ms: 600_000 });
  const seen = ann.lines.flatMap((line) => / NOTICE #lab :line (\d+)$/.exec(line)?.[1] ?? []);
  claims.check(
    `${lines} lines at once → order kept, no disconnect`,
    throttled && losses(bot) === 0 &&
      seen.join() === Array.from({ length: lines }, (_, i) => i).join(),
    `${seen.length} lines in ${seconds(performance.now() - start)}, ${losses(bot)} disconnects`,
  );
  await bot.quit();
}

/** Many bots in one process, through a `kill -9`. */
export async function many(claims: Claims, count: number): Promise<void> {
  await using server = await Ngircd.start();
  const heap = () => Deno.memoryUsage().heapUsed;
  const before = heap();
  const start = performance.now();
  const bots = Array.from({ length: count }, (_, i) => started(server.port, `bot${i}`));
  const allIn = () => Promise.all(bots.map((bot) => bot.machine.when("InChannel", LONG)));
  await allIn();
  const first = performance.now() - start;
  const grown = (heap() - before) / count;
  using ann = await Person.join(server.port, "ann", CHANNEL);
  // All are asked at once, and each answers for itself.
  const asked = performance.now();
  await ann.send(`PRIVMSG ${CHANNEL} :!echo who is there`);
  const times = await Promise.all(bots.map(async (_, i) => {
    await ann.sees(new RegExp(`^:bot${i}!\\S+ NOTICE #lab :who is there$`));
    return performance.now() - asked;
  }));
  await server.kill();
  await Promise.all(bots.map((bot) => bot.machine.whenNot("Linked", LONG)));
  await server.up();
  const up = performance.now();
  await allIn();
  claims.check(
    `${count} bots in one process: all come in, answer, and come back after kill -9`,
    times.length === count && bots.every((bot) => bot.nick === bot.machine.id),
    `in after ${seconds(first)}, all have answered after ${
      seconds(Math.max(...times))
    }, back after ${seconds(performance.now() - up)}, about ${
      (grown / 1000).toFixed(0)
    } kB of heap each`,
  );
  await Promise.all(bots.map((bot) => bot.quit()));
}

/** The bot's process is killed again and again while reminders wait. */
export async function reminders(claims: Claims, count: number, kills: number): Promise<void> {
  await using server = await Ngircd.start();
  const folder = await Deno.makeTempDir({ prefix: "bot" });
  using ann = await Person.join(server.port, "ann", CHANNEL);
  let process = spawned(server.port, `${folder}/reminders.db`);
  try {
    await ann.sees(/ JOIN :?#lab/, { from: ann.lines.length });
    for (let i = 0; i < count; i++) {
      const seen = ann.lines.length;
      await ann.send(`PRIVMSG ${CHANNEL} :!remind ${1 + i % 5}s thing ${i}`);
      await ann.sees(/ NOTICE #lab :ann: in \ds$/, { from: seen });
    }
    for (let i = 0; i < kills; i++) {
      process.kill("SIGKILL");
      await process.status;
      const seen = ann.lines.length;
      process = spawned(server.port, `${folder}/reminders.db`);
      await ann.sees(/^:memo\S* JOIN :?#lab/, { from: seen });
    }
    const start = performance.now();
    for (let i = 0; i < count; i++) await ann.sees(new RegExp(` NOTICE #lab :ann: thing ${i}$`));
    const told = ann.lines.filter((line) => / NOTICE #lab :ann: thing \d+$/.test(line));
    claims.check(
      `reminders outlive the process: ${count}, through ${kills} × kill -9, none lost`,
      new Set(told.map((line) => line.replace(/^.* :/, ""))).size === count,
      `${told.length} told, the last ${seconds(performance.now() - start)} after the last kill`,
    );
  } finally {
    process.kill("SIGKILL");
    await process.status;
    await Deno.remove(folder, { recursive: true });
  }
}
