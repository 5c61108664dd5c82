import { expect, test } from 'vitest';
import { sizesOf } from './size.ts';

test('each file is counted as what it is, and an option of several commands once', () => {
  const texts = {
    'package.json': '{"scripts":{"e2e":"a","check":"b"},"devDependencies":{"c":"1","d":"1","e":"1"}}',
    'scripts/e2e.ts': "import { one } from './one.ts';\nimport './start.mjs';\n",
    'scripts/one.ts': 'export const one = 1;\n',
    'scripts/start.mjs': "import './one.ts';\n\n// a comment\n/**\n * another\n */\n",
    'apps/page.vue': '<!-- a comment -->\n<a />\n<b />\n\n\n',
    'scripts/one.test.ts': "import './one.ts';\n\n\n\n\n\n",
    'e2e/one.spec.ts': 'x\n',
    'docs/reference.md': '  --run <id>  a\n  -g, --grep <x>  b\n  --run  c\n  -h, --help  d\n',
  };
  const sizes = sizesOf(Object.entries(texts).map(([path, text]) => ({ path, text })));
  expect(sizes.map(({ name, value }) => `${value} ${name}`)).toEqual([
    '6 lines of code without unit tests, specs and samples',
    '1 lines of code of unit tests',
    '8 files in git',
    '2 commands',
    '2 options of the commands, by distinct names',
    '3 devDependencies of the root',
    '12 words of documentation',
    '1 files under 25 lines that are imported once',
  ]);
});
