import { AxeBuilder } from '@axe-core/playwright';
import { chromium, type Page } from '@playwright/test';
import { installedBrowser } from '../../../fixtures/browser.ts';

const address = 'https://reports.example/page.html';

/** Opens a page of a report in a browser. `requests` are the URLs that it requested besides its own. */
export async function opened(content: string): Promise<{ page: Page; requests: string[] } & AsyncDisposable> {
  const browser = await chromium.launch({ executablePath: installedBrowser() ?? '', args: ['--no-sandbox'] });
  const page = await (await browser.newContext()).newPage();
  const requests: string[] = [];
  page.on('request', (request) => {
    if (request.url() !== address) requests.push(request.url());
  });
  await page.route('https://reports.example/**', (route) => route.fulfill({ contentType: 'text/html', body: content }));
  await page.goto(address);
  return { page, requests, [Symbol.asyncDispose]: () => browser.close() };
}

/**
 * The violations that axe finds in a fully expanded page, in both colour schemes; undefined when it applied no rule.
 */
export async function violationsIn(page: Page): Promise<string[] | undefined> {
  await page.locator('details').evaluateAll((all: HTMLDetailsElement[]) => all.forEach((one) => (one.open = true)));
  const found: string[] = [];
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    const { violations, passes } = await new AxeBuilder({ page }).analyze();
    if (passes.length === 0) return undefined;
    found.push(
      ...violations.map(({ id, nodes }) => `${colorScheme} ${id}: ${nodes.map(({ html }) => html).join(' ')}`),
    );
  }
  return found;
}
