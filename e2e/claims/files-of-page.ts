import { deadline } from '../deadline.ts';
import type { WebApp } from './web-app.ts';

const mostRedirects = 3;
const pageMs = deadline(5_000);

/** The scripts and styles of the home page, as a pod serves them: their paths and how each is answered. */
export async function filesOfPage(app: WebApp, pod: string): Promise<Map<string, string>> {
  let url = `${app.origin}/`;
  let html = '';
  // The page itself is not opened: it may lead elsewhere, or go on loading for ever.
  for (let redirects = 0; redirects <= mostRedirects && new URL(url).origin === app.origin; redirects += 1) {
    const { pathname, search } = new URL(url);
    const wanted = { pod, headers: { accept: 'text/html' }, timeout: pageMs };
    // A page that never comes is not this claim's.
    const answer = await app.call(pathname + search, wanted).catch(() => undefined);
    if (!answer) break;
    const { location } = answer.headers();
    if (location === undefined) {
      html = await answer.text();
      break;
    }
    url = new URL(location, url).href;
  }
  const found = new Map<string, string>();
  for (const address of await app.page.evaluate(filesIn, html)) {
    const file = URL.parse(address, url);
    if (file?.origin !== app.origin) continue;
    const path = file.pathname + file.search;
    const answer = await answerTo(app, path, pod);
    if (answer.startsWith('200')) found.set(path, answer);
  }
  return found;
}

/** In the browser: the addresses of the scripts and styles that a document loads. */
function filesIn(html: string): string[] {
  const page = new DOMParser().parseFromString(html, 'text/html');
  const loaded = 'script[src], link:is([rel~=stylesheet], [rel~=modulepreload], [rel~=preload])[href]';
  return [...page.querySelectorAll(loaded)].map((each) => each.getAttribute('src') ?? each.getAttribute('href') ?? '');
}

/** `200`, `404`, or `200 with a page`, which is none of a script or a style. */
export async function answerTo(app: WebApp, path: string, pod: string): Promise<string> {
  const response = await app.call(path, { pod, headers: { accept: '*/*' } });
  const isPage = /^text\/html\b/.test(response.headers()['content-type'] ?? '');
  return `${response.status()}${isPage ? ' with a page' : ''}`;
}
