import { BlockList, isIP } from "node:net";

/** What an address may do. The first rule whose `from` matches counts; without one it may nothing. */
export interface Rule {
  /** An address, a network (`10.0.0.0/8`, `fd00::/8`), or `any`. */
  readonly from: string;
  /** Whether it may come in at all. */
  readonly action: "allow" | "deny";
  /** How many flows one address may have at a time. @default {100} */
  readonly flows: number;
  /** How many new ones a second; twice as many at once. @default {100} */
  readonly perSecond: number;
}

/** What a firewall enforces: data, so that it can be read from a file. All times in milliseconds. */
export interface Rules {
  /** Who may what. */
  readonly rules: readonly Rule[];
  /** How many flows there may be in all. @default {10_000} */
  readonly flows: number;
  /** How many of them whose header is not complete: the oldest makes room. @default {1000} */
  readonly halfOpen: number;
  /** What a client has to send before the server hears of it. */
  readonly header: {
    /** What ends it, for example an empty line; empty: any first byte is enough. @default {""} */
    readonly end: string;
    /** How long it may be. @default {8192} */
    readonly bytes: number;
    /** How long it may take, however steadily it trickles. @default {5000} */
    readonly ms: number;
  };
  /** How long the server may take to accept. @default {5000} */
  readonly connect: number;
  /** How long a flow may be silent. @default {60_000} */
  readonly idle: number;
  /** Who is a nuisance so many times within so long stays out for so long. */
  readonly ban: {
    /** @default {10} */
    readonly strikes: number;
    /** @default {10_000} */
    readonly within: number;
    /** @default {60_000} */
    readonly ms: number;
  };
}

/** Rules that make no sense; the message says where and what would. */
export class RulesError extends Error {
  override readonly name = "RulesError";
}

/** A field of the rules: its default, and what it has to be. */
type Fields = { readonly [name: string]: number | string | Fields };

const DEFAULTS = {
  flows: 10_000,
  halfOpen: 1000,
  header: { end: "", bytes: 8192, ms: 5000 },
  connect: 5000,
  idle: 60_000,
  ban: { strikes: 10, within: 10_000, ms: 60_000 },
} as const satisfies Fields;

const RULE = { flows: 100, perSecond: 100 } as const satisfies Fields;

/**
 * Rules from data that anybody may have written.
 *
 * @throws {RulesError} If a field is unknown, missing or out of range.
 */
export function parseRules(data: unknown): Rules {
  const { rules, ...rest } = objectAt("rules file", data);
  if (!Array.isArray(rules)) throw new RulesError(`rules is ${text(rules)}, expected a list`);
  return {
    ...filled(DEFAULTS, rest, ""),
    rules: rules.map((rule, i) => parseRule(rule, `rules[${i}]`)),
  };
}

function parseRule(data: unknown, where: string): Rule {
  const { from, action, ...rest } = objectAt(where, data);
  if (action !== "allow" && action !== "deny") {
    throw new RulesError(`${where}.action is ${text(action)}, expected "allow" or "deny"`);
  }
  if (typeof from !== "string") {
    throw new RulesError(`${where}.from is ${text(from)}, expected an address, a network or "any"`);
  }
  matcher(from, where);
  return { from, action, ...filled(RULE, rest, `${where}.`) };
}

/** The fields of `data` over the defaults, each checked. */
function filled<F extends Fields>(defaults: F, data: object, where: string): Widened<F> {
  for (const name of Object.keys(data)) {
    if (!Object.hasOwn(defaults, name)) {
      const known = Object.keys(defaults).join(", ");
      throw new RulesError(`${where}${name} is no setting, expected one of ${known}`);
    }
  }
  const given = data as Record<string, unknown>;
  return Object.fromEntries(
    Object.entries(defaults).map(([name, value]) => {
      const at = `${where}${name}`;
      const is = given[name];
      if (is === undefined) return [name, value];
      if (typeof value === "object") return [name, filled(value, objectAt(at, is), `${at}.`)];
      if (typeof value === "string") {
        if (typeof is !== "string") throw new RulesError(`${at} is ${text(is)}, expected a text`);
      } else if (!Number.isInteger(is) || (is as number) < 1 || (is as number) > 1e9) {
        throw new RulesError(`${at} is ${text(is)}, expected a whole number from 1 to 1e9`);
      }
      return [name, is];
    }),
  ) as Widened<F>;
}

type Widened<F> = {
  [K in keyof F]: F[K] extends number ? number : F[K] extends string ? string : Widened<F[K]>;
};

function objectAt(where: string, data: unknown): Record<string, unknown> {
  if (typeof data === "object" && data !== null && !Array.isArray(data)) {
    return data as Record<string, unknown>;
  }
  throw new RulesError(`${where} is ${text(data)}, expected an object`);
}

const text = (value: unknown): string => (JSON.stringify(value) ?? String(value)).slice(0, 80);

/** Finds the number of the rule that counts for an address; -1: none does. */
export function ruleFinder(rules: readonly Rule[]): (address: string) => number {
  const matchers = rules.map(({ from }, i) => matcher(from, `rules[${i}]`));
  return (address) => matchers.findIndex((matches) => matches(address));
}

function matcher(from: string, where: string): (ip: string) => boolean {
  if (from === "any") return () => true;
  const [address, bits, ...more] = from.split("/");
  const version = isIP(address);
  const most = version === 4 ? 32 : 128;
  const prefix = bits === undefined ? most : /^\d{1,3}$/.test(bits) ? Number(bits) : NaN;
  if (version === 0 || !(prefix <= most) || more.length > 0) {
    throw new RulesError(
      `${where}.from is ${text(from)}, expected an address, a network such as 10.0.0.0/8, or "any"`,
    );
  }
  const list = new BlockList();
  list.addSubnet(address, prefix, version === 4 ? "ipv4" : "ipv6");
  return (ip) => {
    const kind = isIP(ip);
    return kind !== 0 && list.check(ip, kind === 4 ? "ipv4" : "ipv6");
  };
}

/** An address as rules name it: IPv4 in IPv6's clothes as what it is, without a zone. */
export function plainAddress(ip: string): string {
  if (!ip.includes(":")) return ip;
  return ip.split("%")[0].replace(/^::ffff:(?=\d+\.\d+\.\d+\.\d+$)/i, "");
}

/** What counts as one visitor: of IPv6 64 bits, since whoever has one address has all of them. */
export function networkOf(address: string): string {
  if (isIP(address) !== 6) return address;
  const [head, tail] = address.split("::");
  const first = head.split(":").filter((part) => part !== "");
  const last = (tail ?? "").split(":").filter((part) => part !== "");
  const zeros = tail === undefined ? 0 : 8 - first.length - last.length;
  const groups = [...first, ...Array<string>(Math.max(0, zeros)).fill("0"), ...last];
  return groups.slice(0, 4).map((group) => Number.parseInt(group, 16).toString(16)).join(":") +
    "::/64";
}
