import { setTimeout as delay } from 'node:timers/promises';
import { passwords } from '../../fixtures/people.ts';
import { knownSecrets } from '../../e2e/report/known-secrets.ts';
import { redact } from '../../e2e/report/redact.ts';
import type { Fleet } from '../../fleet/engines/shared/engine.ts';
import { readRunState } from '../../fleet/run/state.ts';
import { interruption } from '../command/interruption.ts';
import { chooseRun } from './choose-run.ts';

/** How often new lines are looked for, milliseconds. */
const pollMs = 500;

/** `fleet logs`. With `follow` it goes on until the run ends or it is interrupted. */
export async function logs(name: string, options: { run?: string; follow?: boolean }): Promise<void> {
  const fleet = await chooseRun(options.run);
  const pods = await podsOf(fleet, name);
  // With several pods each line starts with the pod's name.
  const label = (pod: string): string => (pods.length > 1 ? `${pod}  ` : '');
  // Logs are pasted into tickets, and apps or libraries may print secrets of a request.
  const secrets = [...knownSecrets([fleet.runId]), ...passwords];
  const shown = new Map<string, number>();
  for (;;) {
    for (const pod of pods) {
      const lines = await fleet.logs(pod);
      const before = shown.get(pod) ?? 0;
      // A restarted container has a new log.
      const added = lines.length < before ? lines : lines.slice(before);
      for (const line of added) process.stdout.write(`${label(pod)}${redact(line, secrets)}\n`);
      shown.set(pod, lines.length);
    }
    if (!options.follow) return;
    await delay(pollMs, undefined, { signal: interruption }).catch(() => interruption.throwIfAborted());
    if (!readRunState(fleet.runId)) return;
  }
}

async function podsOf(fleet: Fleet, name: string): Promise<string[]> {
  const pods = await fleet.pods(name);
  return pods.length > 0 ? pods.map((pod) => pod.name) : [name];
}
