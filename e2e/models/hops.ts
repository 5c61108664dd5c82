import type { Page, Request } from '@playwright/test';

/** One request of a navigation, redirects included: the address as the browser was sent to it. */
export interface Hop {
  method: string;
  url: URL;
}

/** The addresses without their parameters, so that an assertion can tell all of them. */
export const addressesOf = (hops: readonly Hop[]): string[] => hops.map(({ url }) => url.origin + url.pathname);

/** Records the addresses that the main frame goes through while `work` runs; assert on these, not on where it ends. */
export async function hopsDuring(page: Page, work: () => Promise<unknown>): Promise<Hop[]> {
  const hops: Hop[] = [];
  const record = (request: Request) => {
    if (request.isNavigationRequest() && request.frame() === page.mainFrame()) {
      hops.push({ method: request.method(), url: new URL(request.url()) });
    }
  };
  page.on('request', record);
  try {
    await work();
  } finally {
    page.off('request', record);
  }
  return hops;
}
