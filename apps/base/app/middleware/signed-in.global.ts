const publicPages: ReadonlySet<string> = new Set(['/sign-in', '/sign-out', '/signed-out']);

/** For navigation within the browser; server/middleware/session.ts does the same for requests. */
export default defineNuxtRouteMiddleware((to) => {
  if (import.meta.server || publicPages.has(to.path)) return;
  if (!useOidcAuth().loggedIn.value) return navigateTo(signInPath({ to: to.fullPath }));
});
