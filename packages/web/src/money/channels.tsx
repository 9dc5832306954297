import { parseTon } from "@cocoon/protocol";
import type { HeldChannel } from "@cocoon/sdk";
import { type FormEvent, type ReactNode, useState } from "react";
import type { NetworkDescription } from "../network/index.ts";
import { useLanguage, useText } from "../text/index.ts";
import { formatShortTon, formatTime, Icon, Notice, useNow } from "../ui/index.ts";
import { closeAlone, closeChannels, restOf, takeRest, topUp } from "./money-store.ts";
import { useMoney } from "./use-money.ts";

type Props = {
  readonly network: NetworkDescription;
  /** Undefined until the chain was read. */
  readonly channels: readonly HeldChannel[] | undefined;
};

/** What is put in, what is left of it, and how to get that back. */
export function Channels({ channels, network }: Props): ReactNode {
  const { app, money: text } = useText();
  const isWorking = useMoney().stage.name === "working";
  if (channels === undefined) return <p className="soft">{app.loading}…</p>;
  if (channels.length === 0) return <p className="soft">{text.noChannel}</p>;
  const isOpen = channels.some(({ phase }) => phase === "open");
  return (
    <>
      {channels.map((channel) => (
        <Channel key={channel.address} channel={channel} network={network} />
      ))}
      {isOpen && (
        <section className="section">
          <button
            type="button"
            className="button main"
            disabled={isWorking}
            onClick={() => void closeChannels(network)}
          >
            {text.close(formatShortTon(restOf(channels)))}
          </button>
          <p className="soft small">{text.closeMeaning}</p>
        </section>
      )}
    </>
  );
}

type ChannelProps = { readonly network: NetworkDescription; readonly channel: HeldChannel };

function Channel({ channel, network }: ChannelProps): ReactNode {
  const { money: text } = useText();
  const { address, deposited, phase, spent } = channel;
  const left = deposited - spent;
  const rows: readonly (readonly [string, bigint])[] = [
    [text.deposited, deposited],
    [text.spent, spent],
    [text.left, left],
  ];
  return (
    <section className="section card" data-channel={address} data-phase={phase}>
      <header>
        <h3>{text.channel}</h3>
        <span className="tag">{text.phases[phase]}</span>
      </header>
      <meter
        className="wide"
        min={0}
        max={Number(deposited)}
        value={Number(left)}
        aria-label={text.left}
      />
      <dl className="facts">
        {rows.map(([name, amount]) => (
          <div key={name} className="fact">
            <dt>{name}</dt>
            <dd className="number" data-amount={amount.toString()}>
              {formatShortTon(amount)} TON
            </dd>
          </div>
        ))}
      </dl>
      <p className="soft small">{text.risk(formatShortTon(deposited))}</p>
      {phase === "open" && <TopUp network={network} channel={channel} />}
      {phase === "open" && <Alone network={network} channel={channel} />}
      {phase === "closing" && <Closing network={network} channel={channel} />}
    </section>
  );
}

function TopUp({ channel, network }: ChannelProps): ReactNode {
  const { money: text } = useText();
  const isWorking = useMoney().stage.name === "working";
  const [written, setWritten] = useState("");
  const amount = parseTon(written.trim());
  const isGood = amount !== undefined && amount > 0n;
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (isGood) void topUp(network, channel.address, amount);
  };
  return (
    <form className="top-up" onSubmit={submit}>
      <label className="field">
        <span>{text.topUpAmount}</span>
        <input
          className="input"
          inputMode="decimal"
          value={written}
          onChange={(event) => setWritten(event.target.value)}
        />
      </label>
      <button type="submit" className="button" disabled={!isGood || isWorking}>
        <Icon name="plus" /> {text.topUp}
      </button>
    </form>
  );
}

function Alone({ channel, network }: ChannelProps): ReactNode {
  const { money: text } = useText();
  const isWorking = useMoney().stage.name === "working";
  return (
    <details className="more">
      <summary>{text.alone}</summary>
      <div>
        <p className="soft small">{text.aloneMeaning}</p>
        <button
          type="button"
          className="button"
          disabled={isWorking}
          onClick={() => void closeAlone(network, channel.address)}
        >
          {text.startAlone}
        </button>
      </div>
    </details>
  );
}

function Closing({ channel, network }: ChannelProps): ReactNode {
  const { money: text } = useText();
  const language = useLanguage();
  const isWorking = useMoney().stage.name === "working";
  const nowMs = useNow();
  const closesAtMs = (channel.closesAtSeconds ?? 0) * 1_000;
  return (
    <Notice kind="caution">
      <p>{text.closesAt(formatTime(language, closesAtMs))}</p>
      <button
        type="button"
        className="button"
        disabled={isWorking || nowMs < closesAtMs}
        onClick={() => void takeRest(network, channel.address)}
      >
        {text.takeRest}
      </button>
    </Notice>
  );
}
