import { parseDuration } from "../decode/quantity.ts";
import type { Nanoseconds } from "../kernel/time.ts";
import { openFile, type ReadFile } from "./files.ts";
import { flaw, type Read } from "./schema/flaw.ts";

/** The measured times in a file: one with its unit a line; empty lines and what follows a `#` are skipped. */
export function readEmpirical(readFile: ReadFile, path: string): Read<readonly Nanoseconds[]> {
  const opened = openFile(readFile, path);
  if (!opened.ok) return opened;
  const file = opened.value;
  const values: Nanoseconds[] = [];
  let offset = 0;
  for (const line of file.text.split("\n")) {
    const text = line.replace(/#.*/, "").trim();
    if (text !== "") {
      const start = offset + line.indexOf(text);
      const location = file.locate(start, start + text.length);
      const parsed = parseDuration(text);
      if (!parsed.ok)
        return flaw("bad-line", parsed.message, { location, remedy: "one duration a line, such as 12.5ms" });
      values.push(parsed.value);
    }
    offset += line.length + 1;
  }
  if (values.length > 0) return { ok: true, value: values };
  return flaw("empty-list", `the file "${path}" holds no times`, {
    remedy: "one duration a line, such as 12.5ms",
  });
}
