import { families } from './families/families.ts';
import { startReplica } from './server.ts';
import type { SiteFamily, SiteOptions } from './site.ts';

const known = Object.keys(families) as SiteFamily[];

/**
 * The replica portals by hand: `npm run replica -- [--port 8640] [--agencies 100] [--from 2019] [--to 2025]`. Prints the
 * addresses; a site is chosen by Host header (`curl -H 'Host: trs.test' http://127.0.0.1:8640/zwgk/zfxxgknb/`).
 */
async function main(): Promise<void> {
  const number = (name: string, otherwise: number) => {
    const at = process.argv.indexOf(`--${name}`);
    const value = at < 0 ? otherwise : Number(process.argv[at + 1]);
    if (!Number.isInteger(value))
      throw new Error(`--${name} expects a whole number, given ${process.argv[at + 1]}`);
    return value;
  };
  const sites: SiteOptions[] = known.map((family) => ({
    host: `${family.replaceAll('_', '-')}.test`,
    family,
    agencies: number('agencies', 12),
    years: { from: number('from', 2019), to: number('to', 2024) },
  }));
  const replica = await startReplica({ sites, port: number('port', 8640) });
  process.stdout.write(
    `replica portals on 127.0.0.1:${replica.port}; control: POST /__ctl, log: GET /__ctl\n`,
  );
  for (const host of replica.hosts.values()) {
    process.stdout.write(
      `${host.family.padEnd(14)} ${host.columnUrl}  (${host.site.listed().length} rows)\n`,
    );
  }
  const stop = () => void replica.close().then(() => process.exit(0));
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
}

await main();
