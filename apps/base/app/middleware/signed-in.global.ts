const publicPages: ReadonlySet<string> = new Set(['/sign-in', '/sign-out', '/signed-out']);

/** Timeout of the request below in milliseconds. The server itself responds within 2 s. */
const timeout = 5000;

/**
 * For navigation within the browser; server/middleware/session.ts does the same for requests. The check runs before the
 * page is shown: the session may have ended in another tab, or expired. The page itself reports other errors.
 */
export default defineNuxtRouteMiddleware(async (to, from) => {
  if (import.meta.server || useNuxtApp().isHydrating) return;
  if (publicPages.has(to.path) || to.path === from.path) return;
  const answer = await $fetch
    .raw('/api/_auth/session', { ignoreResponseError: true, retry: 0, timeout })
    .catch(() => undefined);
  if (answer?.status !== 401) return;
  await signInAgain(answer, to.fullPath);
  // Never resolves: after a refused Back the router would go forward again, and cancel the navigation to the sign-in
  // page.
  return new Promise<never>(() => {});
});
