import type { ChartPoint } from './column-chart.js';

export interface BarPoint extends ChartPoint {
  /** Where the bar's name leads. */
  readonly href?: string;
}

/** Lays out a list of bars, each with its share of the longest one in hundredths; `charts/bars.liquid` draws it. */
export function barList(points: readonly BarPoint[]) {
  const longest = Math.max(...points.map(({ value }) => value), Number.MIN_VALUE);
  return points.map((point) => ({ ...point, length: Math.round((point.value / longest) * 10_000) / 100 }));
}
