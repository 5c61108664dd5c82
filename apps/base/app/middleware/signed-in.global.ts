const publicPages: ReadonlySet<string> = new Set(['/sign-in', '/sign-out', '/signed-out']);

/** For navigation within the browser; server/middleware/session.ts does the same for requests. */
export default defineNuxtRouteMiddleware((to) => {
  // An error page is shown without asking who is there (server/middleware/session.ts).
  if (useError().value) return;
  if (import.meta.server || publicPages.has(to.path)) return;
  if (!useOidcAuth().loggedIn.value) return navigateTo(signInPath({ to: to.fullPath }));
});
