import t from 'tap';
import { parseCpuTime, parseProgramCounters } from '../../src/qemu/probe.ts';

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

t.test('CPU time of a thread whose name has spaces and brackets', (t) => {
  const stat =
    '4711 (CPU 0/TCG) (x) S 1 4711 4711 0 -1 4194560 100 0 0 0 123 45 0 0 20 0 4 0 999 0 0\n';
  t.equal(parseCpuTime(stat), 1680);
  t.end();
});
