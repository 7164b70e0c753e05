import type { RE2JS } from "re2js";

/**
 * Replaces every match as RE2's global replace does: `\1` to `\9` stand for groups, `\0` for the whole match
 * and `\\` for a backslash; an empty match right after another match does not count.
 */
export function replaceAll(regex: RE2JS, text: string, substitution: string): string {
  const matcher = regex.matcher(text);
  let result = "";
  let copied = 0;
  let lastEnd = -1;
  while (matcher.find()) {
    const start = matcher.start();
    const end = matcher.end();
    if (start === end && start === lastEnd) continue;
    result += text.slice(copied, start);
    result += substitution.replace(/\\([0-9\\])/g, (_, what: string) =>
      what === "\\" ? "\\" : (matcher.group(Number(what)) ?? ""),
    );
    copied = lastEnd = end;
  }
  return result + text.slice(copied);
}
