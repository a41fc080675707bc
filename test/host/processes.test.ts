import t from 'tap';
import { parseSchedstat, parseState } from '../../src/host/processes.ts';

t.test('time on a CPU and time waiting for one', (t) => {
  t.same(parseSchedstat('115101000 378503000 2\n'), {
    cpuMs: 115.101,
    waitedMs: 378.503,
    turns: 2,
  });
  t.end();
});

t.test('the state of a thread, whatever its name', (t) => {
  t.equal(parseState('4711 (CPU 0/TCG) R 1 4711 4711 0 -1'), 'R');
  t.equal(parseState('4711 (a) S (b) S 1 4711'), 'S');
  t.end();
});
