import type { TestCase, TestResult, TestStep } from '@playwright/test/reporter';
import { expect, test } from 'vitest';
import RedactReporter, { chunkRedactor } from './redact-reporter.ts';
import { leaksIn, redact } from './redact.ts';
import { canaries, headersWith, spellingsOf } from './testing/canaries.ts';

const { jwt, sealed, known, header } = canaries;

test.each(headersWith(header))('the value of the header is taken out of %s', (content) => {
  const clean = redact(content);
  expect(clean).not.toContain(header);
  expect(redact(clean), 'idempotent').toBe(clean);
});

test('JSON stays JSON', () => {
  const entry = JSON.stringify({ name: 'cookie', value: 'a="quoted"; b=c', cookies: [{ name: 'a', value: 'b' }] });
  expect(JSON.parse(redact(entry))).toEqual({ name: 'cookie', value: '[redacted]', cookies: [] });
});

test.each([
  'https://auth.example/application/o/operator/end-session/?post_logout_redirect_uri=https%3A%2F%2Foperator',
  '  12 |     await ask({ cookie: `${sessionCookie}=${value}`, authorization: `Bearer ${token}` });',
  'The cookie: it is sealed. Authorization: see the docs. A bearer token is missing.',
  'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU= reports/e2e-run-0a313e46/test-results/hosts-portal 100%25',
])('%s stays as it is', (content) => {
  expect(redact(content)).toBe(content);
});

test.each(['a', ' ', 'eyJ', 'eyJabcdefgh.', 'Fe26.2*', 'cookie: ', 'set-cookie: [ ', '"cookies":[{'])(
  'a megabyte of "%s" is no more work than its length',
  (part) => {
    const secondsFor = (length: number): number => {
      const before = process.cpuUsage();
      redact(part.repeat(length / part.length));
      const { user, system } = process.cpuUsage(before);
      return (user + system) / 1e6;
    };
    const [quarter, whole] = [secondsFor(2 ** 18), secondsFor(2 ** 20)];
    // Four times; of a quadratic algorithm 16 times. Less than this cannot be measured.
    expect(whole / Math.max(quarter, 0.05), 'work for a megabyte by that for a quarter of it').toBeLessThan(10);
  },
  60_000,
);

const { header: _header, ...anywhere } = canaries;
const spelled = Object.entries(anywhere).flatMap(([name, secret]) =>
  Object.entries(spellingsOf(secret)).map(([how, text]) => ({ name, how, text })),
);

test.each(spelled)('$name $how is found and taken out', ({ text }) => {
  for (const content of [text, JSON.stringify({ log: `x\n${text}\n` }), `see ${text} there`, `/path/${text}?x`]) {
    expect(leaksIn(content, [known])).not.toEqual([]);
    const clean = redact(content, [known]);
    expect(clean).not.toContain(text);
    expect(leaksIn(clean, [known])).toEqual([]);
    expect(redact(clean, [known]), 'idempotent').toBe(clean);
  }
});

test('a secret is taken out of chunks, wherever they are cut', () => {
  const whole = `before ${jwt} after\n`;
  for (let cut = 0; cut <= whole.length; cut += 1) {
    const { push, end } = chunkRedactor([]);
    expect(push(whole.slice(0, cut)) + push(whole.slice(cut)) + end()).toBe('before [redacted] after\n');
  }
});

test('errors and step titles lose their secrets, whatever colours stand in between', () => {
  const error = { message: `Received: "…id_token_hint=\u001B[7m${jwt}\u001B[27m"`, stack: `at x ${sealed}` };
  const reporter = new RedactReporter({ terminal: false });
  reporter.onError(error);
  expect(error).toEqual({ message: 'Received: "…id_token_hint=[redacted]"', stack: 'at x [redacted]' });

  const step = { title: `Fill "${canaries.generated}" locator` } as TestStep;
  reporter.onStepEnd({} as TestCase, {} as TestResult, step);
  expect(step.title).toBe('Fill "[redacted]" locator');
});
