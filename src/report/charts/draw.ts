import type { Chart } from "./chart.ts";

/**
 * Draws a chart as SVG, with its title and description for those who cannot see it. The libraries take a
 * quarter of a second to load, so they are loaded when the first chart is drawn. A warning of theirs means
 * that the chart shows something else than was meant: it throws.
 */
export async function drawSvg(chart: Chart): Promise<string> {
  const [{ compile }, { parse, View }] = await Promise.all([import("vega-lite"), import("vega")]);
  const logger = refusingLogger(chart.name);
  const { spec } = compile(chart.spec, { logger });
  const view = new View(parse(spec), { renderer: "none", logger });
  const svg = await view.toSVG();
  view.finalize();
  return `${describe(svg, chart)}\n`;
}

function refusingLogger(chart: string) {
  const refuse = (...messages: readonly unknown[]): never => {
    throw new Error(`chart ${chart}: ${messages.join(" ")}`);
  };
  let level = 0;
  const logger = {
    level(value?: number) {
      if (value === undefined) return level;
      level = value;
      return logger;
    },
    error: refuse,
    warn: refuse,
    info: () => logger,
    debug: () => logger,
  };
  return logger as import("vega").LoggerInterface;
}

function describe(svg: string, { name, title, description }: Chart): string {
  const labelled = svg.replace(
    "<svg ",
    `<svg role="img" aria-labelledby="${name}-title ${name}-description" `,
  );
  const end = labelled.indexOf(">") + 1;
  const texts = `<title id="${name}-title">${title}</title><desc id="${name}-description">${description}</desc>`;
  return labelled.slice(0, end) + texts + labelled.slice(end);
}
