/**
 * What the cluster is measured against: one process that syncs each write, with the same register and
 * the same requests, and no machine, no other node and nothing that survives its computer.
 *
 *     deno run -A cases/raft/chaos/single.ts ADDRESS FILE
 */
import { parseCommand } from "../messages.ts";
import { type Answer, type Command, Register } from "../register.ts";

interface Waiting {
  readonly command: Command;
  readonly answer: (answer: Answer) => void;
}

const [address, path] = Deno.args;
const { hostname, port } = new URL(`http://${address}`);
const file = Deno.openSync(path, { create: true, append: true });
const register = new Register();
let queued: Waiting[] = [];
let index = 0;

/** What came while the disk was at work is written together, as the cluster's leader does. */
function write(): void {
  const batch = queued;
  queued = [];
  const lines = batch.map(({ command }) => `${JSON.stringify(command)}\n`).join("");
  const bytes = new TextEncoder().encode(lines);
  for (let at = 0; at < bytes.length;) at += file.writeSync(bytes.subarray(at));
  file.syncDataSync();
  for (const { command, answer } of batch) answer(register.apply(++index, command));
}

Deno.serve({ hostname, port: Number(port), onListen: () => {} }, async (request) => {
  const command = parseCommand(await request.json());
  return Response.json(
    await new Promise<Answer>((answer) => {
      queued.push({ command, answer });
      if (queued.length === 1) setTimeout(write, 0);
    }),
  );
});
