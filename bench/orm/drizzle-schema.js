import { peer } from '../lib/peer.js';
import { Decimal } from './pg-types.js';

const { relations } = await peer('drizzle-orm');
const { customType, date, doublePrecision, integer, jsonb, pgTable, serial, timestamp, varchar } =
  await peer('drizzle-orm/pg-core');

/** Exact decimals, as everyone else gives. */
const decimal = customType({
  dataType: () => 'numeric',
  fromDriver: (/** @type {string} */ value) => new Decimal(value),
  toDriver: String,
});
const moment = (/** @type {string} */ name) =>
  timestamp(name, { withTimezone: true, mode: 'date', precision: 3 });

export const publishers = pgTable('shop_publisher', {
  id: serial().primaryKey(),
  name: varchar({ length: 100 }).notNull(),
  numAwards: integer('num_awards').notNull(),
});
export const authors = pgTable('shop_author', {
  id: serial().primaryKey(),
  name: varchar({ length: 100 }).notNull(),
  age: integer().notNull(),
  email: varchar({ length: 254 }),
});
export const books = pgTable('shop_book', {
  id: serial().primaryKey(),
  isbn: varchar({ length: 13 }).notNull(),
  name: varchar({ length: 200 }).notNull(),
  pages: integer().notNull(),
  rating: doublePrecision().notNull(),
  price: decimal().notNull(),
  pubdate: date({ mode: 'date' }).notNull(),
  tags: jsonb().notNull(),
  meta: jsonb(),
  publisherId: integer('publisher_id').notNull(),
  contactId: integer('contact_id'),
});
export const bookAuthors = pgTable('_BookAuthors', {
  authorId: integer('A').notNull(),
  bookId: integer('B').notNull(),
});
export const customers = pgTable('shop_customer', {
  id: serial().primaryKey(),
  name: varchar({ length: 100 }).notNull(),
  createdAt: moment('created_at').notNull(),
});
export const profiles = pgTable('shop_customerprofile', {
  id: serial().primaryKey(),
  customerId: integer('customer_id').notNull(),
  phone: varchar({ length: 20 }).notNull(),
  points: integer().notNull(),
});
export const orders = pgTable('shop_order', {
  id: serial().primaryKey(),
  customerId: integer('customer_id').notNull(),
  status: varchar({ length: 10 }).notNull(),
  totalPrice: decimal('total_price').notNull(),
  placedAt: moment('placed_at').notNull(),
});
export const employees = pgTable('shop_employee', {
  id: serial().primaryKey(),
  name: varchar({ length: 50 }).notNull(),
  salary: decimal(),
  department: varchar({ length: 20 }).notNull(),
  hired: date({ mode: 'date' }).notNull(),
  managerId: integer('manager_id'),
});

export const publisherRelations = relations(publishers, (/** @type {any} */ { many }) => ({
  books: many(books),
}));
export const bookRelations = relations(books, (/** @type {any} */ { one, many }) => ({
  publisher: one(publishers, { fields: [books.publisherId], references: [publishers.id] }),
  bookAuthors: many(bookAuthors),
}));
export const bookAuthorRelations = relations(bookAuthors, (/** @type {any} */ { one }) => ({
  book: one(books, { fields: [bookAuthors.bookId], references: [books.id] }),
  author: one(authors, { fields: [bookAuthors.authorId], references: [authors.id] }),
}));
