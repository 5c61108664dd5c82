import { describe, expect, test } from 'vitest';
import { developmentHostsIn, filesNamedIn } from './development-hosts.ts';

describe('a page', () => {
  test.each([
    ['in its text', '<p>Sign in at auth.dezky.local and come back</p>', ['auth.dezky.local']],
    ['in a link', '<a href="https://mail.dezky.local/x">', ['mail.dezky.local']],
    ['in inline data with escaped slashes', '{"authUrl":"https:\\/\\/auth.dezky.local"}', ['auth.dezky.local']],
    [
      'as the name of a service',
      'http://platform-api.dezky.svc.cluster.local/',
      ['platform-api.dezky.svc.cluster.local'],
    ],
    ['as loopback', '<a href="http://localhost:3100/">', ['localhost']],
  ])('names a host %s', (_where, content, hosts) => {
    expect(developmentHostsIn('page', content)).toEqual(hosts);
  });

  test.each([
    ['the domain of a mail address', 'olivia@mail.local'],
    ['a longer name', 'auth.dezky.localhosting.example and auth.local-office.example'],
    ['a word', 'local localhost'],
  ])('does not by %s', (_what, content) => {
    expect(developmentHostsIn('page', content)).toEqual([]);
  });
});

describe('a script', () => {
  test.each([
    ['a string', 'const a = "operator.dezky.local";'],
    ['an address', "fetch('https://operator.dezky.local/api')"],
  ])('names a host in %s', (_what, content) => {
    expect(developmentHostsIn('script', content)).toEqual(['operator.dezky.local']);
  });

  test.each([
    ['properties', 'const b = event.config.local; a.b.local()'],
    ['a regular expression', String.raw`/(?:[a-z]+\.)+x\.local/.test("a")`],
    ['a base that libraries resolve paths against', 'new URL(path, "http://localhost")'],
  ])('does not by %s', (_what, content) => {
    expect(developmentHostsIn('script', content)).toEqual([]);
  });
});

test('a style names a host in an address, and not by a class', () => {
  expect(developmentHostsIn('style', '.a.local{background:url(//cdn.dezky.local/a.png)}')).toEqual(['cdn.dezky.local']);
});

describe('the files that come with it', () => {
  test('of a page: links, preloads, the import map', () => {
    const page = `<link href="/_nuxt/entry.DQ7.css"><script type="importmap">{"imports":{"#entry":"/_nuxt/COT-_5.js"}}</script><a href="/x.js">`;
    expect(filesNamedIn('page', page, '/sign-in')).toEqual(['/_nuxt/entry.DQ7.css', '/_nuxt/COT-_5.js']);
  });

  test('of a script: what it imports now, later, and by list', () => {
    const script = 'import "./a.js"; import(`./b.js`); const deps = ["_nuxt/c.css", "./d.css"];';
    expect(filesNamedIn('script', script, '/_nuxt/main.js')).toEqual([
      '/_nuxt/a.js',
      '/_nuxt/b.js',
      '/_nuxt/c.css',
      '/_nuxt/d.css',
    ]);
  });
});
