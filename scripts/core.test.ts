import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import rules from '../.dependency-cruiser.mjs';
import { repositoryRoot } from '../fleet/root.ts';

const { path, pathNot } = rules.forbidden?.find(({ name }) => name === 'core-knows-no-product')?.from ?? {};
const anyOf = (patterns: string | string[] = []): RegExp => new RegExp([patterns].flat().join('|'));

/** What only Dezky has, also as a part of a name: `operatorHost`, `OPERATOR_URL`. */
const words = [
  /dezky|nuxt-?oidc-?auth/i,
  /(?<![A-Za-z])(?:operator|portal|tenants?)(?![a-z])/,
  /(?<![A-Z])(?:OPERATOR|PORTAL|TENANTS?)(?![A-Z])/,
  /(?:Operator|Portal|Tenants?)(?![a-z])/,
];

test('no file of the core has a word of the product', () => {
  const files = globSync('{fleet,fixtures,e2e,scripts}/**/*.{ts,mjs,js}', {
    cwd: repositoryRoot,
    exclude: ['**/node_modules', '**/dist', '**/examples/**', '**/recordings/**'],
  });
  const core = files.filter((file) => anyOf(path).test(file) && !anyOf(pathNot).test(file));
  expect(core.length, 'files of the core').toBeGreaterThan(250);
  const found = core.flatMap((file) =>
    readFileSync(join(repositoryRoot, file), 'utf8')
      .split('\n')
      .flatMap((line, index) =>
        words.some((word) => word.test(line)) ? [`${file}:${index + 1}: ${line.trim()}`] : [],
      ),
  );
  expect(found).toEqual([]);
});
