/** Splits `registry:5000/name:tag@sha256:…`; absent parts are undefined. */
export function parseImage(reference: string): { name: string; tag: string | undefined; digest: string | undefined } {
  const [beforeDigest = '', digest] = reference.split('@');
  const colon = beforeDigest.lastIndexOf(':');
  const hasTag = colon > beforeDigest.lastIndexOf('/');
  return {
    name: hasTag ? beforeDigest.slice(0, colon) : beforeDigest,
    tag: hasTag ? beforeDigest.slice(colon + 1) : undefined,
    digest,
  };
}
