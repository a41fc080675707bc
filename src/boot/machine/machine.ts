import { bootSetup } from './setup.ts';

/** Programs that speak show how far the boot has come, wherever it was thought to be; a panic ends every stage. */
const alive = {
  'init-runs': [
    { guard: 'runsInitramfs', target: '#boot.initramfs.running' },
    { target: '#boot.userspace.starting' },
  ],
  'initramfs-starts': { target: '#boot.initramfs.running', actions: 'noteProgress' },
  'initramfs-speaks': { target: '#boot.initramfs.running', actions: 'noteProgress' },
  'initramfs-rescue': { target: '#boot.initramfs.rescue', actions: 'noteRescue' },
  'userspace-starts': { target: '#boot.userspace.starting', actions: 'noteSystem' },
  'userspace-speaks': { target: '#boot.userspace.starting', actions: 'noteProgress' },
  'userspace-rescue': { target: '#boot.userspace.rescue', actions: 'noteRescue' },
  proof: { target: '#boot.userspace.starting', actions: ['noteSystem', 'noteProof'] },
  'system-up': { target: '#boot.userspace.starting', actions: ['noteSystem', 'noteUp'] },
  login: { target: '#boot.userspace.up', actions: 'noteLogin' },
  'kexec-prepares': { target: '#boot.kexec.preparing' },
  'kexec-announced': { target: '#boot.kexec.preparing', actions: 'noteKexecAnnounced' },
  panic: { target: 'panicked', actions: 'noteFailure' },
} as const;

/** Before the system itself runs, an initramfs of any kind may. */
const early = {
  'root-doubt': { actions: 'noteWarning' },
  'rescue-doubt': { target: '#boot.initramfs.rescue', actions: 'noteRescue' },
} as const;

/** The initramfs is gone for good; what looks like its words is somebody else's. */
const noWayBack = {
  'initramfs-starts': { actions: 'noteProgress' },
  'initramfs-speaks': { actions: 'noteProgress' },
} as const;

/** The old kernel has let go. What was under way on the console may still trickle in; only first words count. */
const leaving = {
  'initramfs-starts': {
    target: '#boot.initramfs.running',
    actions: ['startKernel', 'noteProgress'],
  },
  'userspace-starts': {
    target: '#boot.userspace.starting',
    actions: ['startKernel', 'noteSystem'],
  },
  proof: {
    target: '#boot.userspace.starting',
    actions: ['startKernel', 'noteSystem', 'noteProof'],
  },
  'system-up': {
    target: '#boot.userspace.starting',
    actions: ['startKernel', 'noteSystem', 'noteUp'],
  },
  'userspace-rescue': {
    target: '#boot.userspace.rescue',
    actions: ['startKernel', 'noteRescue'],
  },
  panic: { target: 'panicked', actions: 'noteFailure' },
  'cpu-stuck': 'hung',
  'cpu-idle': 'lost',
} as const;

/** Behind its last word the old kernel's programs cannot say any more: who asks for a login is the new kernel's. */
const gone = {
  ...leaving,
  'kexec-starts': {},
  'initramfs-rescue': {
    target: '#boot.initramfs.rescue',
    actions: ['startKernel', 'noteRescue'],
  },
  'userspace-speaks': {
    target: '#boot.userspace.starting',
    actions: ['startKernel', 'noteProgress'],
  },
  login: { target: '#boot.userspace.up', actions: ['startKernel', 'noteLogin'] },
} as const;

/**
 * The boot as states: its stages, and within each what can become of it. What is known of the boot is no part of it: an
 * event brings the conditions that hold, a transition names what is to be noted (`step()`). Firmware, a kernel's first
 * word and the jump are heard in every state, so they stand at the root.
 */
