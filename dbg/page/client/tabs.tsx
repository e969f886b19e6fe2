/** @jsxImportSource preact */
import { setLook, TABS } from "./look.ts";
import type { Tab } from "./look.ts";
import { pure } from "./pure.ts";

const TITLES: Readonly<Record<Tab, string>> = {
  machines: "Machines",
  states: "States",
  view: "Log",
  why: "Why",
  diagram: "Diagram",
};

/** On a narrow page: which panel is in sight. */
export const Tabs = pure(({ tab, view }: { tab: Tab; view: string }) => (
  <nav id="tabs" aria-label="Panels">
    {TABS.map((one) => (
      <button
        key={one}
        type="button"
        data-tab={one}
        aria-current={one === tab ? "page" : undefined}
        onClick={() =>
          setLook({ tab: one, ...(one === "why" || one === "diagram" ? { side: one } : {}) })}
      >
        {one === "view" ? view : TITLES[one]}
      </button>
    ))}
  </nav>
));
