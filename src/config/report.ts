/** Says what is wrong with a configuration, by canonical path. */
export interface Report {
  error(code: string, path: string, message: string, remedy?: string): void;
  warning(code: string, path: string, message: string, remedy?: string): void;
}