export const bootMachine = bootSetup.createMachine({
  id: 'boot',
  initial: 'firmware',
  on: {
    'firmware-starts': { target: '.firmware.booting', actions: 'noteFirmwareStart' },
    'firmware-speaks': { target: '.firmware.booting', actions: 'noteFirmware' },
    'firmware-fails': { target: '.firmware.stuck', actions: 'noteFirmware' },
    'firmware-leaves': { target: '.firmware.handedOver', actions: 'noteFirmware' },
    decompressed: { actions: 'noteDecompressed' },
    'kernel-starts': [
      { guard: 'isReplay', actions: 'endReplay' },
      { target: '.kernel', actions: 'startKernel' },
    ],
    'kernel-names-itself': [
      { guard: 'isAnotherKernel', target: '.kernel', actions: 'startKernel' },
      { actions: 'nameKernel' },
    ],
    'kernel-evident': { target: '.kernel', actions: 'startKernel' },
    bootconsole: { actions: 'expectReplay' },
    'kexec-complaint': { actions: 'noteKexecComplaint' },
    'kexec-starts': { target: '.kexec.jumping', actions: 'noteKexecStarted' },
    'kexec-leaves': { target: '.kexec.gone', actions: 'noteKexecLeft' },
    failure: { actions: 'noteFailure' },
    warning: { actions: 'noteWarning' },
    trace: { actions: 'noteTrace' },
    shell: { actions: 'noteShell' },
    life: { actions: 'noteLife' },
    'device-timeout': { actions: 'noteTimeout' },
    'root-dependency': { actions: 'noteRootDependency' },
    'crash-kernel': { actions: 'noteCrashKernel' },
    'power-off': { actions: 'notePowerOff' },
    reset: { actions: 'noteReset' },
  },
  states: {
    firmware: {
      initial: 'silent',
      states: {
        silent: {},
        booting: {
          tags: 'loader',
          on: {
            'cpu-stuck': 'stuck',
            'cpu-waiting': 'stuck',
            'firmware-doubt': { actions: 'noteWarning' },
            'firmware-prompt': { target: 'stuck', actions: 'noteFirmwarePrompt' },
          },
        },
        stuck: { on: { 'console-speaks': { guard: 'isOnlySilent', target: 'booting' } } },
        handedOver: {
          tags: 'loader',
          on: {
            'cpu-stuck': 'kernelSilent',
            'cpu-waiting': 'kernelSilent',
            'firmware-doubt': { target: 'booting', actions: 'noteWarning' },
          },
        },
        kernelSilent: { tags: 'over', on: { 'console-speaks': 'handedOver' } },
      },
      on: { decompressed: { target: '.handedOver', actions: 'noteDecompressed' } },
    },
    kernel: {
      initial: 'running',
      states: {
        running: { on: { ...alive, ...early, 'cpu-stuck': 'hung' } },
        hung: { tags: 'over', on: { ...alive, 'console-speaks': 'running' } },
        panicked: { tags: 'over' },
      },
    },
    initramfs: {
      initial: 'running',
      states: {
        running: { tags: 'shell', on: { ...alive, ...early } },
        rescue: {
          tags: ['shell', 'rescue'],
          on: { ...alive, ...early, 'initramfs-speaks': { actions: 'noteProgress' } },
        },
        panicked: { tags: ['shell', 'over'] },
      },
    },
    kexec: {
      initial: 'preparing',
      states: {
        preparing: {
          tags: 'shell',
          on: {
            ...alive,
            'initramfs-speaks': {
              guard: 'kexecHasFailed',
              target: '#boot.initramfs.running',
              actions: 'noteProgress',
            },
            'kexec-doubt': { actions: 'noteFailure' },
          },
        },
        jumping: {
          tags: 'leaving',
          on: {
            ...leaving,
            // systemd has ended every program before the jump.
            login: [{ guard: 'programsEnded', ...gone.login }, { actions: 'noteLogin' }],
          },
        },
        gone: { tags: 'leaving', on: gone },
        hung: { tags: ['leaving', 'over'], on: { ...gone, 'console-speaks': 'gone' } },
        lost: { tags: ['leaving', 'over'], on: { ...gone, 'console-speaks': 'gone' } },
        panicked: { tags: 'over' },
      },
    },
    userspace: {
      initial: 'starting',
      states: {
        starting: { tags: 'shell', on: { ...alive, ...noWayBack } },
        up: {
          on: {
            ...alive,
            ...noWayBack,
            'userspace-speaks': { actions: 'noteProgress' },
            'system-up': { actions: 'noteUp' },
            proof: { actions: 'noteProof' },
          },
        },
        rescue: {
          tags: ['shell', 'rescue'],
          on: { ...alive, ...noWayBack, 'userspace-speaks': { actions: 'noteProgress' } },
        },
        panicked: { tags: 'over' },
      },
    },
  },
});
