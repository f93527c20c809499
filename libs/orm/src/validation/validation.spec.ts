import { Controller, Injectable, type INestApplication, Post, Body } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Decimal } from '@prisma/client/runtime/client';
import request from 'supertest';
import type { App } from 'supertest/types.js';
import * as v from 'valibot';
import { z } from 'zod';
import { PrismaClient } from '../../../../apps/bookshop/src/generated/prisma/client.js';
import { createTestDatabase, type TestDatabase } from '../../../../test/support/database.js';
import { FieldError } from '../errors.js';
import { F } from '../expressions/index.js';
import { Manager, ManagerFor } from '../manager/index.js';
import { Databases } from '../database/databases.js';
import type { RowOf } from '../query-set/types.js';
import { OrmModule } from '../orm.module.js';
import { ValidationError } from './validation-error.js';

@Injectable()
@ManagerFor('Publisher')
class PublisherManager extends Manager<'Publisher'> {}

@Injectable()
@ManagerFor('Author', {
  validation: {
    validators: { email: z.email('Enter a valid email address.'), age: v.pipe(v.number(), v.minValue(16)) },
  },
})
class AuthorManager extends Manager<'Author'> {}

@Injectable()
@ManagerFor('Book', {
  validation: {
    schema: z.looseObject({
      name: z.string().trim(),
      rating: z.number().max(5, 'Five stars are the most.').optional(),
    }),
  },
})
class BookManager extends Manager<'Book'> {}

@Injectable()
@ManagerFor('Order', { validation: { choices: { status: { new: 'New', paid: 'Paid' } } } })
class OrderManager extends Manager<'Order'> {}

@Injectable()
@ManagerFor('OrderItem')
class OrderItemManager extends Manager<'OrderItem'> {}

@Injectable()
@ManagerFor('CustomerProfile', { validation: { blank: ['phone'] } })
class ProfileManager extends Manager<'CustomerProfile'> {}

@Injectable()
@ManagerFor('Employee', {
  validateOnSave: true,
  validation: {
    validators: {
      name: (name) => {
        if (/\d/.test(String(name))) throw new ValidationError('No digits.', { code: 'no_digits' });
      },
    },
  },
})
class EmployeeManager extends Manager<'Employee'> {
  override clean({ id, managerId, department, name }: Partial<RowOf<'Employee'>>) {
    if (id !== undefined && id === managerId) {
      throw new ValidationError({ manager: { code: 'own_manager', message: 'Nobody manages themselves.' } });
    }
    if (department === 'board') throw new ValidationError('The board is full.', { code: 'board_full' });
    return { name: name?.replace('Mister ', '') };
  }
}

@Controller('employees')
class EmployeesController {
  constructor(readonly employees: EmployeeManager) {}

  @Post()
  add(@Body() body: object) {
    return this.employees.create(body);
  }
}

const managers = [
  PublisherManager,
  AuthorManager,
  BookManager,
  OrderManager,
  OrderItemManager,
  ProfileManager,
  EmployeeManager,
];

const book = {
  isbn: '1',
  name: 'n',
  pages: 1,
  rating: 1,
  price: 1,
  pubdate: '2020-01-01',
  publisherId: 1,
} as const;

