/**
 * A page that comes back out of the browser's back/forward cache is asked for anew, and not seen before: its person may
 * have signed out since. Chromium keeps pages there also with `Cache-Control: no-store`
 * (https://developer.chrome.com/docs/web-platform/bfcache-ccns).
 */
export default defineNuxtPlugin(() => {
  window.addEventListener('pagehide', () => {
    document.documentElement.style.visibility = 'hidden';
  });
  window.addEventListener('pageshow', ({ persisted }) => {
    if (persisted) location.reload();
  });
});
