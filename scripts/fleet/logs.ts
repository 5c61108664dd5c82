import { createReadStream, existsSync, statSync, watch } from 'node:fs';
import { knownSecrets } from '../../e2e/report/known-secrets.ts';
import { redact } from '../../e2e/report/redact.ts';
import type { Fleet } from '../../fleet/engines/shared/engine.ts';
import { HarnessError } from '../../fleet/errors.ts';
import { logFile, readRunState } from '../../fleet/run/state.ts';
import { chooseRun } from './choose-run.ts';
import { kubectl } from './kubeconfig.ts';

/** `fleet logs`. */
export async function logs(name: string, options: { run?: string; follow?: boolean }): Promise<void> {
  const fleet = await chooseRun(options.run);
  const pods = await podsOf(fleet, name);
  const { kubernetes } = readRunState(fleet.runId) ?? {};
  if (options.follow && kubernetes) {
    throw new HarnessError(`The API follows logs better. Use: ${kubectl(kubernetes)} logs --follow ${pods[0]}`);
  }
  // With several pods each line starts with the pod's name.
  const label = (pod: string): string => (pods.length > 1 ? `${pod}  ` : '');
  // Logs are pasted into tickets, and apps or libraries may print secrets of a request.
  const secrets = knownSecrets([fleet.runId]);
  const print = (pod: string, line: string): void =>
    void process.stdout.write(`${label(pod)}${redact(line, secrets)}\n`);
  const starts = pods.map((pod) => sizeOf(logFile(fleet.runId, pod)));
  for (const pod of pods) {
    const lines = await fleet.logs(pod);
    for (const line of lines) print(pod, line);
  }
  if (!options.follow) return;
  await Promise.all(
    pods.map((pod, index) => follow(logFile(fleet.runId, pod), starts[index] ?? 0, (line) => print(pod, line))),
  );
}

async function podsOf(fleet: Fleet, name: string): Promise<string[]> {
  const pods = await fleet.pods(name);
  return pods.length > 0 ? pods.map((pod) => pod.name) : [name];
}

const sizeOf = (file: string): number => (existsSync(file) ? statSync(file).size : 0);

/** Prints appended text until the file is removed with its run. */
async function follow(file: string, from: number, print: (line: string) => void): Promise<void> {
  let position = from;
  let rest = '';
  const watcher = watch(file);
  const changed = Promise.withResolvers<void>();
  let wake = changed;
  watcher.on('change', () => wake.resolve());
  while (existsSync(file)) {
    if (sizeOf(file) <= position) {
      await wake.promise;
      wake = Promise.withResolvers<void>();
      continue;
    }
    for await (const chunk of createReadStream(file, { start: position })) {
      position += (chunk as Buffer).length;
      const lines = (rest + (chunk as Buffer).toString()).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) print(line);
    }
  }
  watcher.close();
}
