import { type ReactNode, Suspense } from "react";
import { Link, Route, Router, Switch, useLocation } from "wouter";
import { useHashLocation } from "wouter/use-hash-location";
import { isLanguage, languages, speak, useLanguage, useText } from "../text/index.ts";
import {
  Cocoon,
  currentTheme,
  Empty,
  Icon,
  type IconName,
  Picker,
  showTheme,
  themes,
} from "../ui/index.ts";
import { Boundary } from "./boundary.tsx";
import { screens } from "./screens.ts";
import "./shell.css";
import { useState } from "react";

const pages = [
  { name: "chat", path: "/" },
  { name: "network", path: "/network" },
  { name: "market", path: "/market" },
  { name: "cockpit", path: "/cockpit" },
  { name: "verify", path: "/verify" },
] as const satisfies readonly { readonly name: IconName; readonly path: string }[];

/** What stands around every page: where one can go, and how it looks. */
export function Shell(): ReactNode {
  return (
    <Router hook={useHashLocation}>
      <div className="shell">
        <Rail />
        <main id="content" tabIndex={-1}>
          <Pages />
        </main>
      </div>
    </Router>
  );
}

function Rail(): ReactNode {
  const { app } = useText();
  return (
    <>
      <a className="skip" href="#content" onClick={focusContent}>
        {app.skip}
      </a>
      <header className="rail">
        <Link href="/" className="brand">
          <Cocoon wound={3} />
          <span>{app.name}</span>
        </Link>
        <Menu />
        <div className="settings">
          <LanguagePicker />
          <ThemePicker />
        </div>
      </header>
    </>
  );
}

/** A hash is a route here, so the browser would not find the place by itself. */
function focusContent(event: { preventDefault: () => void }): void {
  event.preventDefault();
  document.querySelector<HTMLElement>("#content")?.focus();
}

function Menu(): ReactNode {
  const text = useText();
  const [location] = useLocation();
  return (
    <nav aria-label={text.app.menu}>
      <ul>
        {pages.map(({ name, path }) => {
          const isHere = path === "/" ? location === "/" : location.startsWith(path);
          return (
            <li key={name}>
              <Link href={path} aria-current={isHere ? "page" : undefined}>
                <Icon name={name} />
                <span>{text.pages[name]}</span>
              </Link>
            </li>
          );
        })}
      </ul>
    </nav>
  );
}

function Pages(): ReactNode {
  const { app } = useText();
  const [location] = useLocation();
  return (
    <Boundary key={location.split("/")[1]}>
      <Suspense fallback={<p className="page soft">{app.loading}…</p>}>
        <Switch>
          <Route path="/" component={screens.chat} />
          <Route path="/network/*?" component={screens.network} />
          <Route path="/market" component={screens.market} />
          <Route path="/cockpit" component={screens.cockpit} />
          <Route path="/verify" component={screens.verify} />
          <Route>
            <div className="page">
              <Empty icon="unknown" title={app.notFound} />
            </div>
          </Route>
        </Switch>
      </Suspense>
    </Boundary>
  );
}

function LanguagePicker(): ReactNode {
  const { app } = useText();
  const language = useLanguage();
  const options = Object.entries(languages).map(([value, { name }]) => {
    return { value, label: name };
  });
  return (
    <Picker
      label={app.language}
      icon="language"
      value={language}
      options={options}
      isLabelHidden
      onPick={(tag: string) => void (isLanguage(tag) && speak(tag))}
    />
  );
}

const themeIcons = { system: "system", light: "sun", dark: "moon" } as const;

function ThemePicker(): ReactNode {
  const { app } = useText();
  const [theme, setTheme] = useState(currentTheme);
  const options = themes.map((value) => {
    return { value, label: app.themes[value] };
  });
  return (
    <Picker
      label={app.theme}
      icon={themeIcons[theme]}
      value={theme}
      options={options}
      isLabelHidden
      onPick={(picked) => {
        showTheme(picked);
        setTheme(picked);
      }}
    />
  );
}
