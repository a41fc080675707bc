import t from 'tap';
import { readSshLog } from '../../src/steps/ssh.ts';

// From OpenSSH 9.2, with `-E FILE -o LogLevel=DEBUG1`; shortened.
const begin = `OpenSSH_9.2p1 Debian-2+deb12u7, OpenSSL 3.0.17 1 Jul 2025
debug1: Connecting to 127.0.0.1 [127.0.0.1] port 2222.
debug1: Connection established.
`;
const letIn = `${begin}debug1: Authentication succeeded (publickey).
Authenticated to 127.0.0.1 ([127.0.0.1]:2222) using "publickey".
debug1: Sending command: exit 255
`;

t.test('a command that exits with 255 has an exit code of its own', (t) => {
  const log = `${letIn}debug1: client_input_channel_req: channel 0 rtype exit-status reply 0
debug1: channel 0: free: client-session, nchannels 1
Transferred: sent 2636, received 2412 bytes, in 0.1 seconds
Bytes per second: sent 21021.7, received 19235.3
debug1: Exit status 255
`;
  t.strictSame(readSshLog(log), { authenticated: true, exitCode: 255, words: '' });
  t.end();
});

t.test('a broken connection has no exit code, nor has one that was never established', (t) => {
  const broken = `${letIn}Connection to 127.0.0.1 closed by remote host.
debug1: Exit status -1
`;
  t.strictSame(readSshLog(broken), {
    ...{ authenticated: true, exitCode: null },
    words: 'Connection to 127.0.0.1 closed by remote host.',
  });
  const refused = `${begin}kex_exchange_identification: Connection closed by remote host\r
Connection closed by 127.0.0.1 port 2222\r
`;
  t.match(readSshLog(refused), { authenticated: false, exitCode: null, words: /^kex_exchange/ });
  t.end();
});

t.test('an ssh that did not even begin', (t) => {
  t.equal(readSshLog(''), null);
  t.equal(readSshLog('Bad owner or permissions'), null);
  t.end();
});
