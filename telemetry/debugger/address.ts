/** Where the debugger listens by default. */
export const DEFAULT_URL = "ws://127.0.0.1:6831";

/** `host:port`, and what may follow it. */
const BARE = /^(?:\[[\da-f:.]+\]|[^\s:/?#@[\]\\]+):\d{1,5}(?:[/?].*)?$/i;
const SCHEMES: Readonly<Record<string, string>> = {
  "ws:": "ws:",
  "http:": "ws:",
  "wss:": "wss:",
  "https:": "wss:",
};

/**
 * The WebSocket address that is meant by an address of the debugger: `host:port`, or a URL with
 * `ws:`, `wss:`, `http:` or `https:`.
 *
 * @throws {TypeError} If it is none.
 */
export function debuggerUrl(address: string): URL {
  const full = BARE.test(address) ? `ws://${address}` : address;
  const url = URL.canParse(full) ? new URL(full) : null;
  const scheme = url === null ? undefined : SCHEMES[url.protocol];
  if (url === null || scheme === undefined || url.hostname === "") {
    throw new TypeError(
      `"${withoutToken(address)}" is no address of a debugger: ` +
        `host:port, or a ws://, wss://, http:// or https:// address`,
    );
  }
  if (url.username !== "" || url.password !== "") {
    throw new TypeError(`The address of a debugger has no user name; a token goes into ?token=…`);
  }
  url.protocol = scheme;
  url.hash = "";
  return url;
}

/** An address that may be shown: what follows `?` may be a secret. */
export function withoutToken(address: string): string {
  return address.replace(/[?#].*$/s, "").replace(/\/\/[^/]*@/, "//").slice(0, 200);
}
