/** The server's own kexec, which runs in the lab with its own libraries whatever the system there has. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { elfNeeds } from '../formats/executable.ts';
import type { CapturedFile } from '../model/server.ts';
import type { Captured } from './captured.ts';

export type KexecProgram = {
  program: CapturedFile;
  /** By the names under which programs ask for them. Empty for a static program. */
  libraries: ReadonlyMap<string, CapturedFile>;
  /** The name of the dynamic loader; null for a static program. */
  loader: string | null;
};

/** In the order in which capture.sh looks for it. */
const places = ['/sbin/kexec', '/usr/sbin/kexec', '/usr/local/sbin/kexec', '/usr/bin/kexec'];

/** Of the libraries, only those of kexec are captured. */
const libraryName = /^\/(?:usr\/(?:local\/)?)?lib.*\/([^/]+\.so(?:\.\d+)*)$/;

/** The largest program that is read. Bytes. */
const longestProgram = 16 * 2 ** 20;

/** Null if it was not captured with everything that it needs. */
export function kexecProgramOf(captured: Captured): KexecProgram | null {
  const [program] = places.flatMap((place) => captured.file(place) ?? []);
  if (program === undefined || program.size > longestProgram) return null;
  const needs = needsOf(readFileSync(captured.contentOf(program)));
  if (needs === null) return null;
  const libraries = new Map<string, CapturedFile>();
  for (const { path: place } of [...captured.files(), ...captured.links()]) {
    const [, name] = libraryName.exec(place) ?? [];
    const file = name === undefined ? null : captured.file(place);
    if (name !== undefined && file !== null) libraries.set(name, file);
  }
  const loader = needs.interpreter === null ? null : path.posix.basename(needs.interpreter);
  const needed = [...needs.libraries, ...(loader === null ? [] : [loader])];
  if (!needed.every((name) => libraries.has(name))) return null;
  return { program, libraries, loader };
}

/** Null for anything but a whole program: a server file may have any bytes under any name. */
function needsOf(file: Buffer): ReturnType<typeof elfNeeds> {
  try {
    return elfNeeds(file);
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}

/** Where the program and its libraries are in the system of the lab. */
export const kexecDirectory = '/usr/lib/kexec-lab/server';

/** Stands where the program was, and starts it with its own libraries. */
export function kexecWrapper({ loader }: KexecProgram): string {
  const program = path.posix.join(kexecDirectory, 'kexec');
  const start =
    loader === null
      ? program
      : `${kexecDirectory}/${loader} --library-path ${kexecDirectory} ${program}`;
  return `#!/bin/sh\n# The kexec of the captured server, with its own libraries.\nexec ${start} "$@"\n`;
}
