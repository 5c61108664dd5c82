import type { Page, Request } from '@playwright/test';

/** One request of a navigation, including redirects, with the URL as the browser received it. */
export interface Hop {
  method: string;
  url: URL;
}

/** The addresses without their parameters, so that an assertion can list all of them. */
const addressesOf = (hops: readonly Hop[]): string[] => hops.map(({ url }) => url.origin + url.pathname);

/** Records the addresses that the main frame visits while `work` runs. Tests assert on these, not on the last one. */
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

/** A sign-out passes through a URL. The message shows all hops. */
export function toComeTo(hops: readonly Hop[], address: string) {
  const addresses = addressesOf(hops);
  const way = addresses.map((each, index) => `${hops[index]?.method} ${each}`).join(', ');
  return {
    pass: addresses.includes(address),
    message: () => `signing out never came to ${address}, but went ${way || 'nowhere'}`,
  };
}
