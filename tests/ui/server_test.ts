import { assertEquals } from "@std/assert";
import { Machine } from "@asyncmachine/asyncmachine";
import * as preact from "@asyncmachine/asyncmachine/preact";
import * as react from "@asyncmachine/asyncmachine/react";
import * as solid from "@asyncmachine/asyncmachine/solid";
import * as vue from "@asyncmachine/asyncmachine/vue";
import { h as preactElement } from "preact";
import { renderToString as preactToString } from "preact-render-to-string";
import { createElement } from "react";
import { renderToString as reactToString } from "react-dom/server";
import { createComponent, renderToString as solidToString } from "solid-js/web";
import { compile } from "svelte/compiler";
import { render as svelteRender } from "svelte/server";
import { createSSRApp, h as vueElement } from "vue";
import { renderToString as vueToString } from "vue/server-renderer";

const make = () => new Machine({ On: {}, Off: {}, Sent: {} });

/** What each of them says on a server. */
const EXPECTED = "Off On 1 undefined";

type Text = (machine: ReturnType<typeof make>) => string | Promise<string>;

const SERVERS: Readonly<Record<string, Text>> = {
  React: (machine) =>
    reactToString(createElement(() => {
      const made = react.useMachine(() => machine);
      const states = react.useStates(made, ["Off", "On"]).join(" ");
      return `${states} ${react.useTick(made, "On")} ${react.useArgs(made, "Sent")}`;
    })),
  Preact: (machine) =>
    preactToString(preactElement(() => {
      const made = preact.useMachine(() => machine);
      const states = preact.useStates(made, ["Off", "On"]).join(" ");
      return `${states} ${preact.useTick(made, "On")} ${preact.useArgs(made, "Sent")}` as never;
    }, {})),
  Vue: (machine) =>
    vueToString(createSSRApp({
      setup() {
        const made = vue.useMachine(() => machine);
        const states = vue.useStates(made, ["Off", "On"]);
        const tick = vue.useTick(made, "On");
        const args = vue.useArgs(made, "Sent");
        return () => vueElement("p", `${states.value.join(" ")} ${tick.value} ${args.value}`);
      },
    })).then((html) => html.replace(/<\/?p>/g, "")),
  Solid: (machine) =>
    solidToString(() =>
      createComponent(() => {
        const made = solid.useMachine(() => machine);
        const states = solid.useStates(made, ["Off", "On"]);
        const tick = solid.useTick(made, "On");
        const args = solid.useArgs(made, "Sent");
        return `${states().join(" ")} ${tick()} ${args()}`;
      }, {})
    ),
  async Svelte(machine) {
    const source = `<script>
      import { useMachine, useStates, useTick, useArgs } from "@asyncmachine/asyncmachine/svelte";
      const { machine } = $props();
      const made = useMachine(() => machine);
      const states = useStates(made, ["Off", "On"]);
      const tick = useTick(made, "On");
      const args = useArgs(made, "Sent");
    </script>{$states.join(" ")} {$tick} {$args === undefined ? "undefined" : "?"}`;
    const { js } = compile(source, { generate: "server", filename: "Light.svelte" });
    // Beside this file, where its imports are resolved.
    const path = new URL("./pages/.light_on_a_server.js", import.meta.url);
    await Deno.writeTextFile(path, js.code);
    try {
      const { default: Light } = await import(path.href);
      return svelteRender(Light, { props: { machine } }).body.replace(/<!--.*?-->/g, "");
    } finally {
      await Deno.remove(path);
    }
  },
};

for (const [name, text] of Object.entries(SERVERS)) {
  Deno.test(`${name} on a server shows the present states, and subscribes to nothing`, async () => {
    const machine = make();
    let subscribed = 0;
    machine.subscribe = () => {
      subscribed++;
      return Object.assign(() => {}, { [Symbol.dispose]() {} });
    };
    machine.add(["On", "Off"]);
    assertEquals(await text(machine), EXPECTED);
    assertEquals(subscribed, 0);
    machine.dispose();
  });
}
