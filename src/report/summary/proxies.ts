import type { RunResult } from "../../simulation/result.ts";
import { formatCount } from "../figures.ts";
import { proxyFigures } from "../proxy-figures.ts";
import type { Style } from "../style.ts";
import { moreLine, type Section } from "./section.ts";
import { alignRows, clipMiddle } from "./text.ts";

const titles = [
  "proxy, whole run",
  "attempts",
  "retries",
  "retry overflow",
  "overflow",
  "ejected",
  "not ejected",
  "panic",
];

/**
 * What each proxy did, from the statistics of its clusters: `overflow` and `retry overflow` are what circuit
 * breakers refused, `not ejected` what `max_ejection_percent` refused.
 */
export function proxySection({ proxies }: RunResult, style: Style): Section {
  return {
    rows: proxies.length,
    lines: (rows) => {
      const cells = proxies.slice(0, rows).map((proxy) => {
        const figures = proxyFigures(proxy);
        const counts = [
          figures.attempts,
          figures.retries,
          figures.retryOverflows,
          figures.overflows,
          figures.ejections,
          figures.ejectionOverflows,
          figures.panics,
        ];
        return [clipMiddle(proxy.name, 18), ...counts.map(formatCount)];
      });
      const [head = "", ...lines] = alignRows([titles, ...cells]);
      return [
        style.dim(`  ${head}`),
        ...lines.map((line) => `  ${line}`),
        ...moreLine(proxies.length, rows, "proxies"),
      ];
    },
  };
}
