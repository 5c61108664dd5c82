import { constants } from 'node:os';
import { HarnessError } from '../../fleet/errors.ts';
import { chooseRun } from './choose-run.ts';

interface RunOption {
  run?: string;
}

/** `fleet rollout`. */
export async function rollout(
  deployment: string,
  options: RunOption & { revision?: string; env?: string[]; unset?: string[] },
): Promise<void> {
  const env = Object.fromEntries([
    ...(options.env ?? []).map(assignment),
    ...(options.unset ?? []).map((name) => [name, null] as const),
  ]);
  const fleet = await chooseRun(options.run);
  const startedAt = performance.now();
  await fleet.rollout(deployment, { env, ...(options.revision === undefined ? {} : { revision: options.revision }) });
  done(`${deployment} is rolled out`, startedAt);
}

/** `fleet scale`. */
export async function scale(deployment: string, replicas: number, options: RunOption): Promise<void> {
  const fleet = await chooseRun(options.run);
  const startedAt = performance.now();
  await fleet.scale(deployment, replicas);
  done(`${deployment} has ${replicas} pods`, startedAt);
}

/** `fleet kill`. */
export async function kill(pod: string, options: RunOption & { signal: string }): Promise<void> {
  const signal = options.signal.startsWith('SIG') ? options.signal : `SIG${options.signal}`;
  if (!Object.hasOwn(constants.signals, signal)) {
    throw new HarnessError(`"${options.signal}" is no signal of this machine. Use one such as SIGTERM.`);
  }
  const fleet = await chooseRun(options.run);
  await fleet.kill(pod, signal as NodeJS.Signals);
  process.stdout.write(`${signal} was sent to ${pod}.\n`);
}

function assignment(text: string): readonly [string, string] {
  const at = text.indexOf('=');
  if (at < 1) throw new HarnessError(`"${text}" sets nothing. Write --env NAME=value.`);
  return [text.slice(0, at), text.slice(at + 1)];
}

function done(what: string, startedAt: number): void {
  process.stdout.write(`${what} (${((performance.now() - startedAt) / 1000).toFixed(1)} s).\n`);
}
