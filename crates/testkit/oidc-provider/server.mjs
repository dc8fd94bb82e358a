// An independent, certified OpenID Connect provider for one test: the npm package `oidc-provider` on loopback.
//
//   node server.mjs <folder with node_modules> <id-token | userinfo>
//
// It prints its issuer, reads the one redirect URI of its client from the first line of its input, prints `ready`, and
// serves until its input ends. The second argument says where it tells the e-mail address. Any password will do.
import { createServer } from 'node:http';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';

const [folder, where] = process.argv.slice(2);
const module = pathToFileURL(join(folder, 'node_modules', 'oidc-provider', 'lib', 'index.js'));
const { default: Provider } = await import(module.href);

const people = {
  alice: { email: 'alice@certified.example', email_verified: true, name: 'Alice Certified' },
  mallory: { email: 'alice@certified.example', email_verified: false, name: 'Mallory' },
};

const server = createServer();
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
const issuer = `http://127.0.0.1:${server.address().port}`;
console.log(issuer);

const lines = createInterface({ input: process.stdin });
lines.once('line', (redirectUri) => {
  const provider = new Provider(issuer, {
    clients: [
      {
        client_id: 'infravault',
        client_secret: 'certified-secret',
        redirect_uris: [redirectUri],
        grant_types: ['authorization_code'],
        response_types: ['code'],
        token_endpoint_auth_method: 'client_secret_basic',
      },
    ],
    pkce: { required: () => true },
    cookies: { keys: ['for one test'] },
    // With `true`, as the specification has it, the claims of a scope are at the userinfo endpoint only.
    conformIdTokenClaims: where === 'userinfo',
    claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name'] },
    findAccount: async (_ctx, id) => ({ accountId: id, claims: async () => ({ sub: id, ...people[id] }) }),
    features: { devInteractions: { enabled: true } },
  });
  server.on('request', provider.callback());
  console.log('ready');
});
lines.once('close', () => process.exit(0));
