import { Machine, type NeedsArgs } from "../mod.ts";
import {
  initialModel,
  type Message,
  type Model,
  selected,
  type Store,
  type StoreWatcher,
  update,
} from "./model/mod.ts";
import { DIALOG, schema, type SessionStates } from "./schema.ts";

/** A name of a state of the debugger. */
export type SessionState = keyof SessionStates & string;

/** Those that can be called without arguments. */
type FreeState = Exclude<SessionState, NeedsArgs<SessionStates>>;

/** How a session behaves. */
export interface SessionOptions {
  /** The machine's id. @default {"dbg"} */
  readonly id?: string;
  /** What the model starts with, if not with the defaults. */
  readonly model?: Partial<Model>;
  /** Each machine that connects is selected, and followed. @default {false} */
  readonly selectConnected?: boolean;
  /** When a machine connects and all others are gone, those are removed. @default {false} */
  readonly cleanOnConnect?: boolean;
  /** How often per second it looks for what machines have sent. @default {60} */
  readonly rate?: number;
  /** Writes the file of the export dialog; gives what to tell about it. @default none */
  readonly export?: (model: Model) => Promise<string>;
  /** Reads a file; gives what to tell about it. @default none */
  readonly open?: (path: string) => Promise<string>;
  /** Lets the demo's machines connect; gives what to tell about it. @default none */
  readonly demo?: () => Promise<string>;
}

/** The state of each dialog. */
const DIALOGS = { help: "HelpDialog", export: "ExportDialog", open: "OpenDialog" } as const;

/** Time between two steps of playing, in milliseconds. */
const PLAY = 500;

/** A state that says the same as a part of the model. */
interface Mirror {
  readonly state: FreeState | "StateNameSelected";
  readonly holds: (model: Model) => boolean;
  readonly on?: Message;
  readonly off?: Message;
}

const MIRRORS: readonly Mirror[] = [
  { state: "ClientSelected", holds: (model) => model.client !== null },
  ...([
    ["TreeFocused", "tree"],
    ["LogFocused", "log"],
    ["SidebarFocused", "clients"],
    ["TimelineTxsFocused", "timeline"],
    ["TimelineStepsFocused", "steps"],
    ["MatrixFocused", "matrix"],
    ["FiltersFocused", "filters"],
    ["WhyFocused", "why"],
    ["ErrorsFocused", "errors"],
    ["FoundFocused", "found"],
    ["TimeFocused", "time"],
  ] as const).map(([state, on]): Mirror => ({
    state,
    holds: ({ dialog, focus }) => dialog === null && focus === on,
    on: { kind: "focus", on },
  })),
  { state: "DialogFocused", holds: ({ dialog }) => dialog !== null },
  ...([
    ["TreeLogView", "tree-log"],
    ["TreeMatrixView", "tree-matrix"],
    ["TreeRainView", "tree-rain"],
    ["MatrixView", "matrix"],
    ["MatrixRainView", "matrix-rain"],
    ["TimeView", "time"],
    ["WhyView", "tree-why"],
    ["ErrorsView", "errors"],
    ["FoundView", "found"],
  ] as const).map(([state, layout]): Mirror => ({
    state,
    holds: (model) => model.layout === layout,
    on: { kind: "layout", layout },
  })),
  ...([["HelpDialog", "help"], ["ExportDialog", "export"], ["OpenDialog", "open"]] as const).map(
    ([state, dialog]): Mirror => ({
      state,
      holds: (model) => model.dialog === dialog,
      on: { kind: "dialog", dialog },
      off: { kind: "dialog", dialog: null },
    }),
  ),
  ...([
    ["FilterCanceledTx", "canceled"],
    ["FilterAutoTx", "auto"],
    ["FilterEmptyTx", "empty"],
    ["FilterChecksTx", "checks"],
  ] as const).map(([state, name]): Mirror => ({
    state,
    holds: ({ filters }) => filters[name],
    on: { kind: "filter", name, on: true },
    off: { kind: "filter", name, on: false },
  })),
  {
    state: "TailMode",
    holds: ({ client, tail }) => client !== null && tail,
    on: { kind: "tail", on: true },
    off: { kind: "tail", on: false },
  },
  {
    state: "Playing",
    holds: ({ client, playing }) => client !== null && playing,
    on: { kind: "play", on: true },
    off: { kind: "play", on: false },
  },
  {
    state: "StateNameSelected",
    holds: ({ client, state }) => client !== null && state !== -1,
    off: { kind: "state", state: -1 },
  },
  {
    state: "LogUserScrolled",
    holds: ({ client, scroll }) => client !== null && scroll.log !== null,
    on: { kind: "followLog", on: false },
    off: { kind: "followLog", on: true },
  },
];

