import { spawnSync } from 'node:child_process';

/** Milliseconds of processor time of this process, which other programs on the machine distort less than the clock. */
export function processorMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

/**
 * Milliseconds of processor time of a program, from its start to its end; null where it is missing or fails. The system
 * counts hundredths of a second: what is quicker is run several times.
 */
export function programMs(command: string, args: readonly string[], runs = 1): number | null {
  const script = `i=0; while [ $i -lt ${runs} ]; do "$@" >/dev/null 2>&1 || exit 1; i=$((i+1)); done; times`;
  const { status, stdout } = spawnSync('sh', ['-c', script, 'sh', command, ...args], { encoding: 'utf8' });
  // `times` of the shell: its second line is what its children took.
  const line = stdout?.split('\n')[1];
  if (status !== 0 || !line) return null;
  const parts = [...line.matchAll(/(\d+)m([\d.]+)s/g)];
  return parts.reduce((sum, [, minutes, s]) => sum + Number(minutes) * 60_000 + Number(s) * 1000, 0) / runs;
}
