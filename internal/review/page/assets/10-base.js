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

  // What is new: said in a line, nothing moves by itself.
  const news = one(".news");
  function announce(line, href, label) {
    if (news.dataset.said === line) return;
    news.dataset.said = line;
    const p = document.createElement("p");
    p.append(line);
    const a = document.createElement("a");
    a.href = href;
    a.textContent = label;
    if (label !== say("Show")) a.target = "_blank"; // what is typed here stays
    p.append(" ", a);
    news.replaceChildren(p);
  }
  async function ask() {
    if (document.hidden) return;
    const res = await fetch(document.body.dataset.news, { headers: { Accept: "application/json" } });
    const got = await res.json();
    if (res.status === 401) return announce(say("You were signed out."), "/login", say("Sign in"));
    if (!res.ok) return;
    if (got.title) document.title = got.title;
    for (const b of all("[data-count]")) if (got[b.dataset.count] !== undefined) {
      b.textContent = got[b.dataset.count];
      b.parentElement.classList.toggle("loud", b.dataset.count === "now" && got.now > 0);
    }
    if (got.say) announce(got.say, location.href, say("Show"));
  }
  if (document.body.dataset.news) setInterval(() => ask().catch(() => {}), 5000);
  news.addEventListener("click", (e) => {
    if (e.target.textContent === say("Show")) { e.preventDefault(); location.replace(location.href); }
  });

  // Countdowns, by this page's own clock.
  const began = performance.now();
  const seconds = (n) => (n === 1 ? say("1 second") : say("%s seconds", n));
  function tick() {
    const gone = Math.floor((performance.now() - began) / 1000);
    for (const el of all("[data-seconds]")) el.textContent = Math.max(0, el.dataset.seconds - gone);
    for (const el of all("[data-goes]")) {
      const left = el.dataset.goes - gone;
      if (left < 120) el.textContent = left > 0 ? el.dataset.verb.replace("%s", seconds(left)) : say("Now.");
    }
  }
  if (one("[data-seconds], [data-goes]")) setInterval(tick, 1000);

  // The gate, asked while somebody writes.
  function underline(under, text, problems) {
    const parts = [];
    let at = 0;
    for (const p of [...problems].sort((a, b) => a.start - b.start)) {
      if (p.start < at || p.end <= p.start) continue;
      const m = document.createElement("mark");
      m.textContent = text.slice(p.start, p.end);
      parts.push(text.slice(at, p.start), m);
      at = p.end;
    }
    under.replaceChildren(...parts, text.slice(at) + "\n");
  }
  function tell(field, problems) {
    field.classList.toggle("unsafe", problems.length > 0);
    one("textarea", field).setAttribute("aria-invalid", String(problems.length > 0));
    one(".problems", field).replaceChildren(...problems.map((p) => {
      const li = document.createElement("li");
      const q = document.createElement("q");
      q.textContent = p.words;
      li.append(p.lead, ...(p.words ? [q] : []), p.rest);
      return li;
    }));
    const first = problems.find((p) => p.words);
    one(".gate", field).textContent = problems.length === 0 ? say("safe to publish ✓")
      : first ? say("Not safe to publish yet: “%s” stops it.", first.words) : say("Not safe to publish yet.");
  }
  function watch(field, url) {
    const area = one("textarea", field), under = one(".under", field), gate = one(".gate", field);
    let timer, asked = 0;
    async function check() {
      const mine = ++asked, text = area.value;
      if (!text.trim()) { gate.textContent = ""; tell(field, []); gate.textContent = ""; underline(under, text, []); return; }
      const body = new URLSearchParams({ kind: field.dataset.kind, text });
      const res = await fetch(url, { method: "POST", body });
      const got = await res.json();
      if (mine !== asked) return;
      if (!res.ok) throw new Error("not checked");
      one(".length", field).textContent = got.length;
      underline(under, text, got.problems);
      tell(field, got.problems);
    }
    const soon = (ms) => {
      clearTimeout(timer);
      timer = setTimeout(() => check().catch(() => {
        gate.textContent = say("Cannot be checked at this moment. It is checked again when you approve.");
      }), ms);
    };
    area.addEventListener("input", () => { asked++; underline(under, area.value, []); gate.textContent = say("Checking…"); soon(300); });
    area.addEventListener("scroll", () => { under.scrollTop = area.scrollTop; });
    if (one(".problems li", field)) soon(0);
  }
  const form = one("#decide");
  if (form) {
    for (const field of all(".field", form)) watch(field, form.dataset.check);
    form.addEventListener("keydown", (e) => {
      if (e.key === "Enter" && e.target.matches("input, select")) e.preventDefault(); // approve is pressed on purpose
    });
  }
  for (const f of all("form")) f.addEventListener("submit", (e) => {
    if (f.dataset.sent) e.preventDefault();
    f.dataset.sent = "yes";
  });
  addEventListener("pageshow", (e) => { if (e.persisted) location.reload(); });

  // Another wording, from those that passed the gate.
  const wording = one("#wording");
  if (wording) {
    const area = one("#f-reply"), list = all("#wordings li").map((li) => li.textContent);
    wording.addEventListener("click", () => {
      area.value = list[(list.indexOf(area.value) + 1) % list.length];
      area.dispatchEvent(new Event("input"));
    });
  }

  // Keys. They can be switched off, on this computer.
  const box = one("#keys-on");
  const store = (v) => { try { if (v === undefined) return localStorage.getItem("keys"); localStorage.setItem("keys", v); } catch { return null; } };
  const on = () => root.classList.contains("keys-on");
  root.classList.toggle("keys-on", store() !== "off");
  if (box) {
    box.checked = on();
    box.addEventListener("change", () => { root.classList.toggle("keys-on", box.checked); store(box.checked ? "on" : "off"); });
  }
  const items = all("[data-item]");
  function move(by) {
    const now = items.indexOf(document.activeElement);
    const next = items[Math.min(Math.max(now + by, 0), items.length - 1)];
    next.focus();
    next.scrollIntoView({ block: "nearest" });
  }
  const typing = (el) => el.isContentEditable || el.matches("textarea, select, input:not([type=checkbox])");
  for (const b of all("[data-focus]")) b.addEventListener("click", () => one("#" + b.dataset.focus).focus());
  document.addEventListener("keydown", (e) => {
    if (e.key === "Escape" && typing(e.target)) return e.target.blur();
    if (!on() || e.ctrlKey || e.metaKey || e.altKey || e.repeat || typing(e.target)) return;
    const key = e.key.toLowerCase();
    if (items.length && (key === "j" || key === "k")) { e.preventDefault(); return move(key === "j" ? 1 : -1); }
    if (key === "o" && items.includes(document.activeElement)) { e.preventDefault(); return document.activeElement.click(); }
    if (key === "/") {
      e.preventDefault();
      const more = one("#filters details");
      if (more) more.open = true;
      const link = one("#filters details a") || one("#filters a");
      return link ? link.focus() : location.assign("/#filters");
    }
    const el = all("[data-key]").find((el) => el.dataset.key === key && el.offsetParent);
    if (!el) return;
    e.preventDefault();
    el.click();
    if (key === "?") one("#keys").scrollIntoView({ block: "nearest" });
  });
})();
