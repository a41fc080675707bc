import type { Facts } from './explain.ts';

/** How a system showed that it is up. */
const shown: Record<string, string> = {
  'login-prompt': 'reached a login prompt',
  'console-inactive': 'came up, and offers a shell on its console',
  'system-up': 'came up: systemd has started all it was to start',
  'shell-prompt': 'came up to a shell',
  'root-shell': 'came up to a shell',
};

/** A system that is up, and what it got over on the way. */
export function booted({ decision, standing: { context }, captures: { release } }: Facts): string {
  const { because, aside = [] } = decision;
  const how = because.map(({ signature }) => shown[signature]).find(Boolean) ?? 'came up';
  const kernel = kernelName(release);
  const way =
    context.bornBy === 'kexec'
      ? `The machine kexec'ed into ${kernel} and ${how}`
      : `The machine ${how} on ${kernel}, without a kexec`;
  const off = context.poweredOff === null ? '' : '; it was switched off later';
  const [first] = aside;
  const survived =
    first === undefined ? '' : ` It got over what line ${first.line} reports, and went on.`;
  return `${way}${off}.${survived}`;
}

/** Another kernel than the one that was meant. */
export function wrongKernel({ decision, standing: { context } }: Facts): string {
  const lost = context.replaced;
  if (lost === null || !decision.because.includes(lost))
    return 'A system came up, but not on the kernel that was meant to run.';
  return `The kernel behind the kexec ran, then the machine was reset, and what came up is ${kernelName(context.banner?.captures['release'])}, started by the machine's own boot.`;
}

export function kernelName(release: string | undefined): string {
  return release === undefined ? 'a kernel that did not say its release' : `kernel ${release}`;
}
