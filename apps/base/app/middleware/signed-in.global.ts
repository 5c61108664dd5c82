/** For navigation within the browser; server/middleware/session.ts does the same for requests. */
export default defineNuxtRouteMiddleware((to) => {
  if (import.meta.server || to.path === '/sign-in' || to.path === '/signed-out') return;
  if (!useOidcAuth().loggedIn.value) return navigateTo(signInPath({ to: to.fullPath }));
});
