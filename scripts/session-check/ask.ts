import { createInterface } from 'node:readline/promises';
import { HarnessError } from '../../fleet/errors.ts';
import type { SessionCheckConfig } from './settings.ts';

interface Question {
  name: keyof SessionCheckConfig & string;
  text: string;
  /** What an empty answer means, and what is written when nobody can be asked. Without one the setting is left out. */
  usual?: string;
  /** An answer may be several values. */
  several?: boolean;
  engine?: 'local' | 'k3s';
}

const questions: readonly Question[] = [
  { name: 'start', text: 'Command that starts one process of the app', usual: 'node server.js', engine: 'local' },
  { name: 'manifests', text: 'YAML file, or folder of a kustomization', usual: 'k8s', engine: 'k3s' },
  { name: 'signIn', text: 'Path where a sign-in begins', usual: '/login' },
  { name: 'protected', text: 'Paths that answer 200 to a signed-in user alone', usual: '/api/me', several: true },
  { name: 'signOut', text: 'What signs out: a path, or POST <path> for a form (empty: nothing)' },
  { name: 'cookie', text: 'Name of the session cookie', usual: 'connect.sid' },
  { name: 'redis', text: 'Variable with the URL of its Redis (empty: it needs none)' },
];

type Terminal = Pick<NodeJS.Process, 'stdin' | 'stdout'>;

/**
 * The settings that were given as options, and the others: asked on a terminal, else what is usual.
 * @throws HarnessError when the input ends, and the reason of `signal`.
 */
export async function askForTheRest(
  given: Record<string, unknown>,
  signal: AbortSignal,
  { stdin, stdout }: Terminal = process,
): Promise<Record<string, unknown>> {
  const engine = given['engine'] ?? 'local';
  const open = questions.filter(({ name, engine: only = engine }) => !(name in given) && only === engine);
  const ask = stdin.isTTY && stdout.isTTY ? question(stdin, stdout, signal) : () => Promise.resolve('');
  const answers: Record<string, unknown> = {};
  for (const { name, text, usual = '', several } of open) {
    const answer = (await ask(`${text}${usual && ` [${usual}]`}: `)).trim() || usual;
    if (answer) answers[name] = several ? answer.split(/[\s,]+/) : answer;
  }
  return { ...answers, ...given };
}

function question(input: NodeJS.ReadStream, output: NodeJS.WriteStream, signal: AbortSignal) {
  return async (text: string): Promise<string> => {
    const ended = new AbortController();
    const terminal = createInterface({ input, output });
    terminal.once('close', () => ended.abort(new HarnessError('There is no answer, so nothing is written.')));
    // Of a terminal that is read key by key, Ctrl-C is no signal.
    terminal.once('SIGINT', () => process.kill(process.pid, 'SIGINT'));
    const stop = AbortSignal.any([signal, ended.signal]);
    try {
      return await terminal.question(text, { signal: stop });
    } catch (error) {
      stop.throwIfAborted();
      throw error;
    } finally {
      terminal.close();
    }
  };
}
