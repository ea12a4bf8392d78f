import { writeFileSync } from 'node:fs';
import type { BadDocumentFigures } from '../test/hostile/bad-documents.ts';
import type { FuzzFigures } from '../test/hostile/fuzz.ts';
import type { KillFigures } from '../test/hostile/kills.ts';
import { readFigures } from '../test/hostile/reliability.ts';

/** docs/reliability.md, from the figures that the long trials wrote: `npm run docs`. */
export function reliabilityDoc(): string {
  const fuzz = readFigures<FuzzFigures>('fuzz');
  const bad = readFigures<BadDocumentFigures>('documents');
  const kills = (['extract', 'crawl', 'export'] as const).map(
    (run) => [run, readFigures<KillFigures>(run)] as const,
  );
  const counts = (of: Readonly<Record<string, number>>) =>
    Object.entries(of)
      .sort(([, a], [, b]) => b - a)
      .map(([name, n]) => `${name} ${n}`)
      .join(', ');
  const list = (of: readonly string[]) =>
    of.length === 0 ? 'none' : of.map((line) => `\n- ${line}`).join('');
  return `# Reliability

Made by \`npm run docs\` from the figures that the last long trials wrote (\`npm run fuzz\`, \`npm run chaos\`); short runs of the same are part
of \`npm test\`.

## Changed and damaged documents

${
  fuzz
    ? `${fuzz.documents} documents (seed ${fuzz.seed}) in ${fuzz.seconds} s: ${fuzz.structured} changed in what they say or how they say it, the others damaged in their
bytes. The first are reports drawn anew with something odd in them: a typing error, a cell that holds no number, markup that does not
show, rows and cells removed, doubled and swapped, objects of a PDF changed. What each then shows is worked out from how it was drawn, and
a number read without a mark must stand there; where only drawing the page could tell, any outcome will do that has a name. Of these, ${fuzz.structuredRead} were read with at least one table. Outcomes: ${counts(fuzz.outcomes)}.

| | |
|---|---|
| slowest document | ${fuzz.slowestMs} ms |
| memory of the parent, drawing the documents included | ${fuzz.parentMiB.before} MiB before, ${fuzz.parentMiB.most} MiB at most; after each thousand documents ${fuzz.parentMiB.thousands.join(', ')} MiB |
| processes left | ${fuzz.processesLeft} |
| temporary files left | ${fuzz.temporaryFilesLeft} |

To be explained, or to be mended: ${list(fuzz.complaints)}
`
    : 'Not run yet.\n'
}
## Bad documents among good ones

${
  bad
    ? `${bad.documents} documents, ${bad.bad} of which hang, take all memory or end their process (seed ${bad.seed}), in ${bad.seconds} s. The parent took ${bad.parentMiB} MiB at most.

| document | outcome |
|---|---|
${Object.entries(bad.outcomes)
  .map(([what, of]) => `| ${what} | ${counts(of)} |`)
  .join('\n')}

Not as it must be: ${list(bad.wrong)}
`
    : 'Not run yet.\n'
}
## Killed with SIGKILL

At random moments, up to ten times in a row, then run to the end; \`dataset/\` is compared byte for byte with that of an undisturbed run, and
the store is examined.

| command | killed | ended before the blow | compared | differences |
|---|---|---|---|---|
${kills.map(([run, of]) => (of ? `| ${run} | ${of.killed} | ${of.ended} | ${of.compared} | ${of.differences.length} |` : `| ${run} | not run yet | | | |`)).join('\n')}
`;
}

if (import.meta.main) writeFileSync(new URL('../docs/reliability.md', import.meta.url), reliabilityDoc());
