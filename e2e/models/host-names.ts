import type { Page } from '@playwright/test';

/** Names XML namespaces, not hosts that anybody is sent to. */
const namespaces = new Set(['www.w3.org']);

/**
 * Every host name that a page holds: in its text, its attributes, its inline data, as absolute URLs or bare names
 * under `dezky.*` or `*.local`. The domain of a mail address is somebody's data, not a host that a page sends people to.
 */
export async function hostNamesOf(page: Page): Promise<string[]> {
  const html = await page.content();
  const absolute = [...html.matchAll(/\b(?:https?|wss?):(?:\\?\/|\\u002F){2}([a-z0-9.-]+)/gi)].map(
    (match) => match[1] ?? '',
  );
  const bare = [...html.matchAll(/(?<![@\w.-])(?:[a-z0-9-]+\.)+(?:local|localhost|dezky\.[a-z]+|example)\b/gi)].map(
    (match) => match[0],
  );
  return [...new Set([...absolute, ...bare].map((host) => host.toLowerCase()))]
    .filter((host) => !namespaces.has(host))
    .toSorted();
}
