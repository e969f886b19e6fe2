import { type AnyMachine, Machine } from "../../mod.ts";
import { channelSchema, type ChannelStates, type TIMES } from "./states.ts";

/** What a channel needs of its bot. */
export interface ChannelOptions {
  /** The bot's machine. */
  readonly parent: AnyMachine;
  /** Asks the server to let us in. */
  readonly join: (name: string) => void;
  /** Is told of each change. */
  readonly onChange: () => void;
  /** Other times than usual. */
  readonly times: typeof TIMES;
}

/** A machine for one channel of a bot. */
export function createChannel(name: string, options: ChannelOptions): Machine<ChannelStates> {
  const { parent, join, onChange, times } = options;
  return new Machine(channelSchema, {
    id: name,
    parent,
    printErrors: false,
    timeouts: { Joining: { Out: times.connect }, Out: { Joining: times.rejoin } },
    handlers: {
      JoiningState: () => join(name),
      JoinedState: onChange,
      OutState: onChange,
    },
  });
}
