/** The arrows between the stages (docs/architecture.md). Data flows one way; test/conventions holds these rules. */
const stage = (name) => `^src/${name}/`;
const only = (name, allowed, comment) => ({
  name: `${name}-knows-only`,
  comment,
  severity: 'error',
  from: { path: stage(name) },
  to: {
    path: '^src/',
    pathNot: [stage(name), ...allowed.map((a) => (a.endsWith('.ts') ? `^src/${a}$` : stage(a)))],
  },
});

module.exports = {
  forbidden: [
    {
      name: 'no-circular',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    only('form', [], 'the statutory form as data knows nothing else'),
    only('article', [], 'how portals lay out an article knows nothing of who reads it'),
    only('read', ['article'], 'readers know nothing of the form'),
    only('process', [], 'which process it is has nothing to do with what it does'),
    only('config', [], 'strict configuration files know nothing of what they configure'),
    only('agencies', ['form'], 'the register folds names as labels are folded'),
    only('extract', ['form', 'read/document.ts'], 'extraction knows nothing of file formats'),
    only('check', ['form', 'extract/report.ts'], 'rules know nothing of documents or storage'),
    only(
      'dataset',
      ['form', 'extract/report.ts', 'check', 'crawl/state.ts', 'agencies', 'process'],
      'the store knows report and finding types',
    ),
    only('crawl', ['config', 'article', 'process'], 'the crawl knows nothing of the form'),
    only(
      'review',
      ['form', 'extract/report.ts', 'check', 'dataset', 'read', 'agencies', 'process'],
      'the review page reads the store',
    ),
    only(
      'run',
      ['form', 'read', 'extract', 'check', 'dataset', 'crawl', 'agencies', 'review', 'config', 'process'],
      'the run puts the stages together',
    ),
    {
      name: 'nobody-imports-cli',
      severity: 'error',
      from: { pathNot: stage('cli') },
      to: { path: stage('cli') },
    },
    {
      name: 'nobody-below-imports-run',
      severity: 'error',
      from: { path: '^src/', pathNot: [stage('run'), stage('cli')] },
      to: { path: stage('run') },
    },
    {
      name: 'sources-do-not-import-tests',
      severity: 'error',
      from: { path: '^src/' },
      to: { path: '^(test|bench|scripts)/' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    parser: 'swc',
    enhancedResolveOptions: { extensions: ['.ts', '.js'] },
  },
};
