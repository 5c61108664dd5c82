/** Other ways to write `/folder/…/name` that some router, proxy or browser treats as the same path. */
export const spellings: Readonly<Record<string, (path: string) => string>> = {
  'a slash at the end': (path) => `${path}/`,
  'two slashes at the end': (path) => `${path}//`,
  'two slashes at the start': (path) => `/${path}`,
  'two slashes before the name': (path) => beforeName(path, '//'),
  'an encoded letter': (path) => path.slice(0, -1) + encoded(path.slice(-1)),
  'an encoded slash': (path) => beforeName(path, '%2f'),
  'an encoded slash at the end': (path) => `${path}%2F`,
  'a dot segment': (path) => beforeName(path, '/./'),
  'a parent segment': (path) => beforeName(path, '/x/../'),
  'an encoded parent segment': (path) => beforeName(path, '/x/%2e%2e/'),
  'a dot at the end': (path) => `${path}.`,
  capitals: (path) => path.toUpperCase(),
  'a fragment': (path) => `${path}#.js`,
  'an encoded fragment': (path) => `${path}%23.js`,
  'an encoded question mark': (path) => `${path}%3Fa.js`,
  'a backslash': (path) => beforeName(path, '\\'),
  'a path parameter': (path) => `${path};a=b`,
  'a null byte': (path) => `${path}%00`,
  'the absolute form': (path) => `http://other.invalid${path}`,
};

const beforeName = (path: string, separator: string): string => path.replace(/\/(?=[^/]*$)/, () => separator);

const encoded = (character: string): string => `%${character.charCodeAt(0).toString(16)}`;
