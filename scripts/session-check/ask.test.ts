import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import { HarnessError } from '../../fleet/errors.ts';
import { askForTheRest } from './ask.ts';
import { settingsSchema } from './settings.ts';

const never = new AbortController().signal;
type Terminal = Parameters<typeof askForTheRest>[2] & object;

function terminal() {
  const stdin = Object.assign(new PassThrough(), { isTTY: true });
  const stdout = Object.assign(new PassThrough(), { isTTY: true });
  const streams = { stdin, stdout } as unknown as Terminal;
  const questions: string[] = [];
  /** Answers each question when it has been printed. */
  const answer = (answers: readonly string[]) => {
    const rest = [...answers];
    stdout.on('data', (chunk: Buffer) => {
      if (!String(chunk).includes(': ')) return;
      questions.push(String(chunk));
      stdin.write(`${rest.shift() ?? ''}\n`);
    });
  };
  return { stdin, streams, answer, questions };
}

test('a terminal is asked for what the options do not say; an empty answer means what is usual', async () => {
  const { streams, answer } = terminal();
  answer(['', '/auth/login', '/api/me, /api/orders', 'POST /logout', 'sid', '']);
  expect(await askForTheRest({}, never, streams)).toEqual({
    start: 'node server.js',
    signIn: '/auth/login',
    protected: ['/api/me', '/api/orders'],
    signOut: 'POST /logout',
    cookie: 'sid',
  });
});

test('an option is not asked for', async () => {
  const { streams, answer, questions } = terminal();
  answer(['/login', '/api/me', '', 'sid', '']);
  expect(await askForTheRest({ start: 'bun app' }, never, streams)).toMatchObject({ start: 'bun app', cookie: 'sid' });
  expect(questions).toHaveLength(5);
  expect(questions.join()).not.toContain('starts one process');
});

test('input that ends is an error, and an interruption keeps its reason', async () => {
  const { streams, stdin } = terminal();
  stdin.end();
  await expect(askForTheRest({}, never, streams)).rejects.toThrow(HarnessError);
  const interrupted = AbortSignal.abort(new DOMException('SIGINT came.', 'AbortError'));
  await expect(askForTheRest({}, interrupted, terminal().streams)).rejects.toThrow('SIGINT came.');
});

test.each([[{}], [{ engine: 'k3s', image: 'shop:dev' }]])(
  'without a terminal the usual settings are valid, with %o, too',
  async (options) => {
    const streams = { stdin: new PassThrough(), stdout: new PassThrough() } as unknown as Terminal;
    expect(settingsSchema.safeParse(await askForTheRest(options, never, streams)).error).toBeUndefined();
  },
);
