import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { transform } from '@swc/core';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { RelationField, ScalarField, SchemaMetadata } from '../metadata/schema.js';

const root = fileURLToPath(new URL('../../../..', import.meta.url));
const run = promisify(execFile);

const models = `
model Zebra {
  id       Int      @id
  zig      Zebra[]  @relation("Zebras")
  abc      Zebra[]  @relation("Zebras")
  colour   Colour   @default(RED)
  big      BigInt   @default(9007199254740993)
  amount   Decimal  @default(1.50) @db.Decimal(6, 2)
  changed  DateTime @updatedAt @map("changed_at")
  list     Int[]    @default([1, 2])
  settings Json     @default("{\\"a\\":1}")
  where    Unsupported("circle")?
  uuid     String   @default(uuid(7)) @db.Uuid
  code     Int      @unique
  serial   Int
  owner    Keeper?  @relation(fields: [ownerA, ownerB], references: [a, b])
  ownerA   Int?
  ownerB   Int?
  tags     Tag[]

  @@unique([serial])
  @@unique([serial, code], name: "both")
  @@map("zebras")
}

model Keeper {
  a      Int
  b      Int
  zebras Zebra[]

  @@id([a, b])
}

model Tag {
  name   String  @id
  zebras Zebra[]
  parent Tag?    @relation("Tree", fields: [above], references: [name], onDelete: Cascade, onUpdate: NoAction)
  above  String?
  below  Tag[]   @relation("Tree")
}

enum Colour {
  RED  @map("red")
  BLUE

  @@map("colours")
}
`;

const client = (options = '') => `generator client {
  provider = "prisma-client"
  output   = "./made/prisma"
  ${options}
}
`;

let folder: string;
let generator: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'generator-'));
  generator = await compileGenerator(folder);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Compiles the generator as it stands, for the process that Prisma starts it in. */
async function compileGenerator(into: string): Promise<string> {
  const output = join(into, 'generator');
  await mkdir(output);
  await writeFile(join(into, 'package.json'), '{ "type": "module" }');
  await symlink(join(root, 'node_modules'), join(into, 'node_modules'));
  for (const name of ['main', 'generate', 'render', 'client-import', 'schema-metadata']) {
    const source = await readFile(new URL(`./${name}.ts`, import.meta.url), 'utf8');
    const { code } = await transform(source, { jsc: { target: 'es2022', parser: { syntax: 'typescript' } } });
    await writeFile(join(output, `${name}.js`), code);
  }
  return join(output, 'main.js');
}

/** Runs `prisma generate` on a schema and returns the path of the generated module. */
async function generate(header: string, name: string): Promise<string> {
  const directory = join(folder, name);
  await mkdir(directory, { recursive: true });
  const schema = join(directory, 'schema.prisma');
  await writeFile(
    schema,
    `${header}
generator quintet {
  provider = "node ${generator}"
  output   = "./made/quintet"
}
datasource db {
  provider = "postgresql"
}
${models}`,
  );
  await run(
    process.execPath,
    [join(root, 'node_modules/prisma/build/index.js'), 'generate', '--schema', schema],
    {
      cwd: folder,
      // Any executable stands in for the engine's binary, which this command never starts.
      env: { ...process.env, PRISMA_SCHEMA_ENGINE_BINARY: process.execPath, CHECKPOINT_DISABLE: '1' },
    },
  );
  return join(directory, 'made/quintet/index.ts');
}

async function load(path: string): Promise<SchemaMetadata> {
  const { code } = await transform(await readFile(path, 'utf8'), {
    jsc: { target: 'es2022', parser: { syntax: 'typescript' } },
  });
  const module = path.replace(/\.ts$/, '.js');
  await writeFile(module, code);
  return ((await import(module)) as { schema: SchemaMetadata }).schema;
}

