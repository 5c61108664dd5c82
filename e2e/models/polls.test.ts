import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { expect, test } from 'vitest';

const folder = join(import.meta.dirname, '..');

/** What is asked again and again in a source, as it is written. */
function pollsIn(source: string): string[] {
  const polls: string[] = [];
  const visit = (node: ts.Node): void => {
    const [asked] = ts.isCallExpression(node) ? node.arguments : [];
    if (asked && ts.isCallExpression(node) && node.expression.getText().replaceAll(/\s/g, '') === 'expect.poll') {
      polls.push(asked.getText());
    }
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile('source.ts', source, ts.ScriptTarget.Latest, true));
  return polls;
}

test('no spec polls the status of an answer, which would miss a lost session or a 500 on the way', () => {
  const files = globSync('**/*.ts', { cwd: folder }).filter((file) => !file.endsWith('.test.ts'));
  const polls = files.flatMap((file) =>
    pollsIn(readFileSync(join(folder, file), 'utf8')).map((asked) => ({ file, asked })),
  );
  expect(polls.length, 'polls in e2e/').toBeGreaterThan(0);
  const swallowing = polls.filter(({ asked }) => asked.includes('.status()'));
  expect(
    swallowing.map(({ file, asked }) => `e2e/${file}: ${asked}: use recovery() of e2e/models/recovery.ts.`),
  ).toEqual([]);
});

test('a poll of a status would be found', () => {
  expect(
    pollsIn("await expect\n  .poll(async () => (await app.call('/')).status(), { timeout: 1 })\n  .toBe(200);"),
  ).toEqual(["async () => (await app.call('/')).status()"]);
});
