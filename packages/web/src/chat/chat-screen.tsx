import { networkIds, type Tier } from "@cocoon/protocol";
import { type ReactNode, useEffect, useRef, useState, useSyncExternalStore } from "react";
import { useLive } from "../live/index.ts";
import { MoneyButton } from "../money/index.ts";
import { type NetworkDescription, type Pulse, usePulse } from "../network/index.ts";
import { fundingOf, onFunding } from "../session/index.ts";
import { useText } from "../text/index.ts";
import { Cocoon, Drawer, Empty, formatShortTon, Icon, Picker } from "../ui/index.ts";
import "./chat.css";
import { askAgain, askQuestion, chatState, showConversation, type Wish } from "./chat-store.ts";
import {
  bestPrice,
  mostOf,
  type OfferedModel,
  offeredModels,
  tierAtFirst,
  tiersOf,
} from "./choice.ts";
import { Composer } from "./composer.tsx";
import { estimateTokens } from "./conversation.ts";
import { HistorySheet } from "./history-sheet.tsx";
import { TurnView } from "./turn-view.tsx";

/** Ask, and see what proves the answer. */
export function ChatScreen(): ReactNode {
  const { chat } = useText();
  const pulse = usePulse();
  const { conversations, isBusy, openId } = useLive(chatState);
  const choice = useChoice(pulse);
  const [written, setWritten] = useState("");
  const conversation = conversations.find(({ id }) => id === openId);
  const end = useEnd(conversation?.turns.at(-1));
  const { wish } = choice;
  if (pulse.description === null) return <Nowhere />;
  return (
    <div className="chat">
      <ChatBar network={pulse.description} />
      {conversation === undefined ? (
        <Welcome onAsk={wish && ((question) => void askQuestion(wish, question, []))} />
      ) : (
        <ol className="turns" aria-label={chat.history}>
          {conversation.turns.map((turn, index) => {
            const isLast = index === conversation.turns.length - 1;
            const onAgain =
              isLast && !isBusy && wish ? () => void askAgain(wish, conversation) : undefined;
            return <TurnView key={turn.id} turn={turn} onAgain={onAgain} />;
          })}
        </ol>
      )}
      <div ref={end} />
      <div className="chat-foot">
        <Composer
          isBusy={isBusy}
          canAsk={wish !== undefined}
          onAsk={(question, files) => void (wish && askQuestion(wish, question, files))}
          onWrite={setWritten}
        >
          <Pickers {...choice} pulse={pulse} />
        </Composer>
        <Estimate {...choice} written={written} pulse={pulse} />
      </div>
    </div>
  );
}

/** A page that was put somewhere without a network beside it still verifies. */
function Nowhere(): ReactNode {
  const { app, chat, network, verify } = useText();
  return (
    <div className="page">
      <h1>{chat.title}</h1>
      <Empty icon="chat" title={network.unreachable}>
        {app.offline}
      </Empty>
      <a className="button main nowhere" href="#/verify">
        <Icon name="verify" /> {verify.title}
      </a>
    </div>
  );
}

type Choice = {
  readonly models: readonly OfferedModel[];
  readonly model: OfferedModel | undefined;
  readonly tier: Tier;
  readonly onModel: (name: string) => void;
  readonly onTier: (tier: Tier) => void;
  /** Undefined until there is somebody to ask. */
  readonly wish: Wish | undefined;
};

function useChoice(pulse: Pulse): Choice {
  const [name, onModel] = useState("");
  const [picked, onTier] = useState<Tier>();
  const tier = picked ?? tierAtFirst(pulse);
  const models = offeredModels(pulse);
  const model = models.find((each) => each.name === name) ?? models[0];
  const network = pulse.description;
  const isPaid = useIsPaid(network);
  const wish =
    model && network && isPaid
      ? { network, model: model.name, contextTokens: model.contextTokens, tier }
      : undefined;
  return { models, model, tier, onModel, onTier, wish };
}

/** Whether there is somebody who pays. */
function useIsPaid(network: NetworkDescription | null | undefined): boolean {
  return useSyncExternalStore(onFunding, () =>
    network ? fundingOf(network) !== undefined : false,
  );
}

