import { describe, expect, it } from '@jest/globals';
import { splitStatements } from './split-statements.js';
import { sqlTokens } from './sql-tokens.js';

const texts = (sql: string) => sqlTokens(sql).map(({ text }) => text);

describe('sqlTokens()', () => {
  it.each([
    [`SELECT 'a''b; "c"' FROM "Book"`, ['SELECT', 'FROM', 'Book']],
    [`SELECT E'it\\'s' AS x`, ['SELECT', 'AS', 'x']],
    [`SELECT $$ 'quoted' $$, $tag$ $$ $tag$ FROM t`, ['SELECT', ',', 'FROM', 't']],
    [`SELECT $1, $12`, ['SELECT', '$', ',', '$']],
    [`a -- b\nc /* d /* e */ f */ g`, ['a', 'c', 'g']],
    ['`back``tick` "dou""ble"', ['back`tick', 'dou"ble']],
    [`select 1.5e3, übung_1$ from x`, ['select', ',', 'übung_1$', 'from', 'x']],
    [`'never closed`, []],
    [`/* never closed`, []],
  ])('reads %p', (sql, expected) => {
    expect(texts(sql)).toEqual(expected);
  });

  it('takes a backslash in a string as PostgreSQL or as MySQL does', () => {
    const sql = `SELECT 'a\\' FROM t -- '`;
    expect(texts(sql)).toEqual(['SELECT', 'FROM', 't']);
    expect(sqlTokens(sql, { backslashEscapes: true }).map(({ text }) => text)).toEqual(['SELECT']);
  });
});

describe('splitStatements()', () => {
  it.each([
    [`INSERT INTO a VALUES ('x;y'); DELETE FROM b;`, [`INSERT INTO a VALUES ('x;y')`, 'DELETE FROM b']],
    ['-- nothing;\n;;', []],
    ['SELECT 1', ['SELECT 1']],
    [
      'CREATE FUNCTION f() RETURNS int AS $$ BEGIN; RETURN 1; END $$ LANGUAGE plpgsql; SELECT 2',
      ['CREATE FUNCTION f() RETURNS int AS $$ BEGIN; RETURN 1; END $$ LANGUAGE plpgsql', 'SELECT 2'],
    ],
    [
      'CREATE TRIGGER t AFTER INSERT ON a BEGIN UPDATE b SET c = CASE WHEN 1 THEN 2 END; DELETE FROM d; END; SELECT 2',
      [
        'CREATE TRIGGER t AFTER INSERT ON a BEGIN UPDATE b SET c = CASE WHEN 1 THEN 2 END; DELETE FROM d; END',
        'SELECT 2',
      ],
    ],
  ])('splits %p', (script, statements) => {
    expect(splitStatements(script)).toEqual(statements);
  });
});
