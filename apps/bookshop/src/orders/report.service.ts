import { Injectable } from '@nestjs/common';
import { BookManager } from '../books/book.manager.js';
import { PublisherManager } from '../books/publisher.manager.js';
import { barList } from '../charts/bar-list.js';
import { columnChart } from '../charts/column-chart.js';
import { money, month } from '../http/json.js';
import { OrderManager } from './order.managers.js';

type Rows = Awaited<ReturnType<ReportService['rows']>>;

const shownMonths = 24;
const longestList = 8;

/** Sums up what was sold. */
@Injectable()
export class ReportService {
  constructor(
    private readonly orders: OrderManager,
    private readonly books: BookManager,
    private readonly publishers: PublisherManager,
  ) {}

  /** Orders per month and status. */
  async rows() {
    const rows = await this.orders.report();
    return rows.map((row) => ({
      month: month(row.month),
      status: row.status,
      orders: row.orders,
      total: money(row.total),
      average: money(row.average),
      discountedShare: row.discounted / row.orders,
    }));
  }

  /** What the page draws; each is asked of the database when the template comes to it. */
  charts(rows: Rows) {
    return {
      rows: rows.toReversed(),
      summary: () => this.orders.summary(),
      months: columnChart(monthsOf(rows).slice(-shownMonths)),
      bestsellers: async () => {
        const books = await this.books.bestsellers().slice(0, longestList);
        return barList(
          books.map(({ id, name, sold }) => ({ label: name.trim(), value: sold ?? 0, href: `/books/${id}` })),
        );
      },
      revenues: async () => {
        const publishers = await this.publishers.byRevenue().slice(0, longestList);
        return barList(
          publishers.map(({ id, name, revenue }) => ({
            label: name,
            value: Number(revenue),
            href: `/books?publisher=${id}`,
          })),
        );
      },
      statuses: barList(ordersByStatus(rows)),
    };
  }
}

/** The number of orders of each status, the most frequent one first. */
function ordersByStatus(rows: Rows) {
  const totals = sums(
    rows,
    ({ status }) => status,
    ({ orders }) => orders,
  );
  return totals.toSorted((left, right) => right.value - left.value);
}

/** The sales of each month; a cancelled order is none. */
function monthsOf(rows: Rows) {
  const sold = rows.filter(({ status }) => status !== 'cancelled');
  return sums(
    sold,
    (row) => row.month,
    ({ total }) => Number(total),
  );
}

function sums(rows: Rows, labelOf: (row: Rows[number]) => string, valueOf: (row: Rows[number]) => number) {
  const totals = new Map<string, number>();
  for (const row of rows) totals.set(labelOf(row), (totals.get(labelOf(row)) ?? 0) + valueOf(row));
  return Array.from(totals, ([label, value]) => ({ label, value }));
}
