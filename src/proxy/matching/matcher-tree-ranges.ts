import type { Message } from "../../decode/message.ts";
import { type IpRange, isInRange, parseIp, readIpRange } from "../cluster/ip-range.ts";

interface RangeBranch<Branch> {
  readonly range: IpRange;
  readonly branch: Branch;
  /** Counts only where no more specific range has been tried. */
  readonly isExclusive: boolean;
}

/** Reads an `xds.type.matcher.v3.IPMatcher`: the longest range first, of equal ones the first declared. */
export function readIpBranches<Branch>(
  config: Message,
  compile: (onMatch: Message | undefined) => Branch,
): (value: string) => readonly Branch[] {
  const branches = config.messages("range_matchers").flatMap((matcher): RangeBranch<Branch>[] => {
    const branch = compile(matcher.message("on_match"));
    const isExclusive = matcher.boolean("exclusive");
    return matcher.messages("ranges").flatMap((message) => {
      const range = readIpRange(message);
      return range === undefined ? [] : [{ range, branch, isExclusive }];
    });
  });
  branches.sort((a, b) => b.range.length - a.range.length);
  return (value) => {
    const ip = parseIp(value);
    if (ip === undefined) return [];
    return branches
      .filter(({ range }) => isInRange(ip, range))
      .filter(({ isExclusive }, index) => index === 0 || !isExclusive)
      .map(({ branch }) => branch);
  };
}
