import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeEach, expect, test, vi } from 'vitest';
import type { Engine, Fleet } from '../../fleet/engines/shared/engine.ts';
import { productionHosts } from '../../fleet/product/hosts.ts';
import { recordManifests, recordOrigin } from '../../fleet/run/records.ts';
import { beginRun } from '../../fleet/run/state.ts';
import type { RunnerOptions } from './runner.ts';
import type * as upToDate from './up-to-date.ts';
import { watchSpecs } from './watch.ts';

// A repository of its own, whose files are really watched; only the test runner and the fleet are stand-ins.
const { root, stop, told, ran } = await vi.hoisted(async () => {
  const [fs, os, path] = await Promise.all([import('node:fs'), import('node:os'), import('node:path')]);
  return {
    root: fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'watch-'))),
    stop: new AbortController(),
    /** The lines that are printed. */
    told: [] as string[],
    /** Runs of the test runner, and parts of the fleet that were brought up to date, in their order. */
    ran: [] as string[],
  };
});
let answer: (options: RunnerOptions) => Promise<object>;
let content: Record<string, string>;

vi.mock('../../fleet/root.ts', () => ({
  repositoryRoot: root,
  stateDirectory: () => join(root, '.fleet'),
  cacheDirectory: join(root, '.cache'),
}));
vi.mock('../command/interruption.ts', () => ({ interruption: stop.signal }));
vi.mock('../command/run-command.ts', () => ({
  progress: (line: string) => told.push(line),
  printError: (error: Error) => told.push(error.message),
}));
vi.mock('./runner.ts', () => ({
  runSpecs: (_fleets: unknown, options: RunnerOptions) => {
    ran.push([...options.args, ...(options.tests ?? [])].join(' '));
    return answer(options);
  },
}));
vi.mock('./up-to-date.ts', async (original) => ({
  ...(await original<typeof upToDate>()),
  bringUpToDate: (_engine: unknown, fleet: Fleet, { parts, now }: { parts: string[]; now: Record<string, string> }) => {
    ran.push(`bring up ${parts.join(', ')}`);
    recordOrigin('look', { content: now });
    return Promise.resolve(fleet);
  },
}));

const passed = { passed: 1, failed: 0, skipped: 0, harnessFaults: 0, errors: [] };
const engine = { content: () => Promise.resolve(content), capabilities: new Set() } as unknown as Engine;
const fleet = { runId: 'look', hosts: productionHosts } as unknown as Fleet;

function save(file: string, text: string): void {
  mkdirSync(join(root, file, '..'), { recursive: true });
  writeFileSync(join(root, file), text);
}

let watching: Promise<unknown>;
beforeEach(async () => {
  told.length = ran.length = 0;
  answer = () => Promise.resolve(passed);
  content = { operator: '1' };
  save('e2e/model.ts', 'export const one = 1;');
  save('e2e/a.spec.ts', "import { one } from './model.ts'; console.log(one);");
  save('e2e/b.spec.ts', '');
  save('apps/operator/app.vue', '');
  // chokidar emits `ready` too early if a watched path does not exist.
  for (const file of ['fixtures/a.ts', 'fleet/a.ts', 'package-lock.json', 'playwright.config.ts']) save(file, '');
  beginRun('local', { runId: 'look', hosts: productionHosts, detached: false });
  recordOrigin('look', { content });
  recordManifests('look', []);
  watching = watchSpecs(engine, fleet, {
    product: { createPeople: async () => {} },
    filters: [],
    args: [],
    runsAtOnce: false,
    headed: false,
    choose: async (files) => files.map((file) => `reaching ${file}`),
  });
  watching.catch(() => {});
  await vi.waitUntil(() => told.some((line) => line.startsWith('Waiting for a file to be saved')), 60_000);
});
afterAll(() => rmSync(root, { recursive: true }));

test('what is saved decides what runs, and a fleet that is older comes first', async () => {
  content = { operator: '0' };
  save('apps/operator/app.vue', '<script />');
  await expect.poll(() => ran).toEqual(['bring up operator', 'reaching apps/operator/app.vue']);
  ran.length = 0;
  save('e2e/b.spec.ts', 'console.log(2);');
  await expect.poll(() => ran).toEqual(['e2e/b.spec.ts']);
  save('e2e/model.ts', 'export const one = 2;');
  await expect.poll(() => ran.slice(1)).toEqual(['e2e/a.spec.ts']);
  content = { operator: '2' };
  save('apps/operator/app.vue', '<template />');
  await expect.poll(() => ran.slice(2)).toEqual(['bring up operator', 'reaching apps/operator/app.vue']);
  await expect.poll(() => told.at(-1)).toMatch(/^Waiting for a file/);

  // The next save cancels a run in progress.
  answer = ({ signal = stop.signal }) =>
    new Promise((_, reject) => {
      signal.addEventListener('abort', () => {
        ran.push('canceled');
        reject(signal.reason as Error);
      });
    });
  save('e2e/b.spec.ts', 'console.log(3);');
  await expect.poll(() => ran.slice(4)).toEqual(['e2e/b.spec.ts']);
  save('e2e/a.spec.ts', '');
  await expect.poll(() => ran.slice(5)).toEqual(['canceled', 'e2e/a.spec.ts']);

  // A syntax error is reported, and watching continues.
  answer = () => Promise.resolve(passed);
  save('e2e/b.spec.ts', 'console.log(');
  await expect.poll(() => told.join('\n')).toContain('A module does not parse');
  save('e2e/b.spec.ts', 'console.log(4);');
  await expect.poll(() => ran.slice(7)).toEqual(['canceled', 'e2e/b.spec.ts']);

  stop.abort(new DOMException('SIGINT came.', 'AbortError'));
  await expect(watching).rejects.toThrow('SIGINT came.');
});
