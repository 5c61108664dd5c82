import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { expect, test } from 'vitest';

const folder = join(import.meta.dirname, '..');

/** What a source polls, and whether that reads a status without keeping it: itself, or in a function that it names. */
function pollsIn(source: string): Array<{ asked: string; swallows: boolean }> {
  const asked: ts.Node[] = [];
  const functions = new Map<string, string>();
  const visit = (node: ts.Node): void => {
    if (ts.isCallExpression(node) && node.expression.getText().replaceAll(/\s/g, '') === 'expect.poll')
      asked.push(...node.arguments.slice(0, 1));
    if (ts.isFunctionDeclaration(node) || ts.isVariableDeclaration(node) || ts.isMethodDeclaration(node))
      functions.set(node.name?.getText() ?? '', node.getText());
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile('source.ts', source, ts.ScriptTarget.Latest, true));
  return asked.map((node) => {
    const named = [...functions].filter(([name]) => new RegExp(`\\b${RegExp.escape(name)}\\b`).test(node.getText()));
    const texts = [node.getText(), ...named.map(([, text]) => text)];
    return {
      asked: node.getText(),
      swallows: texts.some((text) => text.includes('.status()') && !text.includes('.push(')),
    };
  });
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
