import { type AnyMachine, type Handlers, Machine } from "../../mod.ts";
import { type AddressStates, schema } from "./address_states.ts";
import type { Flow } from "./flow.ts";
import { networkOf, plainAddress, type Rule, ruleFinder, type Rules } from "./rules.ts";
import { IDLE, type Timed, TimerWheel } from "./timer_wheel.ts";

/** The machine of one address, with what is counted of it. */
export class Address extends Machine<AddressStates> implements Timed {
  /** What it may. */
  readonly rule: Rule | null;
  /** Its flows. */
  readonly flows: Set<Flow> = new Set();
  /** How often it was a nuisance, lately. */
  strikes = 0;
  /** When that is forgiven. */
  due = 0;
  /** The wheel's. */
  slot = IDLE;
  /** The wheel's. */
  before: Timed | null = null;
  /** The wheel's. */
  behind: Timed | null = null;
  #tokens: number;
  #filled: number = Date.now();

  /** An address that nothing is known of. */
  constructor(id: string, rule: Rule | null, handlers: AddressHandlers, parent?: AnyMachine) {
    super(schema, { id, handlers, printErrors: false, parent });
    this.rule = rule;
    this.#tokens = 2 * (rule?.perSecond ?? 0);
    if (rule?.action !== "allow") this.add("Denied");
  }

  /** Whether it may have one more flow now. */
  get hasRoom(): boolean {
    return this.rule !== null && this.flows.size < this.rule.flows && this.#present() >= 1;
  }

  /** A flow of it has come in. */
  spend(): void {
    this.#tokens = this.#present() - 1;
    this.#filled = Date.now();
  }

  #present(): number {
    const rate = this.rule?.perSecond ?? 0;
    const gained = Math.max(0, Date.now() - this.#filled) * rate / 1000;
    return Math.min(2 * rate, this.#tokens + gained);
  }
}

type AddressHandlers = Handlers<AddressStates, Machine<AddressStates>>;

/** The handlers are bound to addresses only. */
const addressOf = (e: { readonly machine: unknown }): Address => e.machine as Address;

/**
 * How long an address without flows is remembered, in milliseconds: until it may have as many new flows at
 * once as one that was never seen, so that hanging up gains nothing.
 */
const MEMORY = 2000;

/** How many addresses are remembered, unless said otherwise. */
const ADDRESSES = 10_000;

/** Settings of a book. */
export interface AddressBookOptions {
  /** How many addresses are remembered at most. @default {10_000} */
  readonly addresses?: number;
  /** The machine that shows the addresses to whoever watches it. @default none */
  readonly parent?: AnyMachine | undefined;
  /** Is told of an address that is out from now on. */
  readonly onBanned?: (address: Address) => void;
}

/** The addresses that have flows or a past. */
export class AddressBook {
  readonly #addresses: Map<string, Address> = new Map();
  readonly #wheel: TimerWheel<Address> = new TimerWheel((address) => {
    if (!address.any("Suspect", "Banned")) {
      if (address.flows.size === 0) this.#forget(address);
      return;
    }
    address.add("Forgiven");
    this.release(address);
  });
  readonly #rules: readonly Rule[];
  readonly #ruleOf: (address: string) => number;
  readonly #handlers: AddressHandlers;
  readonly #limit: number;
  readonly #parent: AnyMachine | undefined;

  /** An empty book. */
  constructor({ rules, ban }: Pick<Rules, "rules" | "ban">, options: AddressBookOptions = {}) {
    this.#rules = rules;
    this.#ruleOf = ruleFinder(rules);
    this.#limit = options.addresses ?? ADDRESSES;
    this.#parent = options.parent;
    const forgiveAfter = (address: Address, ms: number) => {
      address.due = Date.now() + ms;
      this.#wheel.put(address);
    };
    this.#handlers = {
      OpenEnter: (e) => addressOf(e).hasRoom,
      OpenState: (e) => addressOf(e).spend(),
      StrikeEnter: (e) => e.machine.not("Banned"),
      StrikeState: (e) => e.add(++addressOf(e).strikes < ban.strikes ? "Suspect" : "Banned"),
      SuspectState: (e) => forgiveAfter(addressOf(e), ban.within),
      BannedState(e) {
        forgiveAfter(addressOf(e), ban.ms);
        options.onBanned?.(addressOf(e));
      },
      ForgivenState: (e) => void (addressOf(e).strikes = 0),
    };
  }

  /** How many addresses are remembered. */
  get size(): number {
    return this.#addresses.size;
  }

  /** How many wait to be forgiven. */
  get waiting(): number {
    return this.#wheel.size;
  }

  /** An address, which is remembered from now on; `null` when there are too many that have flows. */
  of(ip: string): Address | null {
    const plain = plainAddress(ip);
    const account = this.#addresses.get(plain); // IPv4 has each address for itself
    if (account) return account;
    const rule = this.#ruleOf(plain);
    const network = networkOf(plain);
    // Two rules may divide a network: what one of them allows is no account of the other's.
    const id = network === plain ? plain : `${network} by rule ${rule}`;
    const known = this.#addresses.get(id);
    if (known) return known;
    if (this.#addresses.size >= this.#limit && !this.#forgetOne()) return null;
    const address = new Address(id, this.#rules[rule] ?? null, this.#handlers, this.#parent);
    this.#addresses.set(id, address);
    return address;
  }

  /** An address may have no flows left: without a past it is forgotten after a while. */
  release(address: Address): void {
    if (address.flows.size > 0 || address.any("Suspect", "Banned")) return;
    if (address.is("Denied")) return this.#forget(address); // there is nothing to remember
    address.due = Date.now() + MEMORY;
    if (address.slot === IDLE) this.#wheel.put(address);
  }

  /** Forgets all. */
  clear(): void {
    for (const address of [...this.#addresses.values()]) this.#forget(address);
    this.#wheel.close();
  }

  /** The one that is known longest, of those without flows; one that is banned only if it must be. */
  #forgetOne(): boolean {
    let banned: Address | null = null;
    for (const address of this.#addresses.values()) {
      if (address.flows.size > 0) continue;
      if (address.not("Banned")) {
        this.#forget(address);
        return true;
      }
      banned ??= address;
    }
    if (banned) this.#forget(banned);
    return banned !== null;
  }

  #forget(address: Address): void {
    if (this.#addresses.get(address.id) !== address) return;
    this.#addresses.delete(address.id);
    this.#wheel.take(address);
    address.dispose();
  }
}
