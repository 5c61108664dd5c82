import type { Page } from '@playwright/test';
import { hostNamesOf } from '../models/host-names.ts';

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
