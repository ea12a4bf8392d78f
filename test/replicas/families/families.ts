import type { ReplicaFamily } from '../family.ts';
import type { SiteFamily } from '../site.ts';
import { esogov } from './esogov.ts';
import { generic } from './generic.ts';
import { gkmlpt, nfcms } from './gkmlpt.ts';
import { hanwebJpaas } from './hanweb-jpaas.ts';
import { hanwebJpage } from './hanweb-jpage.ts';
import { hanwebAnnual, hanwebXxgk } from './hanweb-xxgk.ts';
import { kaipu } from './kaipu.ts';
import { shanghai } from './shanghai.ts';
import { single } from './single.ts';
import { trs } from './trs.ts';
import { vsb } from './vsb.ts';

/** Every system that the replica can play. */
export const families: Readonly<Record<SiteFamily, ReplicaFamily>> = {
  hanweb_jpage: hanwebJpage,
  hanweb_jpaas: hanwebJpaas,
  hanweb_xxgk: hanwebXxgk,
  hanweb_annual: hanwebAnnual,
  trs,
  kaipu,
  gkmlpt,
  nfcms,
  esogov,
  vsb,
  shanghai,
  generic,
  single,
};
