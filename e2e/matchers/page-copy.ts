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

/** The open page has this copy: each text in its place, each link with its target. */
export async function toShowCopy(page: Page, { texts, links }: PageCopy) {
  const faults: string[] = [];
  for (const [place, id] of Object.entries(testIds)) {
    const wanted = texts[place as Place];
    const found = await page.getByTestId(id).allInnerTexts();
    const seen = found.length > 0 ? found.map((text) => text.trim()).join(' | ') : undefined;
    if (seen !== wanted) faults.push(`[data-testid="${id}"] says ${shown(seen)}, not ${shown(wanted)}`);
  }
  for (const [name, target] of Object.entries(links)) {
    const found = page.getByRole('link', { name, exact: true });
    const seen = await found.evaluateAll((all: HTMLAnchorElement[]) => all.map(({ href }) => href).join(' | '));
    if (seen !== target) faults.push(`the link "${name}" leads to ${shown(seen)}, not ${shown(target)}`);
  }
  return {
    pass: faults.length === 0,
    message: () => faults.map((fault) => `${page.url()}: ${fault}`).join('\n'),
  };
}

const shown = (text: string | undefined): string => (text ? `"${text}"` : 'nothing');
