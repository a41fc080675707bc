import t from 'tap';
import {
  mapAllUsers,
  planNamespace,
  hasRange,
  type NamespaceFacts,
} from '../../../src/image/build/namespace.ts';

/** A Debian 12 server with qemu-user-static, where everything works, seen by an ordinary user. */
const fine: NamespaceFacts = {
  isRoot: false,
  user: 'alice',
  kernel: '6.1.0-18-amd64',
  emulator: 'aarch64',
  emulatorRegistered: true,
  binfmtPerNamespace: false,
  userNamespaces: true,
  appArmorRestricts: false,
  hasUserRange: true,
};

t.test("if qemu-user is registered, mmdebstrap's own namespaces are used", (t) => {
  for (const isRoot of [true, false])
    t.same(planNamespace({ ...fine, isRoot }), {
      command: ['mmdebstrap', '--unshare-helper'],
      mapsAllUsers: false,
      emulator: 'aarch64',
    });
  t.end();
});

t.test('root registers it where only the build sees it', (t) => {
  const facts = { ...fine, emulatorRegistered: false, binfmtPerNamespace: true };
  const { command, mapsAllUsers } = planNamespace({ ...facts, isRoot: true });
  t.equal(mapsAllUsers, true);
  t.same(
    [command.slice(0, 2), command.slice(-2)],
    [
      ['unshare', '--user'],
      ['mmdebstrap', '--unshare-helper'],
    ],
  );
  t.ok(command.some((word) => word.includes(mapAllUsers)));
  t.equal(planNamespace(facts).mapsAllUsers, false, 'an ordinary user has a namespace anyway');
  t.end();
});

t.test('what a host does not permit is said, with the command that helps', (t) => {
  const refused = (facts: Partial<NamespaceFacts>, message: RegExp, hint: RegExp) =>
    t.throws(() => planNamespace({ ...fine, ...facts }), { exitCode: 5, message, hint });
  refused({ emulatorRegistered: false }, /\b6\.7\b.*6\.1\.0-18-amd64/, /systemd-binfmt/);
  refused({ userNamespaces: false }, /\bDebian\b/, /max_user_namespaces/);
  refused({ appArmorRestricts: true }, /AppArmor/, /apparmor_restrict_unprivileged_userns=0/);
  refused({ hasUserRange: false }, /\/etc\/subuid\b/, /--add-subuids .* alice$/);
  const none = { userNamespaces: false, appArmorRestricts: true, hasUserRange: false };
  t.doesNotThrow(() => planNamespace({ ...fine, ...none, isRoot: true }), 'root needs none of it');
  const native = { emulator: null, emulatorRegistered: false };
  t.doesNotThrow(() => planNamespace({ ...fine, ...native }), 'nor does anybody a foreign program');
  t.end();
});

t.test('ranges of users', (t) => {
  const text = 'bob:100000:65536\nalice:165536:1000\n';
  t.same(
    [hasRange(text, 'bob'), hasRange(text, 'alice'), hasRange(text, 'bo')],
    [true, false, false],
  );
  t.end();
});
