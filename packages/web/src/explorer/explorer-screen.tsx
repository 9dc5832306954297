import type { ReactNode } from "react";
import { Link, Route, Switch, useLocation } from "wouter";
import { usePulse } from "../network/index.ts";
import { useText } from "../text/index.ts";
import { Empty } from "../ui/index.ts";
import { DefinitionsTab } from "./definitions-tab.tsx";
import "./explorer.css";
import { GlanceTab } from "./glance-tab.tsx";
import { Liveness } from "./liveness.tsx";
import { ProxiesTab } from "./proxies-tab.tsx";
import { ReceiptPage } from "./receipt-page.tsx";
import { ReceiptsTab } from "./receipts-tab.tsx";
import { RulesTab } from "./rules-tab.tsx";
import { WorkersTab } from "./workers-tab.tsx";

const tabs = [
  ["glance", "/network"],
  ["receipts", "/network/receipts"],
  ["workers", "/network/workers"],
  ["proxies", "/network/proxies"],
  ["rules", "/network/rules"],
  ["numbers", "/network/numbers"],
] as const;

/** The network as anybody can see it. */
export function ExplorerScreen(): ReactNode {
  const { app, network: text } = useText();
  const { description } = usePulse();
  return (
    <article className="page">
      <header>
        <div className="title-row">
          <h1>{text.title}</h1>
          <Liveness />
        </div>
        <p>{text.lead}</p>
      </header>
      {description === null ? (
        <Empty icon="network" title={text.unreachable}>
          {app.offline}
        </Empty>
      ) : (
        <>
          <Tabs />
          <Switch>
            <Route path="/network" component={GlanceTab} />
            <Route path="/network/receipts" component={ReceiptsTab} />
            <Route path="/network/receipts/:name" component={ReceiptPage} />
            <Route path="/network/workers" component={WorkersTab} />
            <Route path="/network/proxies" component={ProxiesTab} />
            <Route path="/network/rules" component={RulesTab} />
            <Route path="/network/numbers/:name?" component={DefinitionsTab} />
            <Route>
              <Empty icon="unknown" title={app.notFound} />
            </Route>
          </Switch>
        </>
      )}
    </article>
  );
}

function Tabs(): ReactNode {
  const { tabs: names, title } = useText().network;
  const [location] = useLocation();
  return (
    <nav className="tabs" aria-label={title}>
      {tabs.map(([name, path]) => {
        const isHere = path === "/network" ? location === path : location.startsWith(path);
        return (
          <Link key={name} href={path} aria-current={isHere ? "page" : undefined}>
            {names[name]}
          </Link>
        );
      })}
    </nav>
  );
}
