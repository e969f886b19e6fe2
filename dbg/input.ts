import { debuggerUrl } from "../telemetry/debugger/address.ts";

/** Bad input: one line, and exit code 2. */
export class InputError extends Error {}

/** The ways in which a token comes in; of these the command line is the one that others can see. */
export interface TokenOptions {
  /** The token itself. */
  readonly token?: string;
  /** The file whose first line it is. */
  readonly tokenFile?: string;
}

/** The token that is meant; undefined if there is none. */
export function tokenOf({ token, tokenFile }: TokenOptions): string | undefined {
  if (token !== undefined && tokenFile !== undefined) {
    throw new InputError("--token and --token-file exclude each other");
  }
  let found = token ?? Deno.env.get("AM_DBG_TOKEN");
  let from = token === undefined ? "AM_DBG_TOKEN" : "--token";
  if (tokenFile !== undefined) {
    from = "--token-file";
    try {
      found = Deno.readTextFileSync(tokenFile).split(/\r?\n/, 1)[0].trim();
    } catch (error) {
      throw new InputError(`Cannot read "${tokenFile}": ${(error as Error).message}`);
    }
  }
  if (found === undefined || (found === "" && from === "AM_DBG_TOKEN")) return undefined;
  if (!/^[!-~]+$/.test(found)) {
    throw new InputError(`${from} has to be one word of ASCII signs`);
  }
  return found;
}

/** The WebSocket address that an option names. */
export function addressOf(option: string, address: string): URL {
  try {
    return debuggerUrl(address);
  } catch (error) {
    throw new InputError(`${option}: ${(error as Error).message}`);
  }
}

/** The host and port that `--listen` names: as an address of a debugger, or `host:port`. */
export function listenAddress(listen: string): { hostname: string; port: number } {
  const [, hostname, port] =
    listen.match(/^(?:(?:ws|http):\/\/)?(\[[^\]]+\]|[^:/?#@]+):(\d+)\/?$/) ??
      [];
  if (hostname === undefined || Number(port) > 65535) {
    throw new InputError(`--listen has to be host:port, not "${listen}"`);
  }
  return { hostname: hostname.replace(/^\[(.*)\]$/, "$1"), port: Number(port) };
}
