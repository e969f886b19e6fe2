import { type AnyMachine, type HandlerEvent, Machine } from "../../mod.ts";
import { pipe } from "../../pipes/mod.ts";
import { createChannel } from "./channel.ts";
import { formatLine, isChannel, isNick, type Line, LineReader, parseLine, same } from "./line.ts";
import { type Budget, SendQueue } from "./send_queue.ts";
import { type BotStates, type ChannelStates, type CommandArgs, schema, TIMES } from "./states.ts";

/** Settings of a bot. */
export interface BotOptions {
  /** The server. */
  readonly server: Deno.ConnectOptions;
  /** The nick that it wants. */
  readonly nick: string;
  /** Where it wants to be. */
  readonly channels: readonly string[];
  /** How fast it may talk. @default five lines at once, then one in 500 ms */
  readonly budget?: Budget;
  /** How many messages may wait. @default {500} */
  readonly queue?: number;
  /** Other times than {@linkcode TIMES}. */
  readonly times?: Partial<typeof TIMES>;
  /** The first pause before it connects again, and the longest, in milliseconds. */
  readonly backoff?: { readonly first: number; readonly longest: number };
  /** Takes a reminder, and says what to answer. @default it says that it has no memory */
  readonly remind?: (call: CommandArgs) => string | Promise<string>;
  /** Hears of each message to a channel or to the bot. */
  readonly onMessage?: (message: CommandArgs) => void;
  /** The machine that shows the bot to whoever watches it. */
  readonly parent?: AnyMachine;
}

/** Commands by name. */
const COMMANDS = new Map(
  [
    ["help", "Help"],
    ["echo", "Echo"],
    ["uptime", "Uptime"],
    ["remind", "Remind"],
  ] as const,
);

/** While more answers than this wait, commands are refused. */
const ROOM = 20;
/** How long nicks may be everywhere. */
const NICK_LENGTH = 9;
/** Numbers of the server that refuse a nick. */
const NICK_REFUSED = ["432", "433", "436", "437"];
/** Numbers of the server that refuse a channel. */
const CHANNEL_REFUSED = ["403", "405", "407", "437", "471", "473", "474", "475", "476", "477"];

/** A bot on an IRC network. Its machine is all there is to know of it; `start` and `quit` are its ends. */
export class Bot {
  /** The machine; its children are the channels. */
  readonly machine: Machine<BotStates>;
  /** By name in lower case. */
  readonly channels: ReadonlyMap<string, Machine<ChannelStates>>;
  readonly #options: BotOptions;
  readonly #times: typeof TIMES;
  readonly #queue: SendQueue;
  #conn: Deno.Conn | null = null;
  #nick: string;
  #asked = 0;
  /** How often connecting has failed in a row. */
  #failures = 0;
  #since = Date.now();
  #token = "";
  /** Who waits for the server to have read a message, by the token of the PING behind it. */
  readonly #unread: Map<string, (read: boolean) => void> = new Map();
  /** The last line that was written; the next one waits for it. */
  #written: Promise<unknown> = Promise.resolve();

