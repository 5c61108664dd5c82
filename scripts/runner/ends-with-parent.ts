// Loaded into the test runner before Playwright: the runner ends with the command that started it, even when that is
// killed. Otherwise it would go on, and write its verdict where the next command expects its own.
import { exitCodes } from '../../fleet/errors.ts';

const variable = 'DEZKY_RUNNER_ENDS_WITH_PARENT';

if (process.env[variable] && process.channel) {
  // Workers load this file too. They end with the runner, and close their browsers before that.
  delete process.env[variable];
  // The kernel closes the channel when the parent ends for any reason.
  process.once('disconnect', () => process.exit(exitCodes.harnessFailed));
  process.channel.unref();
}
