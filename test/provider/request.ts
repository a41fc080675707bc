import type { IncomingMessage } from 'node:http';
import { request as httpRequest } from 'node:http';
import { text } from 'node:stream/consumers';

export type Answer = { status: number; headers: IncomingMessage['headers']; body: string };

/** One HTTP request over a Unix socket. */
export async function request(
  socketPath: string,
  path: string,
  { method = 'GET', body = '' } = {},
): Promise<Answer> {
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    httpRequest({ socketPath, path, method }, resolve).on('error', reject).end(body);
  });
  return {
    status: response.statusCode ?? 0,
    headers: response.headers,
    body: await text(response),
  };
}
