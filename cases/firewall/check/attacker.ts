/**
 * An attacker in a process of its own: `flood` opens connections that stay silent, `slowloris` keeps many
 * that send a byte now and then. Answers each line with how many it has opened.
 */
import { connect, type Socket } from "node:net";
import { setPriority } from "node:os";
import { linesIn } from "./child.ts";

/** From how many addresses it comes. */
const ADDRESSES = 20;
/** How often it acts, in milliseconds. */
const BEAT = 20;
/** How many connections a slowloris holds. */
const HELD = 300;

if (import.meta.main) {
  const [kind, port, perSecond] = Deno.args;
  // Its computing is not part of the attack: elsewhere it would be another computer's.
  setPriority(19);
  const sockets = new Set<Socket>();
  let opened = 0;
  const open = () => {
    const localAddress = `127.0.0.${100 + opened++ % ADDRESSES}`;
    const socket = connect({ host: "127.0.0.1", port: Number(port), localAddress });
    sockets.add(socket);
    socket.on("error", () => {}).once("close", () => sockets.delete(socket)).resume();
  };
  let owed = 0;
  let beat = 0;
  let last = performance.now();
  setInterval(() => {
    const now = performance.now();
    owed = Math.min(owed + Number(perSecond) * (now - last) / 1000, Number(perSecond) / 10);
    last = now;
    for (; owed >= 1; owed--) if (kind === "flood" || sockets.size < HELD) open();
    if (kind === "slowloris" && beat++ % 10 === 0) {
      for (const socket of sockets) if (!socket.pending) socket.write("x");
    }
  }, BEAT);
  console.log(JSON.stringify({ opened }));
  for await (const _ of linesIn()) console.log(JSON.stringify({ opened, held: sockets.size }));
  Deno.exit(0);
}