/** Follows the words as they come, unless somebody scrolled up to read. */
function useEnd(turn: object | undefined): React.RefObject<HTMLDivElement | null> {
  const end = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const { innerHeight, scrollY } = window;
    const isNear = document.documentElement.scrollHeight - scrollY - innerHeight < 260;
    if (turn !== undefined && isNear) end.current?.scrollIntoView({ block: "end" });
  }, [turn]);
  return end;
}

function ChatBar({ network }: { readonly network: NetworkDescription | undefined }): ReactNode {
  const { chat } = useText();
  const { conversations, openId } = useLive(chatState);
  const [isOpen, setIsOpen] = useState(false);
  return (
    <div className="chat-bar">
      <button type="button" className="button quiet tight" onClick={() => setIsOpen(true)}>
        <Icon name="lock" /> {chat.history}
      </button>
      {network && <MoneyButton network={network} />}
      <button
        type="button"
        className="button quiet tight chat-fresh"
        aria-label={chat.fresh}
        disabled={openId === undefined}
        onClick={() => showConversation(undefined)}
      >
        <Icon name="plus" /> <span>{chat.fresh}</span>
      </button>
      <Drawer isOpen={isOpen} onClose={() => setIsOpen(false)} title={chat.history}>
        <HistorySheet
          conversations={conversations}
          openId={openId}
          onDone={() => setIsOpen(false)}
        />
      </Drawer>
    </div>
  );
}

function Welcome({
  onAsk,
}: {
  readonly onAsk: ((question: string) => void) | undefined;
}): ReactNode {
  const { app, chat, money } = useText();
  const { description } = usePulse();
  const isDevnet = description?.networkId === networkIds.devnet;
  const isPaid = useIsPaid(description);
  return (
    <div className="welcome">
      <span className="welcome-mark">
        <Cocoon wound={3} />
      </span>
      <h1>{chat.title}</h1>
      <p className="soft">{chat.lead}</p>
      <div className="examples">
        {chat.examples.map((example) => (
          <button
            key={example}
            type="button"
            className="button"
            disabled={onAsk === undefined}
            onClick={() => onAsk?.(example)}
          >
            {example}
          </button>
        ))}
      </div>
      <p className="small soft welcome-note">
        {isDevnet ? app.simulated : description && !isPaid ? money.noneMeaning : "\u00A0"}
      </p>
    </div>
  );
}

type PickersProps = Omit<Choice, "wish"> & { readonly pulse: Pulse };

function Pickers({ model, models, onModel, onTier, pulse, tier }: PickersProps): ReactNode {
  const { app, chat, network, tierMeanings, tiers } = useText();
  const isAway = pulse.proxies.length > 0 && pulse.proxies.every((proxy) => proxy.isAway);
  const modelOptions = models.map(({ manifestHash, name }) => {
    const price = bestPrice(pulse, manifestHash, tier);
    const { completionPerMillion = 0n, promptPerMillion = 0n } = price ?? {};
    const meaning =
      price === undefined
        ? chat.nobodyServes
        : chat.pricePerMillion(
            formatShortTon(promptPerMillion),
            formatShortTon(completionPerMillion),
          );
    return { value: name, label: name, meaning };
  });
  const tierOptions = tiersOf(pulse).map((value) => {
    return { value, label: tiers[value], meaning: tierMeanings[value] };
  });
  return (
    <span className="pickers">
      {model === undefined ? (
        <span className="soft small">{isAway ? network.unreachable : `${app.loading}…`}</span>
      ) : (
        <Picker label={chat.model} value={model.name} options={modelOptions} onPick={onModel} />
      )}
      <Picker label={chat.tier} icon="verify" value={tier} options={tierOptions} onPick={onTier} />
    </span>
  );
}

type EstimateProps = Pick<Choice, "model" | "tier"> & {
  readonly written: string;
  readonly pulse: Pulse;
};

/** What the question would cost, before it is sent. Its line is always there, so that nothing moves. */
function Estimate({ model, pulse, tier, written }: EstimateProps): ReactNode {
  const { chat } = useText();
  const price = model && bestPrice(pulse, model.manifestHash, tier);
  const tokens = estimateTokens(written);
  const isNobody = model !== undefined && price === undefined;
  return (
    <p className="estimate soft small number" aria-live="polite">
      {isNobody
        ? chat.nobodyServes
        : model && price && tokens > 0
          ? chat.estimate(tokens, formatShortTon(mostOf(price, model.contextTokens)))
          : "\u00A0"}
    </p>
  );
}
