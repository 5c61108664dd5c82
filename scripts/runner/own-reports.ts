import { join } from 'node:path';
import { HarnessError } from '../../fleet/errors.ts';
import { withFileLock } from '../../fleet/run/file-lock.ts';

/**
 * Runs what writes reports while nothing else writes to the same folder, because each would read the other's verdict.
 * @param advice what to do about another command. @throws HarnessError when there is one.
 */
export const withOwnReports = <Result>(folder: string, advice: string, work: () => Promise<Result>): Promise<Result> =>
  withFileLock(join(folder, 'in-use.lock'), work, {
    onWait: () => {
      throw new HarnessError(`Another command writes its reports to ${folder} now. ${advice}`);
    },
  });