/**
 * One person's (or script's) look at the recorded data: a machine whose handlers are the only ones
 * that change the model. Whatever can be done can be done by mutating the machine.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { Session, Store } from "@asyncmachine/asyncmachine/dbg";
 *
 * using session = new Session(new Store());
 * session.machine.add("HelpDialog");
 * assertEquals(session.model.dialog, "help");
 * session.machine.remove("HelpDialog");
 * assertEquals(session.model.dialog, null);
 * ```
 */
export class Session implements StoreWatcher, Disposable {
  /** The recorded data. */
  readonly store: Store;
  /** The debugger's own states; see `dbg/schema.ts`. */
  readonly machine: Machine<SessionStates>;
  readonly #options: SessionOptions;
  #model: Model;

  /** Starts a session. */
  constructor(store: Store, options: SessionOptions = {}) {
    this.store = store;
    this.#options = options;
    this.#model = initialModel(store, options.model);
    this.machine = new Machine(schema, { id: options.id ?? "dbg", printErrors: false });
    this.#bind();
    store.watchers.add(this);
    this.machine.add(["Start", "ClientMsg"]);
  }

  /** What is shown now. */
  get model(): Model {
    return this.#model;
  }

  /** Mutates the machine as a message asks for. */
  send(message: Message): void {
    const { machine } = this;
    const turn = (state: FreeState, now: boolean, wanted: boolean = !now) => {
      if (wanted) machine.add(state);
      else machine.remove(state);
    };
    switch (message.kind) {
      case "received":
        return void machine.add("ClientMsg");
      case "client":
        return void machine.add("SelectingClient", { key: message.key });
      case "clientBy":
        return void machine.add("SelectingClient", { by: message.by });
      case "removeClient":
        return void machine.add("RemoveClient", { key: message.key });
      case "move":
        return message.by < 0
          ? void machine.add("UserBack", { by: -message.by })
          : void machine.add("UserFwd", { by: message.by });
      case "step":
        return message.by < 0
          ? void machine.add("UserBackStep", { by: -message.by })
          : void machine.add("UserFwdStep", { by: message.by });
      case "position":
      case "transition":
      case "stepTo":
      case "time":
      case "first":
      case "last":
      case "jump":
      case "touched":
      case "error":
      case "equal":
      case "go":
      case "back":
      case "forward":
      case "activation":
      case "match":
        return void machine.add("ScrollToTx", { to: message });
      case "tail":
        return turn("TailMode", this.#model.tail, message.on);
      case "play":
        return turn("Playing", this.#model.playing, message.on);
      case "dialog":
        if (message.dialog !== null) {
          return turn(DIALOGS[message.dialog], false);
        }
        return void machine.remove(DIALOG);
      case "filter":
        if (message.on === undefined || message.on !== this.#model.filters[message.name]) {
          machine.add("ToggleFilter", { name: message.name });
        }
        return;
      case "state":
        if (message.state === -1) return void machine.remove("StateNameSelected");
        return void machine.add("StateNameSelected", { state: message.state });
      default:
        return void machine.add("UserCommand", { message });
    }
  }

  /** Hears from the store that a machine has come or gone. */
  connection(key: string, connected: boolean): void {
    this.machine.add(connected ? "ConnectEvent" : "DisconnectEvent", { key });
  }

  /** Ends the session. */
  [Symbol.dispose](): void {
    this.store.watchers.delete(this);
    this.machine.dispose();
  }

  #update(message: Message): void {
    this.#model = update(this.#model, message);
  }

  #bind(): void {
    const { machine, store } = this;
    const options = this.#options;
    machine.bindHandlers({
      StartState: (e) => {
        const looking = setInterval(() => {
          if (store.revision !== this.#model.revision) machine.add("ClientMsg");
        }, 1000 / (options.rate ?? 60));
        e.signal.addEventListener("abort", () => clearInterval(looking));
      },
      PlayingState: (e) => {
        const playing = setInterval(() => {
          const { cursor, step, focus } = this.#model;
          machine.add(focus === "steps" ? "FwdStep" : "Fwd");
          const stuck = cursor === this.#model.cursor && step === this.#model.step;
          if (stuck) machine.remove("Playing");
        }, PLAY);
        e.signal.addEventListener("abort", () => clearInterval(playing));
      },
      ClientMsgState: () => {
        this.#update({ kind: "received" });
        machine.remove("ClientMsg");
      },
      ConnectEventState: (e) => {
        const { key } = e.args;
        if (options.cleanOnConnect) this.#clean(key);
        this.#update({ kind: "received" });
        machine.remove("ConnectEvent");
        if (options.selectConnected) {
          machine.add("SelectingClient", { key });
          machine.add("TailMode");
        }
      },
      DisconnectEventState: () => {
        this.#update({ kind: "received" });
        machine.remove("DisconnectEvent");
      },
      UserFwdState: () => void machine.remove("UserFwd"),
      UserBackState: () => void machine.remove("UserBack"),
      UserFwdStepState: () => void machine.remove("UserFwdStep"),
      UserBackStepState: () => void machine.remove("UserBackStep"),
      FwdState: (e) => {
        this.#update({ kind: "move", by: e.args.by ?? 1 });
        machine.remove("Fwd");
      },
      BackState: (e) => {
        this.#update({ kind: "move", by: -(e.args.by ?? 1) });
        machine.remove("Back");
      },
      FwdStepState: (e) => {
        this.#update({ kind: "step", by: e.args.by ?? 1 });
        machine.remove("FwdStep");
      },
      BackStepState: (e) => {
        this.#update({ kind: "step", by: -(e.args.by ?? 1) });
        machine.remove("BackStep");
      },
      ScrollToTxState: (e) => {
        this.#update(e.args.to);
        machine.remove("ScrollToTx");
      },
      UserCommandState: (e) => {
        this.#update(e.args.message);
        machine.remove("UserCommand");
      },
      SelectingClientState: (e) => {
        const { key, by } = e.args;
        if (key !== undefined) this.#update({ kind: "client", key });
        else this.#update({ kind: "clientBy", by: by ?? 1 });
        if (this.#model.client === null) machine.remove("SelectingClient");
      },
      RemoveClientState: (e) => {
        this.#update({ kind: "removeClient", key: e.args.key });
        machine.remove("RemoveClient");
      },
      StateNameSelectedState: (e) => {
        const { state } = e.args;
        const names = selected(this.#model)?.hello.names ?? [];
        this.#update({
          kind: "state",
          state: typeof state === "number" ? state : names.indexOf(state),
        });
      },
      ToggleFilterState: (e) => {
        this.#update({ kind: "filter", name: e.args.name });
        machine.remove("ToggleFilter");
      },
      ExceptionState: (e) => this.#update({ kind: "notice", text: String(e.args.err) }),
      ExportingEnter: () => options.export !== undefined,
      ExportingState: async () => {
        const text = await options.export!(this.#model);
        machine.remove(["Exporting", "ExportDialog"]);
        machine.add("UserCommand", { message: { kind: "notice", text } });
      },
      OpeningEnter: () => options.open !== undefined,
      OpeningState: async (e) => {
        const text = await options.open!(e.args.path);
        machine.remove(["Opening", "OpenDialog"]);
        machine.add("UserCommand", { message: { kind: "notice", text } });
      },
      StartingDemoEnter: () => options.demo !== undefined,
      StartingDemoState: async () => {
        const text = await options.demo!();
        machine.remove("StartingDemo");
        machine.add("UserCommand", { message: { kind: "notice", text } });
      },
      AnyState: (e) => this.#mirror(e.transition.statesBefore),
    });
  }

  /** What states say of the model, and what the model says of states, becomes the same. */
  #mirror(before: readonly string[]): void {
    const { machine } = this;
    // While another machine is selected, all that needs one is off for a moment: it comes back.
    const selecting = machine.is("SelectingClient");
    for (const { state, holds, on, off } of MIRRORS) {
      const active = machine.is(state);
      const changed = active !== before.includes(state);
      if (!changed || active === holds(this.#model) || selecting) continue;
      const message = active ? on : off;
      if (message) this.#update(message);
    }
    let added = false;
    for (const { state, holds } of MIRRORS) {
      if (machine.is(state) || !holds(this.#model)) continue;
      added = true;
      if (machine.isQueued("add", state)) continue;
      if (state === "StateNameSelected") machine.add(state, { state: this.#model.state });
      else machine.add(state);
    }
    // What is added removes others by its relations: the rest is looked at after that.
    if (added) return;
    for (const { state, holds } of MIRRORS) {
      if (!machine.is(state) || holds(this.#model)) continue;
      if (!machine.isQueued("remove", state)) machine.remove(state);
    }
  }

  #clean(key: string): void {
    const others = [...this.store.clients.values()].filter((one) => one.key !== key);
    if (others.some(({ connected }) => connected)) return;
    for (const other of others) this.#update({ kind: "removeClient", key: other.key });
  }
}
