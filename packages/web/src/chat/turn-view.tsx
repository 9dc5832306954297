import { memo, type ReactNode, useEffect } from "react";
import { Failure } from "../reasons/index.ts";
import { useText } from "../text/index.ts";
import { Copy, formatBytes, Icon, later, Notice } from "../ui/index.ts";
import { useLanguage } from "../text/index.ts";
import { Badge } from "./badge.tsx";
import type { Turn } from "./conversation.ts";
import { SessionNotice } from "./session-notice.tsx";

type Props = {
  readonly turn: Turn;
  /** Undefined where it can't be asked again. */
  readonly onAgain: (() => void) | undefined;
};

const markdown = later(async () => (await import("./markdown.tsx")).Markdown);

/** A question with its answer, and what proves it. */
export const TurnView = memo(function TurnView({ onAgain, turn }: Props): ReactNode {
  const { app, chat } = useText();
  const language = useLanguage();
  const { answer, files, question } = turn;
  const { failure, phase, proof, text } = answer;
  return (
    <li className="turn">
      <div className="question">
        <span className="unseen">{chat.you}</span>
        {files.map(({ name, text: content }) => (
          <span key={name} className="tag">
            <Icon name="attach" />
            {chat.attached(name, formatBytes(language, content.length))}
          </span>
        ))}
        <p>{question}</p>
      </div>
      <div
        className="answer"
        data-phase={phase}
        aria-busy={phase === "waiting" || phase === "streaming"}
      >
        <span className="unseen">{chat.answer}</span>
        {phase === "waiting" && <SessionNotice />}
        <AnswerText text={text} />
        {phase === "stopped" && <p className="soft small">{chat.stopped}</p>}
        {failure !== undefined && (
          <Notice kind="bad">
            <strong>{chat.failed}</strong>
            <Failure {...failure} />
          </Notice>
        )}
        <div className="answer-foot">
          {proof !== undefined && <Badge proof={proof} />}
          <div className="answer-acts">
            {text !== "" && phase !== "streaming" && <Copy value={text} />}
            {onAgain !== undefined && (
              <button
                type="button"
                className="button quiet tight"
                title={chat.again}
                onClick={onAgain}
              >
                <Icon name="again" />
                <span className={failure === undefined ? "unseen" : ""}>
                  {failure === undefined ? chat.again : app.retry}
                </span>
              </button>
            )}
          </div>
        </div>
      </div>
    </li>
  );
});

/** As the plain text that it is, until what reads markdown is there: asked for with the question, it mostly comes before a word. */
function AnswerText({ text }: { readonly text: string }): ReactNode {
  const Markdown = markdown.usePart();
  useEffect(markdown.want, []);
  if (Markdown !== undefined) return <Markdown text={text} />;
  return (
    <div className="markdown">
      <p className="markdown-plain">{text}</p>
    </div>
  );
}
