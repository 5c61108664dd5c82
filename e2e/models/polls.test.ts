import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { expect, test } from 'vitest';

const folder = join(import.meta.dirname, '..');

interface Poll {
  /** The source text. */
  asked: string;
  /** The function, or one of its source file that it names, reads a status and keeps no record of it. */
  swallows: boolean;
}

function pollsIn(source: string): Poll[] {
  const asked: ts.Node[] = [];
  const functions = new Map<string, ts.Node[]>();
  const visit = (node: ts.Node): void => {
    if (ts.isCallExpression(node) && node.expression.getText().replaceAll(/\s/g, '') === 'expect.poll') {
      asked.push(...node.arguments.slice(0, 1));
    }
    const name = nameOf(node);
    if (name !== undefined) functions.set(name, [...(functions.get(name) ?? []), node]);
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile('source.ts', source, ts.ScriptTarget.Latest, true));
  return asked.map((node) => ({
    asked: node.getText(),
    swallows: [...reachedFrom(node, functions)].some(swallowsStatus),
  }));
}

/** The name of the called function; undefined when the node is not a call. */
function nameOf(node: ts.Node): string | undefined {
  if (ts.isFunctionDeclaration(node) || ts.isMethodDeclaration(node)) return node.name?.getText();
  const holds = ts.isVariableDeclaration(node) || ts.isPropertyAssignment(node) || ts.isPropertyDeclaration(node);
  const isFunction = holds && node.initializer && ts.isFunctionLike(node.initializer);
  return isFunction ? node.name.getText() : undefined;
}

/** A node and all functions that it names, directly or indirectly. Matched only by name, so it may include too many. */
function reachedFrom(start: ts.Node, functions: ReadonlyMap<string, readonly ts.Node[]>): Set<ts.Node> {
  // Entries added during the iteration are visited as well.
  const reached = new Set([start]);
  for (const node of reached) {
    const visit = (part: ts.Node): void => {
      if (ts.isIdentifier(part)) for (const named of functions.get(part.text) ?? []) reached.add(named);
      ts.forEachChild(part, visit);
    };
    visit(node);
  }
  return reached;
}

function swallowsStatus(node: ts.Node): boolean {
  const callee = ts.isCallExpression(node) && ts.isPropertyAccessExpression(node.expression) && node.expression;
  if (callee && callee.name.text === 'status') return true;
  // A value that is added to a list is not lost: the spec asserts on the whole list.
  if (callee && callee.name.text === 'push') return swallowsStatus(callee);
  return ts.forEachChild(node, (child) => swallowsStatus(child) || undefined) ?? false;
}

test('no spec polls the status of an answer, which would miss a lost session or a 500 on the way', () => {
  const files = globSync('**/*.ts', { cwd: folder }).filter((file) => !file.endsWith('.test.ts'));
  const polls = files.flatMap((file) =>
    pollsIn(readFileSync(join(folder, file), 'utf8')).map((poll) => ({ file, ...poll })),
  );
  expect(polls.length, 'polls in e2e/').toBeGreaterThan(0);
  const swallowing = polls.filter(({ swallows }) => swallows);
  expect(
    swallowing.map(({ file, asked }) => `e2e/${file}: ${asked}: use recovery() of e2e/models/recovery.ts.`),
  ).toEqual([]);
});

const status = "(await app.call('/')).status()";
test.each([
  ['written in the poll', `await expect.poll(async () => ${status}).toBe(200);`, true],
  [
    'of a named function',
    `const a = async () => ${status};\nconst b = () => a();\nawait expect.poll(b).toBe(200);`,
    true,
  ],
  [
    'of a method',
    `class Page { async now() { return ${status}; } }\nawait expect.poll(() => page.now()).toBe(200);`,
    true,
  ],
  ['that keeps it', `const seen = async () => all.push(${status}) > 3;\nawait expect.poll(seen).toBe(true);`, false],
])('a poll of a status %s', (_how, source, swallows) => {
  expect(pollsIn(source).map((poll) => poll.swallows)).toEqual([swallows]);
});
