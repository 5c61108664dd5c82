import type { Page } from '@playwright/test';

/** The places of texts on a page, and their marks in the page. */
const testIds = {
  sidebar: 'sidebar-label',
  lede: 'page-lede',
  signInHint: 'sign-in-hint',
  signedOutHint: 'signed-out-hint',
  webmailText: 'webmail-text',
} as const;
type Place = keyof typeof testIds;

/** The copy of one page: the text at each place, and the target of each link. */
export interface PageCopy {
  path: string;
  texts: Readonly<Partial<Record<Place, string>>>;
  links: Readonly<Record<string, string>>;
}

/** The copy of the open page, by place and link; places that the page does not have are omitted. */
async function readCopy(page: Page, { path, links }: PageCopy): Promise<PageCopy> {
  const texts: Partial<Record<Place, string>> = {};
  for (const place of Object.keys(testIds) as Place[]) {
    const found = await page.getByTestId(testIds[place]).allInnerTexts();
    if (found.length > 0) texts[place] = found.map((text) => text.trim()).join(' | ');
  }
  const read: Record<string, string> = {};
  for (const name of Object.keys(links)) {
    const found = page.getByRole('link', { name, exact: true });
    read[name] = (await found.evaluateAll((anchors: HTMLAnchorElement[]) => anchors.map(({ href }) => href))).join(
      ' | ',
    );
  }
  return { path, texts, links: read };
}

/** The open page has this copy: each text in its place, each link with its target. */
export async function toShowCopy(page: Page, wanted: PageCopy) {
  const found = await readCopy(page, wanted);
  const texts = Object.entries(testIds).flatMap(([place, id]) => {
    const [seen, expected] = [found.texts, wanted.texts].map((copy) => copy[place as keyof typeof testIds]);
    return seen === expected ? [] : [`[data-testid="${id}"] says ${shown(seen)}, not ${shown(expected)}`];
  });
  const links = Object.entries(wanted.links).flatMap(([name, target]) =>
    found.links[name] === target
      ? []
      : [`the link "${name}" leads to ${shown(found.links[name])}, not ${shown(target)}`],
  );
  const faults = [...texts, ...links];
  return {
    pass: faults.length === 0,
    message: () => faults.map((fault) => `${page.url()}: ${fault}`).join('\n'),
  };
}

const shown = (text: string | undefined): string => (text ? `"${text}"` : 'nothing');
