import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { z } from 'zod';
import { HarnessError } from '../../fleet/errors.ts';
import { settingsSchema } from './settings.ts';

/** Not written as a part of a name, because the package has no module that ends so. */
const typescript = 'ts';

const spec = `import { expect, test } from '@dezky/session-check';

test('a session is open on both pods', async ({ app, twoPods, newPerson }) => {
  await app.startSession(await newPerson());
  for (const pod of twoPods) expect((await app.call(app.description.calls[0], { pod })).status()).toBe(200);
});
`;

const playwright = `import { defineConfig } from '@playwright/test';

export default defineConfig({
  testDir: 'session-check',
  globalSetup: '@dezky/session-check/global-setup',
  workers: 1,
});
`;

const job = `name: sessions
on: [push]
jobs:
  session-check:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v5
      - uses: actions/setup-node@v5
        with: { node-version: 24 }
      - run: npm ci
      - run: npx playwright install --with-deps chromium
REDIS      - run: npx session-check
      - uses: actions/upload-artifact@v4
        if: always()
        with: { name: session-check, path: session-check-report }
`;

/** Writes what a project keeps. @returns the files. @throws HarnessError when one is there already. */
export function init(folder: string, app: Record<string, unknown>): string[] {
  const inside = typeof app['in'] === 'string' ? { in: relative(folder, app['in']) || '.' } : {};
  const redis = typeof app['redis'] === 'string' ? app['redis'] : undefined;
  // What it would be without: the first fault to be caught.
  const faults = redis === undefined ? {} : { faults: { memory: { env: { [redis]: '' }, breaks: ['balanced'] } } };
  const settings = { ...app, ...inside, specs: 'session-check', ...faults };
  const { error } = settingsSchema.safeParse(settings);
  if (error)
    throw new HarnessError(`These options are no settings:\n${z.prettifyError(error)}\nSee: session-check --help`);
  const config = `import { defineConfig } from '@dezky/session-check/config';\n\nexport default defineConfig(${JSON.stringify(settings, null, 2)});\n`;
  const files = {
    [`session-check.config.${typescript}`]: config,
    [`session-check/both-pods.spec.${typescript}`]: spec,
    '.github/workflows/session-check.yml': job.replace(
      'REDIS',
      redis === undefined ? '' : '      - run: sudo apt-get update && sudo apt-get install -y redis-server\n',
    ),
  };
  const taken = Object.keys(files).find((name) => existsSync(join(folder, name)));
  if (taken) throw new HarnessError(`${join(folder, taken)} is there already. Remove it, or change it by hand.`);
  // One that is there already is for other specs.
  const own = `playwright.config.${typescript}`;
  const all = existsSync(join(folder, own)) ? files : { ...files, [own]: playwright };
  for (const [name, text] of Object.entries(all)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  return Object.keys(all);
}
