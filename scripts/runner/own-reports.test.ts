import { mkdtempDisposableSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { HarnessError } from '../../fleet/errors.ts';
import { withOwnReports } from './own-reports.ts';

test('a second command that would write to the same folder is refused, and one after the first is not', async () => {
  using root = mkdtempDisposableSync(join(tmpdir(), 'own-reports-'));
  const folder = join(root.path, 'smoke');
  const own = (work: () => Promise<unknown>) => withOwnReports(folder, 'Wait for it.', work);
  await own(async () => {
    const second = own(async () => 'ran');
    await expect(second).rejects.toThrow(HarnessError);
    await expect(second).rejects.toThrow(`writes its reports to ${folder} now. Wait for it.`);
  });
  expect(await own(async () => 'ran')).toBe('ran');
  expect(readdirSync(folder)).toEqual([]);
});
