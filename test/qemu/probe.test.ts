import t from 'tap';
import { parseProgramCounters } from '../../src/qemu/probe.ts';

t.test('program counters of every CPU', (t) => {
  const aarch64 = [
    'CPU#0',
    ' PC=ffff80000801a2c4 X00=0000000000000000 X01=ffff80000a1d3c80',
    'PSTATE=600003c5 -ZC- EL1h     FPU disabled',
    'CPU#1',
    ' PC=0000000040000000 X00=00000000000000ff X01=0000000000000000',
  ].join('\r\n');
  t.same(parseProgramCounters(aarch64), [0xffff80000801a2c4n, 0x40000000n]);
  const arm = [
    'CPU#0',
    'R00=00000000 R01=c1205ac0 R02=00000000 R03=c010d3a0',
    'R12=c1201f58 R13=c1201f38 R14=c010d3dc R15=c010d3a4',
    'PSR=60000013 -ZC- A svc32',
  ].join('\r\n');
  t.same(parseProgramCounters(arm), [0xc010d3a4n]);
  t.end();
});
