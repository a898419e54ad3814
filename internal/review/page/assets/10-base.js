// The desk's small conveniences. Everything works without them.
"use strict";
(() => {
  const root = document.documentElement;
  const all = (sel, from = document) => [...from.querySelectorAll(sel)];
  const one = (sel, from = document) => from.querySelector(sel);
  root.classList.add("js");

  // say puts a sentence into the page's language; %s are its parts.
  const words = JSON.parse(document.body.dataset.words || "{}");
  const say = (sentence, ...parts) => (words[sentence] || sentence).replace(/%s/g, () => parts.shift());

  // Countdowns, by this page's own clock.
  const began = performance.now();
  const seconds = (n) => (n === 1 ? say("1 second") : say("%s seconds", n));
  const gone = (el) => Math.floor((performance.now() - (el.came || began)) / 1000); // what came later has its own
  function tick() {
    for (const el of all("[data-seconds]")) el.textContent = Math.max(0, el.dataset.seconds - gone(el));
    for (const el of all("[data-goes]")) {
      const left = el.dataset.goes - gone(el);
      if (left < 120) el.textContent = left > 0 ? el.dataset.verb.replace("%s", seconds(left)) : say("Now.");
    }
  }
  setInterval(tick, 1000);

  document.addEventListener("submit", (e) => {
    if (e.defaultPrevented) return;
    if (e.target.dataset.sent) e.preventDefault();
    e.target.dataset.sent = "yes";
  });
  addEventListener("pageshow", (e) => { if (e.persisted) location.reload(); });

  // Keys. They can be switched off, on this computer.
  const box = one("#keys-on");
  const store = (v) => { try { if (v === undefined) return localStorage.getItem("keys"); localStorage.setItem("keys", v); } catch { return null; } };
  const on = () => root.classList.contains("keys-on");
  root.classList.toggle("keys-on", store() !== "off");
  if (box) {
    box.checked = on();
    box.addEventListener("change", () => { root.classList.toggle("keys-on", box.checked); store(box.checked ? "on" : "off"); });
  }
  function move(items, by) {
    const now = items.findIndex((item) => (item.closest("tr") || item).contains(document.activeElement));
    const next = items[Math.min(Math.max(now + by, 0), items.length - 1)];
    next.focus();
    next.scrollIntoView({ block: "nearest" });
  }
  const typing = (el) => el.isContentEditable || el.matches("textarea, select, input:not([type=checkbox])");
  // pressed is the single key that somebody pressed to have something done; empty: she did not.
  const pressed = (e) => (!on() || e.ctrlKey || e.metaKey || e.altKey || e.repeat || typing(e.target) ? "" : e.key.toLowerCase());
  window.desk = { one, all, say, pressed };
  for (const b of all("[data-focus]")) b.addEventListener("click", () => one("#" + b.dataset.focus).focus());
  document.addEventListener("keydown", (e) => {
    if (e.key === "Escape" && typing(e.target)) return e.target.blur();
    const key = pressed(e), items = all("[data-item]");
    if (!key) return;
    if (items.length && (key === "j" || key === "k")) { e.preventDefault(); return move(items, key === "j" ? 1 : -1); }
    if (key === "o" && items.includes(document.activeElement)) { e.preventDefault(); return document.activeElement.click(); }
    if (key === "/") {
      e.preventDefault();
      const search = one("#filters");
      if (!search) return location.assign("/#filters");
      search.open = true;
      return one("select, input:not([type=hidden])", search).focus();
    }
    const el = all("[data-key]").find((el) => el.dataset.key === key && el.offsetParent);
    if (!el) return;
    e.preventDefault();
    el.click();
    if (key === "?") one("#keys").scrollIntoView({ block: "nearest" });
  });
})();
