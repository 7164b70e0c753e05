import { expect, test } from "vitest";
import { probe } from "/work/main/src/experiment/probe/probe.ts";
import { compare } from "/work/main/test/golden/compare/compare.ts";
import { readRecording } from "/work/main/test/golden/compare/recording.ts";
import { goldenCases } from "/work/main/test/golden/recordings.ts";
test("x", () => {
  for (const c of ["ring_hash","maglev","round_robin","priority","spread","retries","routes","filters"]) {
    let ok = 0; const out: string[] = [];
    for (const g of goldenCases(c)) {
      const r: any = probe(g.read, { seed: "1" });
      if (r.kind === "failed") { out.push(g.name + " FAILED " + r.reason); continue; }
      const m = compare(g.recorded, readRecording(new Map(r.files.map((f: any) => [f.name, f.text])), "results.jsonl"), g.rules);
      if (m.length === 0) ok++; else out.push(g.name + ": " + m.length + " misses; " + m[0].slice(0,120) + " | notsim: " + r.notSimulated.map((n: any) => n.message.slice(0,100)).join("; "));
    }
    console.log(c, ok, goldenCases(c).length, "\n  " + out.join("\n  "));
  }
}, 200000);
