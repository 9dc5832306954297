import { type LogIdentity, logOrigin, verifyCheckpoint } from "@cocoon/protocol";
import type { ReactNode } from "react";
import { type ProxyView, type Pulse, usePulse } from "../network/index.ts";
import { useLanguage, useText } from "../text/index.ts";
import {
  type Fact,
  Facts,
  formatAgo,
  formatCount,
  formatShortTon,
  Notice,
  useNow,
} from "../ui/index.ts";

export function ProxiesTab(): ReactNode {
  const pulse = usePulse();
  return (
    <>
      {pulse.proxies.map((proxy) => (
        <Proxy key={proxy.place.bond} proxy={proxy} pulse={pulse} />
      ))}
    </>
  );
}

type Props = { readonly proxy: ProxyView; readonly pulse: Pulse };

function Proxy({ proxy, pulse }: Props): ReactNode {
  const { network } = useText();
  const text = network.proxy;
  const language = useLanguage();
  const nowMs = useNow();
  const { note, place, status } = proxy;
  const bond = pulse.chain?.bonds.get(place.bond);
  const anchored = bond?.checkpoint;
  const rows: readonly Fact[] = [
    [text.url, place.url],
    [text.phase, bond === undefined ? "…" : text.phases[bond.phase]],
    [text.stake, bond === undefined ? "…" : `${formatShortTon(bond.bond)} TON`, "stake"],
    [text.fee, status === undefined ? "…" : `${status.feeBps / 100} %`, "fee"],
    [text.logSize, status === undefined ? "…" : formatCount(language, status.logSize), "answers"],
    [
      text.checkpoint,
      note === undefined ? "…" : formatCount(language, note.checkpoint.size),
      "checkpoint",
    ],
    [
      text.chainSize,
      anchored === undefined ? text.never : formatCount(language, anchored.treeSize),
      "anchored",
    ],
    [
      text.anchorAge,
      anchored === undefined
        ? text.never
        : formatAgo(language, nowMs - anchored.timestampSeconds * 1_000),
      "anchorAge",
    ],
    [
      text.witnesses,
      note === undefined ? "…" : text.witnessCount(note.signers.length - 1),
      "witnesses",
    ],
  ];
  return (
    <section className="section card" data-proxy={place.bond}>
      <header>
        <h2 className="mono small">{place.bond}</h2>
        {proxy.isAway && <span className="tag bad">{network.unreachable}</span>}
      </header>
      <Facts rows={rows} />
      <LogHealth proxy={proxy} pulse={pulse} />
    </section>
  );
}

/** What this page itself checked of the log. */
function LogHealth({ proxy: { note, place }, pulse }: Props): ReactNode {
  const text = useText().network.proxy;
  const bond = pulse.chain?.bonds.get(place.bond);
  if (note === undefined || bond === undefined || bond.phase === "unregistered") return undefined;
  const origin = logOrigin(pulse.description?.networkId ?? 0, place.bond);
  if (!isSigned(note.note, { origin, publicKey: bond.logKey })) {
    return <Notice kind="bad">{text.signatureFails}</Notice>;
  }
  if (note.checkpoint.size < (bond.checkpoint?.treeSize ?? 0)) {
    return <Notice kind="bad">{text.behind}</Notice>;
  }
  return <Notice kind="good">{text.signatureHolds}</Notice>;
}

function isSigned(note: string, log: LogIdentity): boolean {
  try {
    verifyCheckpoint(note, log);
    return true;
  } catch {
    return false;
  }
}
