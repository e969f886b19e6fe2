/** How much is read at a time. */
const CHUNK = 16_384;

/** Writes all of it. */
export async function writeAll(to: Deno.Conn, data: Uint8Array): Promise<void> {
  for (let at = 0; at < data.length;) at += await to.write(data.subarray(at));
}

/** Carries what one end sends to the other until it has said all; `onData` hears of each piece. */
export async function relay(
  from: Deno.Conn,
  to: Deno.Conn,
  onData: () => void,
): Promise<void> {
  const buffer = new Uint8Array(CHUNK);
  for (let n; (n = await from.read(buffer)) !== null;) {
    await writeAll(to, buffer.subarray(0, n));
    onData();
  }
  await to.closeWrite();
}

/** Closes what may be closed already. */
export function close(conn: Deno.Conn | Deno.Listener | null): void {
  try {
    conn?.close();
  } catch {
    // it is
  }
}
