import { assertEquals } from "@std/assert";
import * as jetstream from "@nats-io/jetstream";
import { NatsStore } from "@asyncmachine/asyncmachine/durable";
import { fileURLToPath } from "node:url";
import { freezeOwner } from "../kill/fence.ts";
import { type Backend, killAtPoint, killAtRandom } from "../kill/kills.ts";
import { NatsServer } from "./server.ts";

/** The long form is `deno task test:nats --long`. */
const LONG = Deno.env.get("DURABLE_LONG") !== undefined;

const pathOf = (name: string) => fileURLToPath(new URL(name, import.meta.url));

function natsBackend(server: NatsServer, name: string): Backend {
  return {
    program: ["--config", pathOf("deno.json"), pathOf("order_process.ts")],
    place: `${server.address} ${name}`,
    async open() {
      const connection = await server.connect();
      const store = new NatsStore({ connection, jetstream, name });
      return {
        store,
        close: async () => {
          await store.close();
          await connection.close();
        },
      };
    },
  };
}

Deno.test("NatsStore: an order survives kill -9 at every commit point", async () => {
  await using server = await NatsServer.start();
  const step = LONG ? 1 : 7;
  let killed = 0;
  for (let point = 0; await killAtPoint(natsBackend(server, `p${point}`), point); point += step) {
    killed++;
  }
  if (LONG) console.log(`killed at ${killed} points`);
  assertEquals(killed * step >= 28, true, `${killed} kills`);
});

Deno.test("NatsStore: orders survive kill -9 at random times", async () => {
  await using server = await NatsServer.start();
  const kills = LONG ? 200 : 4;
  const killed = await killAtRandom(natsBackend(server, "random"), kills);
  if (LONG) console.log(`${killed} of ${kills} were killed before they were done`);
});

Deno.test("NatsStore: an owner that was frozen past its lease is refused, says so and stops", async () => {
  await using server = await NatsServer.start();
  await freezeOwner(natsBackend(server, "frozen"));
});