describe('the generator', () => {
  let path: string;
  let schema: SchemaMetadata;
  beforeAll(async () => {
    path = await generate(client('importFileExtension = "js"'), 'whole');
    schema = await load(path);
  }, 60_000);

  const scalar = (model: string, field: string) => schema.models[model]!.fields[field] as ScalarField;
  const relation = (model: string, field: string) => schema.models[model]!.fields[field] as RelationField;

  it('writes down models, keys and uniques', () => {
    expect(schema.provider).toBe('postgresql');
    expect(schema.models.Zebra).toMatchObject({ name: 'Zebra', table: 'zebras', primaryKey: ['id'] });
    expect(schema.models.Zebra!.uniques).toEqual([['code'], ['serial'], ['serial', 'code']]);
    expect(schema.models.Keeper).toMatchObject({ table: 'Keeper', primaryKey: ['a', 'b'], uniques: [] });
    expect(schema.models.Zebra!.fields.where).toBeUndefined();
    expect(schema.enums).toEqual({ Colour: { RED: 'red', BLUE: 'BLUE' } });
  });

  it('writes down scalars with their defaults and types', () => {
    expect(scalar('Zebra', 'colour')).toMatchObject({ type: 'String', enum: 'Colour', default: 'RED' });
    expect(scalar('Zebra', 'big')).toMatchObject({ type: 'BigInt', default: 9007199254740993n });
    expect(scalar('Zebra', 'amount')).toMatchObject({ default: 1.5, nativeType: ['Decimal', ['6', '2']] });
    expect(scalar('Zebra', 'settings')).toMatchObject({ default: { a: 1 } });
    expect(scalar('Zebra', 'list')).toMatchObject({ isList: true, default: [1, 2] });
    expect(scalar('Zebra', 'uuid')).toMatchObject({ defaultFunction: 'uuid', hasDefault: true });
    expect(scalar('Zebra', 'changed')).toEqual({
      kind: 'scalar',
      name: 'changed',
      column: 'changed_at',
      type: 'DateTime',
      isList: false,
      isRequired: true,
      isId: false,
      isUnique: false,
      hasDefault: true,
      isUpdatedAt: true,
    });
  });

  it('writes down what the database does with foreign keys, said or unsaid', () => {
    expect(relation('Zebra', 'owner')).toEqual({
      kind: 'relation',
      name: 'owner',
      model: 'Keeper',
      relationName: 'KeeperToZebra',
      inverse: 'zebras',
      isList: false,
      isRequired: false,
      fromFields: ['ownerA', 'ownerB'],
      toFields: ['a', 'b'],
      onDelete: 'SetNull',
      onUpdate: 'Cascade',
    });
    expect(relation('Tag', 'parent')).toMatchObject({
      inverse: 'below',
      onDelete: 'Cascade',
      onUpdate: 'NoAction',
    });
    expect(relation('Keeper', 'zebras').onDelete).toBeUndefined();
  });

  it('writes down join tables', () => {
    expect(relation('Zebra', 'tags').through).toEqual({
      table: '_TagToZebra',
      ownColumn: 'B',
      otherColumn: 'A',
    });
    expect(relation('Tag', 'zebras').through).toEqual({
      table: '_TagToZebra',
      ownColumn: 'A',
      otherColumn: 'B',
    });
    expect(relation('Zebra', 'abc')).toMatchObject({ inverse: 'zig', through: { ownColumn: 'A' } });
    expect(relation('Zebra', 'zig')).toMatchObject({ inverse: 'abc', through: { ownColumn: 'B' } });
  });

  it('registers the types of every model', async () => {
    const source = await readFile(path, 'utf8');
    expect(source).toContain(`import type { Prisma, PrismaClient } from '../prisma/client.js';`);
    expect(source).toContain('payload: Prisma.$KeeperPayload;');
    expect(source).toContain('create: Prisma.ZebraCreateInput | Prisma.ZebraUncheckedCreateInput;');
  });

  it('leaves a file alone that would not change', async () => {
    const before = await stat(path);
    await generate(client('importFileExtension = "js"'), 'whole');
    expect((await stat(path)).mtimeMs).toBe(before.mtimeMs);
  }, 60_000);

  it.each([
    ['importFileExtension = ""', '../prisma/client'],
    ['importFileExtension = "ts"', '../prisma/client.ts'],
  ])(
    'imports the client as its generator says: %s',
    async (options, specifier) => {
      const source = await readFile(await generate(client(options), 'extension'), 'utf8');
      expect(source).toContain(`from '${specifier}';`);
    },
    60_000,
  );

  it('imports the client as Prisma itself does where its generator does not say', async () => {
    const generated = await generate(client(), 'inferred');
    const prisma = await readFile(generated.replace('quintet/index', 'prisma/client'), 'utf8');
    const extension = /from ["']\.\/enums(\.ts|\.js)?["']/.exec(prisma)![1] ?? '';
    expect(await readFile(generated, 'utf8')).toContain(`from '../prisma/client${extension}';`);
  }, 60_000);

  it('says what to add when the schema generates no client', async () => {
    await expect(generate('', 'without')).rejects.toThrow(
      /no Prisma client generator: add `generator client/,
    );
  }, 60_000);
});

describe("the bookshop's metadata", () => {
  it('puts the keys of a self relation into the columns that Prisma uses', async () => {
    const { createTestDatabase } = await import('../../../../test/support/database.js');
    const { schema, prisma, database, close } = await createTestDatabase();
    const { through } = schema.models.Author!.fields.friends as RelationField;
    const [one, other] = await Promise.all(
      ['One', 'Other'].map((name) => prisma.author.create({ data: { name, age: 1 } })),
    );
    await prisma.author.update({ where: { id: one!.id }, data: { friends: { connect: { id: other!.id } } } });
    const { rows } = await database.query(
      `SELECT "${through!.otherColumn}" FROM "${through!.table}" WHERE "${through!.ownColumn}" = $1`,
      [one!.id],
    );
    await close();
    expect(rows).toEqual([[other!.id]]);
  });
});
