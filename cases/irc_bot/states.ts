/**
 * The states of a bot and of one of its channels.
 *
 * @module
 */
import { args, defineSchema, type StatesOf } from "../../mod.ts";

/** What a command was called with. */
export interface CommandArgs {
  /** Who has called it. */
  readonly from: string;
  /** Where the answer goes: the channel, or who asked in private. */
  readonly to: string;
  /** What came behind the command's name. */
  readonly text: string;
}

/** A command: each call runs its handler, while there is room for answers. */
const command = { multi: true, require: ["Online"], args: args.required<CommandArgs>() } as const;

/** How long things may take, in milliseconds; a bot may say otherwise. */
export const TIMES = {
  /** Until the server accepts, and until it has registered us. */
  connect: 10_000,
  /** Between two looks at the connection. */
  ping: 15_000,
  /** From then on an answer is late. */
  lag: 3000,
  /** So late is too late. */
  lost: 5000,
  /** Between two tries to get the nick back. */
  regain: 5000,
  /** Between two tries to come into a channel. */
  rejoin: 10_000,
  /** From goodbye to hanging up. */
  quit: 2000,
};

/** The states of the bot. */
export const schema = defineSchema({
  // The bot is to be on the net: what follows requires it.
  Start: {},

  // The connection. Lost takes Linked away, and with it all that requires it.
  Connecting: {
    require: ["Start"],
    remove: ["Linked", "Reconnecting"],
    timeouts: { Lost: TIMES.connect },
  },
  Linked: { require: ["Start"], remove: ["Connecting", "Reconnecting"], add: ["Registering"] },
  Registering: { require: ["Linked"], remove: ["Online"], timeouts: { Lost: TIMES.connect } },
  Online: { require: ["Linked"], remove: ["Registering"], add: ["Calm"] },
  Reconnecting: { require: ["Start"], remove: ["Connecting", "Linked"] },
  Lost: {
    event: true,
    remove: ["Connecting", "Linked"],
    args: args<{ reason: string }>(),
  },

  // Whether the server still answers: Calm → Pinging → Calm, or Lagging and then Lost.
  Calm: { require: ["Online"], remove: ["Pinging", "Lagging"], timeouts: { Pinging: TIMES.ping } },
  Pinging: { require: ["Online"], remove: ["Calm"], timeouts: { Lagging: TIMES.lag } },
  Lagging: { require: ["Pinging"], timeouts: { Lost: TIMES.lost } },

  // Somebody has our nick. Multi: each refusal starts the time until the next try anew.
  NickTaken: {
    multi: true,
    require: ["Linked"],
    timeouts: { Regaining: TIMES.regain },
    args: args<{ nick: string }>(),
  },
  Regaining: { event: true, require: ["NickTaken", "Online"] },

  // What we say waits until the budget allows it.
  Sending: { event: true, require: ["Online"] },
  Throttled: { multi: true, require: ["Online"] },

  // Some channel has us, by the pipes from the channels.
  InChannel: {},

  Help: command,
  Echo: command,
  Uptime: command,
  Remind: command,

  Quitting: { require: ["Start"], timeouts: { Stopped: TIMES.quit } },
  Stopped: { event: true, remove: ["Start"] },
});

/** State → arguments of a bot. */
export type BotStates = StatesOf<typeof schema>;

/** The states of a channel. */
export const channelSchema = defineSchema({
  // As the bot's, by a pipe.
  Online: {},
  // Auto: whenever we are online and neither in it nor kept out, we want in.
  Joining: {
    auto: true,
    require: ["Online"],
    remove: ["Joined", "Out"],
    timeouts: { Out: TIMES.connect },
  },
  Joined: { require: ["Online"], remove: ["Joining", "Out"] },
  // Refused or kicked.
  Out: {
    require: ["Online"],
    remove: ["Joining", "Joined"],
    timeouts: { Joining: TIMES.rejoin },
    args: args<{ reason: string }>(),
  },
});

/** State → arguments of a channel. */
export type ChannelStates = StatesOf<typeof channelSchema>;
