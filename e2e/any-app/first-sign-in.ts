import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import type { Request } from '@playwright/test';
import type { Person } from '../../fixtures/person.ts';
import type { EdgeClient } from '../../fleet/edge/client.ts';
import type { Fleet } from '../../fleet/engines/shared/engine.ts';
import { oneLine } from '../../fleet/one-line.ts';
import type { WebApp } from '../claims/web-app.ts';
import { headline } from '../report/headline.ts';
import { checkedAppFile } from './checked-app.ts';

/** The result of the first attempt in this check: in a file, because the runner starts another worker after each failure. */
export async function onceInACheck(attempt: () => Promise<string>): Promise<string> {
  const file = join(dirname(checkedAppFile()), 'first-sign-in');
  if (!existsSync(file)) writeFileSync(file, await attempt());
  return readFileSync(file, 'utf8');
}

const requestLine = (method: string, url: string): string => `${method} ${new URL(url).pathname}`;

/** Signs a user in as a person would, on one pod, and calls the app there. @returns why nobody can sign in; empty: they can. */
export async function whyNoSignIn(
  app: WebApp,
  person: Person,
  { fleet, edge, sessionCookie }: { fleet: Fleet; edge: EdgeClient; sessionCookie: string },
): Promise<string> {
  const { page, origin, description } = app;
  const pod = (await fleet.pods(description.name)).find(({ ready }) => ready)?.name ?? '';
  const answers = new Map<Request, number>();
  page.on('request', (request) => {
    if (request.isNavigationRequest() && request.url().startsWith(origin)) answers.set(request, 0);
  });
  const refused = Promise.withResolvers<never>();
  page.on('response', (response) => {
    if (answers.has(response.request())) answers.set(response.request(), response.status());
  });
  page.on('domcontentloaded', () => {
    const [last, status = 0] = [...answers].at(-1) ?? [];
    // The sign-in ends there.
    if (last?.url() === page.url() && new URL(page.url()).pathname === description.callback && status >= 400)
      refused.reject(new Error(`${description.callback} refuses it.`));
  });
  const after = await edge.cursor();
  await app.pinTo(pod);
  const seen: string[] = [];
  try {
    await Promise.race([app.signIn(person), refused.promise]);
    for (const path of description.calls) {
      const status = (await app.call(path)).status();
      if (status !== 200) seen.push(`GET ${path} was answered ${status} by ${pod}, after a sign-in on it.`);
    }
    const cookies = (await app.context.cookies(origin + description.calls[0])).map(({ name }) => name);
    // A large one is kept in parts: `sid.0`, `sid.1`.
    if (!cookies.some((name) => name.startsWith(sessionCookie)))
      seen.push(
        `After a sign-in the browser has no cookie ${sessionCookie}; it has ${cookies.join(', ') || 'none'}. Name that of the session: --cookie <name>`,
      );
  } catch (error) {
    const [last, status] = [...answers].at(-1) ?? [];
    const answer = status ? `answered ${status}` : 'not answered';
    if (last) seen.push(`${requestLine(last.method(), last.url())} was ${answer} by ${pod}.`);
    const text = status && page.url().startsWith(origin) ? oneLine(await page.innerText('body')).trim() : '';
    seen.push(text ? `It said "${text.slice(0, 120)}".` : headline(stripVTControlCharacters((error as Error).message)));
  }
  if (seen.length === 0) return '';
  const rows = (await edge.ledger({ after })).filter(({ service, status }) => service === 'authentik' && status >= 400);
  const ofProvider = rows.map(
    ({ method, url, status }) => `The provider answered ${requestLine(method, url)} with ${status}.`,
  );
  return [...new Set([...seen, ...ofProvider])].join(' ');
}
