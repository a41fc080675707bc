import { bootSetup } from './setup.ts';

/** Messages of programs show how far the boot has come, whatever the state was; a panic ends every stage. */
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
  machine: { actions: 'noteMachine' },
  'kexec-prepares': { target: '#boot.kexec.preparing' },
  'kexec-announced': { target: '#boot.kexec.preparing', actions: 'noteKexecAnnounced' },
  panic: { target: 'panicked', actions: 'noteFailure' },
} as const;

/** Before the system itself runs, a message may be from an initramfs of any kind. */
const early = {
  'root-doubt': { actions: 'noteWarning' },
  'rescue-doubt': { target: '#boot.initramfs.rescue', actions: 'noteRescue' },
} as const;

/** The initramfs cannot run again: messages that look like its own come from another program. */
const afterInitramfs = {
  'initramfs-starts': { actions: 'noteProgress' },
  'initramfs-speaks': { actions: 'noteProgress' },
} as const;

/** The old kernel has begun the jump. Its last output may still arrive, so only messages of a starting system count. */
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
  panic: { target: 'panicked', actions: 'noteLostJump' },
  'cpu-stuck': 'hung',
  'cpu-parked': 'hung',
  'cpu-idle': 'lost',
} as const;

/** After the old kernel's last message its programs print nothing more: a login prompt is the new kernel's. */
const left = {
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
  // Only one CPU is left, so a fault of the old kernel ends the jump.
  warning: [
    { guard: 'isFault', target: '#boot.kexec.panicked', actions: 'noteLostJump' },
    { actions: 'noteWarning' },
  ],
} as const;

/**
 * The states of a boot, grouped by stage. The context is not part of the machine: an event brings the conditions that
 * hold, and a transition names the actions that `step()` performs on the context. Messages of firmware, a starting kernel
 * and the jump are handled in every state, so their transitions are at the root.
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
    'crash-load-failed': { actions: 'noteCrashLoad' },
    'crash-starts': { target: '.kexec.gone', actions: ['noteReset', 'noteCrashStart'] },
    'crash-kernel': { actions: 'noteCrashKernel' },
    'dump-begins': { actions: 'noteDump' },
    'dump-saved': { actions: 'noteDump' },
    'dump-failed': { actions: 'noteDump' },
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
          // CPUs that are parked may count down. Longer than any countdown, they are waiting.
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
            'cpu-parked': 'kernelSilent',
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
        running: { on: { ...alive, ...early, 'cpu-stuck': 'hung', 'cpu-parked': 'hung' } },
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
            // systemd stops all programs before the jump.
            login: [{ guard: 'programsEnded', ...left.login }, { actions: 'noteLogin' }],
          },
        },
        gone: { tags: 'leaving', on: left },
        hung: { tags: ['leaving', 'over'], on: { ...left, 'console-speaks': 'gone' } },
        lost: { tags: ['leaving', 'over'], on: { ...left, 'console-speaks': 'gone' } },
        panicked: { tags: 'over' },
      },
    },
    userspace: {
      initial: 'starting',
      states: {
        starting: { tags: 'shell', on: { ...alive, ...afterInitramfs } },
        up: {
          on: {
            ...alive,
            ...afterInitramfs,
            'userspace-speaks': { actions: 'noteProgress' },
            'system-up': { actions: 'noteUp' },
            proof: { actions: 'noteProof' },
          },
        },
        rescue: {
          tags: ['shell', 'rescue'],
          on: { ...alive, ...afterInitramfs, 'userspace-speaks': { actions: 'noteProgress' } },
        },
        panicked: { tags: 'over' },
      },
    },
  },
});
