import { standardOf } from './standard.ts';

/** Sections 4 and 8: servers that set cookies and read them. */
export const rfc6265bis = standardOf({
  name: 'RFC 6265bis',
  title: 'RFC 6265bis, cookies: servers',
  requirements: {
    '4.1.1 grammar': 'Set-Cookie follows the grammar, and no cookie is without a name.',
    '4.1.1 encoding': 'Values of any kind are encoded, as by Base64.',
    '4.1.1 attributes': 'No attribute is in a Set-Cookie twice.',
    '4.1.1 names': 'No response sets two cookies of the same name.',
    '4.1.1 dates': 'Dates have four digits for the year.',
    '4.1.2.1': 'The server does not rely on the browser to forget a cookie in time.',
    '4.1.3': 'Names have the prefix __Host- or __Secure-.',
    '4.2.1 size': 'All cookies together stay below the limit of the server for headers.',
    '4.2.1 several headers': 'Cookies that come in several header fields are read.',
    '4.2.2': 'The order of cookies of the same name does not matter.',
    '8.3 contents': 'Contents of cookies are encrypted and signed.',
    '8.3 Secure': 'Every cookie is sent over HTTPS alone and is Secure.',
    '8.4': 'A session that an attacker put into the browser is not taken over by a sign-in.',
    '8.5': 'Services that do not trust each other do not share a host by port.',
    '8.6': 'Services that do not trust each other do not share a host by path.',
    '8.8': 'SameSite is not the only defence against forged requests.',
  },
  notApplicable: {
    'Node joins them before an app sees them.': ['4.2.1 several headers'],
    'A browser has one cookie with the prefix __Host- of each name.': ['4.2.2'],
    'Each app has a host of its own, on one port.': ['8.5'],
    'Each app has a host of its own.': ['8.6'],
  },
});
