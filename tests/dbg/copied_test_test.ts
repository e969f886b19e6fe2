import { assertEquals } from "@std/assert";
import { connectNetwork, tour } from "../../dbg/demo.ts";
import { copiedTest } from "../../dbg/model/copied_test.ts";
import { Store } from "../../dbg/model/mod.ts";
import { startServer } from "../../dbg/server.ts";
import { Session } from "../../dbg/session.ts";
import { connectDebugger } from "../../telemetry/mod.ts";

Deno.test("The demo's tour, copied as tests: they run and pass, and fail on another schema", async () => {
  const store = new Store();
  const server = startServer(store, { port: 0 });
  const folder = await Deno.makeTempDir();
  const library = new URL("../../mod.ts", import.meta.url).href;
  const run = (files: string[]) =>
    new Deno.Command(Deno.execPath(), { args: ["test", "--no-check", "--no-config", ...files] })
      .output();
  try {
    using _network = await connectNetwork(store, server.address, { machines: 20 });
    {
      using session = new Session(store, { id: "dbg", rate: 0.01 });
      const { machine } = session;
      const connection = connectDebugger(machine, { url: `ws://${server.address}` });
      for (const _ of tour(session));
      await connection.close();
    }
    const files: string[] = [];
    let refuses = "";
    for (const [i, client] of [...store.clients.values()].entries()) {
      const text = copiedTest(store, client, { library });
      const file = `${folder}/machine${i}_test.ts`;
      await Deno.writeTextFile(file, text);
      files.push(file);
      if (text.includes("refuse = ")) refuses = text;
    }
    assertEquals(files.length, 21);
    const { code, stdout } = await run(files);
    const said = new TextDecoder().decode(stdout);
    assertEquals(code, 0, said.slice(-3000));
    const other = `${folder}/other_test.ts`;
    await Deno.writeTextFile(other, refuses.replace('"require":["Start"]', '"require":["Ready"]'));
    assertEquals((await run([other])).code, 1);
  } finally {
    await server.close();
    await Deno.remove(folder, { recursive: true });
  }
});
