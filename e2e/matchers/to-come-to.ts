import { addressesOf, type Hop } from '../models/hops.ts';

/** A sign-out comes to an address on its way. The message shows the whole way. */
export function toComeTo(hops: readonly Hop[], address: string) {
  const addresses = addressesOf(hops);
  const way = addresses.map((each, index) => `${hops[index]?.method} ${each}`).join(', ');
  return {
    pass: addresses.includes(address),
    message: () => `signing out never came to ${address}, but went ${way || 'nowhere'}`,
  };
}
