import { parseTon } from "@cocoon/protocol";
import { type FormEvent, lazy, type ReactNode, Suspense, useState } from "react";
import type { NetworkDescription } from "../network/index.ts";
import { openInTelegram } from "../telegram/index.ts";
import { useText } from "../text/index.ts";
import { Icon, Notice } from "../ui/index.ts";
import type { ConnectedWallet, OfferedWallet } from "../wallet/index.ts";
import { connect, giveUp, type MoneyState, openChannel } from "./money-store.ts";

const LinkCode = lazy(async () => ({ default: (await import("./link-code.tsx")).LinkCode }));

type Props = {
  readonly network: NetworkDescription;
  readonly stage: Exclude<MoneyState["stage"], { readonly name: "rest" | "working" }>;
};

/** From no wallet to one that pays: choose it, agree in it, say how much. */
export function ConnectSteps({ network, stage }: Props): ReactNode {
  const { app, money: text } = useText();
  return (
    <>
      {stage.name === "choosing" && (
        <section className="section">
          <h3>{text.choose}</h3>
          {stage.wallets === undefined ? (
            <p className="soft">{app.loading}…</p>
          ) : (
            <Wallets wallets={stage.wallets} onChoose={(wallet) => void connect(network, wallet)} />
          )}
          <p className="soft small">{text.chooseMeaning}</p>
        </section>
      )}
      {stage.name === "connecting" && <Connecting wallet={stage.wallet} link={stage.link} />}
      {stage.name === "connected" && <DepositForm network={network} wallet={stage.wallet} />}
      <button type="button" className="button quiet" onClick={giveUp}>
        {text.back}
      </button>
    </>
  );
}

type WalletsProps = {
  readonly wallets: readonly OfferedWallet[];
  readonly onChoose: (wallet: OfferedWallet) => void;
};

function Wallets({ onChoose, wallets }: WalletsProps): ReactNode {
  const { money: text } = useText();
  return (
    <ul className="wallets">
      {wallets.map((wallet) => (
        <li key={`${wallet.name}${wallet.place}`}>
          <button type="button" className="wallet-choice" onClick={() => onChoose(wallet)}>
            <Icon name="wallet" />
            <span>{wallet.name}</span>
            <span className="soft small">{text.places[wallet.place]}</span>
          </button>
        </li>
      ))}
    </ul>
  );
}

type ConnectingProps = { readonly wallet: OfferedWallet; readonly link: string | undefined };

function Connecting({ link, wallet }: ConnectingProps): ReactNode {
  const { app, money: text } = useText();
  return (
    <section className="section">
      <h3>{wallet.name}</h3>
      <p aria-live="polite">{text.agree}</p>
      {link !== undefined && (
        <>
          <a
            className="button main"
            href={link}
            target="_blank"
            rel="noreferrer"
            onClick={(event) => openInTelegram(link) && event.preventDefault()}
          >
            {text.openApp(wallet.name)}
          </a>
          <Suspense fallback={<p className="soft">{app.loading}…</p>}>
            <LinkCode link={link} label={text.scan} />
          </Suspense>
        </>
      )}
    </section>
  );
}

type DepositProps = { readonly network: NetworkDescription; readonly wallet: ConnectedWallet };

function DepositForm({ network, wallet }: DepositProps): ReactNode {
  const { money: text } = useText();
  const [written, setWritten] = useState("1");
  const deposit = parseTon(written.trim());
  const isGood = deposit !== undefined && deposit > 0n;
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (isGood) void openChannel(network, wallet, deposit);
  };
  return (
    <form className="section" onSubmit={submit}>
      <h3>{wallet.name}</h3>
      <p className="mono small payer-address">{wallet.address}</p>
      <label className="field">
        <span>{text.deposit}</span>
        <input
          className="input"
          inputMode="decimal"
          value={written}
          onChange={(event) => setWritten(event.target.value)}
        />
      </label>
      <Notice kind="caution">
        <p>{text.risk(isGood ? written.trim() : "…")}</p>
      </Notice>
      <button type="submit" className="button main" disabled={!isGood}>
        {text.open}
      </button>
    </form>
  );
}
