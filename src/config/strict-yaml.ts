import { distance } from 'fastest-levenshtein';
import { isNode, LineCounter, parseDocument } from 'yaml';
import { z } from 'zod';

/** A configuration file is wrong: every problem with its line, what was expected and, for a misspelt key, the likely one. */
export class ConfigError extends Error {
  readonly file: string;
  readonly problems: readonly ConfigProblem[];

  constructor(file: string, problems: readonly ConfigProblem[]) {
    super(
      [`${file}: ${problems.length} problem${problems.length === 1 ? '' : 's'}`]
        .concat(
          problems.map(
            ({ line, path, message }) =>
              `  ${line === null ? '' : `line ${line}: `}${path === '' ? '' : `${path}: `}${message}`,
          ),
        )
        .join('\n'),
    );
    this.name = 'ConfigError';
    this.file = file;
    this.problems = problems;
  }
}

export interface ConfigProblem {
  readonly path: string;
  /** From 1; null where the file does not say. */
  readonly line: number | null;
  readonly message: string;
}

/**
 * Checks YAML against a strict schema: unknown keys are errors with the likely name, every problem has its line. Throws
 * ConfigError; `file` is for its message.
 */
export function parseStrictYaml<S extends z.ZodType>(source: string, file: string, schema: S): z.infer<S> {
  const lines = new LineCounter();
  const document = parseDocument(source, { lineCounter: lines, uniqueKeys: true });
  const lineOf = (path: readonly PropertyKey[]): number | null => {
    for (let depth = path.length; depth >= 0; depth--) {
      const node = document.getIn(path.slice(0, depth), true);
      if (isNode(node) && node.range) return lines.linePos(node.range[0]).line;
    }
    return null;
  };
  if (document.errors.length > 0)
    throw new ConfigError(
      file,
      document.errors.map((error) => ({
        path: 'YAML',
        line: lines.linePos(error.pos[0]).line,
        message: error.message.split('\n')[0] ?? error.code,
      })),
    );
  let value: unknown;
  try {
    value = document.toJS({ maxAliasCount: 100 });
  } catch (error) {
    throw new ConfigError(file, [{ path: 'YAML', line: null, message: String(error) }]);
  }
  const result = schema.safeParse(value ?? {});
  if (!result.success)
    throw new ConfigError(
      file,
      result.error.issues.flatMap((issue) => explain(issue, schema, lineOf)),
    );
  return result.data;
}

function explain(
  issue: z.core.$ZodIssue,
  schema: z.ZodType,
  lineOf: (path: readonly PropertyKey[]) => number | null,
): ConfigProblem[] {
  if (issue.code !== 'unrecognized_keys') {
    return [{ path: dotted(issue.path), line: lineOf(issue.path), message: inWords(issue.message) }];
  }
  const known = knownKeys(schema, issue.path);
  return issue.keys.map((key) => {
    const path = [...issue.path, key];
    const close = known
      .map((name) => ({ name, far: distance(name, key) }))
      .sort((a, b) => a.far - b.far)
      .find(({ name, far }) => far <= Math.max(2, Math.floor(name.length / 3)));
    const hint = close ? `; did you mean ${close.name}?` : `; known here: ${known.join(', ')}`;
    return { path: dotted(path), line: lineOf(path), message: `unknown key${hint}` };
  });
}

function inWords(message: string): string {
  const [, expected, received] = /^Invalid input: expected (.+), received (\w+)$/.exec(message) ?? [];
  if (expected === undefined || received === undefined) return message;
  const wanted = expected === 'array' ? 'a list' : expected;
  return received === 'undefined' ? `missing; expected ${wanted}` : `expected ${wanted}, not ${received}`;
}

function dotted(path: readonly PropertyKey[]): string {
  return path
    .map((part, index) => (typeof part === 'number' ? `[${part}]` : `${index > 0 ? '.' : ''}${String(part)}`))
    .join('');
}

interface SchemaNode {
  readonly properties?: Readonly<Record<string, SchemaNode>>;
  readonly items?: SchemaNode;
}

function knownKeys(schema: z.ZodType, path: readonly PropertyKey[]): string[] {
  let node: SchemaNode | undefined = z.toJSONSchema(schema, {
    io: 'input',
    unrepresentable: 'any',
  }) as SchemaNode;
  for (const part of path) node = typeof part === 'number' ? node?.items : node?.properties?.[String(part)];
  return Object.keys(node?.properties ?? {});
}
