import type { Page } from '@playwright/test';
import { readCopy, testIds, type PageCopy } from '../models/copy.ts';

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
