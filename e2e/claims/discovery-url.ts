/** Where a provider describes itself (OpenID Connect Discovery 1.0, section 4): a slash at the end of its issuer is no part of it. */
export const discoveryUrl = (issuer: string): string => `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`;
