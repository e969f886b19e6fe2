/** The bot against a server that does what a test says. What a real one does is in `case:bot`. */
import { assert, assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import fc from "fast-check";
import { Bot, type BotOptions } from "../../../cases/irc_bot/bot.ts";
import { LineReader } from "../../../cases/irc_bot/line.ts";

const TIMEOUT = { timeout: 30_000 };

async function until(condition: () => boolean, what: string) {
  const end = Date.now() + TIMEOUT.timeout;
  while (!condition()) {
    if (Date.now() > end) throw new Error(`never: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}

/** One server, one client at a time. */
class Server implements Disposable {
  readonly #listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  #conn: Deno.Conn | null = null;
  #ended = false;
  /** What came, over all connections. */
  readonly lines: string[] = [];
  connections = 0;
  /** What a client has said to the channel that it was not in. */
  readonly early: string[] = [];
  #joined = false;
  /** What is done with a line. */
  onLine: (line: string, server: Server) => void = answer;

  constructor() {
    this.#run();
  }

  get address(): Deno.ConnectOptions {
    return { hostname: "127.0.0.1", port: this.#listener.addr.port };
  }

  async #run() {
    try {
      for await (const conn of this.#listener) {
        this.connections++;
        this.#joined = false;
        this.#conn = conn;
        this.#read(conn);
      }
    } catch (error) {
      if (!this.#ended) throw error;
    }
  }

  async #read(conn: Deno.Conn) {
    const reader = new LineReader();
    const buffer = new Uint8Array(4096);
    try {
      for (let n; (n = await conn.read(buffer)) !== null;) {
        for (const line of reader.read(buffer.subarray(0, n))) {
          this.lines.push(line);
          if (line.startsWith("JOIN")) this.#joined = true;
          if (line.startsWith("NOTICE #") && !this.#joined) this.early.push(line);
          this.onLine(line, this);
        }
      }
    } catch {
      // hung up
    }
    close(conn);
  }

  send(...lines: string[]) {
    return this.raw(new TextEncoder().encode(lines.map((line) => `${line}\r\n`).join("")));
  }

  async raw(bytes: Uint8Array) {
    for (let at = 0; at < bytes.length;) {
      at += await this.#conn!.write(bytes.subarray(at)).catch(() => bytes.length);
    }
  }

  hangUp() {
    if (this.#conn) close(this.#conn);
  }

  [Symbol.dispose]() {
    this.#ended = true;
    this.#listener.close();
    this.hangUp();
  }
}

function close(conn: Deno.Conn) {
  try {
    conn.close();
  } catch {
    // closed by then
  }
}

/** What a friendly server says. */
function answer(line: string, server: Server) {
  const [command, ...params] = line.replaceAll(":", "").split(" ");
  if (command === "USER") server.send(":irc.test 001 robo :welcome");
  if (command === "PING") server.send(`:irc.test PONG irc.test :${params[0]}`);
  if (command === "JOIN") server.send(`:robo!r@h JOIN :${params[0]}`);
  if (command === "QUIT") server.hangUp();
}

/** A server and a bot. */
class Net implements AsyncDisposable {
  readonly server = new Server();
  readonly bot: Bot;

  constructor(options: Partial<BotOptions> = {}) {
    this.bot = new Bot({
      server: this.server.address,
      nick: "robo",
      channels: ["#lab"],
      budget: { burst: 50, every: 1 },
      backoff: { first: 1, longest: 10 },
      ...options,
    });
  }

  async online() {
    this.bot.start();
    await this.bot.machine.when("InChannel", TIMEOUT);
  }

  /** Everything that was sent before has been heard. */
  async heard() {
    const token = crypto.randomUUID();
    await this.server.send(`PING :${token}`);
    await until(() => this.server.lines.includes(`PONG :${token}`), "the bot's PONG");
  }

  async [Symbol.asyncDispose]() {
    await this.bot.quit();
    this.server[Symbol.dispose]();
  }
}

Deno.test("a bot registers, joins, answers commands, and quits", async () => {
  await using net = new Net();
  await net.online();
  assertEquals(net.server.lines.slice(0, 3), [
    "NICK :robo",
    "USER robo 0 * :a bot",
    "JOIN :#lab",
  ]);
  await net.server.send(":ann!a@h PRIVMSG #lab :!echo one two", ":ann!a@h PRIVMSG robo :!help");
  await until(() => net.server.lines.length >= 5, "two answers");
  assertEquals(net.server.lines.slice(3), [
    "NOTICE #lab :one two",
    "NOTICE ann :!help !echo !uptime !remind",
  ]);
  await net.bot.quit();
  assertEquals(net.server.lines.at(-1), "QUIT :bye");
  assertEquals(net.bot.machine.disposed, true);
});

Deno.test("a bot's answer is one line, whatever a message holds", async () => {
  await using net = new Net();
  await net.online();
  await net.server.raw(new TextEncoder().encode(
    `:ann!a@h PRIVMSG #lab :!echo a\rQUIT :b\x00\x01\x03\n:ann!a@h PRIVMSG #lab :!echo ${
      "é".repeat(240)
    }\n`,
  ));
  await net.heard();
  const answers = net.server.lines.filter((line) => line.startsWith("NOTICE"));
  assertEquals(answers[0], "NOTICE #lab :aQUIT :b");
  assert(new TextEncoder().encode(answers[1]).length <= 400);
  assert(!net.server.lines.some((line) => line.startsWith("QUIT")));
});

Deno.test("a bot hears any bytes without an error, and goes on", async () => {
  await using net = new Net();
  await net.online();
  const words = fc.constantFrom(
    ...[
      "001",
      "433",
      "432",
      "474",
      "NICK",
      "JOIN",
      "PART",
      "KICK",
      "QUIT",
      "PONG",
      "PRIVMSG",
      "ERROR",
    ],
    ...[
      "robo",
      "robo_",
      "#lab",
      ":",
      "ann!a@h",
      "\x01",
      "!help",
      "!remind x",
      "",
      "*",
      "constructor",
    ],
  );
  const parts = fc.array(words, { maxLength: 6 }).map((parts) => parts.join(" "));
  const bytes = (text: string) => new TextEncoder().encode(`${text}\r\n`);
  const line = fc.oneof(
    parts.map(bytes),
    parts.map((text) => bytes(`:robo!r@h ${text}`)),
    fc.uint8Array({ maxLength: 700 }),
  );
  for (const text of fc.sample(line, { numRuns: 300, seed: 7 })) await net.server.raw(text);
  await net.server.raw(bytes("")); // what was begun by chance is over
  await net.heard();
  assertEquals(net.bot.machine.tick("Exception"), 0);
  assert(net.bot.machine.is("Online"));
});

Deno.test("a bot believes no welcome that is no nick, and knows itself by the server's word", async () => {
  await using net = new Net({ channels: [] });
  net.server.onLine = (line, server) => {
    if (line.startsWith("USER")) server.send(":irc.test 001 :not a nick");
  };
  net.bot.start();
  await net.bot.machine.when("Online", TIMEOUT);
  assertEquals(net.bot.nick, "robo");
});

Deno.test("a bot takes another nick as often as it must, and gets its own back", async () => {
  await using net = new Net({ times: { regain: 5 } });
  let refusals = 0;
  net.server.onLine = (line, server) => {
    if (line.startsWith("NICK") && refusals++ < 6) {
      server.send(`:irc.test 433 * ${line.slice(6)} :Nickname already in use`);
    } else if (line.startsWith("NICK") && refusals === 7) {
      server.send(`:irc.test 001 ${line.slice(6)} :welcome`);
    } else if (line === "NICK :robo" && refusals < 10) {
      server.send(`:irc.test 433 ${net.bot.nick} robo :Nickname already in use`);
    } else if (line === "NICK :robo") server.send(`:${net.bot.nick}!r@h NICK :robo`);
  };
  net.bot.start();
  await net.bot.machine.when("Online", TIMEOUT);
  assert(net.bot.machine.is("NickTaken"));
  assert(net.bot.nick !== "robo" && net.bot.nick.length <= 9);
  await net.bot.machine.whenNot("NickTaken", TIMEOUT);
  assertEquals(net.bot.nick, "robo");
  const tried = net.server.lines.filter((line) => line.startsWith("NICK")).slice(0, 5);
  assertEquals(tried.slice(0, 4), ["NICK :robo", "NICK :robo_", "NICK :robo__", "NICK :robo___"]);
});

Deno.test("a bot wants its nick back as soon as its holder leaves", async () => {
  await using net = new Net({ times: { regain: 3_600_000 } });
  net.server.onLine = (line, server) => {
    if (line === "NICK :robo" && server.lines.length === 1) {
      server.send(":irc.test 433 * robo :Nickname already in use");
    } else if (line === "NICK :robo_") server.send(":irc.test 001 robo_ :welcome");
    else if (line === "NICK :robo") server.send(":robo_!r@h NICK :robo");
  };
  net.bot.start();
  await net.bot.machine.when("Online", TIMEOUT);
  await net.server.send(":Robo!x@h QUIT :gone");
  await net.bot.machine.whenNot("NickTaken", TIMEOUT);
  assertEquals(net.bot.nick, "robo");
});

Deno.test("a bot connects again after a hang-up, in the middle of a line, too", async () => {
  await using net = new Net();
  await net.online();
  for (let i = 2; i < 5; i++) {
    await net.server.raw(new TextEncoder().encode(":ann!a@h PRIVMSG #lab :!ec"));
    net.server.hangUp();
    await until(() => net.server.connections === i, "another connection");
    await net.bot.machine.when("InChannel", TIMEOUT);
  }
  assert(!net.server.lines.some((line) => line.startsWith("NOTICE")));
});

Deno.test("a bot waits longer with each failure, up to its limit", async () => {
  const nobody = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = nobody.addr;
  nobody.close();
  const bot = new Bot({
    server: { hostname: "127.0.0.1", port },
    nick: "robo",
    channels: [],
    backoff: { first: 8, longest: 64 },
  });
  const pauses: number[] = [];
  bot.machine.on("ReconnectingState", () => {
    queueMicrotask(() => {
      const due = bot.machine.timers().find(({ adds }) => String(adds) === "Connecting")?.due;
      if (due) pauses.push(due - Date.now());
    });
  });
  bot.start();
  await until(() => pauses.length >= 6, "six failures");
  await bot.quit();
  assert(pauses[0] <= 8, `${pauses}`);
  assert(pauses.every((pause) => pause <= 64), `${pauses}`);
  assert(Math.max(...pauses) > 30, `${pauses}`);
});

Deno.test("a bot gives up a server that says nothing, and one that stops answering", async () => {
  await using net = new Net({ times: { connect: 50, ping: 20, lag: 20, lost: 20 } });
  net.server.onLine = () => {};
  net.bot.start();
  await until(() => net.server.connections >= 2, "it has given up the silent one");
  net.server.onLine = answer;
  await net.bot.machine.when("InChannel", TIMEOUT);
  const { connections } = net.server;
  const seen: string[] = [];
  net.bot.machine.on("LaggingState", () => void seen.push("Lagging"));
  net.server.onLine = (line, server) => {
    // A wrong answer is none.
    if (line.startsWith("PING")) server.send(":irc.test PONG irc.test :somethingelse");
  };
  await until(() => net.server.connections > connections, "it has given up the one that lags");
  assertEquals(seen[0], "Lagging");
});

Deno.test("a bot that is kicked or refused comes back later, and says meanwhile what it can elsewhere", async () => {
  await using net = new Net({ channels: ["#lab", "#two"], times: { rejoin: 100 } });
  await net.online();
  const [lab, two] = [net.bot.channels.get("#lab")!, net.bot.channels.get("#two")!];
  await two.when("Joined", TIMEOUT);
  net.server.onLine = (line, server) => {
    if (line === "JOIN :#lab") server.send(":irc.test 474 robo #lab :Cannot join channel (+b)");
    if (line === "QUIT :bye") server.hangUp();
  };
  const kicked = net.server.lines.length;
  await net.server.send(":op!o@h KICK #lab robo :out", ":op!o@h KICK #two somebody :out");
  await lab.when("Out", TIMEOUT);
  assert(two.is("Joined") && net.bot.machine.is("InChannel"));
  net.bot.say("#lab", "nobody hears this");
  net.bot.say("#two", "this is heard");
  await until(() => net.server.lines.includes("NOTICE #two :this is heard"), "the other channel");
  const tries = () => net.server.lines.slice(kicked).filter((line) => line === "JOIN :#lab").length;
  await until(() => tries() >= 2, "two tries");
  net.server.onLine = answer;
  await lab.when("Joined", TIMEOUT);
  assert(!net.server.lines.includes("NOTICE #lab :nobody hears this"));
});

Deno.test("a bot says in order and within its budget; the rest waits, over a hang-up, too", async () => {
  await using net = new Net({ budget: { burst: 10, every: 20 }, queue: 60 });
  await net.online();
  const taken = Array.from({ length: 80 }, (_, i) => net.bot.say("#lab", `line ${i}`));
  assert(net.bot.machine.is("Throttled"));
  assert(taken[59] && !taken[79]);
  const said = () =>
    net.server.lines.flatMap((line) => /^NOTICE #lab :line (\d+)$/.exec(line)?.[1] ?? []).map(
      Number,
    );
  await until(() => said().length >= 10, "some lines");
  net.server.hangUp();
  const last = taken.lastIndexOf(true);
  await until(() => said().includes(last), "the last line");
  const seen = said();
  assertEquals(seen, seen.toSorted((a, b) => a - b));
  assertEquals(net.bot.waiting, 0);
  await until(() => net.bot.machine.not("Throttled"), "all was said");
  assertEquals(net.server.early, []);
});

Deno.test("a bot says nothing to a channel before it is in it", async () => {
  await using net = new Net();
  net.bot.say("#lab", "hello");
  await net.online();
  await until(() => net.server.lines.includes("NOTICE #lab :hello"), "hello");
  assertEquals(net.server.early, []);
});

Deno.test("a bot knows what the server has read: what was only written may be lost", async () => {
  await using net = new Net();
  await net.online();
  assertEquals(await net.bot.tell("#lab", "one"), true);
  // A server that has taken the bytes, and does no more.
  net.server.onLine = () => {};
  const lost = net.bot.tell("#lab", "two");
  await until(() => net.server.lines.includes("NOTICE #lab :two"), "it is on the wire");
  net.server.onLine = answer;
  net.server.hangUp();
  assertEquals(await lost, false);
  await net.bot.machine.when("InChannel", TIMEOUT);
  assertEquals(await net.bot.tell("#lab", "three"), true);
  assertEquals(await net.bot.tell("no such place", "four"), false);
  await net.bot.quit();
  assertEquals(await net.bot.tell("#lab", "five"), false);
});

Deno.test("a bot refuses commands while too many answers wait", async () => {
  await using net = new Net({ budget: { burst: 1, every: 3_600_000 } });
  await net.online();
  const calls = Array.from({ length: 100 }, (_, i) => `:ann!a@h PRIVMSG #lab :!echo ${i}`);
  await net.server.send(...calls);
  await net.heard();
  assertEquals(net.bot.waiting, 20);
  assertStringIncludes(net.bot.machine.explain()?.message ?? "", "EchoEnter");
});

Deno.test("a bot quits in time from a server that does not hang up, and from none", async () => {
  await using net = new Net({ times: { quit: 50 } });
  net.server.onLine = (line, server) => {
    if (!line.startsWith("QUIT")) answer(line, server);
  };
  await net.online();
  await net.bot.quit();
  const idle = new Bot({ server: net.server.address, nick: "robo", channels: [] });
  await idle.quit();
  assert(idle.machine.disposed);
});

Deno.test("a bot has a nick and channels, or is none", () => {
  const server = { hostname: "127.0.0.1", port: 1 };
  assertThrows(
    () => new Bot({ server, nick: "a b", channels: [] }),
    RangeError,
    '"a b" is no nick',
  );
  assertThrows(
    () => new Bot({ server, nick: "a", channels: ["#a\r\nQUIT"] }),
    RangeError,
    "channel",
  );
});
