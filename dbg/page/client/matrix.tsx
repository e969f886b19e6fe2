/** @jsxImportSource preact */
/// <reference lib="dom" />
import { useRef } from "preact/hooks";
import type { PageMatrix } from "../page_view.ts";
import { pure } from "./pure.ts";
import { useSize } from "./size.ts";
import { ROW, want } from "./viewport.ts";
import { visible } from "./visible.ts";

/** The width of a column, about. */
const COLUMN = 30;

function Table({ matrix }: { matrix: PageMatrix | null }) {
  const scroll = useRef<HTMLDivElement>(null);
  useSize(scroll, ({ clientHeight, clientWidth }) =>
    want({
      matrixRows: Math.max(Math.floor(clientHeight / ROW) - 1, 10),
      matrixColumns: Math.max(Math.floor(clientWidth / COLUMN), 10),
    }));
  return (
    <div class="scroll" ref={scroll} tabIndex={0}>
      {matrix && (
        <table>
          <thead>
            <tr>
              <td />
              {matrix.columns.map(({ key, called }) => (
                <th key={key} class={called ? "selected" : "dim"}>{key}</th>
              ))}
            </tr>
          </thead>
          <tbody>
            {matrix.rows.map((row) => (
              <tr key={row.key}>
                <th class={`name ${row.active ? "active" : "dim"}`}>
                  {row.key} {visible(row.name)}
                </th>
                {row.cells.map((cell, i) => (
                  <td key={matrix.columns[i]?.key} class={cell ? "bold" : "dim"}>{cell || "·"}</td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </div>
  );
}

/** Which state did something to which: the column to the row. */
export const Matrix = pure(({ matrix }: { matrix: PageMatrix | null }) => (
  <>
    <h2>Matrix{matrix ? `: ${matrix.timeSum}` : ""}</h2>
    <Table matrix={matrix} />
  </>
));
