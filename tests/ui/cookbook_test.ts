import { assertEquals } from "@std/assert";
import { bundle, withPage } from "./browser.ts";

const text = await Deno.readTextFile(new URL("../../docs/cookbook.md", import.meta.url));

const PAGE = `import { createElement, StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { Form } from "./app.tsx";

/** The first one fails, the next ones last until they are canceled or answered. */
const sent = [];
const send = (email, signal) => {
  sent.push(email);
  if (sent.length === 1) return Promise.reject(new Error("no network"));
  return new Promise((resolve, reject) => {
    const onAbort = () => (sent.push("aborted"), reject(signal.reason));
    signal.addEventListener("abort", onAbort);
    globalThis.answer = () => (signal.removeEventListener("abort", onAbort), resolve());
  });
};
const root = createRoot(document.body.appendChild(document.createElement("div")));
root.render(createElement(StrictMode, null, createElement(Form, { send })));
globalThis.run = () => sent;
`;

Deno.test("the form of docs/cookbook.md refuses, fails, is canceled and sent, in Chromium", async () => {
  const [, example] = text.split("## A form in React\n")[1].match(/^```tsx[^\n]*\n(.*?)^```$/ms)!;
  const folder = new URL("./pages/form/", import.meta.url);
  await Deno.mkdir(folder);
  try {
    await Deno.writeTextFile(
      new URL("app.tsx", folder),
      `/** @jsxImportSource react */\n${example}`,
    );
    await Deno.writeTextFile(new URL("page.js", folder), PAGE);
    await withPage(await bundle("pages/form/page.js"), async ({ page, said, run }) => {
      const email = page.getByLabel("E-mail");
      const submit = page.getByRole("button", { name: "Send", exact: true });
      await email.fill("nobody");
      await submit.click();
      assertEquals(await run("sent"), []);
      assertEquals(await email.evaluate((input) => input === document.activeElement), true);
      await email.fill("a@b.c");
      await submit.click();
      await page.getByRole("alert").filter({ hasText: "no network" }).waitFor();
      await submit.click();
      await page.getByRole("button", { name: "Sending …" }).waitFor();
      assertEquals(await page.getByRole("alert").count(), 0);
      await page.getByRole("button", { name: "Cancel" }).click();
      await submit.click();
      await page.getByRole("button", { name: "Cancel" }).waitFor();
      await page.evaluate("answer()");
      await page.getByRole("status").filter({ hasText: "Thank you." }).waitFor();
      assertEquals(await run("sent"), ["a@b.c", "a@b.c", "aborted", "a@b.c"]);
      assertEquals(said, []);
    });
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
