import { assertEquals, assertThrows } from "@std/assert";
import {
  networkOf,
  parseRules,
  plainAddress,
  ruleFinder,
  RulesError,
} from "../../../cases/firewall/rules.ts";

Deno.test("parseRules fills in what is left out", () => {
  const { rules, header, ban } = parseRules({
    rules: [{ from: "any", action: "allow", flows: 7 }],
    header: { ms: 100 },
  });
  assertEquals(rules, [{ from: "any", action: "allow", flows: 7, perSecond: 100 }]);
  assertEquals(header, { end: "", bytes: 8192, ms: 100 });
  assertEquals(ban.strikes, 10);
});

Deno.test("parseRules says what is wrong, where, and what would be right", () => {
  const wrong: [unknown, string][] = [
    [null, "rules file is null, expected an object"],
    [{}, "rules is undefined, expected a list"],
    [{ rules: [1] }, "rules[0] is 1, expected an object"],
    [{ rules: [{ from: "any" }] }, 'rules[0].action is undefined, expected "allow" or "deny"'],
    [{ rules: [{ from: "10.0.0.0/33", action: "deny" }] }, 'rules[0].from is "10.0.0.0/33"'],
    [{ rules: [{ from: "nowhere", action: "deny" }] }, 'rules[0].from is "nowhere"'],
    [{ rules: [{ from: "::/0/1", action: "deny" }] }, 'rules[0].from is "::/0/1"'],
    [{ rules: [{ from: "any", action: "deny", flow: 1 }] }, "rules[0].flow is no setting"],
    [{ rules: [], header: { ms: -1 } }, "header.ms is -1, expected a whole number"],
    [{ rules: [], idle: "1s" }, 'idle is "1s", expected a whole number'],
    [{ rules: [], header: { end: 3 } }, "header.end is 3, expected a text"],
    [{ rules: [], ban: [] }, "ban is [], expected an object"],
    [{ rules: [], toString: 1 }, "toString is no setting"],
  ];
  for (const [data, message] of wrong) assertThrows(() => parseRules(data), RulesError, message);
});

Deno.test("the first rule that matches an address counts", () => {
  const allow = { action: "allow", flows: 1, perSecond: 1 } as const;
  const find = ruleFinder([
    { ...allow, from: "10.1.0.0/16" },
    { ...allow, from: "fd00::/8" },
    { ...allow, from: "10.0.0.0/8" },
    { ...allow, from: "192.0.2.1" },
  ]);
  const found = ["10.1.2.3", "10.2.0.1", "fd12::1", "192.0.2.1", "192.0.2.2", "::1", "no address"]
    .map(find);
  assertEquals(found, [0, 2, 1, 3, -1, -1, -1]);
});

Deno.test("addresses that one visitor has are one network", () => {
  assertEquals(plainAddress("::ffff:10.0.0.1"), "10.0.0.1");
  assertEquals(plainAddress("fe80::1%eth0"), "fe80::1");
  assertEquals(networkOf("10.0.0.1"), "10.0.0.1");
  assertEquals(networkOf("2001:db8:1:2::1"), networkOf("2001:0db8:1:2:ffff::9"));
  assertEquals(networkOf("2001:db8:1:2::1") === networkOf("2001:db8:1:3::1"), false);
  assertEquals(networkOf("::1"), "0:0:0:0::/64");
});
