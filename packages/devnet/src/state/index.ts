export type { Workchain } from "./shard-state.ts";
export { type BlockName, type BlockNames, type StateProof, World } from "./world.ts";
