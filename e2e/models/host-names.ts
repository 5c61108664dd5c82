import type { Page } from '@playwright/test';

/** Hosts in names of XML namespaces, which nobody is sent to. */
const namespaces = new Set(['www.w3.org']);

/** Domains of people's mail addresses: data, not hosts that a page links to. */
const mailDomains = new Set(['dezky.example', 'mail.dezky.example']);

/** Escapes around host names in inline data and query strings, with their meaning. */
const escapes = [
  [/\\u002F|\\\/|%2F/gi, '/'],
  [/\\u0040|%40/gi, '@'],
  [/%3A/gi, ':'],
] as const;

const absoluteUrls = /\b(?:https?|wss?):\/\/([a-z0-9.-]+)/gi;
/** Labels with dots between them, and what stands before them. */
const dottedNames = /(?<before>^|[^a-z0-9_.-])(?<name>[a-z0-9-]+(?:\.[a-z0-9-]+)+)/gi;
const isHost = (name: string): boolean =>
  /\.(?:local|localhost|example)$/.test(name) || /dezky.*\.[a-z]{2,}$/.test(name);

/**
 * Every host name that a page holds: in its text, its attributes, its inline data; as an absolute URL, or as a bare name
 * or the domain of a mail address that has `dezky` in it or is under a reserved domain. Not the domains that people
 * have their mail addresses at.
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
