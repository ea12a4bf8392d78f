import { CATALOGUE, FAMILIES } from '../src/check/catalogue.ts';
import type { ExampleReport, Rule, RuleExample, RuleFamily } from '../src/check/rule.ts';
import { runExample } from '../test/check/run-example.ts';

const BASIS = {
  form: 'printed in the form or the regulation',
  arithmetic: 'arithmetic',
  convention: 'convention',
} as const;

const OVER = {
  report: 'one report',
  history: 'the reports of one agency over the years',
  region: 'an aggregate and its bodies in one year',
  copies: 'several copies of one report',
} as const;

/** Every page of docs/rules: file name → content. Examples are run, so that the messages shown are the real ones. */
export function rulePages(): Map<string, string> {
  const pages = new Map<string, string>([['README.md', index()]]);
  for (const family of FAMILIES) pages.set(`${family.key}.md`, familyPage(family));
  return pages;
}

function index(): string {
  const rows = FAMILIES.flatMap((family) =>
    family.rules.map(
      (rule) =>
        `| [${rule.id}](${family.key}.md#${anchor(rule.id)}) | ${cellText(rule.title.zh)} | ${cellText(rule.title.en)} | ${rule.severity} | ${OVER[family.over]} |`,
    ),
  );
  return `# Rules

${CATALOGUE.length} rules, made from \`src/check/rules/\` by \`node scripts/make-rule-docs.ts\`. Do not edit these pages.

Severity is the highest that a finding of the rule can have: an operand that was inferred or read by OCR lowers an
error to a warning, a doubtful one to a doubt about our own reading (\`suspect_extraction\`, info).

| rule | 名称 | title | severity | needs |
|---|---|---|---|---|
${rows.join('\n')}
`;
}

function familyPage(family: RuleFamily): string {
  return `# ${family.title.en} · ${family.title.zh}

Needs ${OVER[family.over]}. Made from \`src/check/rules/\`; do not edit.

${family.rules.map((rule) => ruleSection(family, rule)).join('\n')}`;
}

function ruleSection(family: RuleFamily, rule: Rule): string {
  return `## ${rule.id}

**${rule.title.en}** · ${rule.title.zh}

| | |
|---|---|
| formula | ${cellText(rule.terms)} |
| tolerance | ${cellText(rule.tolerance)} |
| severity | ${rule.severity} |
| basis | ${BASIS[rule.basis.kind]}: ${cellText(rule.basis.source)} |
| version | ${rule.version} |

${rule.explanation.zh}

${rule.explanation.en}

${rule.examples.map((example) => exampleText(family, rule, example)).join('\n')}`;
}

function exampleText(family: RuleFamily, rule: Rule, example: RuleExample): string {
  const { checks, findings } = runExample(family, example);
  const own = checks.filter((c) => c.rule === rule.id);
  const { target } = example.expect;
  const shown = target === undefined ? own : own.filter((c) => c.target === target);
  const outcomes = [...new Set(shown.map((c) => c.outcome))].join(', ');
  const raised = findings.filter((f) => f.rule === rule.id);
  const reports = example.reports.map((r) => `- ${givenText(r)}`).join('\n');
  const messages = raised
    .map(
      (f) =>
        `> **${f.severity}**${f.verdict ? ` · \`${f.verdict}\`` : ''} · ${f.messageZh}\n>\n> ${f.messageEn}`,
    )
    .join('\n>\n');
  return `### ${example.name}

${reports}

Outcome: ${outcomes}${raised.length === 0 ? '; no finding.' : '.'}
${messages ? `\n${messages}\n` : ''}`;
}

function givenText(report: ExampleReport): string {
  const parts: string[] = [];
  if (report.agency) parts.push(report.agency);
  if (report.year) parts.push(String(report.year));
  if (report.scope) parts.push(`scope ${report.scope}`);
  if (report.publishedOn) parts.push(`published on ${report.publishedOn}`);
  if (report.confidence) parts.push(`read by ${report.confidence}`);
  if (report.period === null) parts.push('no period');
  else if (report.period) parts.push(`“${report.period[2]}”`);
  for (const table of ['t2', 't3', 't4'] as const) {
    const cells = Object.entries(report[table] ?? {});
    if (report.tableEditions?.[table]) parts.push(`${table} in the ${report.tableEditions[table]} edition`);
    if (cells.length > 0) {
      parts.push(
        `${table}: ${cells.map(([key, value]) => `\`${key}\` ${value === '' ? 'blank' : value}`).join(', ')}`,
      );
    }
  }
  for (const table of report.without ?? []) parts.push(`no ${table}`);
  for (const line of report.text ?? []) parts.push(`“${line.slice(2)}”`);
  for (const heading of report.headings ?? []) parts.push(`“${heading}”`);
  for (const chart of report.charts ?? []) {
    parts.push(
      `chart ${chart.title ? `“${chart.title}”` : ''} ${(chart.categories ?? []).join(', ')}`.trim(),
    );
  }
  return parts.length > 0 ? `${parts.join('; ')}; everything else as it should be` : 'an ordinary report';
}

function anchor(id: string): string {
  return id.toLowerCase().replaceAll('.', '');
}

function cellText(text: string): string {
  return text.replaceAll('|', '\\|');
}
