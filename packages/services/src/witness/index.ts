export { createLogKeys, type LogKeysOptions } from "./log-keys.ts";
export { Witness, witnessMigrations, type WitnessModules } from "./witness.ts";
export { addWitnessRoutes } from "./routes.ts";
export { type RunningWitness, runWitness, type WitnessRunModules } from "./run.ts";
