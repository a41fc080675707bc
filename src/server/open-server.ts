import path from 'node:path';
import { openCaptured } from './captured.ts';
import type { Server } from './server.ts';
import { understand } from './server.ts';
import { readServerFile } from './server-file.ts';

/**
 * Reads, checks and understands a server file. Its content is kept in the cache, where the files that several servers share
 * are stored once.
 * @throws UsageError if the file cannot be used
 */
export async function openServer(file: string, cache: string): Promise<Server> {
  const captured = openCaptured(await readServerFile(file, path.join(cache, 'servers', 'blobs')));
  return understand(captured, file);
}
