import { addressesOf, type Hop } from '../models/hops.ts';

/** A sign-out passes through a URL. The message shows all hops. */
export function toComeTo(hops: readonly Hop[], address: string) {
  const addresses = addressesOf(hops);
  const way = addresses.map((each, index) => `${hops[index]?.method} ${each}`).join(', ');
  return {
    pass: addresses.includes(address),
    message: () => `signing out never came to ${address}, but went ${way || 'nowhere'}`,
  };
}
