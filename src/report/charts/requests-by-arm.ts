import type { ServiceSeries } from "../../simulation/result.ts";
import type { Arm } from "./arms.ts";
import type { Chart } from "./chart.ts";
import { highestRate, hostLines } from "./requests-by-host.ts";
import { chartTitle, selectTop } from "./selection.ts";
import { armTable, busiestService } from "./shares-by-arm.ts";
import { palette, theme } from "./theme.ts";
import { timePanels } from "./time-panel.ts";

/** Requests a second at each host over time, for each run; of many hosts only the busiest of the first run. */
export function requestsByArmChart(arms: readonly Arm[]): Chart {
  const { result } = arms[0]!;
  const name = busiestService(arms);
  const seriesOf = (arm: Arm): ServiceSeries =>
    arm.result.series.services.find((service) => service.name === name)!;
  const total = ({ requests }: ServiceSeries["hosts"][number]) =>
    requests.reduce((sum, count) => sum + count, 0);
  const { shown, note } = selectTop(seriesOf(arms[0]!).hosts, palette.length, total, "hosts, the busiest");
  const addresses = new Set(shown.map(({ address }) => address));
  const shownOf = (arm: Arm) => seriesOf(arm).hosts.filter(({ address }) => addresses.has(address));
  const highest = Math.max(...arms.map((arm) => highestRate(shownOf(arm), arm.result)));
  return {
    name: "requests-by-arm",
    title: "Requests by host",
    description: `For each run, requests a second that arrived at each host of ${name}, by the time of arrival.`,
    spec: {
      title: chartTitle(`Requests by host of ${name}`, { ...result, variant: null }, note),
      config: theme,
      vconcat: timePanels(
        arms.map((arm, index) => {
          const isLast = index === arms.length - 1;
          const layers = [hostLines(shownOf(arm), arm.result, isLast, highest)];
          return { title: arm.name, height: 150, isLast, layers };
        }),
        result,
      ),
    },
    table: armTable(arms, name),
  };
}
