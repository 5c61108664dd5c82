const publicPages: ReadonlySet<string> = new Set(['/sign-in', '/sign-out', '/signed-out']);

/** Milliseconds. Much less than the lifetime of the cookie, which only a document renews (server/middleware/session.ts). */
const maxAge = 86_400_000;

/**
 * For navigation within the browser; server/middleware/session.ts does the same for requests. The check runs before the
 * page is shown: the session may have ended elsewhere, or expired.
 */
export default defineNuxtRouteMiddleware(async (to, from) => {
  if (import.meta.server || useNuxtApp().isHydrating) return;
  if (publicPages.has(to.path) || (to.path === from.path && to.hash !== from.hash)) return;
  if (Date.now() - performance.timeOrigin > maxAge) await navigateTo(to.fullPath, { external: true });
  else if (to.path === from.path || !(await leaveWithoutSession(to.fullPath))) return;
  // Never resolves: after a refused Back the router would go forward again, and cancel the navigation to another
  // document.
  return new Promise<never>(() => {});
});
