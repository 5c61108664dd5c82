/** Has a message for each sign-out in another tab of this app. One object per tab, because it does not hear itself. */
const channel = import.meta.client ? new BroadcastChannel('sign-outs') : undefined;
let isSigningOut = false;

/** Tells the other tabs that this one signs out. From then on it hears of no other sign-out. */
export function tellSignOut(): void {
  isSigningOut = true;
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- of a BroadcastChannel it has no such argument
  channel?.postMessage(null);
}

/** Calls `leave` at a sign-out in another tab, unless this one signs out: to leave would cancel its request. */
export function onSignOut(leave: () => void, signal: AbortSignal): void {
  channel?.addEventListener('message', () => isSigningOut || leave(), { signal });
}
