import { HarnessError } from '../../fleet/errors.ts';
import { readRunState, type KubernetesPlace } from '../../fleet/run/state.ts';
import { progress } from '../command/run-command.ts';
import { chooseRun } from './choose-run.ts';

/** `fleet kubeconfig`: prints only the path to standard output, so that it can be used in a command. */
export async function kubeconfig(run: string | undefined): Promise<void> {
  const { runId, engine } = await chooseRun(run);
  const place = readRunState(runId)?.kubernetes;
  if (!place) {
    throw new HarnessError(
      `${runId} runs on the ${engine} engine, which has no kubeconfig. Start a fleet with one: npm run fleet -- up --engine k3s`,
    );
  }
  process.stdout.write(`${place.kubeconfig}\n`);
  progress(`Use it with: ${kubectl(place)} get pods`);
}

const kubectl = ({ kubeconfig: file, namespace }: KubernetesPlace): string =>
  `kubectl --kubeconfig ${file} --namespace ${namespace}`;
