// A client that speaks the wire by hand, so that it can say what the SDK never would.

import {
  type Account,
  type Ask,
  Conversation,
  createSigningKey,
  encodeAsk,
  encodeAttach,
  encodeMessage,
  encodeRequestIds,
  encodeVoucherMessage,
  fromHex,
  type Message,
  nanotons,
  type Nanotons,
  type Offer,
  openKeyConfig,
  primitives,
  type RawAddress,
  readAccount,
  readOffer,
  readVoucherHeld,
  type RequestHeader,
  sealRequest,
  type SigningKey,
  signVoucher,
  streamKinds,
  toHex,
  utf8,
  verifyBundle,
  type Voucher,
} from "@cocoon/protocol";
import { simulatedProfile } from "@cocoon/devnet";
import { createPolicySource, openChannel, type Peer } from "@cocoon/sdk";
import { dial } from "@cocoon/services";
import { goodRequest } from "./ask.ts";
import type { Network } from "./harness.ts";

const ton = 1_000_000_000n;

/** A channel on chain, with the key that signs its vouchers. */
export type PaidChannel = { readonly address: RawAddress; readonly sessionKey: SigningKey };

/** Opens a channel from a wallet of its own. */
export async function payChannel(
  network: Network,
  payee?: RawAddress,
  depositNanotons: bigint = ton,
): Promise<PaidChannel> {
  const name = `stranger-${toHex(primitives.randomBytes(4))}`;
  const wallet = network.wallet(name);
  await network.devnet.faucet(wallet.address, depositNanotons + ton);
  const sessionKey = createSigningKey(primitives.randomBytes(32));
  const { channel } = await openChannel(wallet, {
    payee: payee ?? network.wallet("proxy").address,
    sessionKey: sessionKey.publicKey,
    closeTimeoutSeconds: 3_600,
    salt: 7n,
    deposit: nanotons(depositNanotons),
  });
  return { address: channel, sessionKey };
}

/** A sealed request in the pieces that the SDK would send. */
export type SealedPieces = { readonly request: string; readonly pieces: readonly Uint8Array[] };

export class WireClient {
  readonly channel: PaidChannel;
  readonly peer: Peer;
  readonly #network: Network;
  #account: Conversation | undefined;
  #sequence = 0;

  private constructor(network: Network, channel: PaidChannel, peer: Peer) {
    this.#network = network;
    this.channel = channel;
    this.peer = peer;
  }

  /** Dials the proxy as the channel's client, or with another key. */
  static async dial(
    network: Network,
    channel: PaidChannel,
    identity: SigningKey = channel.sessionKey,
  ): Promise<WireClient> {
    const [proxy] = network.config.proxies;
    const peer = await dial({
      host: "127.0.0.1",
      port: proxy?.via?.port ?? 0,
      expectPublicKey: network.logKey,
      identity,
      role: "client",
      networkId: network.config.networkId,
      rootAddress: network.config.root,
    });
    return new WireClient(network, channel, peer);
  }

  /** Dials and attaches, and says that none of the unacknowledged answers is stored. */
  static async attach(network: Network, channel: PaidChannel): Promise<WireClient> {
    const client = await WireClient.dial(network, channel);
    await client.attach();
    return client;
  }

  open(kind: number): Conversation {
    return new Conversation(this.peer.connection.open(kind));
  }

  async attach(
    channel: RawAddress = this.channel.address,
    stored: readonly string[] = [],
  ): Promise<Account> {
    const account = this.open(streamKinds.account);
    await account.send(encodeAttach(channel));
    const state = readAccount(await account.expect("account"));
    await account.send(encodeRequestIds("reconcile", stored));
    await account.expect("ready");
    this.#account = account;
    return state;
  }

