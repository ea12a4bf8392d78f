import type { ReportVersion } from './state.ts';

/** The files of earlier versions that this one has no more, each address once. */
export function replacedFiles(
  version: ReportVersion,
  before: readonly ReportVersion[],
): { readonly url: string; readonly name: string | null }[] {
  const now = new Set(version.files.map(({ url }) => url));
  const gone = new Map(
    before.flatMap(({ files }) =>
      files.filter(({ url }) => !now.has(url)).map(({ url, name }) => [url, { url, name }] as const),
    ),
  );
  return [...gone.values()];
}
