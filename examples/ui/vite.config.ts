import react from "@vitejs/plugin-react";
import { fileURLToPath } from "node:url";
import { defineConfig } from "vite";
import { uploads } from "./uploads.ts";

const checkout = (path: string) => fileURLToPath(new URL(`../../${path}`, import.meta.url));

export default defineConfig({
  plugins: [react(), uploads()],
  resolve: {
    // Your project needs none of these: it has the package. Here its sources are used.
    alias: [
      { find: "@asyncmachine/asyncmachine/react", replacement: checkout("ui/react.ts") },
      { find: "@asyncmachine/asyncmachine", replacement: checkout("mod.ts") },
      { find: /^npm:react@.*/, replacement: "react" },
    ],
    dedupe: ["react"],
  },
  server: { fs: { allow: [checkout("")] } },
});
