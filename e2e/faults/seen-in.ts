import type { APIResponse } from '@playwright/test';
import { routes } from '../contract.ts';
import { signedOutHere } from './oracle.ts';

/** The outcome of a response for a user: a `Seen`, or another text, which no cell allows. */
export async function seenIn(response: APIResponse | Error): Promise<string> {
  if (response instanceof Error) return 'no response';
  const status = response.status();
  const { location, 'x-served-by': pod, 'x-session-reason': reason } = response.headers();
  if (pod === undefined) return status === 0 ? 'no response' : `${status} of the ingress`;
  if (location !== undefined) return seenAt(new URL(location, response.url()), new URL(response.url()));
  if (response.url().endsWith(routes.backChannel)) {
    if (status === 200) return 'accepted';
    const { error } = (await response.json()) as { error?: string };
    return error === 'temporarily_unavailable' ? 'temporarily unavailable' : `${status} ${error}`;
  }
  if (status === 200) return 'served';
  return reason === undefined ? String(status) : `${status} ${reason}`;
}

function seenAt(target: URL, from: URL): string {
  if (target.pathname === '/sign-in') return `sign-in page: ${target.searchParams.get('failed') ?? 'asked'}`;
  if (target.pathname === '/signed-out') return target.search === '?unfinished' ? signedOutHere : 'signed out';
  if (target.pathname === '/application/o/authorize/') return 'redirected to Authentik';
  // Where its end-session begins (docs/decisions/0034).
  if (from.pathname.endsWith('/logout') && target.host.startsWith('auth.')) return 'signed out';
  return target.origin === from.origin ? 'signed in' : `sent to ${target.host}`;
}
