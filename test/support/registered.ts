import type { RegisteredAgency } from '../../src/agencies/register.ts';

/** A body as a register has it; what a test says nothing of is ordinary. */
export function registered(
  id: string,
  name: string,
  more: Partial<Omit<RegisteredAgency, 'id' | 'name'>> = {},
): RegisteredAgency {
  return {
    id,
    name,
    aliases: [],
    uscc: null,
    divisionCode: '330105',
    parent: null,
    kind: 'department',
    firstYear: null,
    lastYear: null,
    ...more,
  };
}
