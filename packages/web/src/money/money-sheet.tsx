import type { HeldChannel } from "@cocoon/sdk";
import type { ReactNode } from "react";
import type { NetworkDescription } from "../network/index.ts";
import { Failure } from "../reasons/index.ts";
import { useText } from "../text/index.ts";
import { formatShortTon, Icon, Notice } from "../ui/index.ts";
import { Channels } from "./channels.tsx";
import { ConnectSteps } from "./connect-steps.tsx";
import { chooseWallet, leave, type MoneyState } from "./money-store.ts";
import "./money.css";
import { useFunding, useHeldChannels, useMoney } from "./use-money.ts";

type Props = { readonly network: NetworkDescription };

/** Who pays for answers, what it can lose, and how the rest comes back. */
export function MoneySheet({ network }: Props): ReactNode {
  const { money: text } = useText();
  const state = useMoney();
  const funding = useFunding(network);
  const { stage } = state;
  const isWallet = funding?.kind === "wallet";
  const isOpening = stage.name === "working" && stage.work === "opening";
  const channels = useHeldChannels(network, isWallet && !isOpening);
  return (
    <div className="money" data-stage={stage.name}>
      <Outcome {...state} />
      {stage.name === "working" && (
        <Notice>
          <p aria-live="polite">{text.works[stage.work]}…</p>
        </Notice>
      )}
      {stage.name !== "rest" && stage.name !== "working" ? (
        <ConnectSteps network={network} stage={stage} />
      ) : isWallet ? (
        <Connected {...funding} network={network} channels={channels} isOpening={isOpening} />
      ) : (
        stage.name === "rest" && <Nobody network={network} isDemo={funding !== undefined} />
      )}
    </div>
  );
}

type ConnectedProps = Props & {
  readonly app: string;
  readonly address: string;
  readonly channels: readonly HeldChannel[] | undefined;
  readonly isOpening: boolean;
};

function Connected({ address, app, channels, isOpening, network }: ConnectedProps): ReactNode {
  const { money: text } = useText();
  const { stage } = useMoney();
  return (
    <>
      <section className="section">
        <h3>{app}</h3>
        <p className="mono small payer-address">{address}</p>
      </section>
      {!isOpening && <Channels network={network} channels={channels} />}
      {channels?.length === 0 && stage.name === "rest" && (
        <button type="button" className="button" onClick={() => void leave(network)}>
          {text.leave}
        </button>
      )}
    </>
  );
}

function Outcome({ failure, returned }: MoneyState): ReactNode {
  const { money: text } = useText();
  return (
    <>
      {failure !== undefined && (
        <Notice kind="bad">
          <strong>{failure.code === "cancelled" ? text.refused : text.failed}</strong>
          <Failure {...failure} />
        </Notice>
      )}
      {returned !== undefined && (
        <div data-returned={returned.toString()}>
          <Notice kind="good">
            <p>{text.returned(formatShortTon(returned))}</p>
          </Notice>
        </div>
      )}
    </>
  );
}

/** Nobody's own money is in use yet. */
function Nobody({ isDemo, network }: Props & { readonly isDemo: boolean }): ReactNode {
  const { money: text } = useText();
  return (
    <>
      <p>{isDemo ? text.demoMeaning : text.noneMeaning}</p>
      <ul className="money-points">
        {[text.bounded, text.keyHere, text.comesBack].map((point) => (
          <li key={point}>
            <Icon name="holds" /> {point}
          </li>
        ))}
      </ul>
      <button type="button" className="button main" onClick={() => void chooseWallet(network)}>
        <Icon name="wallet" /> {text.connect}
      </button>
    </>
  );
}
