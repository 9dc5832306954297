import type { Nanotons, RawAddress } from "@cocoon/protocol";

/** A store in this process answers at once, another one later. */
export type Awaitable<Value> = Value | Promise<Value>;

/** `opening`: the message that opens it may or may not have reached the chain; who asks again finds out. */
export type ChannelStanding = "opening" | "open" | "closed";

/** A channel that this client pays from. */
export type PaidChannel = {
  readonly address: RawAddress;
  readonly payee: RawAddress;
  readonly phase: ChannelStanding;
  readonly closeTimeoutSeconds: number;
  readonly salt: bigint;
  readonly deposit: Nanotons;
};

/** The payer's books. What a method writes is durable when its promise resolves. */
export type ChannelBook<Channel extends PaidChannel = PaidChannel> = {
  find(address: RawAddress): Awaitable<Channel | undefined>;
  /** The channel that pays this payee now, if there is one. */
  findByPayee(payee: RawAddress): Awaitable<Channel | undefined>;
  /** In the order in which they were opened. */
  list(): Awaitable<readonly Channel[]>;
  /** Writes down the intent to open a channel, before anything is sent. */
  intend(channel: Omit<PaidChannel, "phase">): Promise<void>;
  /** Takes over what the chain says. */
  recordChain(address: RawAddress, phase: ChannelStanding, deposit: Nanotons): Promise<void>;
};
