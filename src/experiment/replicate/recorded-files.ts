import type { Files } from "../load-scenario.ts";

/** Texts of files by their paths, as plain data that can be handed to another thread. */
export type FileTexts = ReadonlyMap<string, string>;

/** Files that remember what was read of them, so that every worker reads the same even if a file changes. */
export class RecordedFiles implements Files {
  readonly texts = new Map<string, string>();
  private readonly files: Files;

  constructor(files: Files) {
    this.files = files;
  }

  read(path: string): string {
    const known = this.texts.get(path);
    if (known !== undefined) return known;
    const text = this.files.read(path);
    this.texts.set(path, text);
    return text;
  }

  beside(path: string, name: string): string {
    return this.files.beside(path, name);
  }
}

/** The recorded texts as files; paths are put together as `beside` does. */
export function replayFiles(texts: FileTexts, beside: Files["beside"]): Files {
  return {
    read(path) {
      const text = texts.get(path);
      if (text === undefined) throw Object.assign(new Error(`no such file: ${path}`), { code: "ENOENT" });
      return text;
    },
    beside,
  };
}
