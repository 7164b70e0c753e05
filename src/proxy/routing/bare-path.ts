/** The path without query and fragment. */
export function barePath(path: string): string {
  return path.slice(0, endOfBarePath(path));
}

export function endOfBarePath(path: string): number {
  const end = path.search(/[?#]/);
  return end < 0 ? path.length : end;
}

/** The path up to its first `;`, the start of path parameters. */
export function withoutPathParameters(path: string): string {
  const end = path.indexOf(";");
  return end < 0 ? path : path.slice(0, end);
}
