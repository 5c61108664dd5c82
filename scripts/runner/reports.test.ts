import { mkdirSync, readdirSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { scratchFolder } from '../../fleet/testing.ts';
import { exitCodes } from '../../fleet/errors.ts';
import { checkReports, writeJson } from './reports.ts';

let folder: string;
let reports: string;
beforeEach(() => {
  folder = scratchFolder();
  reports = join(folder, 'reports');
});

const refusal = (root = reports): unknown => {
  try {
    return checkReports(root);
  } catch (error) {
    return error;
  }
};

test('beside the link to the latest they can be written, and the check leaves nothing', () => {
  mkdirSync(join(reports, 'e2e-run'), { recursive: true });
  symlinkSync('e2e-run', join(reports, 'latest'));
  expect(refusal()).toBeUndefined();
  expect(readdirSync(reports).toSorted()).toEqual(['e2e-run', 'latest']);
});

test('a folder inside folders that are not there is made', () => {
  expect(refusal(join(reports, 'a', 'b'))).toBeUndefined();
});

// Not writable even for root.
test.each([
  ['that cannot be written to', '/proc/self'],
  ['that cannot be made', '/proc/self/reports'],
])('a folder %s is named, with what to do', (_what, root) => {
  expect(refusal(root)).toMatchObject({
    message: expect.stringMatching(
      new RegExp(
        `^Reports cannot be written to ${root} \\(E[A-Z]+\\)\\. See who may, and what is free: ls -ld .* ${root}; df -h .*$`,
      ),
    ),
    exitCode: exitCodes.harnessFailed,
  });
});

test('JSON that is written is read again, and no draft is left', () => {
  for (const a of [1, 2]) writeJson(join(reports, 'a.json'), { a });
  expect(JSON.parse(readFileSync(join(reports, 'a.json'), 'utf8'))).toEqual({ a: 2 });
  expect(readdirSync(reports)).toEqual(['a.json']);
});
