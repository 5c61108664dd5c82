// A stub of an app: it responds with its name and has the faults that its environment sets.
import { createServer } from 'node:http';

const { HOST, PORT, POD_NAME, REVISION, EXIT_AFTER_MS, IGNORE_SIGTERM, NEVER_READY } = process.env;
let ready = NEVER_READY === undefined;
let alive = true;

if (EXIT_AFTER_MS !== undefined) setTimeout(() => process.exit(3), Number(EXIT_AFTER_MS));

const paths = {
  '/ready': () => (ready ? 200 : 503),
  '/live': () => (alive ? 200 : 500),
  '/become-unready': () => ((ready = false), 200),
  '/become-ready': () => ((ready = true), 200),
  '/stop-living': () => ((alive = false), 200),
};

const server = createServer((request, response) => {
  const status = paths[request.url]?.() ?? 200;
  response.writeHead(status, {
    'x-served-by': POD_NAME ?? '',
    'x-revision': REVISION ?? '',
    'content-type': 'application/json',
  });
  response.end(request.url === '/env' ? JSON.stringify(process.env) : JSON.stringify({ pod: POD_NAME }));
});

process.on('SIGTERM', () => {
  console.log('SIGTERM');
  if (IGNORE_SIGTERM !== undefined) return;
  server.close(() => process.exit(0));
  server.closeIdleConnections();
});

server.listen(Number(PORT), HOST, () => console.log(`listening, revision ${REVISION}`));
