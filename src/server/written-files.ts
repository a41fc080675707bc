/** Puts captured files and texts into the overlays of a server's disk. */
import { chmod, copyFile, mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { CapturedFile } from '../model/server.ts';
import type { Server } from './server.ts';

/** Directories that are links on a system with a merged /usr, as Debian's are since bookworm. */
const merged = /^\/(bin|sbin|lib)\//;

/** Where a path of the server is on a system with a merged /usr. */
export function mergedPath(place: string): string {
  return place.replace(merged, '/usr/$1/');
}

/** The place of a path of the server in an overlay. @param overlay its directory */
export function placeIn(overlay: string, place: string): string {
  return path.join(overlay, mergedPath(place));
}

export async function put(
  { captured }: Pick<Server, 'captured'>,
  file: CapturedFile,
  target: string,
): Promise<void> {
  await mkdir(path.dirname(target), { recursive: true });
  await copyFile(captured.contentOf(file), target);
  await chmod(target, file.program ? 0o755 : 0o644);
}

export async function write(target: string, text: string): Promise<void> {
  await mkdir(path.dirname(target), { recursive: true });
  await writeFile(target, text);
}
