/** @jsxImportSource preact */
import { Modal } from "./dialog.tsx";
import { HELP } from "./keys.ts";

/** Signs and colors, each with what it stands for. */
const LEGEND = [
  ["Machines", [
    ["E", "error", "Exception is active"],
    ["S R", "dim", "Start, Ready is active"],
    ["name", "warning", "an error within the last 100 transitions"],
    ["✕", "dim", "not connected any more"],
    ["12+", "dim", "transitions until now; + there are more"],
  ]],
  ["States", [
    ["name", "active", "active"],
    ["name", "dim", "not active"],
    ["name", "bold", "called or changed by the transition"],
    ["+ - ! *", "", "is added, removed, canceled; a handler ran"],
    ["3", "dim", "its clock: odd while it is active"],
  ]],
  ["Log and timeline", [
    ["▮", "bar-normal", "accepted"],
    ["▮", "warning", "canceled"],
    ["▮", "error", "with an error"],
    ["▮", "accent", "the clock moved without a recorded transition"],
  ]],
  ["Rain", [
    ["1", "active", "active"],
    ["2", "bold", "active, and called or changed"],
    ["-", "dim", "touched, not active"],
    ["|", "dim", "was active until now"],
    ["c", "warning", "called, but canceled"],
  ]],
  ["Time", [
    ["▬", "active", "active so long"],
    ["▬", "many", "several times, too short to be told apart"],
    ["▬", "dim", "after the cursor"],
    ["▬", "error", "an error"],
  ]],
  ["Diagram", [
    ["▬", "active", "add: it brings the other along"],
    ["▬", "error", "remove: it turns the other off"],
    ["▬", "accent", "require: it needs the other"],
    ["▬", "after", "after: its handlers run later"],
  ]],
] as const;

/** Keys, and what signs and colors mean. */
export function Help({ onClose }: { onClose: () => void }) {
  return (
    <Modal id="help" title="Keys and signs" onClose={onClose}>
      <div class="columns" tabIndex={0} role="group" aria-label="Keys and signs">
        {HELP.map(({ title, keys }) => (
          <section key={title}>
            <h3>{title}</h3>
            <dl>
              {keys.map(([names, text]) => (
                <div key={text}>
                  <dt>{names.map((name) => <kbd key={name}>{name}</kbd>)}</dt>
                  <dd>{text}</dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
        {LEGEND.map(([title, signs]) => (
          <section key={title}>
            <h3>{title}</h3>
            <dl>
              {signs.map(([sign, style, text]) => (
                <div key={text}>
                  <dt class={style}>{sign}</dt>
                  <dd>{text}</dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
    </Modal>
  );
}
