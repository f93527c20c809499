import { describe, expect, it } from '@jest/globals';
import { barList } from './bar-list.js';
import { columnChart, scaleSteps } from './column-chart.js';

describe('scaleSteps()', () => {
  it.each([
    [0, [0, 1]],
    [3, [0, 1, 2, 3]],
    [7, [0, 2, 4, 6, 8]],
    [40, [0, 10, 20, 30, 40]],
    [38_412.5, [0, 10_000, 20_000, 30_000, 40_000]],
    [0.9, [0, 0.25, 0.5, 0.75, 1]],
  ])('reaches %d in round steps', (greatest, steps) => {
    expect(scaleSteps(greatest)).toEqual(steps);
  });
});

describe('columnChart()', () => {
  const points = Array.from({ length: 24 }, (_, index) => ({ label: `m${index}`, value: index * 10 }));

  it('gives each point a column as high as its value, within the picture', () => {
    const { columns, lines, width, height } = columnChart(points);
    expect(columns).toHaveLength(24);
    const [first, last] = [columns[0]!, columns.at(-1)!];
    expect(first.height).toBe(0);
    expect(last.y + last.height).toBeCloseTo(first.y + first.height, 1);
    expect(columns[12]!.height * 23).toBeCloseTo(last.height * 12, -1);
    for (const { x, y, width: wide } of columns) {
      expect(x).toBeGreaterThanOrEqual(0);
      expect(x + wide).toBeLessThanOrEqual(width);
      expect(y).toBeGreaterThanOrEqual(lines.at(-1)!.y);
      expect(y).toBeLessThan(height);
    }
  });

  it('names no more columns than there is room for, and always the last one', () => {
    const named = columnChart(points).columns.filter(({ isNamed }) => isNamed);
    expect(named).toHaveLength(12);
    expect(named.at(-1)!.label).toBe('m23');
  });

  it('draws nothing but its scale for no points', () => {
    expect(columnChart([])).toMatchObject({ columns: [], lines: [{ value: 0 }, { value: 1 }] });
  });
});

describe('barList()', () => {
  it('measures each bar by the longest one', () => {
    const bars = barList([
      { label: 'a', value: 50 },
      { label: 'b', value: 200 },
      { label: 'c', value: 0 },
    ]);
    expect(bars.map(({ length }) => length)).toEqual([25, 100, 0]);
  });
});
