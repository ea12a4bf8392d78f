import type { Rule, RuleFamily } from './rule.ts';
import { agencies } from './rules/agencies.ts';
import { cells } from './rules/cells.ts';
import { claims } from './rules/claims.ts';
import { copies } from './rules/copies.ts';
import { deadline } from './rules/deadline.ts';
import { form } from './rules/form.ts';
import { growth } from './rules/growth.ts';
import { narrative } from './rules/narrative.ts';
import { period } from './rules/period.ts';
import { regulations } from './rules/regulations.ts';
import { tableFour } from './rules/table-four.ts';
import { tableThree } from './rules/table-three.ts';
import { words } from './rules/words.ts';
import { years } from './rules/years.ts';

/** Every family of rules, in the order in which checks and findings are listed. The one place of registration. */
export const FAMILIES: readonly RuleFamily[] = [
  tableThree,
  tableFour,
  cells,
  regulations,
  narrative,
  claims,
  period,
  form,
  words,
  years,
  growth,
  deadline,
  agencies,
  copies,
];

/** Every rule, in the same order. */
export const CATALOGUE: readonly Rule[] = FAMILIES.flatMap((family) => family.rules);
