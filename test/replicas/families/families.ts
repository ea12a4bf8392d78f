import type { ReplicaFamily } from '../family.ts';
import type { SiteFamily } from '../site.ts';
import { hanwebJpaas } from './hanweb-jpaas.ts';
import { hanwebJpage } from './hanweb-jpage.ts';
import { trs } from './trs.ts';

/** Every system that the replica can play. */
export const families: Readonly<Record<SiteFamily, ReplicaFamily>> = {
  hanweb_jpage: hanwebJpage,
  hanweb_jpaas: hanwebJpaas,
  trs,
} as Record<SiteFamily, ReplicaFamily>;
