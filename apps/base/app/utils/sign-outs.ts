/** Has a message for each sign-out in another tab of this app. One object per tab, because it does not hear itself. */
export const signOuts = import.meta.client ? new BroadcastChannel('sign-outs') : undefined;
