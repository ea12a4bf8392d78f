import { cruise } from 'dependency-cruiser';
import { expect, test } from 'vitest';
// @ts-expect-error: a configuration file without types
import rules from '../../.dependency-cruiser.cjs';

test('data flows one way: no stage imports what it must not know', async () => {
  const { output } = await cruise(['src'], {
    ...rules.options,
    ruleSet: { forbidden: rules.forbidden },
    validate: true,
  });
  if (typeof output === 'string') throw new Error(output);
  // Nothing cruised would be nothing forbidden.
  expect(output.summary.totalCruised).toBeGreaterThan(100);
  expect(output.summary.violations.map((v) => `${v.rule.name}: ${v.from} → ${v.to}`)).toEqual([]);
});
