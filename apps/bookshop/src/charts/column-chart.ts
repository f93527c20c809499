export interface ChartPoint {
  readonly label: string;
  readonly value: number;
}

export interface ChartSize {
  readonly width: number;
  readonly height: number;
}

/** Room for the numbers on the left and the names below. */
const margin = { top: 12, right: 8, bottom: 28, left: 52 };
const widestColumn = 28;

/**
 * Lays out a chart of columns, in the units of its `viewBox`; `charts/columns.liquid` draws it.
 *
 * @returns Columns with their corners, a line for each step of the scale, and every so many names.
 */
export function columnChart(
  points: readonly ChartPoint[],
  { width, height }: ChartSize = { width: 720, height: 260 },
) {
  const inner = { width: width - margin.left - margin.right, height: height - margin.top - margin.bottom };
  const steps = scaleSteps(Math.max(0, ...points.map(({ value }) => value)));
  const highest = steps.at(-1)!;
  const y = (value: number) => round(margin.top + inner.height * (1 - value / highest));
  const slot = inner.width / Math.max(1, points.length);
  const columnWidth = Math.min(widestColumn, slot * 0.72);
  const labelEvery = Math.ceil(points.length / 12);
  return {
    width,
    height,
    left: margin.left,
    right: width - margin.right,
    lines: steps.map((value) => ({ value, y: y(value) })),
    columns: points.map(({ label, value }, index) => ({
      label,
      value,
      x: round(margin.left + slot * (index + 0.5) - columnWidth / 2),
      y: y(value),
      width: round(columnWidth),
      height: round(margin.top + inner.height - y(value)),
      middle: round(margin.left + slot * (index + 0.5)),
      // Counted from the end: the last one always has its name.
      isNamed: (points.length - 1 - index) % labelEvery === 0,
    })),
    baseline: height - 8,
  };
}

/** Finds round numbers from 0 to at least the greatest value, four or five steps apart. */
export function scaleSteps(greatest: number): number[] {
  if (greatest <= 0) return [0, 1];
  const rough = greatest / 4;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 2.5, 5, 10].map((factor) => factor * power).find((each) => each >= rough)!;
  return Array.from({ length: Math.ceil(greatest / step - 1e-9) + 1 }, (_, index) => round(index * step));
}

function round(number: number): number {
  return Math.round(number * 100) / 100;
}
