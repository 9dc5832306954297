// The configurations with which operators command their nodes.

import { type NetworkConfig, writeConfigFile } from "@cocoon/services";

const settle = { thresholdNanotons: "1", intervalMs: 60_000 };

export type OperatorConfig = {
  readonly home: string;
  readonly network: NetworkConfig;
  readonly bond?: string | undefined;
};

export function writeProxyConfig(path: string, { home, network, bond }: OperatorConfig): void {
  writeConfigFile(path, {
    home,
    network,
    host: "127.0.0.1",
    port: 4_711,
    bond,
    feeBps: 100,
    creditWindowNanotons: "1",
    workerDepositNanotons: "1",
    closeTimeoutSeconds: 3_600,
    anchorMs: 2_000,
    payMs: 250,
    settle,
  });
}

export function writeWorkerConfig(path: string, { home, network, bond }: OperatorConfig): void {
  writeConfigFile(path, {
    home,
    network,
    model: "m",
    engine: { kind: "llama", modelPath: "m.gguf" },
    price: { promptPerMillion: "1", completionPerMillion: "1" },
    slots: 1,
    tickMs: 10,
    creditWindowNanotons: "1",
    settle,
    bond,
  });
}
