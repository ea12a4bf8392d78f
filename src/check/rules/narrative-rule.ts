import type { Severity } from '../finding.ts';
import type { Rule } from '../rule.ts';

const BASIS = {
  kind: 'convention',
  source: '一、总体情况 and the tables describe the same work of the same year',
} as const;

/** A year of thirty requests in which every sum holds, for the examples. */
export const consistent = {
  'new_received/natural_person': 30,
  'new_received/total': 30,
  'carried_in/natural_person': 2,
  'carried_in/total': 2,
  'granted/natural_person': 20,
  'granted/total': 20,
  'denied.process_information/natural_person': 8,
  'denied.process_information/total': 8,
  'concluded_total/natural_person': 28,
  'concluded_total/total': 28,
  'carried_out/natural_person': 4,
  'carried_out/total': 4,
};

export function rule(
  id: string,
  severity: Severity,
  title: Rule['title'],
  terms: string,
  explanation: Rule['explanation'],
  examples: Rule['examples'],
  tolerance = '0',
): Rule {
  return { id, version: 1, basis: BASIS, severity, title, terms, tolerance, explanation, examples };
}
