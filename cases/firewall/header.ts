/** Settings of {@linkcode readHeader}. */
export interface HeaderOptions {
  /** What ends it; empty: any first byte is enough. */
  readonly end: string;
  /** How long it may be. */
  readonly bytes: number;
}

/** How much room a header has at first. */
const ROOM = 1024;

/**
 * What a client says first, with whatever came along behind it; `null` when it hangs up before the end.
 *
 * @throws {RangeError} If it is too long.
 */
export async function readHeader(
  from: Pick<Deno.Conn, "read">,
  { end, bytes }: HeaderOptions,
): Promise<Uint8Array | null> {
  const mark = new TextEncoder().encode(end);
  let buffer = new Uint8Array(Math.min(ROOM, bytes + mark.length));
  let length = 0;
  for (;;) {
    const n = await from.read(buffer.subarray(length));
    if (n === null) return null;
    // The mark may have begun in the piece before.
    const found = indexOf(buffer.subarray(0, length + n), mark, Math.max(0, length - mark.length));
    length += n;
    if (found !== -1 && found <= bytes) return buffer.subarray(0, length);
    if (length >= bytes + mark.length || found !== -1) {
      throw new RangeError(`a header of more than ${bytes} bytes`);
    }
    if (length === buffer.length) {
      const larger = new Uint8Array(Math.min(2 * length, bytes + mark.length));
      larger.set(buffer);
      buffer = larger;
    }
  }
}

function indexOf(data: Uint8Array, mark: Uint8Array, from: number): number {
  for (let at = from; at + mark.length <= data.length; at++) {
    if (mark.every((byte, i) => data[at + i] === byte)) return at;
  }
  return -1;
}
