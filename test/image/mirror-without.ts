import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';

/** A Debian mirror that hands on another one's files, all but those of the suites that it has dropped. */
export async function mirrorWithout(
  suites: readonly string[],
  mirror: string,
): Promise<{ url: string; close: () => void }> {
  const server: Server = createServer((request, response) => {
    const path = request.url ?? '/';
    const isGone = suites.some((suite) => path.startsWith(`/dists/${suite}/`));
    const answer = isGone ? null : fetch(mirror.replace(/\/$/, '') + path);
    void Promise.resolve(answer)
      .then((found) => {
        const length = found?.headers.get('content-length');
        response.writeHead(found?.status ?? 404, length ? { 'content-length': length } : {});
        if (found?.body) Readable.fromWeb(found.body).pipe(response);
        else response.end();
      })
      .catch(() => response.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}
