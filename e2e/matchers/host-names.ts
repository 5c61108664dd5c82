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

const maxPlaces = 3;

/**
 * Every host name in a page is one of these. The message shows where any other one is.
 * @param when the state in which the page is checked, such as `signed in`.
 */
export async function toNameOnlyHosts(page: Page, hosts: ReadonlySet<string>, when: string) {
  const strangers = (await hostNamesOf(page)).filter((host) => !hosts.has(host));
  const places = await Promise.all(strangers.map((host) => placesOf(page, host)));
  return {
    pass: strangers.length === 0,
    message: () =>
      strangers
        .map((host, index) => {
          const where = places[index]?.slice(0, maxPlaces).join(', ') || 'its data, in no element that is shown';
          return `${page.url()}, ${when}, names ${host}, which is no host of this environment, in ${where}`;
        })
        .join('\n'),
  };
}

/** The elements whose own text or attributes have a text, as their start tag and that text. */
const placesOf = (page: Page, text: string): Promise<string[]> =>
  page.evaluate((wanted) => {
    const has = (content: string): boolean => content.toLowerCase().includes(wanted);
    const tagOf = (element: Element): string => {
      const marks = ['id', 'data-testid', 'href', 'name'].flatMap((name) => {
        const value = element.getAttribute(name);
        return value ? [` ${name}="${value}"`] : [];
      });
      return `<${element.localName}${marks.join('')}>`;
    };
    return [...document.querySelectorAll('body *:not(script)')].flatMap((element) => {
      const own = [...element.childNodes].filter(({ nodeType }) => nodeType === Node.TEXT_NODE);
      const words = own.map(({ textContent }) => textContent ?? '').find(has);
      if (words !== undefined) return [`${tagOf(element)} "${words.trim()}"`];
      const attribute = [...element.attributes].find(({ value }) => has(value));
      return attribute ? [`${attribute.name} of ${tagOf(element)} "${attribute.value}"`] : [];
    });
  }, text);
