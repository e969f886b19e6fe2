import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { grafanaDashboard } from "../../../gen/main.ts";

/** The ids that mean something to somebody on the way: JavaScript, Grafana, PromQL, regexps. */
const IDS = [
  "web",
  "a$&b",
  "$m",
  "$$",
  "$`x$'",
  "$__rate_interval",
  "${id}",
  "[[id]]",
  ".*",
  "a|b",
  'say "hi"',
  "back\\slash",
  "\\x24",
  "}",
  "a\nb",
  "\u0000\u0001\u007f",
  "Größe 状態 👩",
];
const ids = [...IDS, ...fc.sample(fc.string({ unit: "binary", minLength: 1 }), { numRuns: 100 })];

/** Every byte as an escape: nothing that the code under test could share. */
const escaped = (id: string) =>
  [...new TextEncoder().encode(id)].map((byte) => `\\x${byte.toString(16).padStart(2, "0")}`)
    .join("");

Deno.test("Prometheus finds the series of any id by the dashboard's queries, and no other", async () => {
  const unique = [...new Set(ids.map((id) => id.toWellFormed()))];
  const series = unique.map((id, i) => ({
    series: `am_states{machine="${escaped(id)}"}`,
    values: String(i),
  }));
  const queries = unique.map((id) => {
    const { panels } = grafanaDashboard({ ids: [id], name: "Shop", source: "prometheus" });
    const all = panels.flatMap(({ targets = [] }) => targets.map(({ expr }) => expr));
    return { all, own: all.find((expr) => expr.startsWith("am_states{"))! };
  });
  for (const { own } of queries) {
    assertEquals(/\$|\[\[/.test(own), false, "Grafana would look at it");
  }
  const grafana = (expr: string) => expr.replaceAll("$__rate_interval", "5m");
  const promql_expr_test = [
    ...queries.map(({ own }, i) => ({
      expr: own,
      eval_time: "0m",
      exp_samples: [{ labels: series[i].series, value: i }],
    })),
    // All others have to be understood, too; there is nothing to find.
    ...queries.flatMap(({ all, own }) => all.filter((expr) => expr !== own)).map((expr) => ({
      expr: grafana(expr),
      eval_time: "0m",
      exp_samples: [],
    })),
  ];
  const file = await Deno.makeTempFile({ suffix: ".yml" });
  try {
    const tests = [{ interval: "1m", input_series: series, promql_expr_test }];
    // The file is YAML, which takes no control characters, and knows JSON's escapes.
    const yaml = JSON.stringify({ rule_files: [], tests }).replaceAll(
      /[\u007f-\u009f\ufeff\ufffe\uffff]/g,
      (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, "0")}`,
    );
    await Deno.writeTextFile(file, yaml);
    const { code, stdout, stderr } = await new Deno.Command("promtool", {
      args: ["test", "rules", file],
    }).output();
    const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
    assertEquals(code, 0, (text(stdout) + text(stderr)).slice(0, 2000));
  } finally {
    await Deno.remove(file);
  }
});
