/**
 * Reloads a page from the browser's back/forward cache before it is shown: the user may have signed out since. Chromium
 * keeps pages there even with `Cache-Control: no-store` (https://developer.chrome.com/docs/web-platform/bfcache-ccns).
 */
export default defineNuxtPlugin(() => {
  window.addEventListener('pagehide', () => {
    document.documentElement.style.visibility = 'hidden';
  });
  window.addEventListener('pageshow', ({ persisted }) => {
    if (persisted) location.reload();
  });
});
