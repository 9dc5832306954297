import { toHex } from "@cocoon/protocol";
import { type ReactNode, useState } from "react";
import { modelName, usePulse } from "../network/index.ts";
import { useText } from "../text/index.ts";
import { Empty, Picker } from "../ui/index.ts";
import { Book } from "./book.tsx";
import { Calculator } from "./calculator.tsx";
import "./market.css";
import { PriceHistory } from "./price-history.tsx";

/** What answers cost: asked now, paid before, and beside what one pays elsewhere. */
export function MarketScreen(): ReactNode {
  const { app, chat, market: text, network } = useText();
  const pulse = usePulse();
  const { chain, description, proxies, receipts } = pulse;
  const offers = proxies.flatMap(({ status }) => {
    return (status?.workers ?? []).map((offer) => {
      return { ...offer, feeBps: status?.feeBps ?? 0 };
    });
  });
  const listed = [...(chain?.root.models.keys() ?? [])];
  const models = [...new Set([...listed, ...offers.map(({ model }) => model)])];
  const [picked, setPicked] = useState("");
  const model = models.includes(picked) ? picked : (models[0] ?? "");
  const paid = receipts.filter(({ receipt }) => toHex(receipt.manifestHash) === model);
  const options = models.map((value) => {
    return { value, label: modelName(pulse, value) };
  });
  return (
    <article className="page">
      <header>
        <h1>{text.title}</h1>
        <p>{text.lead}</p>
      </header>
      {description === null ? (
        <Empty icon="market" title={network.unreachable}>
          {app.offline}
        </Empty>
      ) : (
        <>
          {options.length > 1 && (
            <Picker label={chat.model} value={model} options={options} onPick={setPicked} />
          )}
          <Book
            offers={offers.filter((offer) => offer.model === model)}
            cap={chain?.root.models.get(model)}
            isHeard={proxies.some(({ heardAtMs }) => heardAtMs !== undefined)}
          />
          <PriceHistory name={modelName(pulse, model)} receipts={paid} />
          <Calculator offers={offers.filter((offer) => offer.model === model)} />
        </>
      )}
    </article>
  );
}
