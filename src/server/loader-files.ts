/** Puts a server's boot loader and its own kexec into the overlays of its disk. */
import { chmod } from 'node:fs/promises';
import path from 'node:path';
import { loadMachineProfile } from '../qemu/machine-profile.ts';
import type { BootLoader } from './boot-loader.ts';
import {
  fallbackPlace,
  settingsOf,
  isKernelFile,
  isLoaderFile,
  withConsole,
} from './boot-loader.ts';
import type { KexecProgram } from './kexec-program.ts';
import { kexecDirectory, kexecWrapper } from './kexec-program.ts';
import type { Server } from './server.ts';
import { placeIn, put, write } from './written-files.ts';

/** The directories of two overlays: what stays, and what a candidate replaces. */
type Overlays = { settings: string; kernels: string };

/** The program, its libraries, and a script in its place that starts it with them. */
export async function putKexec(
  server: Server,
  kexec: KexecProgram,
  { settings }: Overlays,
): Promise<void> {
  const own = (name: string) => placeIn(settings, `${kexecDirectory}/${name}`);
  await put(server, kexec.program, own('kexec'));
  for (const [name, file] of kexec.libraries) await put(server, file, own(name));
  const wrapper = placeIn(settings, kexec.program.path);
  await write(wrapper, kexecWrapper(kexec));
  for (const program of [wrapper, own('kexec'), own(kexec.loader ?? 'kexec')])
    await chmod(program, 0o755);
}

/** The files of the boot loader. Those that belong to a kernel go away with it if a candidate replaces it. */
export async function putLoader(
  server: Server,
  loader: BootLoader,
  { settings, kernels }: Overlays,
): Promise<void> {
  const { captured, arch } = server;
  const { console } = loadMachineProfile(arch);
  for (const file of captured.files()) {
    const ofKernel = isKernelFile(file.path, loader);
    const target = placeIn(ofKernel ? kernels : settings, file.path);
    if (ofKernel || isLoaderFile(file.path, loader)) await put(server, file, target);
    const text = withConsole(file.path, captured.read(file.path) ?? '', console);
    if (text !== null) await write(target, text);
  }
  const [place, text] = settingsOf(server, loader, console);
  if (text !== '') await write(placeIn(settings, place), text);
  const fallback = fallbackPlace(loader, arch);
  if (captured.file(fallback) !== null) return;
  // A shim starts the GRUB next to it.
  for (const file of captured.files(path.posix.dirname(loader.program.path))) {
    const copied = file === loader.program ? fallback : file.path;
    const copy = path.posix.join(path.posix.dirname(fallback), path.posix.basename(copied));
    await put(server, file, placeIn(settings, copy));
  }
}
