import { trial } from '../test/run/fleet/trial.ts';
import { startPostgres } from '../test/support/postgres.ts';

/**
 * `npm run fleet-trial -- [--portals 20] [--agencies 36] [--from 2019] [--to 2025] [--workers 4] [--kills 20] [--speed 10] [--heartbeat 20] [--keep]`
 *
 * The replica portals crawled by one machine and then by a fleet on a Postgres of its own, whose workers are killed with
 * SIGKILL on the way; by default 5,040 reports. Prints the measured figures as JSON; ends with status 1 when the datasets
 * differ in a byte, a pause was cut short, a host saw two workers, anything was set aside, or a takeover took more than
 * a minute.
 */
function number(name: string, otherwise: number): number {
  const at = process.argv.indexOf(`--${name}`);
  const value = at < 0 ? otherwise : Number(process.argv[at + 1]);
  if (!Number.isInteger(value) || value < 0)
    throw new Error(`--${name} expects a whole number, given ${process.argv[at + 1]}`);
  return value;
}

const postgres = await startPostgres();
if (postgres === null) throw new Error('the trial needs the program postgres');
try {
  const result = await trial({
    address: await postgres.fresh(),
    portals: number('portals', 20),
    agencies: number('agencies', 36),
    years: { from: number('from', 2019), to: number('to', 2025) },
    workers: number('workers', 4),
    kills: number('kills', 20),
    between: [4000, 9000],
    speed: number('speed', 10),
    heartbeatSeconds: number('heartbeat', 20),
    seed: number('seed', 1),
    keep: process.argv.includes('--keep'),
    say: (line) => process.stderr.write(`${line}\n`),
  });
  const { oneMachine, fleet, faults, status, ...figures } = result;
  const names = [...new Set([...Object.keys(oneMachine), ...Object.keys(fleet)])].sort();
  const different = names.filter((name) => oneMachine[name] !== fleet[name]);
  process.stdout.write(
    `${JSON.stringify({ ...figures, files: names.length, different, faults, parked: status.parked, jobs: status.jobs }, null, 2)}\n`,
  );
  const good =
    different.length === 0 &&
    names.length > 0 &&
    faults.length === 0 &&
    status.parked.length === 0 &&
    Math.max(figures.takeovers.documents.longest, figures.takeovers.portals.longest) <= 60;
  process.exitCode = good ? 0 : 1;
} finally {
  await postgres.stop();
}