describe('Manager.fullClean()', () => {
  let shop: TestDatabase;
  let app: INestApplication<App>;
  beforeAll(async () => {
    shop = await createTestDatabase();
    const { adapter, schema } = shop;
    const client = (wrapped: typeof adapter) => new PrismaClient({ adapter: wrapped });
    const module = await Test.createTestingModule({
      imports: [
        OrmModule.forRoot({ adapter, schema, client: client as never }),
        OrmModule.forFeature(managers),
      ],
      controllers: [EmployeesController],
    }).compile();
    app = module.createNestApplication({ logger: false });
    await app.init();
  });
  afterAll(async () => {
    await app.close();
    await shop.close();
  });

  /** The codes of what is wrong with a row; none where nothing is. */
  async function codesOf(run: Promise<unknown>): Promise<Record<string, string[]>> {
    try {
      await run;
      return {};
    } catch (error) {
      expect(error).toBeInstanceOf(ValidationError);
      return (error as ValidationError).codes;
    }
  }

  /** Runs `fn` in a transaction that is rolled back. */
  const undone = <T>(fn: () => Promise<T>) => {
    const database = app.get(Databases).get();
    return database.atomic(async () => {
      const result = await fn();
      database.setRollback();
      return result;
    });
  };

  it('tells everything that is wrong at once', async () => {
    const given = { name: '', age: 'x', email: 'nope' };
    expect(await codesOf(app.get(AuthorManager).fullClean(given))).toEqual({
      name: ['blank'],
      age: ['invalid'],
      email: ['invalid_format'],
    });
    expect(await codesOf(app.get(PublisherManager).fullClean({}))).toEqual({
      name: ['blank'],
      numAwards: ['null'],
    });
  });

  it('says it in words, for each field', async () => {
    await expect(
      app.get(PublisherManager).fullClean({ name: 'x'.repeat(101), numAwards: null }),
    ).rejects.toThrow(
      'Publisher is not valid: name: Ensure this value has at most 100 characters (it has 101). numAwards: This field cannot be null.',
    );
  });

  it('brings values into their types, and leaves the row as it was', async () => {
    const given = {
      ...book,
      pages: ' 5 ',
      price: '12.5',
      publisherId: undefined,
      publisher: '1',
      tags: ['x'],
    };
    expect(await app.get(BookManager).fullClean(given)).toEqual({
      ...book,
      pages: 5,
      price: new Decimal('12.5'),
      pubdate: new Date('2020-01-01'),
      tags: ['x'],
    });
    expect(given.pages).toBe(' 5 ');
  });

  it.each([
    ['pages', 2 ** 31, 'max_value'],
    ['pages', -(2 ** 31) - 1, 'min_value'],
    ['pages', 1.5, 'invalid'],
    ['rating', Number.NaN, 'invalid_type'],
    ['price', '12345.67', 'max_digits'],
    ['price', '1.234', 'max_decimal_places'],
    ['price', '12345', 'max_whole_digits'],
    ['price', '1e400', 'max_digits'],
    ['price', 'NaN', 'invalid'],
    ['pubdate', '2021-02-29', 'invalid_date'],
    ['pubdate', '01/02/2020', 'invalid'],
    ['pubdate', new Date(Number.NaN), 'invalid'],
    ['isbn', '12345678901234', 'max_length'],
    ['isbn', {}, 'invalid'],
    ['meta', { a: new Set([1]) }, 'invalid'],
    ['meta', { a: 1n }, 'invalid'],
    ['meta', [Number.POSITIVE_INFINITY], 'invalid'],
  ])('refuses %s: %p', async (name, value, code) => {
    expect(await codesOf(app.get(BookManager).fullClean({ ...book, [name]: value }))).toEqual({
      [name]: [code],
    });
  });

  it('counts characters as the database does', async () => {
    const publishers = app.get(PublisherManager);
    expect(await codesOf(publishers.fullClean({ name: '🎻'.repeat(100), numAwards: 1 }))).toEqual({});
    expect(await codesOf(publishers.fullClean({ name: '🎻'.repeat(101), numAwards: 1 }))).toEqual({
      name: ['max_length'],
    });
  });

  it('looks whether what a row refers to is there', async () => {
    const books = app.get(BookManager);
    expect(await codesOf(books.fullClean({ ...book, publisherId: 999 }))).toEqual({ publisher: ['invalid'] });
    expect(await codesOf(books.fullClean({ ...book, publisherId: 'x' }))).toEqual({ publisher: ['invalid'] });
    expect(await codesOf(books.fullClean({ ...book, publisherId: undefined }))).toEqual({
      publisher: ['null'],
    });
    expect(await codesOf(books.fullClean({ ...book, contactId: null }))).toEqual({});
    const nested = { ...book, publisherId: undefined, publisher: { create: { name: 'x', numAwards: 0 } } };
    expect(await codesOf(books.fullClean(nested))).toEqual({});
  });

  it('looks for the same unique values, but not in the row itself', async () => {
    const items = app.get(OrderItemManager);
    const item = { orderId: 1, bookId: 1, quantity: 1, unitPrice: 1 };
    expect(await codesOf(items.fullClean(item))).toEqual({ __all__: ['unique_together'] });
    expect(await codesOf(items.fullClean(item, { exclude: ['book'] }))).toEqual({});
    expect(await codesOf(items.fullClean(item, { validateUnique: false }))).toEqual({});
    expect(await codesOf(items.fullClean(await items.get({ id: 1 })))).toEqual({});
    expect(await codesOf(items.validateUnique(item))).toEqual({ __all__: ['unique_together'] });
    const author = await app.get(AuthorManager).get({ id: 2 });
    expect(await codesOf(app.get(AuthorManager).fullClean({ ...author, id: 3 }))).toEqual({
      email: ['unique'],
    });
    expect(await codesOf(app.get(AuthorManager).fullClean(author, { isNew: true }))).toEqual({
      id: ['unique'],
      email: ['unique'],
    });
    expect(await codesOf(app.get(ProfileManager).fullClean({ customerId: 1 }))).toEqual({
      customer: ['unique'],
    });
  });

  it('takes any Standard Schema, for a field and for the row', async () => {
    const author = { name: 'x', age: 15, email: 'x@mail.example' };
    expect(await codesOf(app.get(AuthorManager).fullClean(author))).toEqual({ age: ['min_value'] });
    const books = app.get(BookManager);
    expect(await codesOf(books.fullClean({ ...book, rating: 6 }))).toEqual({ rating: ['too_big'] });
    expect(await books.fullClean({ ...book, name: ' Winter ' })).toMatchObject({ name: 'Winter' });
  });

  it('knows the choices of a field', async () => {
    const order = { customerId: 1, totalPrice: 1, discountedPrice: 1, placedAt: '2024-05-06 07:08+02:00' };
    expect(await codesOf(app.get(OrderManager).fullClean({ ...order, status: 'lost' }))).toEqual({
      status: ['invalid_choice'],
    });
    expect(await app.get(OrderManager).fullClean(order)).toMatchObject({
      placedAt: new Date('2024-05-06T05:08:00Z'),
    });
  });

  it('asks clean() about the row as a whole', async () => {
    const employees = app.get(EmployeeManager);
    const employee = { name: 'Mister Root', department: 'x', hired: '2020-01-01' };
    expect(await employees.fullClean(employee)).toMatchObject({ name: 'Root' });
    expect(await codesOf(employees.fullClean({ ...employee, department: 'board', name: 'R2D2' }))).toEqual({
      name: ['no_digits'],
      __all__: ['board_full'],
    });
    expect(await codesOf(employees.fullClean({ ...employee, id: 2, managerId: 2 }))).toEqual({
      manager: ['own_manager'],
    });
  });

  it('refuses to leave out what is not there', async () => {
    await expect(app.get(PublisherManager).fullClean({}, { exclude: ['titel'] })).rejects.toThrow(FieldError);
  });

  it('runs before a row is saved, where it is asked to', () =>
    undone(async () => {
      const employees = app.get(EmployeeManager);
      expect(await codesOf(employees.create({ name: 'R2', department: 'x', hired: 'soon' }))).toEqual({
        name: ['no_digits'],
        hired: ['invalid'],
      });
      const created = await employees.create({ name: 'Mister Ro', department: 'x', hired: '2020-01-01' });
      expect(created).toMatchObject({ name: 'Ro', hired: new Date('2020-01-01') });
      expect(await codesOf(employees.save({ ...created, name: '2' }))).toEqual({ name: ['no_digits'] });
      expect(await employees.save({ ...created, department: '2', name: 'Mister X' })).toMatchObject({
        name: 'X',
      });
      await employees.save({ ...created, name: '2', department: 'y' }, { updateFields: ['department'] });
      expect(await employees.get({ id: created.id })).toMatchObject({ name: 'X', department: 'y' });
      expect(await codesOf(employees.related(created).reports.create({ name: '3' }))).toEqual({
        name: ['no_digits'],
        department: ['blank'],
        hired: ['null'],
      });
      expect(await codesOf(employees.getOrCreate({ name: '9' }))).toMatchObject({ name: ['no_digits'] });
      const renamed = employees.updateOrCreate({ name: 'X' }, { defaults: { name: '4' } });
      expect(await codesOf(renamed)).toEqual({ name: ['no_digits'] });
      // An expression is for the database to compute.
      await employees.save({ id: created.id, salary: F('salary') });
    }));

  it('runs before nothing else', () =>
    undone(async () => {
      expect(await app.get(PublisherManager).create({ name: '', numAwards: -1 })).toMatchObject({ name: '' });
      const hired = new Date('2020-01-01');
      await app.get(EmployeeManager).bulkCreate([{ name: '7', department: 'x', hired }]);
      expect(await app.get(EmployeeManager).filter({ name: '7' }).update({ name: '8' })).toBe(1);
    }));

  it('answers a request with 400 and what is wrong', async () => {
    const { body } = await request(app.getHttpServer())
      .post('/employees')
      .send({ name: '1', department: 'x' })
      .expect(400);
    expect(body).toEqual({
      statusCode: 400,
      message: 'The input is not valid.',
      errors: {
        name: [{ code: 'no_digits', message: 'No digits.' }],
        hired: [{ code: 'null', message: 'This field cannot be null.' }],
      },
    });
  });
});

describe('OrmModule.forRoot({ validateOnSave })', () => {
  let shop: TestDatabase;
  beforeAll(async () => void (shop = await createTestDatabase({ validateOnSave: true })));
  afterAll(() => shop.close());

  it('looks at the rows of every manager that does not say otherwise', async () => {
    @ManagerFor('Author', { validateOnSave: false })
    class Careless extends Manager<'Author'> {}
    const careless = Object.assign(new Careless(), { databases: new Databases([shop.database]) });
    const publishers = Object.assign(new PublisherManager(), { databases: new Databases([shop.database]) });
    await expect(publishers.create({ name: '', numAwards: 1 })).rejects.toThrow(ValidationError);
    await expect(publishers.related({ id: 1 }).books.create({ name: '' })).rejects.toThrow(ValidationError);
    expect(await careless.create({ name: '', age: 1 })).toMatchObject({ name: '' });
  });
});
