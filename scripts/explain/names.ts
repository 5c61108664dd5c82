/** The name of a pod is a DNS subdomain (Kubernetes); any other value of the header could be anything. */
export const podName = (text: string): string | undefined =>
  text.length <= 253 && /^[a-z0-9](?:[-.a-z0-9]*[a-z0-9])?$/.test(text) ? text : undefined;

/** A revision is a version or a commit, as long as the value of a label; any other value of `x-revision` could be anything. */
export const revisionName = (text: string): string | undefined => (/^[\w.+-]{1,63}$/.test(text) ? text : undefined);

/** Whether a part of an address is a word, and no id, token or address of a person. */
export const isWord = (text: string): boolean => /^[a-z_][a-z_-]{0,30}\d{0,2}(?:\.[a-z]{1,5})?$/i.test(text);

/** A path without the parts that may be secret. */
export const wordsOf = (path: string): string =>
  path
    .split('/')
    .slice(0, 9)
    .map((part) => (part === '' || isWord(part) ? part : '…'))
    .join('/');
