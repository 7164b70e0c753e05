import { z } from "zod";
import { JsonObject, printJson } from "../ordered-json.ts";
import type { Golden, GoldenRequests, GoldenRun } from "./golden.ts";
import { unpack } from "./packed-fates.ts";

/** Rises when older files can no longer be read. */
const SCHEMA = 1;

/** `slow-hosts.yaml` has `slow-hosts.golden.json` beside it. */
export function goldenPathOf(scenarioPath: string): string {
  return `${scenarioPath.replace(/\.(ya?ml|json)$/, "")}.golden.json`;
}

/** The text of the file, with a line end: the same runs give the same text. */
export function formatGolden({ scenario, seed, base, variants }: Golden): string {
  const document = JsonObject.of({
    schema: SCHEMA,
    scenario,
    seed,
    base: base && runDocument(base),
    variants: new JsonObject([...variants].map(([name, run]) => [name, runDocument(run)])),
  });
  return `${printJson(document)}\n`;
}

function runDocument({ digest, figures, requests }: GoldenRun): JsonObject {
  const clients = [...requests].map(([name, fields]) => [name, requestsDocument(fields)] as const);
  return JsonObject.of({ digest, figures: new JsonObject(figures), requests: new JsonObject(clients) });
}

function requestsDocument({ kinds, recorded, fates, arrivals, marks }: GoldenRequests): JsonObject {
  return JsonObject.of({ kinds, recorded, fates, arrivals, marks });
}

const runSchema = z.object({
  digest: z.string(),
  figures: z.record(z.string(), z.number().nullable()),
  requests: z.record(
    z.string(),
    z.object({
      kinds: z.array(z.string()),
      recorded: z.number().int().nonnegative(),
      fates: z.string(),
      arrivals: z.string(),
      marks: z.string(),
    }),
  ),
});

const schema = z.object({
  schema: z.literal(SCHEMA),
  scenario: z.string(),
  seed: z.string(),
  base: runSchema.optional(),
  variants: z.record(z.string(), runSchema),
});

/** Throws an Error that says what is wrong with the text. */
export function readGolden(text: string): Golden {
  const read = schema.safeParse(JSON.parse(text));
  if (!read.success) {
    const [issue] = read.error.issues;
    throw new Error(`${issue!.path.join(".") || "the document"}: ${issue!.message}`);
  }
  const { scenario, seed, base, variants } = read.data;
  const runs = Object.entries(variants).map(([name, run]) => [name, runOf(run)] as const);
  return { scenario, seed, base: base && runOf(base), variants: new Map(runs) };
}

function runOf({ digest, figures, requests }: z.infer<typeof runSchema>): GoldenRun {
  for (const [client, { fates, recorded }] of Object.entries(requests)) {
    if (unpack(fates).length !== recorded) throw new Error(`the fates of ${client} are not whole`);
  }
  return { digest, figures: Object.entries(figures), requests: new Map(Object.entries(requests)) };
}
