const units: Readonly<Record<string, number>> = {
  '': 1,
  B: 1,
  KB: 1e3,
  MB: 1e6,
  GB: 1e9,
  KIB: 2 ** 10,
  MIB: 2 ** 20,
  GIB: 2 ** 30,
};

/** `15MB`, `2GB`, `512KiB` or a plain number of bytes; null when it is none of these. KB, MB and GB are decimal. */
export function parseSize(text: string | number): number | null {
  const match = /^\s*(\d+(?:\.\d+)?)\s*([KMG]?I?B|)\s*$/i.exec(String(text));
  const unit = units[(match?.[2] ?? '').toUpperCase()];
  if (!match || unit === undefined) return null;
  return Math.floor(Number(match[1]) * unit);
}
