import { stripVTControlCharacters } from 'node:util';
import { runProgram } from '../../fleet/programs.ts';
import { repositoryRoot } from '../../fleet/root.ts';
import { expect, test } from '../index.ts';
import { redisService } from '../models/pods.ts';
import { wholeFleet } from '../models/recovery.ts';
import { thenUndo } from '../models/then-undo.ts';

test.use({ needs: ['scale', 'store'] });

test('npm run diagnose finds nothing in a healthy fleet, and says that Redis is away', async ({ apps, fleet }) => {
  test.setTimeout(120_000);
  /** Like a person in this folder. */
  const diagnose = async () => {
    const { code, output } = await runProgram(
      process.execPath,
      ['scripts/diagnose.ts', '--run', fleet.runId, '--for', '2'],
      { cwd: repositoryRoot, env: process.env },
    );
    return { code, output: stripVTControlCharacters(output) };
  };
  expect(await diagnose()).toEqual({ code: 0, output: expect.stringMatching(/\d+ answers, each as it should be\./) });

  await fleet.scale(redisService, 0);
  await thenUndo(
    async () => {
      const { code, output } = await diagnose();
      for (const { name } of apps) expect(output).toMatch(new RegExp(`${name}-\\S+ of ${name} do(?:es)? not reach`));
      expect(code).toBe(1);
    },
    async () => {
      await fleet.scale(redisService, 1);
      await wholeFleet(fleet, apps);
    },
  );
});
