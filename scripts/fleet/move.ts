import { duration } from '../../fleet/duration.ts';
import { HarnessError, ProductFailed, ReportedError } from '../../fleet/errors.ts';
import { shippedApps } from '../../fleet/product/images.ts';
import { chooseRun, type RunOption } from './choose-run.ts';

export async function rollout(
  deployment: string,
  { run, revision, env = [] }: RunOption & RolloutOptions,
): Promise<void> {
  const change = {
    env: Object.fromEntries(env.map(assignment)),
    ...(revision === undefined ? {} : { revision }),
  };
  const fleet = await chooseRun(run);
  const startedAt = performance.now();
  await asProductFailure(deployment, fleet.rollout(deployment, change));
  done(`${deployment} is rolled out`, startedAt);
}

interface RolloutOptions {
  revision?: string;
  env?: string[];
}

/** An app whose new pods do not become Ready has been given a value that it cannot run with: the product's answer. */
async function asProductFailure(deployment: string, work: Promise<void>): Promise<void> {
  try {
    await work;
  } catch (error) {
    const isApp = shippedApps.some(({ app }) => app === deployment);
    if (!(error instanceof ReportedError) || !isApp || !error.message.startsWith(`${deployment} did not roll`))
      throw error;
    throw new ProductFailed(error.message, { cause: error });
  }
}

export async function scale(deployment: string, replicas: number, options: RunOption): Promise<void> {
  const fleet = await chooseRun(options.run);
  const startedAt = performance.now();
  await fleet.scale(deployment, replicas);
  done(`${deployment} has ${replicas} pods`, startedAt);
}

export async function kill(pod: string, options: RunOption): Promise<void> {
  const fleet = await chooseRun(options.run);
  await fleet.kill(pod, 'SIGKILL');
  process.stdout.write(`SIGKILL was sent to ${pod}.
`);
}

function assignment(text: string): readonly [string, string] {
  const at = text.indexOf('=');
  if (at < 1) throw new HarnessError(`"${text}" sets nothing. Write --env NAME=value.`);
  return [text.slice(0, at), text.slice(at + 1)];
}

function done(what: string, startedAt: number): void {
  process.stdout.write(`${what} (${duration(performance.now() - startedAt)}).\n`);
}
