// The market as the proxies tell it: who serves which model, at what price, and how busy.

import {
  CocoonError,
  Conversation,
  createSigningKey,
  encodeMessage,
  type MarketWorker,
  primitives,
  type RawAddress,
  readJsonBody,
  readStatus,
  streamKinds,
} from "@cocoon/protocol";
import {
  type ChainClient,
  createProxySource,
  type ModelListing,
  readRoot,
  type RootState,
} from "@cocoon/sdk";
import { dial, type NetworkConfig, type ProxyAddress } from "@cocoon/services";

export type Offer = MarketWorker & {
  /** Of the proxy that offers it, in parts of ten thousand of the work. */
  readonly feeBps: number;
};

export type Book = {
  /** What the root contract allows, by manifest hash. */
  readonly models: ReadonlyMap<string, ModelListing>;
  readonly offers: readonly Offer[];
  /** Proxies that did not answer, and the code that said why. */
  readonly silent: readonly { readonly bond: RawAddress; readonly code: string }[];
};

const dialTimeoutMs = 10_000;

/** Asks the root contract and each proxy of the network. Throws chain_*. */
export async function readBook(network: NetworkConfig, chain: ChainClient): Promise<Book> {
  const root = await readRoot(chain, network.root);
  const asked = await Promise.all(
    network.proxies.map(async (proxy) => {
      try {
        return { offers: await readOffers(network, chain, { proxy, root }) };
      } catch (error) {
        if (!(error instanceof CocoonError)) throw error;
        return { silent: { bond: proxy.bond, code: error.code } };
      }
    }),
  );
  return {
    models: root.models,
    offers: asked.flatMap(({ offers = [] }) => offers),
    silent: asked.flatMap(({ silent }) => silent ?? []),
  };
}

async function readOffers(
  network: NetworkConfig,
  client: ChainClient,
  { proxy, root }: { readonly proxy: ProxyAddress; readonly root: Pick<RootState, "params"> },
): Promise<readonly Offer[]> {
  const { bond, via } = proxy;
  const params = () => Promise.resolve(root.params);
  const { host, port, publicKey } = await createProxySource({
    client,
    bond,
    params,
    now: Date.now,
  })();
  const peer = await dial({
    host: via?.host ?? host,
    port: via?.port ?? port,
    expectPublicKey: publicKey,
    identity: createSigningKey(primitives.randomBytes(32)),
    role: "client",
    networkId: network.networkId,
    rootAddress: network.root,
    signal: AbortSignal.timeout(dialTimeoutMs),
  });
  try {
    const conversation = new Conversation(peer.connection.open(streamKinds.status));
    await conversation.send(encodeMessage("getStatus"));
    const { feeBps, workers } = readStatus(readJsonBody(await conversation.expect("status")));
    return workers.map((worker) => ({ ...worker, feeBps }));
  } finally {
    await peer.close();
  }
}
