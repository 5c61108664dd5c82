import { expect, test } from 'vitest';
import { hostNamesIn } from './host-names.ts';

test.each<[string, string, string[]]>([
  ['an absolute URL', '<a href="https://elsewhere.test/x">', ['elsewhere.test']],
  ['an escaped URL in inline data', String.raw`{"u":"https:\u002F\u002Fauth.dezky.local"}`, ['auth.dezky.local']],
  ['an encoded URL in a query', '?to=https%3A%2F%2Fportal.dezky.local%2F', ['portal.dezky.local']],
  ['an encoded mail address', '?to=help%40dezky.local', ['dezky.local']],
  ['a bare development host', 'Sign in at auth.dezky.local.', ['auth.dezky.local']],
  ['a mail address at a development host', '<a href="mailto:help@dezky.local">', ['dezky.local']],
  ['a mail address at a foreign domain of ours', 'help@dezky.io', ['dezky.io']],
  ['an unknown bare domain of ours', 'See status.dezky-cdn.com', ['status.dezky-cdn.com']],
  ['the bare domain itself', 'Visit dezky.com today', ['dezky.com']],
  ['no mail address that a person has', 'rosa@mail.dezky.example, olivia@dezky.example', []],
  ['the host that a person has mail at, when it is named as a host', 'at mail.dezky.example', ['mail.dezky.example']],
  ['no XML namespace', '<svg xmlns="http://www.w3.org/2000/svg">', []],
  ['no decimals, versions or files', '3.14, v1.2.3, entry.css, /_nuxt/app.js, rosa@other.org', []],
])('hostNamesIn finds %s', (_, html, hosts) => {
  expect(hostNamesIn(html)).toEqual(hosts);
});
