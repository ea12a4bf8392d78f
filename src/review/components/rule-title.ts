import { CATALOGUE } from '../../check/catalogue.ts';
import type { Language } from '../language.ts';

/** The rule in words; its id only where the rule is not known any more. */
export function ruleTitle(rule: string, language: Language): string {
  const found = CATALOGUE.find((r) => r.id === rule);
  return found ? found.title[language] : rule;
}
