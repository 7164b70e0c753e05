import { nearest } from "../../decode/nearest.ts";
import { formatCommands } from "./format-commands.ts";

export interface FormatFault {
  readonly message: string;
  readonly remedy: string;
}

/**
 * What is wrong with a text of Envoy's substitution format: `%%` is a percent sign, `%COMMAND(ARGUMENT):LENGTH%` is
 * replaced.
 */
export function formatFault(format: string): FormatFault | undefined {
  const command = /%(?:%|([A-Z0-9_]+)(?:\([\s\S]*?\))?(?::[0-9]+)?%)/y;
  for (let at_ = format.indexOf("%"); at_ >= 0; at_ = format.indexOf("%", command.lastIndex)) {
    command.lastIndex = at_;
    const match = command.exec(format);
    if (match === null) {
      const message = `"${format}" has a "%" that begins no command such as %REQ(host)%`;
      return { message, remedy: 'write "%%" for a percent sign' };
    }
    const [, name] = match;
    if (name === undefined || formatCommands.has(name)) continue;
    const near = nearest(name, formatCommands);
    return {
      message: `Envoy has no command %${name}%`,
      remedy: near === undefined ? "" : `did you mean %${near}%?`,
    };
  }
  return undefined;
}
