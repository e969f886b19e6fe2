import { transformAsync } from "@babel/core";
import { assertEquals } from "@std/assert";
import solid from "babel-preset-solid";
import { compile } from "svelte/compiler";
import { compileScript, parse } from "vue/compiler-sfc";
import { bundle, withPage } from "./browser.ts";

const text = await Deno.readTextFile(new URL("../../docs/ui.md", import.meta.url));

/** What a framework's example becomes: a module, and the lines that show it. */
interface Page {
  readonly extension: string;
  module(example: string): string | Promise<string>;
  readonly show: string;
}

const div = "document.body.appendChild(document.createElement('div'))";

const PAGES: Readonly<Record<string, Page>> = {
  React: {
    extension: "tsx",
    module: (example) => `/** @jsxImportSource react */\n${example}`,
    show: `import { createElement, StrictMode } from "react";
import { createRoot } from "react-dom/client";
createRoot(${div}).render(createElement(StrictMode, null, createElement(App)));`,
  },
  Preact: {
    extension: "tsx",
    module: (example) => `/** @jsxImportSource preact */\n${example}`,
    show: `import { h, render } from "preact";\nrender(h(App, null), ${div});`,
  },
  Vue: {
    extension: "js",
    module: (example) => {
      const { descriptor } = parse(example);
      const { content } = compileScript(descriptor, { id: "app", inlineTemplate: true });
      return content.replace("export default", "export const App =");
    },
    show: `import { createApp } from "vue";\ncreateApp(App).mount(${div});`,
  },
  Svelte: {
    extension: "js",
    module: (example) => {
      const { js, warnings } = compile(example, { filename: "App.svelte", dev: true });
      assertEquals(warnings, []);
      return `${js.code}\nexport { App };`;
    },
    show: `import { mount } from "svelte";\nmount(App, { target: ${div} });`,
  },
  Solid: {
    extension: "js",
    module: async (example) =>
      (await transformAsync(example, { presets: [solid], filename: "App.jsx", babelrc: false }))!
        .code!,
    show: `import { createComponent, render } from "solid-js/web";
render(() => createComponent(App, {}), ${div});`,
  },
};

Deno.test("docs/ui.md has an example for each framework, and for no other", () => {
  const sections = [...text.matchAll(/^## (\w+)$/gm)].map(([, name]) => name);
  assertEquals(sections, Object.keys(PAGES));
});

/** Runs an example as a page, and presses its button: what it shows before each time. */
async function press(name: string, example: string, shown: readonly string[]): Promise<void> {
  const { extension, module, show } = PAGES[name];
  const path = `pages/example_${name}/`;
  const folder = new URL(path, import.meta.url);
  await Deno.mkdir(folder);
  try {
    await Deno.writeTextFile(new URL(`app.${extension}`, folder), await module(example));
    await Deno.writeTextFile(
      new URL("page.js", folder),
      `import { App } from "./app.${extension}";\n${show}\nglobalThis.run = () => {};`,
    );
    await withPage(await bundle(`${path}page.js`), async ({ page, said }) => {
      const button = page.getByRole("button");
      for (const text of shown) {
        await button.filter({ hasText: text }).waitFor();
        await button.click();
      }
      assertEquals(said, []);
    });
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

const examplesOf = (name: string) =>
  [...text.split(`## ${name}\n`)[1].split(/^## /m)[0].matchAll(/^```\w+[^\n]*\n(.*?)^```$/gms)]
    .map(([, example]) => example);

for (const name of Object.keys(PAGES)) {
  Deno.test(`the example of docs/ui.md for ${name} runs in Chromium`, async () => {
    const shown = ["closed, 0 changes", "open, 1 changes", "closed, 2 changes"];
    await press(name, examplesOf(name)[0], shown);
  });
}

Deno.test("the example of docs/ui.md for arguments runs in Chromium", async () => {
  await press("React", examplesOf("React")[1], ["0 %", "10 %", "20 %"]);
});
