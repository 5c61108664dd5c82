/**
 * How matchers print the received value: by name, as the value that must be in a list, or as the additions in a diff.
 */
const saysReceived =
  /^(?:Received(?: \w+)?:|Expected value:|Locator:|Error: element|\+ +(?!Received|Array|Object|Set|\]))/;

/**
 * The line of a message that matches the signature, followed by the received values.
 * @param most characters.
 */
export function headline(message: string, signature?: RegExp, most = 200): string {
  const lines = message
    .split('\n')
    .map((line) => line.trim())
    .filter(Boolean);
  const line = (signature && lines.find((candidate) => signature.test(candidate))) ?? lines[0] ?? 'no message';
  // After a label, the first line of this suite's matchers contains the received value.
  const own =
    line === lines[0] && !lines[1]?.startsWith('expect(') && message.includes('\n\n') ? lines.slice(1, 2) : [];
  const received = lines.filter((candidate) => saysReceived.test(candidate)).slice(0, 2);
  const text = [...new Set([line.replace(/^Error: /, ''), ...own, ...received])].join(' · ');
  return text.length > most ? `${text.slice(0, most - 1)}…` : text;
}
