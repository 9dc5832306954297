// Markdown as elements. Tokens become elements and nothing else: markup in an answer is shown as the text that it is.

import { lexer, type Token, type Tokens } from "marked";
import { Fragment, memo, type ReactNode } from "react";
import { useText } from "../text/index.ts";
import { Copy } from "../ui/index.ts";

/** An answer's text. Rendered anew for each word that comes, so that it must cost little. */
export const Markdown = memo(function Markdown({ text }: { readonly text: string }): ReactNode {
  return <div className="markdown">{blocks(lexer(text))}</div>;
});

function blocks(tokens: readonly Token[] | undefined): ReactNode {
  return tokens?.map((token, index) => <Fragment key={index}>{block(token)}</Fragment>);
}

type Render = (token: never) => ReactNode;

const renderers: Readonly<Record<string, Render>> = {
  space: () => undefined,
  hr: () => <hr />,
  br: () => <br />,
  paragraph: ({ tokens }: Tokens.Paragraph) => <p>{blocks(tokens)}</p>,
  heading: ({ tokens }: Tokens.Heading) => <p className="markdown-heading">{blocks(tokens)}</p>,
  blockquote: ({ tokens }: Tokens.Blockquote) => <blockquote>{blocks(tokens)}</blockquote>,
  code: ({ lang, text }: Tokens.Code) => <Code language={lang ?? ""} text={text} />,
  list: ({ items, ordered, start }: Tokens.List) => {
    const children = items.map((item, index) => <li key={index}>{blocks(item.tokens)}</li>);
    return ordered ? <ol start={Number(start)}>{children}</ol> : <ul>{children}</ul>;
  },
  table: (token: Tokens.Table) => <Table {...token} />,
  strong: ({ tokens }: Tokens.Strong) => <strong>{blocks(tokens)}</strong>,
  em: ({ tokens }: Tokens.Em) => <em>{blocks(tokens)}</em>,
  del: ({ tokens }: Tokens.Del) => <del>{blocks(tokens)}</del>,
  codespan: ({ text }: Tokens.Codespan) => <code>{text}</code>,
  link: (token: Tokens.Link) => <OutLink {...token} />,
  // A picture would be asked from elsewhere, which tells whoever serves it that somebody reads this.
  image: (token: Tokens.Image) => <OutLink {...token} />,
  escape: ({ text }: Tokens.Escape) => text,
  text: ({ text, tokens }: Tokens.Text) => (tokens === undefined ? text : blocks(tokens)),
};

function block(token: Token): ReactNode {
  const render = Object.hasOwn(renderers, token.type) ? renderers[token.type] : undefined;
  // oxlint-disable-next-line no-unsafe-type-assertion -- the table is by the token's type
  return render === undefined ? token.raw : render(token as never);
}

/** What a model names as a link opens only where it says, and only on a web address. */
function OutLink({ href, text }: { readonly href: string; readonly text: string }): ReactNode {
  if (!/^https?:\/\//i.test(href)) return text;
  return (
    <a href={href} target="_blank" rel="noreferrer noopener nofollow" title={href}>
      {text}
    </a>
  );
}

function Code({ language, text }: { readonly language: string; readonly text: string }): ReactNode {
  const { chat } = useText();
  return (
    <figure className="code">
      <figcaption>
        <span>{language}</span>
        <Copy value={text} label={chat.code} />
      </figcaption>
      <pre tabIndex={0}>
        <code>{text}</code>
      </pre>
    </figure>
  );
}

function Table({ header, rows }: Tokens.Table): ReactNode {
  return (
    <div className="scroll" tabIndex={0} role="group">
      <table>
        <thead>
          <tr>
            {header.map((cell, index) => (
              <th key={index}>{blocks(cell.tokens)}</th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row, index) => (
            <tr key={index}>
              {row.map((cell, column) => (
                <td key={column}>{blocks(cell.tokens)}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