  /**
   * A bot that does nothing yet.
   *
   * @throws {RangeError} If its nick or a channel is none.
   */
  constructor(options: BotOptions) {
    if (!isNick(options.nick)) throw new RangeError(`${JSON.stringify(options.nick)} is no nick`);
    for (const name of options.channels) {
      if (!isChannel(name)) throw new RangeError(`${JSON.stringify(name)} is no channel`);
    }
    this.#options = options;
    this.#times = { ...TIMES, ...options.times };
    this.#nick = options.nick;
    this.#queue = new SendQueue(options.budget ?? { burst: 5, every: 500 }, options.queue ?? 500);
    this.machine = this.#makeMachine();
    this.channels = new Map(
      options.channels.map((name) => [name.toLowerCase(), this.#enter(name)]),
    );
  }

  /** The nick that it has now. */
  get nick(): string {
    return this.#nick;
  }

  /** How many messages wait. */
  get waiting(): number {
    return this.#queue.size;
  }

  /** Goes on the net, and stays there. */
  start(): void {
    this.machine.add("Start");
  }

  /** Says goodbye and ends. */
  async quit(): Promise<void> {
    if (this.machine.disposed) return;
    if (this.machine.is("Linked")) {
      this.machine.add("Quitting");
      await this.machine.whenNot("Start");
    } else {
      this.machine.remove("Start");
    }
    await this.machine.disposeAsync();
    for (let message; (message = this.#queue.shift()) !== undefined;) message.done?.(false);
  }

  /** Says something when its turn has come; `false` when too much waits already. */
  say(to: string, text: string): boolean {
    return this.#push(to, text);
  }

  /** Says something, and resolves when the server has read it; `false`: it may not have. */
  tell(to: string, text: string): Promise<boolean> {
    const { promise, resolve } = Promise.withResolvers<boolean>();
    if (!this.#push(to, text, resolve)) resolve(false);
    return promise;
  }

  #push(to: string, text: string, done?: (written: boolean) => void): boolean {
    if (this.machine.disposed || !isNick(to) && !isChannel(to)) return false;
    // A notice: no bot answers one, so that two of them never talk for ever.
    const taken = this.#queue.push({ to, line: formatLine("NOTICE", to, text), done });
    if (taken) this.machine.add("Sending");
    return taken;
  }

  #enter(name: string): Machine<ChannelStates> {
    const channel = createChannel(name, {
      parent: this.machine,
      join: () => this.#write(formatLine("JOIN", name)),
      onChange: () => this.machine.add("Sending"),
      times: this.#times,
    });
    pipe(this.machine, { Online: "Online" }, channel);
    pipe(channel, { Joined: "InChannel" }, this.machine);
    return channel;
  }

  #makeMachine(): Machine<BotStates> {
    const { nick, backoff = { first: 500, longest: 60_000 }, remind } = this.#options;
    const t = this.#times;
    const hasRoom = () => this.#queue.size < ROOM;
    return new Machine(schema, {
      id: nick,
      parent: this.#options.parent,
      printErrors: false,
      timeouts: {
        Connecting: { Lost: t.connect },
        Registering: { Lost: t.connect },
        Calm: { Pinging: t.ping },
        Pinging: { Lagging: t.lag },
        Lagging: { Lost: t.lost },
        NickTaken: { Regaining: t.regain },
        Quitting: { Stopped: t.quit },
      },
      handlers: {
        StartState: (e) => e.add("Connecting"),
        ConnectingState: async (e) => {
          try {
            const conn = await Deno.connect({ ...this.#options.server, signal: e.signal });
            if (e.expired) return conn.close(); // it was too late to give it up
            this.#conn = conn;
            e.add("Linked");
          } catch (error) {
            e.add("Lost", { reason: String(error) });
          }
        },
        LinkedState: (e) => this.#talk(e, this.#conn!),
        LinkedEnd: () => {
          this.#conn = null;
          this.#unread.forEach((done) => done(false));
          this.#unread.clear();
        },
        OnlineState: (e) => {
          this.#failures = 0;
          this.#since = Date.now();
          e.add("Sending");
        },
        // Whatever the reason was, only this decides what follows.
        LostState: (e) => e.add(e.machine.is("Quitting") ? "Stopped" : "Reconnecting"),
        ReconnectingState: (e) => {
          const pause = Math.min(backoff.first * 2 ** this.#failures++, backoff.longest);
          e.addAfter(pause * (0.5 + Math.random() / 2), "Connecting");
        },
        PingingState: () => {
          this.#token = crypto.randomUUID();
          this.#write(formatLine("PING", this.#token));
        },
        NickTakenState: (e) => {
          if (e.machine.is("Registering")) this.#askOther();
        },
        RegainingState: (e) => {
          this.#write(formatLine("NICK", nick));
          e.add("NickTaken"); // until the server says otherwise
        },
        SendingState: (e) => this.#sendSome(e),
        ThrottledState: (e) => e.addAfter(Math.max(1, this.#queue.wait(Date.now())), "Sending"),
        HelpEnter: hasRoom,
        EchoEnter: hasRoom,
        UptimeEnter: hasRoom,
        RemindEnter: hasRoom,
        HelpState: ({ args }) =>
          this.say(args.to, [...COMMANDS.keys()].map((name) => `!${name}`).join(" ")),
        EchoState: ({ args }) => this.say(args.to, args.text),
        UptimeState: ({ args }) => {
          const seconds = Math.floor((Date.now() - this.#since) / 1000);
          this.say(args.to, `online for ${seconds} s`);
        },
        RemindState: async ({ args }) => {
          this.say(args.to, remind ? await remind(args) : "I have no memory");
        },
        QuittingState: () => this.#write(formatLine("QUIT", "bye")),
      },
    });
  }

  /** Registers, and hears what the server says until it hangs up or the link's activation ends. */
  async #talk(e: HandlerEvent<BotStates>, conn: Deno.Conn): Promise<void> {
    const close = () => {
      try {
        conn.close();
      } catch {
        // closed by then
      }
    };
    e.signal.addEventListener("abort", close, { once: true });
    this.#asked = 0;
    this.#nick = this.#options.nick;
    this.#write(formatLine("NICK", this.#nick));
    this.#write(formatLine("USER", this.#nick, "0", "*", "a bot"));
    const lines = new LineReader();
    const buffer = new Uint8Array(4096);
    let reason = "the server has hung up";
    try {
      for (let n; (n = await conn.read(buffer)) !== null;) {
        for (const text of lines.read(buffer.subarray(0, n))) {
          const line = parseLine(text);
          if (line !== null && !e.expired) this.#hear(line);
        }
      }
    } catch (error) {
      reason = String(error);
    }
    close();
    e.add("Lost", { reason });
  }

  /** One line of the server. */
  #hear({ from, command, params }: Line): void {
    const { machine } = this;
    const mine = same(from, this.#nick);
    const channel = (name: string | undefined) => this.channels.get((name ?? "").toLowerCase());
    switch (command) {
      case "001":
        if (params[0] && isNick(params[0])) this.#nick = params[0];
        machine.add("Online");
        break;
      case "PING":
        this.#write(formatLine("PONG", ...params.slice(0, 1)));
        break;
      case "PONG":
        this.#hearPong(params.at(-1) ?? "");
        break;
      case "NICK":
        if (mine && params[0] && isNick(params[0])) this.#renamed(params[0]);
        else if (same(from, this.#options.nick)) machine.add("Regaining");
        break;
      case "QUIT":
        if (!mine && same(from, this.#options.nick)) machine.add("Regaining");
        break;
      case "JOIN":
        if (mine) channel(params[0])?.add("Joined");
        break;
      case "PART":
        if (mine) channel(params[0])?.add("Out", { reason: "parted" });
        break;
      case "KICK":
        if (same(params[1] ?? "", this.#nick)) {
          channel(params[0])?.add("Out", { reason: `kicked by ${from}` });
        }
        break;
      case "PRIVMSG":
        this.#hearMessage(from, params);
        break;
      default:
        if (NICK_REFUSED.includes(command) && !channel(params[1])) {
          machine.add("NickTaken", { nick: params[1] ?? "" });
        } else if (CHANNEL_REFUSED.includes(command)) {
          channel(params[1])?.add("Out", { reason: params.at(-1) ?? command });
        }
    }
  }

  #hearPong(token: string): void {
    if (token === this.#token) this.machine.add("Calm");
    this.#unread.get(token)?.(true);
    this.#unread.delete(token);
  }

  #hearMessage(from: string, [target = "", said = ""]: readonly string[]): void {
    if (!isNick(from) || same(from, this.#nick)) return;
    const to = isChannel(target) ? target : from;
    this.#options.onMessage?.({ from, to, text: said });
    const [, name, text = ""] = /^!(\w{1,20})(?: +(.*))?$/s.exec(said) ?? [];
    const state = COMMANDS.get(name as "help");
    if (state) this.machine.add(state, { from, to, text });
  }

  #renamed(nick: string): void {
    this.#nick = nick;
    if (same(nick, this.#options.nick)) this.machine.remove("NickTaken");
  }

  /** Another nick, while the server does not know us: the next that one could think of, then any. */
  #askOther(): void {
    const asked = ++this.#asked;
    const tail = asked < 4 ? "_".repeat(asked) : String(Math.floor(Math.random() * 1e4));
    this.#nick = this.#options.nick.slice(0, NICK_LENGTH - tail.length) + tail;
    this.#write(formatLine("NICK", this.#nick));
  }

  /** Says what the budget allows; the rest waits, in order. */
  #sendSome(e: HandlerEvent<BotStates>): void {
    for (let head; (head = this.#queue.head) !== undefined;) {
      const channel = this.channels.get(head.to.toLowerCase());
      const heard = channel === undefined || channel.is("Joined");
      // Whoever comes into the channel, or is kept out, looks again.
      if (!heard && channel.not("Out")) break;
      if (heard && this.#queue.wait(Date.now()) > 0) {
        e.add("Throttled");
        return;
      }
      this.#queue.shift();
      if (heard) this.#write(head.line);
      if (head.done === undefined) continue;
      if (heard) this.#confirm(head.done);
      else head.done(false);
    }
    e.machine.remove("Throttled");
  }

  /** Servers answer in order: the answer to a PING behind a message says that they have read both. */
  #confirm(done: (read: boolean) => void): void {
    const token = crypto.randomUUID();
    this.#unread.set(token, done);
    this.#write(formatLine("PING", token));
  }

  /** Puts a line on the wire, after those before it. */
  #write(line: string): void {
    const conn = this.#conn;
    if (conn === null) return;
    this.#queue.spend(Date.now());
    const bytes = new TextEncoder().encode(`${line}\r\n`);
    this.#written = this.#written.then(async () => {
      for (let at = 0; at < bytes.length;) at += await conn.write(bytes.subarray(at));
    }).catch(() => {
      // Reading tells that the connection is gone.
    });
  }
}
