// `PORT=… node scripts/bench/peers/start-oidc-provider.ts`: oidc-provider with its own pages for signing in.
import { exportJWK, generateKeyPair } from 'jose';
import { Provider } from 'oidc-provider';
import { client } from './client.ts';

const port = Number(process.env['PORT']);
// Like the other issuers it makes its key at the start.
const { privateKey } = await generateKeyPair('RS256', { extractable: true });
const provider = new Provider(`http://127.0.0.1:${port}`, {
  jwks: { keys: [{ ...(await exportJWK(privateKey)), alg: 'RS256', use: 'sig', kid: 'bench' }] },
  clients: [
    {
      client_id: client.id,
      client_secret: client.secret,
      redirect_uris: [client.redirectUri],
      token_endpoint_auth_method: 'client_secret_post',
    },
  ],
  cookies: { keys: ['a key for the cookies of a measurement'] },
  claims: { openid: ['sub'], profile: ['name'], email: ['email'] },
});
provider.listen(port, '127.0.0.1');
