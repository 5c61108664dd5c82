import { expect, test } from 'vitest';
import { redactUrl } from './redact.ts';

test.each(['id_token_hint', 'code', 'logout_token'])('the value of %s is replaced and nothing else changes', (name) => {
  expect(redactUrl(`https://h.example/p%20q?a=%2F&${name}=s%3Dcr=et&z`)).toBe(
    `https://h.example/p%20q?a=%2F&${name}=REDACTED&z`,
  );
});

test('names are compared decoded and whole', () => {
  expect(redactUrl('/?%63ode=x&CODE=x&codes=x&zip_code=x')).toBe('/?%63ode=REDACTED&CODE=REDACTED&codes=x&zip_code=x');
});

test('a URL that is a value is redacted too, and one that holds no secret keeps its spelling', () => {
  const next = (path: string) => `https://h.example/cancel/?next=${encodeURIComponent(path)}&a=%2F`;
  expect(redactUrl(next('/end-session/?back=%2F&id_token_hint=x'))).toBe(
    next('/end-session/?back=%2F&id_token_hint=REDACTED'),
  );
  expect(redactUrl('/cancel/?next=/end%2Dsession/?a=1')).toBe('/cancel/?next=/end%2Dsession/?a=1');
});
