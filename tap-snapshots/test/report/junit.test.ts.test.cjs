/* IMPORTANT
 * This snapshot file is auto-generated, but designed for humans.
 * It should be checked into source control and tracked carefully.
 * Re-generate by setting TAP_SNAPSHOT=1 and running tests.
 * Make sure to inspect the output below.  Do not ignore changes!
 */
'use strict'
exports[`test/report/junit.test.ts > TAP > a suite per architecture, a failure with its proof, an error for what has none > the document 1`] = `
<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="kexec-lab" tests="4" failures="1" errors="2" skipped="0" time="74.000">
  <testsuite name="aarch64" tests="2" failures="1" errors="0" skipped="0" time="9.520" timestamp="2030-01-01T00:00:00.000Z">
    <testcase name="kexec" classname="aarch64" time="4.420" file="scenarios/kexec.yaml" line="8"/>
    <testcase name="whole-disk" classname="aarch64" time="5.100" file="scenarios/whole-disk.yaml" line="8">
      <failure message="expected booted, got root-mount-failed in generation 2, stage initramfs (device /dev/vda): mount: mounting /dev/vda on /root failed: Invalid argument" type="root-mount-failed">expected: booted, generation 2, root /dev/vda1
happened: root-mount-failed in generation 2, stage initramfs (device /dev/vda)
because: outcome: expected booted, got root-mount-failed
meaning: The root could not be mounted.
cure: Name the partition.
proof: runs/r1/aarch64/whole-disk/console.log:123: mount: mounting /dev/vda on /root failed: Invalid argument
proof: silence: silent for 3.0 s</failure>
    </testcase>
  </testsuite>
  <testsuite name="arm" tests="2" failures="0" errors="2" skipped="0" time="1.100" timestamp="2030-01-01T00:00:00.000Z">
    <testcase name="kexec" classname="arm" time="0.100" file="scenarios/kexec.yaml" line="8">
      <error message="no usable qemu-system-arm on this machine; Install it: apt-get install …" type="unavailable">expected: booted
because: no usable qemu-system-arm on this machine
because: Install it: apt-get install …</error>
    </testcase>
    <testcase name="bye" classname="arm" time="1.000" file="scenarios/bye.yaml" line="8">
      <error message="stopped before there was an outcome" type="interrupted">expected: booted
because: stopped before there was an outcome</error>
    </testcase>
  </testsuite>
</testsuites>

`
