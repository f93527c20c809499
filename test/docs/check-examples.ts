import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import type { Example } from './examples.js';

/** Names that every example may use without importing them, so that a page shows what matters. */
const commonModules = [
  '@nest-quintet/orm',
  '@nest-quintet/cache',
  '@nest-quintet/sessions',
  '@nest-quintet/middleware',
  '@nest-quintet/signals',
  '@nest-quintet/core',
  '@nestjs/common',
];

/**
 * Type-checks examples as files of their own beside the bookshop and returns what is wrong with them.
 *
 * A name that an example neither declares nor imports is taken from the first of the common modules that exports it.
 */
export function checkExamples(root: string, examples: readonly Example[]): string[] {
  const folder = join(root, '.build', 'examples');
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });

  const options = compilerOptions(root);
  const files = examples.map((example, at) => ({ example, path: join(folder, `example-${at}.ts`) }));
  const imports = importsFrom(commonModules, folder, options);
  for (const { example, path } of files) writeFileSync(path, withImports(example.code, imports));

  const registration = join(root, 'apps/bookshop/src/generated/quintet/index.ts');
  const program = ts.createProgram([...files.map(({ path }) => path), registration], options);
  return files.flatMap(({ example, path }) =>
    ts.getPreEmitDiagnostics(program, program.getSourceFile(path)).map((diagnostic) => {
      const line = diagnostic.file?.text.slice(0, diagnostic.start).split('\n').pop() ?? '';
      return `${example.place}: ${ts.flattenDiagnosticMessageText(diagnostic.messageText, '\n')} (at "${line.trim()}…")`;
    }),
  );
}

function compilerOptions(root: string): ts.CompilerOptions {
  const { config } = ts.readConfigFile(join(root, 'tsconfig.base.json'), ts.sys.readFile);
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, root);
  return {
    ...options,
    noEmit: true,
    composite: false,
    incremental: false,
    declaration: false,
    declarationMap: false,
  };
}

/** Exported name → the statement that imports it. */
function importsFrom(modules: string[], folder: string, options: ts.CompilerOptions): Map<string, string> {
  const path = join(folder, 'modules.ts');
  writeFileSync(path, modules.map((name) => `import '${name}';`).join('\n'));
  const program = ts.createProgram([path], options);
  const checker = program.getTypeChecker();
  const imports = new Map<string, string>();
  for (const statement of program.getSourceFile(path)!.statements) {
    if (!ts.isImportDeclaration(statement)) continue;
    const from = (statement.moduleSpecifier as ts.StringLiteral).text;
    const module = checker.getSymbolAtLocation(statement.moduleSpecifier);
    for (const symbol of module ? checker.getExportsOfModule(module) : []) {
      const { name } = symbol;
      if (!imports.has(name))
        imports.set(name, `import ${isValue(symbol) ? '' : 'type '}{ ${name} } from '${from}';`);
    }
  }
  return imports;

  function isValue(symbol: ts.Symbol): boolean {
    const target = symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
    return (target.flags & ts.SymbolFlags.Value) !== 0;
  }
}

function withImports(code: string, imports: ReadonlyMap<string, string>): string {
  const file = ts.createSourceFile('example.ts', code, ts.ScriptTarget.Latest, true);
  const used = new Set<string>();
  const declared = new Set<string>();
  const visit = (node: ts.Node): void => {
    if (ts.isIdentifier(node)) (isDeclaration(node) ? declared : used).add(node.text);
    ts.forEachChild(node, visit);
  };
  visit(file);
  const needed = [...used].flatMap((name) => (declared.has(name) ? [] : (imports.get(name) ?? [])));
  return `${needed.join(' ')}\n${code}\nexport {};\n`;
}

function isDeclaration({ parent, ...node }: ts.Identifier): boolean {
  if (ts.isImportSpecifier(parent) || ts.isImportClause(parent)) return true;
  const isNamed =
    ts.isClassDeclaration(parent) ||
    ts.isFunctionDeclaration(parent) ||
    ts.isVariableDeclaration(parent) ||
    ts.isInterfaceDeclaration(parent);
  return isNamed && parent.name?.pos === node.pos;
}
