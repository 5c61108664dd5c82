import type { Page } from '@playwright/test';

/** Hosts in XML namespace names, which are not links. */
const namespaces = new Set(['www.w3.org']);

/** Domains of users' mail addresses: data, not hosts that a page links to. */
const mailDomains = new Set(['dezky.example', 'mail.dezky.example']);

/** Escapes around host names in inline data and query strings, and their meaning. */
const escapes = [
  [/\\u002F|\\\/|%2F/gi, '/'],
  [/\\u0040|%40/gi, '@'],
  [/%3A/gi, ':'],
] as const;

const absoluteUrls = /\b(?:https?|wss?):\/\/([a-z0-9.-]+)/gi;
/** Labels with dots between them, and the preceding text. */
const dottedNames = /(?<before>^|[^a-z0-9_.-])(?<name>[a-z0-9-]+(?:\.[a-z0-9-]+)+)/gi;
const isHost = (name: string): boolean =>
  /\.(?:local|localhost|example)$/.test(name) || /dezky.*\.[a-z]{2,}$/.test(name);

/**
 * Every host name in a page: in its text, attributes and inline data; as an absolute URL, a bare name, or the domain of
 * a mail address that contains `dezky` or is under a reserved domain. The domains of users' mail addresses are omitted.
 */
export const hostNamesOf = async (page: Page): Promise<string[]> => hostNamesIn(await page.content());

export function hostNamesIn(html: string): string[] {
  const text = escapes.reduce((escaped, [written, meant]) => escaped.replaceAll(written, meant), html);
  const absolute = [...text.matchAll(absoluteUrls)].map((match) => lower(match[1]));
  const dotted = [...text.matchAll(dottedNames)].flatMap(({ groups }) => {
    const name = lower(groups?.['name']);
    const isData = groups?.['before'] === '@' && mailDomains.has(name);
    return isHost(name) && !isData ? [name] : [];
  });
  return [...new Set([...absolute, ...dotted])].filter((host) => !namespaces.has(host)).toSorted();
}

const lower = (text = ''): string => text.toLowerCase();

/**
 * Every host name in a page is one of these. The message shows the source around any other one.
 * @param when the state in which the page is checked, such as `signed in`.
 */
export async function toNameOnlyHosts(page: Page, hosts: ReadonlySet<string>, when: string) {
  const html = await page.content();
  const strangers = hostNamesIn(html).filter((host) => !hosts.has(host));
  return {
    pass: strangers.length === 0,
    message: () =>
      strangers
        .map(
          (host) =>
            `${page.url()}, ${when}, names ${host}, which is no host of this environment, in … ${around(html, host)} …`,
        )
        .join('\n'),
  };
}

function around(html: string, text: string): string {
  const at = html.toLowerCase().indexOf(text);
  return html.slice(Math.max(0, at - 50), at + text.length + 20).replaceAll(/\s+/g, ' ');
}
