/** How matchers print values, and how many of each help: by name, and in a diff as removals and additions. */
const values: ReadonlyArray<readonly [pattern: RegExp, most: number]> = [
  [/^(?:Locator:|Error: element)/, 1],
  [/^(?:Expected(?: \w+)*:|- +(?!Expected|Array|Object|Set|\]))/, 1],
  [/^(?:Received(?: \w+)*:|\+ +(?!Received|Array|Object|Set|\]))/, 2],
];

/** Values that add nothing to the label of an assertion. */
const saysNothing = /^(?:Expected: (?:true|predicate to succeed)|Received: false)$/;

/**
 * The line of a message that matches the signature, followed by the expected and the received values.
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
    line === lines[0] &&
    !lines.slice(0, 2).some((each) => /^(?:Error: )?expect\(/.test(each)) &&
    message.includes('\n\n')
      ? lines.slice(1, 2)
      : [];
  const telling = lines.filter((each) => !saysNothing.test(each));
  const printed = values.flatMap(([pattern, count]) => telling.filter((each) => pattern.test(each)).slice(0, count));
  const text = [...new Set([line.replace(/^Error: /, ''), ...own, ...printed])].join(' · ');
  return text.length > most ? `${text.slice(0, most - 1)}…` : text;
}
