// A server of renditions as Node.js programs use it: ipx on the folder of photographs, on this port.
import http from 'node:http';
import path from 'node:path';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';

const [modules, folder, port] = process.argv.slice(2);
const entry = createRequire(path.join(modules, 'x.js')).resolve('ipx');
const { createIPX, createIPXNodeServer, ipxFSStorage } = await import(
  pathToFileURL(entry.replace(/\.cjs$/, '.mjs'))
);
const ipx = createIPX({ storage: ipxFSStorage({ dir: folder }) });
http.createServer(createIPXNodeServer(ipx)).listen(Number(port), '127.0.0.1');
