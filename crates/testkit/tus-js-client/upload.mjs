// Uploads a file with the npm package `tus-js-client`, for one test.
//
//   node upload.mjs <folder with node_modules>
//
// It reads one line of JSON from its input: { origins, token, file, metadata, cuts, options }. The connection is cut as often
// as `cuts` says, each time a little further on, and the upload continues at the next of the origins. It prints one line of
// JSON: { url, image, heads, resumed } or { status, body }.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';

const [folder] = process.argv.slice(2);
const tus = createRequire(join(resolve(folder), 'package.json'))('tus-js-client');
const { origins, token, file, metadata, cuts, options } = JSON.parse(readFileSync(0, 'utf8'));
const bytes = readFileSync(file);
const path = '/api/v1/uploads/tus';
const resumed = [];

// One upload until it ends, or until it is cut. A cut closes the connection in the middle of a request.
function attempt(turn, url) {
  const origin = origins[turn % origins.length];
  return new Promise((resolve) => {
    const upload = new tus.Upload(bytes, {
      endpoint: origin + path,
      uploadUrl: url && origin + new URL(url).pathname,
      headers: { Authorization: `Bearer ${token}` },
      retryDelays: [100, 200, 400, 800, 1600, 3200],
      metadata,
      storeFingerprintForResuming: false,
      ...options,
      onAfterResponse: (request, response) => {
        if (request.getMethod() === 'HEAD') resumed.push(Number(response.getHeader('Upload-Offset')));
      },
      onProgress: (sent, total) => {
        if (turn < cuts && sent >= (total * (turn + 1)) / (cuts + 1)) {
          upload.abort().then(() => resolve({ cut: true, url: upload.url }));
        }
      },
      onError: (error) => {
        const response = error.originalResponse;
        resolve({ status: response?.getStatus(), body: response?.getBody() ?? String(error) });
      },
      onSuccess: ({ lastResponse }) => resolve({ url: upload.url, image: lastResponse.getHeader('Upload-Image-Id') }),
    });
    upload.start();
  });
}

let outcome = { url: null };
for (let turn = 0; turn === 0 || outcome.cut; turn += 1) outcome = await attempt(turn, outcome.url);
console.log(JSON.stringify({ ...outcome, resumed }));
