/** The two hosts that every test of this folder runs against. */
import { createHost } from "../host/machine_host.ts";
import { createPlainHost } from "../host/plain_host.ts";
import type { Host, HostOptions } from "../host/host.ts";

/** Makes a host of one kind. */
export type MakeHost = (options: HostOptions) => Host;

/** Name → how such a host is made. */
export const TWINS: Readonly<Record<string, MakeHost>> = {
  machine: createHost,
  plain: createPlainHost,
};

/** One test for each twin. */
export function testTwins(name: string, fn: (make: MakeHost) => Promise<void>): void {
  for (const [kind, make] of Object.entries(TWINS)) {
    Deno.test(`${name} (${kind})`, () => fn(make));
  }
}

/** Waits for a condition; tells what did not come. */
export async function until(
  what: string,
  condition: () => boolean | Promise<boolean>,
): Promise<void> {
  const end = Date.now() + 30_000;
  while (!await condition()) {
    if (Date.now() > end) throw new Error(`Did not come: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

/** Lets all that is under way in a direct network come to rest. */
export const rest = (): Promise<void> => new Promise((resolve) => setTimeout(resolve));

/** Text to bytes. */
export const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

/** Bytes to text. */
export const textOf = (data: Uint8Array): string => new TextDecoder().decode(data);
