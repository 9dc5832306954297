import { readFileSync } from "node:fs";
import { CocoonError } from "@cocoon/protocol";

/** Everything that is read from the environment, in one place. */
export type Environment = {
  /** Directory of all state when no --home is given: COCOON_HOME. */
  readonly home: string | undefined;
  /** Key for an HTTP engine: COCOON_ENGINE_KEY. Never in a file, never in a log. */
  readonly engineKey: string | undefined;
  /** Opens keystores: COCOON_PASSPHRASE, or the first line of the file that COCOON_PASSPHRASE_FILE names. */
  readonly passphrase: string | undefined;
  /** API key for toncenter's own endpoints: COCOON_TONCENTER_KEY. Never in a file, a log or an error. */
  readonly toncenterKey: string | undefined;
  /** Token for a model hub: COCOON_HUB_TOKEN. Never in a file, a log or an error. */
  readonly hubToken: string | undefined;
  /** API key that the command line shows to a gateway: COCOON_GATEWAY_KEY. Never in a file, a log or an error. */
  readonly gatewayKey: string | undefined;
  /** Base URL of the collector that traces are sent to, OTLP over HTTP: OTEL_EXPORTER_OTLP_ENDPOINT. */
  readonly otlpEndpoint: string | undefined;
};

export function environment(variables: NodeJS.ProcessEnv = process.env): Environment {
  return {
    home: variables["COCOON_HOME"],
    engineKey: variables["COCOON_ENGINE_KEY"],
    passphrase:
      unlessEmpty(variables["COCOON_PASSPHRASE"]) ??
      unlessEmpty(firstLineOf(unlessEmpty(variables["COCOON_PASSPHRASE_FILE"]))),
    toncenterKey: unlessEmpty(variables["COCOON_TONCENTER_KEY"]),
    hubToken: unlessEmpty(variables["COCOON_HUB_TOKEN"]),
    gatewayKey: unlessEmpty(variables["COCOON_GATEWAY_KEY"]),
    otlpEndpoint: unlessEmpty(variables["OTEL_EXPORTER_OTLP_ENDPOINT"]),
  };
}

/** A variable that is set to nothing protects nothing. */
function unlessEmpty(text: string | undefined): string | undefined {
  return text === "" ? undefined : text;
}

function firstLineOf(path: string | undefined): string | undefined {
  if (path === undefined) return undefined;
  try {
    return readFileSync(path, "utf8").split(/\r?\n/)[0];
  } catch (cause) {
    throw new CocoonError("option_invalid", { file: path, reason: "cannot be read" }, { cause });
  }
}