  /** Sends a voucher; resolves with what the proxy then holds, rejects with its refusal. */
  async voucher(voucher: Voucher): Promise<Nanotons> {
    if (this.#account === undefined) throw new RangeError("not attached");
    await this.#account.send(encodeVoucherMessage(voucher));
    return readVoucherHeld(await this.#account.expect("voucherHeld"));
  }

  sign(cumulative: bigint, key: SigningKey = this.channel.sessionKey): Voucher {
    const { networkId } = this.#network.config;
    return signVoucher(key, networkId, this.channel.address, nanotons(cumulative));
  }

  /** ASK; resolves with the offer, and the stream to go on with. */
  async ask(changes: Partial<Ask> = {}): Promise<{ stream: Conversation; offer: Offer }> {
    const stream = this.open(streamKinds.request);
    await stream.send(encodeAsk({ ...this.#wish(), ...changes }));
    return { stream, offer: readOffer(await stream.expect("offer")) };
  }

  #takeSequence(): number {
    this.#sequence += 1;
    return this.#sequence;
  }

  /** Seals a request that fits the offer, unless its header is changed. */
  async seal(offer: Offer, changes: Partial<RequestHeader> = {}): Promise<SealedPieces> {
    const { channel, model: manifestHash, tier, tokensMax } = this.#wish();
    const { claimsHash, promptPerMillion, completionPerMillion, feeBps } = offer;
    const identityKey = await this.#identityKey(claimsHash);
    const { wire, pending } = await sealRequest({
      recipients: [openKeyConfig(offer.keyConfig, identityKey, Date.now())],
      header: {
        networkId: this.#network.config.networkId,
        manifestHash,
        tier,
        tokensMax,
        promptPerMillion,
        completionPerMillion,
        feeBps,
        channel,
        sequence: this.#takeSequence(),
        claimsHash,
        alternates: [],
        ...changes,
      },
      body: utf8(JSON.stringify({ path: "/v1/chat/completions", body: goodRequest })),
      nowMs: Date.now(),
      ttlSeconds: 60,
    });
    return { request: toHex(pending.requestId), pieces: [wire] };
  }

  /** Sends a sealed request and hears its answer up to the FINAL chunk. Rejects with the refusal. */
  async send(stream: Conversation, { pieces }: SealedPieces): Promise<readonly Message[]> {
    for (const [index, piece] of pieces.entries()) {
      await stream.say(index === pieces.length - 1 ? "bodyLast" : "body", piece);
    }
    const heard: Message[] = [];
    while (heard.at(-1)?.name !== "final") {
      const message = await stream.hear();
      if (message === undefined) throw new RangeError("the answer has no end");
      heard.push(message);
    }
    return heard;
  }

  /** A whole answer, up to the acknowledgement, which is not given. */
  async answer(
    tokens: Pick<Ask, "tokensMax"> = this.#wish(),
  ): Promise<{ stream: Conversation; sealed: SealedPieces }> {
    const { tokensMax } = tokens;
    const { stream, offer } = await this.ask({ tokensMax });
    const sealed = await this.seal(offer, { tokensMax });
    await this.send(stream, sealed);
    return { stream, sealed };
  }

  close(): Promise<void> {
    return this.peer.close();
  }

  #wish(): Ask {
    return {
      model: this.#network.manifestHash,
      tier: "dev",
      tokensMax: 200,
      channel: this.channel.address,
      excluded: [],
      capabilities: [],
    };
  }

  async #identityKey(claimsHash: string): Promise<Uint8Array> {
    const evidence = this.open(streamKinds.evidence);
    await evidence.send(encodeMessage("getEvidence", fromHex(claimsHash) ?? new Uint8Array()));
    const bundle = await evidence.expect("evidence");
    const { chain, config } = this.#network;
    const policy = await createPolicySource({ client: chain, root: config.root, now: Date.now })();
    const worker = await verifyBundle(bundle, {
      policy,
      profiles: [simulatedProfile],
      nowMs: Date.now(),
      expect: { tier: "dev" },
    });
    return worker.claims.identityKey;
  }
}
