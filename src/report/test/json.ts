import { z } from "zod";
import type { FigureDifference } from "../golden/differences.ts";
import { JsonObject, type OrderedJson, printJson } from "../ordered-json.ts";
import { type TestCase, type TestedExpectation, type TestReport, tallyOf } from "./test-report.ts";

/** Rises only when something that readers may rely on goes away or changes its meaning. */
const SCHEMA = 1;

/** The document of `--reporter json`, with a line end; its keys are in docs/ci.md. */
export function formatTestJson(report: TestReport): string {
  const { version, total, shard, seeds, isInterrupted, cases } = report;
  const { passed, failed, unjudged, notRun } = tallyOf(report);
  const document = JsonObject.of({
    schema: SCHEMA,
    meshsim: version,
    total,
    shard: shard === undefined ? null : JsonObject.of({ index: shard.index, count: shard.count }),
    seeds,
    interrupted: isInterrupted,
    passed,
    failed,
    unjudged,
    not_run: notRun,
    cases: cases.map(caseDocument),
  });
  return `${printJson(document)}\n`;
}

function caseDocument(test: TestCase): JsonObject {
  const { index, file, scenario, variant, state, seed, digest, expectations, golden, look } = test;
  return JsonObject.of({
    index,
    file,
    scenario,
    variant,
    state,
    seed,
    digest,
    expect: expectations.map(expectationDocument),
    golden: JsonObject.of({
      state: golden.state,
      file: golden.file,
      lines: golden.lines,
      figures: golden.figures.map(figureDocument),
    }),
    look,
  });
}

function expectationDocument(expectation: TestedExpectation): OrderedJson {
  const { text, line, pass, actual, unit, held, n, failure } = expectation;
  const why = failure === null ? null : JsonObject.of({ seed: failure.seed, why: failure.why });
  return JsonObject.of({ text, line, pass, actual, unit, held, n, failure: why });
}

function figureDocument({ name, was, is }: FigureDifference): OrderedJson {
  return JsonObject.of({ name, was, is });
}

const expectationSchema = z.object({
  text: z.string(),
  line: z.number(),
  pass: z.boolean(),
  actual: z.number().nullable(),
  unit: z.enum(["count", "share", "ms", "per-second", "number"]),
  held: z.number(),
  n: z.number(),
  failure: z.object({ seed: z.string(), why: z.string() }).nullable(),
});

const figureSchema = z.object({
  name: z.string(),
  was: z.number().nullable().optional(),
  is: z.number().nullable().optional(),
});

const caseSchema = z.object({
  index: z.number().int().nonnegative(),
  file: z.string(),
  scenario: z.string(),
  variant: z.string().nullable(),
  state: z.enum(["passed", "failed", "unjudged", "not-run"]),
  seed: z.string(),
  digest: z.string().nullable(),
  expect: z.array(expectationSchema),
  golden: z.object({
    state: z.enum(["same", "differs", "written", "absent", "unchecked"]),
    file: z.string(),
    lines: z.array(z.string()),
    figures: z.array(figureSchema),
  }),
  look: z.string(),
});

const schema = z.object({
  schema: z.literal(SCHEMA),
  meshsim: z.string(),
  total: z.number().int().nonnegative(),
  shard: z.object({ index: z.number(), count: z.number() }).nullable(),
  seeds: z.number(),
  interrupted: z.boolean(),
  cases: z.array(caseSchema),
});

/** Reads what `formatTestJson` wrote. Throws an Error that says what is wrong with the text. */
export function readTestJson(text: string): TestReport {
  const read = schema.safeParse(JSON.parse(text));
  if (!read.success) {
    const [issue] = read.error.issues;
    throw new Error(`${issue!.path.join(".") || "the document"}: ${issue!.message}`);
  }
  const { meshsim, total, shard, seeds, interrupted, cases } = read.data;
  return {
    version: meshsim,
    total,
    shard: shard ?? undefined,
    seeds,
    isInterrupted: interrupted,
    cases: cases.map(({ expect, golden, ...rest }) => ({
      ...rest,
      expectations: expect,
      golden: { ...golden, figures: golden.figures.map(({ name, was, is }) => ({ name, was, is })) },
    })),
  };
}
