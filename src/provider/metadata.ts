/** The provider's metadata API: its server, and the data that it gives to a machine. */
import { once } from 'node:events';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import * as z from 'zod';
import { providerNetwork } from '../qemu/arguments.ts';
import { shellQuote } from '../text/shell.ts';

/** The longest request body, in bytes; a state needs a few dozen. */
const longestBody = 4096;
/** The number of open connections, and the time for one request, in milliseconds. */
const mostConnections = 32;
const patience = 10_000;

/** The data for the answers; queried for each request. */
export type MetadataSource = {
  metadata(): Metadata;
  userData(): Record<string, string>;
  /** Receives the reported state of a server. False: the API is too busy to accept it (429). */
  report(state: string): boolean;
};

export type MetadataServer = { close(): Promise<void> };

type Answer = { status: number; type?: string; body?: string; headers?: Record<string, string> };

const stateSchema = z.object({ state_detail: z.string().min(1).max(100) });

/** Serves the part of the metadata API that an initramfs uses, on a Unix socket. */
export async function serveMetadata(
  socket: string,
  source: MetadataSource,
): Promise<MetadataServer> {
  const server = createServer({ requestTimeout: patience, headersTimeout: patience });
  server.maxConnections = mostConnections;
  server.on('request', (request, response) => {
    answer(request, source).then(
      (answered) => {
        send(response, answered);
      },
      () => {
        // The guest closed the connection; no answer is possible.
        response.destroy();
      },
    );
  });
  server.listen(socket);
  await once(server, 'listening');
  return { close: () => close(server) };
}

async function answer(request: IncomingMessage, source: MetadataSource): Promise<Answer> {
  const target = `http://metadata${request.url ?? '/'}`;
  if (!URL.canParse(target)) return problem(400, 'not a path');
  const url = new URL(target);
  const path = url.pathname.replace(/(?<=.)\/$/, '');
  if (path === '/state') return allow(request, ['PATCH'], () => takeState(request, source));
  const found = document(path, url.searchParams.get('format'), source);
  return found === null ? problem(404, 'not found') : allow(request, ['GET', 'HEAD'], () => found);
}

function document(path: string, format: string | null, source: MetadataSource): Answer | null {
  if (path === '/conf') {
    return format === 'json'
      ? { status: 200, type: 'application/json', body: JSON.stringify(source.metadata()) }
      : text(shellMetadata(source.metadata()));
  }
  const userData = source.userData();
  if (path === '/user_data') {
    const keys = Object.keys(userData);
    return text(shellMetadata({ user_data: keys }));
  }
  const key = /^\/user_data\/([^/]+)$/.exec(path)?.[1];
  const value = key === undefined ? undefined : Object.entries(userData).find(([k]) => k === key);
  return value === undefined ? null : text(value[1]);
}

async function takeState(request: IncomingMessage, source: MetadataSource): Promise<Answer> {
  const body = await readBody(request);
  if (body === null) return { ...problem(413, 'too long'), headers: { connection: 'close' } };
  const parsed = stateSchema.safeParse(parseJson(body));
  if (!parsed.success) return problem(400, 'expected {"state_detail": "…"}');
  return source.report(parsed.data.state_detail)
    ? { status: 200, type: 'application/json', body: JSON.stringify(parsed.data) }
    : { ...problem(429, 'too many requests'), headers: { 'retry-after': '1' } };
}

function allow(
  { method }: IncomingMessage,
  methods: string[],
  then: () => Answer | Promise<Answer>,
): Answer | Promise<Answer> {
  if (methods.includes(method ?? '')) return then();
  return { ...problem(405, 'method not allowed'), headers: { allow: methods.join(', ') } };
}

function text(body: string): Answer {
  return { status: 200, type: 'text/plain; charset=utf-8', body };
}

function problem(status: number, message: string): Answer {
  return { status, type: 'application/json', body: JSON.stringify({ message }) };
}

function send(response: ServerResponse, { status, type, body = '', headers }: Answer): void {
  response.writeHead(status, {
    ...(type === undefined ? {} : { 'content-type': type }),
    'content-length': Buffer.byteLength(body),
    ...headers,
  });
  response.end(response.req.method === 'HEAD' ? undefined : body);
}

/** The whole body, or null if it is too long. */
async function readBody(request: IncomingMessage): Promise<string | null> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > longestBody) return null;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}

function parseJson(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}

async function close(server: Server): Promise<void> {
  if (!server.listening) return;
  server.close();
  server.closeAllConnections();
  await once(server, 'close');
}

/** The addresses of the provider's servers on the guest's network. */
export const metadataAddress = { address: '169.254.42.42', port: 80 } as const;
export const nbdAddress = { address: '169.254.42.66', port: 4448 } as const;

/** The facts about a server that its metadata contain. */
type ServerFacts = {
  commercialType: string;
  /** Server tags, in order. */
  tags: Record<string, string>;
  /** Public keys in OpenSSH's format, one line each. */
  sshKeys: readonly string[];
  /** Size of the volume served over NBD in bytes; null if there is none. */
  volumeBytes: number | null;
};

/** Nested values, as in the answer of Scaleway's metadata API to `?format=json`. */
type Metadata = { [key: string]: string | readonly (string | Metadata)[] | Metadata };

/** The complete metadata of a server. */
export function serverMetadata(facts: ServerFacts): Metadata {
  const { commercialType, tags, sshKeys, volumeBytes } = facts;
  const { address, port } = nbdAddress;
  return {
    id: '6b657865-632d-4c61-8000-000000000001',
    name: 'kexec-lab',
    hostname: 'kexec-lab',
    organization: '6b657865-632d-4c61-8000-000000000002',
    commercial_type: commercialType,
    tags: Object.entries(tags).map(([key, value]) => `${key}=${value}`),
    private_ip: providerNetwork.guest,
    public_ip: { address: '127.0.0.1' },
    location: { platform_id: 'qemu' },
    timezone: 'UTC',
    ssh_public_keys: sshKeys.map((key) => ({ key })),
    volumes:
      volumeBytes === null
        ? {}
        : {
            '0': {
              name: 'root',
              volume_type: 'l_ssd',
              size: String(volumeBytes),
              export_uri: `nbd://${address}:${port}`,
            },
          },
  };
}

/**
 * The same in the format of `GET /conf`, which a shell can source. A list is represented by its length, an object by its
 * keys, and each member below that: `TAGS=1`, `TAGS_0=KEXEC_KERNEL=/vmlinuz`, `VOLUMES=0`, `VOLUMES_0_SIZE=…`.
 */
export function shellMetadata(metadata: Metadata): string {
  return `${shellLines(metadata, '').join('\n')}\n`;
}

function shellLines(metadata: Metadata, prefix: string): string[] {
  return Object.entries(metadata).flatMap(([name, value]) => {
    const key = `${prefix}${name.toUpperCase()}`;
    if (typeof value === 'string') return [`${key}=${shellValue(value)}`];
    const members = Array.isArray(value)
      ? Object.fromEntries(value.map((member, index) => [index, member as string | Metadata]))
      : (value as Metadata);
    const summary = Array.isArray(value) ? String(value.length) : Object.keys(members).join(' ');
    return [`${key}=${shellValue(summary)}`, ...shellLines(members, `${key}_`)];
  });
}

function shellValue(value: string): string {
  return value === '' ? '' : shellQuote(value);
}
