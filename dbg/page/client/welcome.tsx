/** @jsxImportSource preact */
/// <reference lib="dom" />
import { pure } from "./pure.ts";
import { visible } from "./visible.ts";

/** What to do while there is no machine. */
export const Welcome = pure(({ address, refusals, onFiles, onHelp }: {
  address: string;
  /** What was refused, the newest last. */
  refusals: readonly string[];
  onFiles: () => void;
  onHelp: () => void;
}) => (
  <section id="welcome" aria-label="First steps">
    <h2>No machine yet</h2>
    <p>
      This debugger listens on <code>{address}</code>.
    </p>
    <h3>Connect a program</h3>
    <pre tabIndex={0} aria-label="Code">
      {`import { debugEnv } from "@asyncmachine/asyncmachine/telemetry";\n\ndebugEnv();`}
    </pre>
    <p>Start it with this address:</p>
    <pre
      tabIndex={0}
      aria-label="Command"
    >{`AM_DBG_ADDR=${address} deno run -A your_program.ts`}</pre>
    <p>It shows up here by itself.</p>
    {refusals.length > 0 && (
      <>
        <h3 class="warning">Refused so far</h3>
        <ul>{refusals.map((one) => <li key={one}>{visible(one)}</li>)}</ul>
      </>
    )}
    <p class="actions">
      <button type="button" onClick={onFiles}>Open a file</button>
      <button type="button" onClick={onHelp}>Keys and signs</button>
    </p>
  </section>
));
