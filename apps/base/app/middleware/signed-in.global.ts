const publicPages: ReadonlySet<string> = new Set(['/sign-in', '/sign-out', '/signed-out']);

/**
 * For navigation within the browser; server/middleware/session.ts does the same for requests. The check runs before the
 * page is shown: the session may have ended elsewhere, or expired.
 */
export default defineNuxtRouteMiddleware(async (to, from) => {
  if (import.meta.server || useNuxtApp().isHydrating) return;
  if (publicPages.has(to.path) || to.path === from.path) return;
  if (!(await leaveWithoutSession(to.fullPath))) return;
  // Never resolves: after a refused Back the router would go forward again, and cancel the navigation to the sign-in
  // page.
  return new Promise<never>(() => {});
});
