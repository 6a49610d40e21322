(() => {
  "use strict";
  const SETTINGS = {{ settings|safe }};

  const TEXTS = {
    en: { open: "Open chat with {name}", close: "Close chat with {name}", title: "Chat with {name}", unread: "{count} unread", failed: "The chat could not be loaded here.", tab: "Open it in a new tab" },
    de: { open: "Chat mit {name} öffnen", close: "Chat mit {name} schließen", title: "Chat mit {name}", unread: "{count} ungelesen", failed: "Der Chat konnte hier nicht geladen werden.", tab: "In neuem Tab öffnen" },
  };
  const CSS = `
    :host { all: initial !important; position: fixed !important; z-index: 2147483000 !important; inset-block-end: 0 !important; inset-inline: 0 !important; block-size: 0 !important; color-scheme: var(--theme, light dark); font: 16px/1.45 system-ui, sans-serif; }
    [part=launcher], [part=panel] { position: fixed; inset-inline-end: calc(var(--offset, 20px) + env(safe-area-inset-right)); }
    .start { inset-inline: calc(var(--offset, 20px) + env(safe-area-inset-left)) auto !important; }
    [part=launcher] { inset-block-end: calc(var(--offset, 20px) + env(safe-area-inset-bottom)); inline-size: 60px; block-size: 60px; padding: 0; border: 2px solid transparent; border-radius: 50%; background: var(--brand); color: var(--ink); cursor: pointer; display: grid; place-items: center; box-shadow: 0 1px 2px rgb(0 0 0 / .12), 0 8px 24px rgb(0 0 0 / .2); -webkit-tap-highlight-color: transparent; }
    [part=launcher]:focus-visible { outline: 3px solid var(--brand); outline-offset: 3px; }
    [hidden] { display: none !important; }
    .bare { --gap: 0px; }
    svg { grid-area: 1 / 1; inline-size: 28px; block-size: 28px; fill: none; stroke: currentColor; stroke-width: 2; stroke-linecap: round; stroke-linejoin: round; }
    .down, [aria-expanded=true] .up { opacity: 0; scale: .6; }
    [aria-expanded=true] .down { opacity: 1; scale: 1; }
    [part=badge] { position: absolute; inset-block-start: -4px; inset-inline-end: -4px; min-inline-size: 22px; box-sizing: border-box; padding: 0 6px; border: 2px solid #fff; border-radius: 13px; background: #c4162a; color: #fff; font: 700 12px/20px system-ui, sans-serif; text-align: center; }
    [part=badge]:empty { display: none; }
    [part=panel] { inset-block-end: calc(var(--offset, 20px) + var(--gap, 76px) + env(safe-area-inset-bottom)); inline-size: min(400px, 100vw - 2 * var(--offset, 20px)); block-size: min(704px, 100dvh - 2 * var(--offset, 20px) - var(--gap, 76px)); border-radius: 20px; overflow: clip; background: light-dark(#fff, #17181c); color: light-dark(#17181c, #fff); box-shadow: 0 0 0 1px rgb(0 0 0 / .06), 0 4px 12px rgb(0 0 0 / .08), 0 24px 64px rgb(0 0 0 / .24); display: grid; transform-origin: bottom right; }
    [part=panel]:not(.open) { visibility: hidden; opacity: 0; translate: 0 16px; scale: .98; }
    [part=panel]::before { content: ""; grid-area: 1 / 1; block-size: 168px; background: var(--brand); }
    iframe { grid-area: 1 / 1; inline-size: 100%; block-size: 100%; border: 0; opacity: 0; color-scheme: inherit; }
    .ready iframe { opacity: 1; }
    p { grid-area: 1 / 1; place-self: center; max-inline-size: 28ch; text-align: center; }
    p a { color: inherit; }
    @media (max-width: 480px) {
      [part=panel] { inset: 0 !important; inline-size: auto; block-size: auto; box-sizing: border-box; border-radius: 0; padding-block-end: env(safe-area-inset-bottom); border-block-start: env(safe-area-inset-top) solid var(--brand); }
      [part=launcher][aria-expanded=true] { visibility: hidden; }
    }
    @media (prefers-reduced-motion: no-preference) {
      [part=launcher] { transition: scale .15s; }
      [part=launcher]:hover { scale: 1.05; }
      [part=launcher]:active { scale: .96; }
      svg { transition: opacity .15s, scale .2s; }
      [part=panel] { transition: opacity .18s, translate .22s cubic-bezier(.2, .8, .2, 1), scale .22s cubic-bezier(.2, .8, .2, 1), visibility .22s; }
      iframe { transition: opacity .12s; }
    }
    @media (forced-colors: active) { [part=launcher], [part=badge] { border-color: ButtonText; } [part=panel] { border: 1px solid CanvasText; } }
    @media print { :host { display: none !important; } }
  `;
  const FAILED_AFTER_MS = 12000;
  const script = document.currentScript;
  const wish = (name) => script?.dataset[name];
  const stub = window.onethread;
  if (stub?.key === SETTINGS.key) return; // a single-page site may add the script again

  const locale = wish("locale") || document.documentElement.lang || SETTINGS.locale || "en";
  const texts = { ...(TEXTS[locale.slice(0, 2).toLowerCase()] || TEXTS.en), ...SETTINGS.texts };
  const say = (name, count) => texts[name].replace("{name}", SETTINGS.name).replace("{count}", count);
  const frameUrl = () => {
    const url = new URL(`/widget/${encodeURIComponent(SETTINGS.key)}/`, SETTINGS.origin);
    const facts = { host: location.origin, locale, color: wish("color"), theme: wish("theme") };
    for (const name in facts) if (facts[name]) url.searchParams.set(name, facts[name]);
    return url.href;
  };

  // Whether a chat is open or under way, in the site's own storage; never who the visitor is or what was said.
  const remember = (store, name, value) => {
    const key = `onethread:${SETTINGS.key}:${name}`;
    try {
      if (value === undefined) return window[store].getItem(key);
      if (value) window[store].setItem(key, value);
      else window[store].removeItem(key);
    } catch {
      return null;
    }
  };

  const listeners = {};
  const ending = new AbortController();
  const until = { signal: ending.signal };
  const phone = matchMedia("(max-width: 480px)");
  let host, launcher, badge, panel, frame, isOpen, isReady, opener, unread = 0, overflow = "";
  let toTell = [];

  const emit = (name, value) => (listeners[name] || []).forEach((listener) => listener(value));
  const make = (tag, attributes = {}, parent) => {
    const element = tag === "svg" || tag === "path" ? document.createElementNS("http://www.w3.org/2000/svg", tag) : document.createElement(tag);
    for (const name in attributes) element.setAttribute(name, attributes[name]);
    parent?.append(element);
    return element;
  };
  const drawing = (name, d) => make("path", { d }, make("svg", { viewBox: "0 0 24 24", class: name, "aria-hidden": "true" }, launcher));

  const build = () => {
    if (host || ending.signal.aborted) return;
    host = document.createElement("onethread-chat-launcher");
    const root = host.attachShadow({ mode: "open" });
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(CSS);
    root.adoptedStyleSheets = [sheet];
    paint();
    const place = /^(left|start)$/.test(wish("position") || SETTINGS.position) ? "start" : "";
    const region = make("div", { role: "region", "aria-label": say("title") }, root);
    panel = make("div", { part: "panel", class: place, role: "dialog", "aria-label": say("title"), id: "panel", inert: "" }, region);
    launcher = make("button", { part: "launcher", class: place, type: "button", "aria-haspopup": "dialog", "aria-controls": "panel" }, region);
    drawing("up", "M12 3.5c5 0 9 3.4 9 7.7 0 4.3-4 7.8-9 7.8-1 0-2-.1-2.9-.4L4.2 20.5l1.2-3.7C3.9 15.4 3 13.4 3 11.2c0-4.3 4-7.7 9-7.7z");
    drawing("down", "m6 9.5 6 6 6-6");
    badge = make("span", { part: "badge", "aria-hidden": "true" }, launcher);
    for (const event of ["pointerenter", "focus", "touchstart"]) launcher.addEventListener(event, load, { passive: true });
    launcher.addEventListener("click", () => toggle());
    launcher.hidden = wish("launcher") === "none";
    panel.classList.toggle("bare", launcher.hidden);
    show(false);
    root.addEventListener("keydown", (event) => event.key === "Escape" && isOpen && close());
    addEventListener("message", received, until);
    for (const event of ["focus", "blur"]) addEventListener(event, tellFocus, until);
    window.visualViewport?.addEventListener("resize", fit, until);
    window.visualViewport?.addEventListener("scroll", fit, until);
    phone.addEventListener("change", fit, until);
    // Beside the body, not in it: frameworks that swap the body leave us, and the conversation, in place.
    document.documentElement.append(host);
    if (remember("localStorage", "active")) load();
    if (remember("sessionStorage", "open") && !phone.matches) open({ focus: false });
  };

  // The brand's colour, with whichever of white and ink is legible on it.
  const paint = () => {
    const chosen = wish("color") || SETTINGS.color;
    const color = /^#[\da-f]{6}$/i.test(chosen) ? chosen : "#3b4cca";
    const light = [1, 3, 5].reduce((sum, at, i) => sum + [0.2126, 0.7152, 0.0722][i] * (parseInt(color.substr(at, 2), 16) / 255) ** 2.2, 0);
    host.style.setProperty("--brand", color);
    host.style.setProperty("--ink", light < 0.3 ? "#fff" : "#111318");
    const offset = parseInt(wish("offset"), 10);
    if (offset >= 0 && offset <= 200) host.style.setProperty("--offset", `${offset}px`);
    if (/^(light|dark)$/.test(wish("theme"))) host.style.setProperty("--theme", wish("theme"));
  };

  const load = () => {
    if (frame) return;
    frame = make("iframe", {
      title: say("title"),
      allow: "clipboard-write",
      sandbox: "allow-scripts allow-forms allow-same-origin allow-popups allow-popups-to-escape-sandbox allow-downloads",
      referrerpolicy: "origin",
      src: frameUrl(),
    }, panel);
    setTimeout(() => {
      if (isReady || ending.signal.aborted) return;
      const note = make("p", {}, panel);
      note.append(say("failed"), make("br"), Object.assign(make("a", { href: frameUrl(), target: "_blank", rel: "noopener" }), { textContent: say("tab") }));
    }, FAILED_AFTER_MS);
  };

  const tell = (type, facts) => {
    if (isReady) frame.contentWindow?.postMessage({ ...facts, onethread: SETTINGS.key, type }, SETTINGS.origin);
    else toTell.push([type, facts]);
  };
  const tellFocus = () => isReady && tell("focus", { value: document.hasFocus() && document.activeElement !== host });

  const received = ({ source, origin, data }) => {
    if (!frame || source !== frame.contentWindow || origin !== SETTINGS.origin || data?.onethread !== SETTINGS.key) return;
    if (data.type === "ready") {
      isReady = true;
      panel.classList.add("ready");
      if (isOpen) tell("open", { focus: document.activeElement === host });
      toTell.splice(0).forEach(([type, facts]) => tell(type, facts));
      tellFocus();
    } else if (data.type === "unread" && Number.isInteger(data.count)) {
      unread = data.count;
      show(isOpen);
      emit("unread", unread);
    } else if (data.type === "close") close();
    else if (data.type === "active") remember("localStorage", "active", "1");
  };

  const show = (value) => {
    isOpen = value;
    badge.textContent = unread && !isOpen ? (unread > 99 ? "99+" : unread) : "";
    launcher.setAttribute("aria-expanded", String(isOpen));
    launcher.setAttribute("aria-label", say(isOpen ? "close" : "open") + (badge.textContent ? `, ${say("unread", unread)}` : ""));
    panel.classList.toggle("open", isOpen);
    panel.inert = !isOpen;
  };

  // On phones the sheet takes what the keyboard leaves, and the page behind stands still.
  const fit = () => {
    const view = window.visualViewport;
    const isSheet = isOpen && phone.matches;
    const root = document.documentElement;
    if (isSheet && !fit.isHeld) overflow = root.style.overflow;
    if (isSheet || fit.isHeld) root.style.overflow = isSheet ? "hidden" : overflow;
    fit.isHeld = isSheet;
    panel.style.height = isSheet && view ? `${view.height}px` : "";
    panel.style.translate = isSheet && view ? `0 ${view.offsetTop}px` : "";
  };

  const open = ({ focus = true } = {}) => {
    build();
    if (isOpen || !host) return;
    load();
    show(true);
    fit();
    remember("sessionStorage", "open", "1");
    opener = document.activeElement;
    if (focus) frame.focus();
    if (isReady) tell("open", { focus });
    emit("open");
  };
  const close = () => {
    if (!isOpen) return;
    const hadFocus = document.activeElement === host;
    show(false);
    fit();
    remember("sessionStorage", "open", "");
    if (isReady) tell("hide");
    if (hadFocus) (launcher.hidden ? opener : launcher)?.focus({ preventScroll: true });
    emit("close");
  };
  const toggle = () => (isOpen ? close() : open());

  const api = {
    open,
    close,
    toggle,
    logout: () => {
      if (frame || remember("localStorage", "active")) { build(); load(); tell("logout"); }
      remember("localStorage", "active", "");
    },
    on: (name, listener) => {
      (listeners[name] ||= []).push(listener);
      if (name === "unread" && unread) listener(unread);
      return () => { listeners[name] = listeners[name].filter((each) => each !== listener); };
    },
    destroy: () => {
      if (host) close();
      ending.abort();
      host?.remove();
      if (window.helpdesk === onethread) delete window.helpdesk;
      delete window.onethread;
    },
  };
  const onethread = (name, ...rest) => (Object.hasOwn(api, name) ? api[name](...rest) : undefined);
  Object.assign(onethread, api, { key: SETTINGS.key });
  window.onethread = onethread;
  window.helpdesk ??= onethread;
  for (const call of stub?.q || []) onethread(...call);
  (window.requestIdleCallback || setTimeout)(build, { timeout: 3000 });
})();
