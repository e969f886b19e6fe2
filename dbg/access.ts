import type { Buffer } from "node:buffer";
import { createHash, timingSafeEqual } from "node:crypto";

/**
 * Whether a host name stands for this machine and nothing else: `localhost`, `[::1]` and a full
 * `127.x.y.z`, spelled just so. Whatever else resolves to it could resolve to something else.
 */
export function isLoopback(host: string): boolean {
  const name = host.toLowerCase();
  if (name === "localhost" || name === "[::1]" || name === "::1") return true;
  const [first, ...rest] = name.split(".");
  return first === "127" && rest.length === 3 &&
    rest.every((part) => /^(0|[1-9]\d{0,2})$/.test(part) && Number(part) < 256);
}

/** A host without its port, as a Host header or an origin has it. */
function hostname(host: string): string {
  return host.replace(/:\d{1,5}$/, "");
}

/** What may come in: everything, only what is no page of another origin, or nothing. */
export type Access = "all" | "send" | "none";

/**
 * What a request may do by the names in it. Without a token only what is addressed to this machine
 * comes in, so that no foreign name that resolves to it does. A page of another origin sees nothing;
 * one of this machine may send what its own machines do.
 */
export function accessOf(headers: Headers, token: boolean): Access {
  const host = headers.get("host");
  if (host === null || !/^[^\s/?#@\\]+$/.test(host)) return "none";
  if (!token && !isLoopback(hostname(host))) return "none";
  const origin = headers.get("origin");
  if (origin === null) {
    // Such as an image or a frame of another site.
    return headers.get("sec-fetch-site") === "cross-site" &&
        headers.get("sec-fetch-mode") !== "navigate"
      ? "none"
      : "all";
  }
  if (origin.toLowerCase() === `http://${host.toLowerCase()}`) return "all";
  const [, local] = origin.match(/^https?:\/\/([^/?#@\\]+)$/i) ?? [];
  return local !== undefined && isLoopback(hostname(local)) ? "send" : "none";
}

/** Different wrong tokens from one address, and in how many milliseconds, before it has to wait. */
const TRIES = 10;
const WHILE = 60_000;
/** Addresses whose wrong tokens are counted; the oldest leave. */
const ADDRESSES = 1000;

/** Compares tokens: in constant time, and not as often as somebody who guesses would like. */
export class TokenGate {
  readonly #digest: Buffer;
  readonly #wrong = new Map<string, { tokens: ReadonlySet<string>; since: number }>();

  /** The right token. */
  constructor(token: string) {
    this.#digest = digest(token);
  }

  /** Checks what a request shows. */
  check(
    shown: string | null,
    address: string,
    now: number,
  ): "right" | "wrong" | "missing" | "too often" {
    if (shown === null) return "missing";
    const before = this.#wrong.get(address);
    const wrong = before !== undefined && now - before.since < WHILE ? before : null;
    if (wrong !== null && wrong.tokens.size >= TRIES) return "too often";
    const found = digest(shown);
    if (timingSafeEqual(found, this.#digest)) return "right";
    this.#wrong.delete(address);
    this.#wrong.set(address, {
      // Who shows the same again has learned nothing: a program that goes on with an old token.
      tokens: new Set([...wrong?.tokens ?? [], found.toString("base64")]),
      since: wrong?.since ?? now,
    });
    if (this.#wrong.size > ADDRESSES) this.#wrong.delete(this.#wrong.keys().next().value!);
    return "wrong";
  }
}

/** Of equal length whatever the text, so that nothing of it can be measured. */
function digest(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}

/** The token that a request shows; an empty one is none. */
export function shownToken(request: Request, url: URL): string | null {
  const [, bearer] = request.headers.get("authorization")?.match(/^Bearer (.+)$/i) ?? [];
  return bearer ?? (url.searchParams.get("token") || null);
}
