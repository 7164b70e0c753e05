const KEY = /^([ \t]*)(?:"([^"]*)"|'([^']*)'|([\w.-]+))[ \t]*:/;
const NO_CONTENT = /^\s*(#.*)?$|^(---|%)/;

/**
 * The keys that a mapping in YAML or JSON begins with, for telling kinds of files apart without reading them whole: names that
 * stand further in say nothing, such as a service called `admin`. Of a text that is neither, some of its words.
 */
export function topLevelKeys(text: string): string[] {
  const whole = text.replace(/^\uFEFF/, "");
  if (/^\s*\{/.test(whole)) return keysOfJson(whole) ?? keysInBraces(whole);
  const lines = whole.split(/\r?\n/).filter((line) => !NO_CONTENT.test(line));
  const indent = /^[ \t]*/.exec(lines[0] ?? "")![0];
  return lines.flatMap((line) => {
    const match = KEY.exec(line);
    return match === null || match[1] !== indent ? [] : [match[2] ?? match[3] ?? match[4]!];
  });
}

function keysOfJson(text: string): string[] | undefined {
  try {
    return Object.keys(JSON.parse(text) as object);
  } catch {
    return undefined;
  }
}

/** A flow mapping of YAML, or JSON with mistakes: braces and brackets that quotes hold are rare enough. */
function keysInBraces(text: string): string[] {
  const keys: string[] = [];
  let depth = 0;
  for (const [token, quoted, plain] of text.matchAll(/[{}[\]]|"([^"]*)"\s*:|([\w.-]+)\s*:/g)) {
    if (token === "{" || token === "[") depth++;
    else if (token === "}" || token === "]") depth--;
    else if (depth === 1) keys.push(quoted ?? plain ?? token);
  }
  return keys;
}
