/** Everything that is read from the environment, in one place. */
export type Environment = {
  /** Directory of all state when no --home is given: COCOON_HOME. */
  readonly home: string | undefined;
  /** Key for an HTTP engine: COCOON_ENGINE_KEY. Never in a file, never in a log. */
  readonly engineKey: string | undefined;
};

export function environment(variables: NodeJS.ProcessEnv = process.env): Environment {
  return {
    home: variables["COCOON_HOME"],
    engineKey: variables["COCOON_ENGINE_KEY"],
  };
}
