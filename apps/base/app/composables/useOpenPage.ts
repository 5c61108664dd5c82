/** Milliseconds between two looks at the clock. A timer for the limit itself would stand still while the computer sleeps. */
const interval = 60_000;

const inputs = ['pointerdown', 'keydown', 'wheel'] as const;

/**
 * Leaves a page with data of the user for the sign-in page: when the user signs out in another tab, when the session has
 * ended by the time the page becomes visible, and after `idleSeconds` without input in any tab. The last sends no request
 * to the session, because that might renew it.
 */
export const useOpenPage = () => {
  const { idleSeconds } = useRuntimeConfig().public;
  const { currentRoute } = useRouter();
  const leave = (failed?: 'idle') =>
    navigateTo(signInPath({ to: currentRoute.value.fullPath, ...(failed && { failed }) }), { external: true });
  const leaveWhenIdle = () => {
    const isIdle = Date.now() - Number(localStorage.getItem('last-input') ?? Date.now()) > idleSeconds * 1000;
    if (isIdle) void leave('idle');
    return isIdle;
  };
  const keepInput = () => localStorage.setItem('last-input', `${Date.now()}`);
  const onInput = () => leaveWhenIdle() || keepInput();
  const onVisible = () => {
    if (document.visibilityState === 'visible' && !leaveWhenIdle()) {
      keepInput();
      void leaveWithoutSession(currentRoute.value.fullPath);
    }
  };

  const unmounted = new AbortController();
  onUnmounted(() => unmounted.abort());
  onMounted(() => {
    const { signal } = unmounted;
    keepInput();
    for (const input of inputs) window.addEventListener(input, onInput, { signal, capture: true, passive: true });
    document.addEventListener('visibilitychange', onVisible, { signal });
    // Offline the sign-out does not reach the server, and the sign-in page could not be loaded.
    onSignOut(() => navigator.onLine && void leave(), signal);
    const timer = setInterval(leaveWhenIdle, interval);
    signal.addEventListener('abort', () => clearInterval(timer));
  });
};
