/**
 * How matchers print the received value: by name, as the value that must be in a list, or as the additions in a diff.
 */
const saysReceived = /^(?:Received(?: \w+)?:|Expected value:|\+ +(?!Received|Array|Object|Set))/;

/** The line of a message that matches the signature, followed by the received values, at most 200 characters. */
export function headline(message: string, signature?: RegExp): string {
  const lines = message
    .split('\n')
    .map((line) => line.trim())
    .filter(Boolean);
  const line = (signature && lines.find((candidate) => signature.test(candidate))) ?? lines[0] ?? 'no message';
  const received = lines.filter((candidate) => saysReceived.test(candidate)).slice(0, 2);
  return [line.replace(/^Error: /, ''), ...received].join(' · ').slice(0, 200);
}
