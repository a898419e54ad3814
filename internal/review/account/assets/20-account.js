// Signing in with passkeys, links that were given, and pages whose reader is away.
(() => {
  const words = JSON.parse(document.body.dataset.words || "{}");
  const say = (sentence, ...parts) => (words[sentence] || sentence).replace(/%s/g, () => parts.shift());
  const all = (sel) => [...document.querySelectorAll(sel)];

  // The code of an invitation stands behind the #, which is sent to nobody.
  const invited = document.querySelector("#invited");
  if (invited && location.hash.length > 1) {
    invited.value = decodeURIComponent(location.hash.slice(1));
    history.replaceState(null, "", location.pathname);
    invited.form.requestSubmit();
  }
  for (const box of all("[data-show]")) box.addEventListener("change", () => {
    document.getElementById(box.dataset.show).type = box.checked ? "text" : "password";
  });
  for (const b of all("[data-print]")) b.addEventListener("click", () => print());

  // Passkeys: the server asks, the device answers, the form carries the answer.
  const bytes = (s) => Uint8Array.from(atob(s.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));
  const text = (b) => btoa(String.fromCharCode(...new Uint8Array(b))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  const ids = (list) => (list || []).map((c) => ({ ...c, id: bytes(c.id) }));
  async function make(o) {
    const k = await navigator.credentials.create({ publicKey: { ...o, challenge: bytes(o.challenge),
      user: { ...o.user, id: bytes(o.user.id) }, excludeCredentials: ids(o.excludeCredentials) } });
    return { id: k.id, rawId: text(k.rawId), type: k.type, response: { clientDataJSON: text(k.response.clientDataJSON),
      attestationObject: text(k.response.attestationObject), transports: k.response.getTransports ? k.response.getTransports() : [] } };
  }
  async function use(o) {
    const k = await navigator.credentials.get({ publicKey: { ...o, challenge: bytes(o.challenge), allowCredentials: ids(o.allowCredentials) } });
    return { id: k.id, rawId: text(k.rawId), type: k.type, response: { clientDataJSON: text(k.response.clientDataJSON),
      authenticatorData: text(k.response.authenticatorData), signature: text(k.response.signature),
      userHandle: k.response.userHandle ? text(k.response.userHandle) : null } };
  }
  for (const form of all("form[data-passkey]")) {
    if (!window.PublicKeyCredential) { form.hidden = true; continue; }
    form.addEventListener("submit", async (e) => {
      if (form.elements.answer.value) return; // it has the answer: go
      e.preventDefault();
      e.stopImmediatePropagation();
      const fault = form.querySelector("[role=alert]");
      fault.hidden = true;
      try {
        const res = await fetch(form.dataset.passkey, { method: "POST" });
        const got = await res.json();
        if (!res.ok) throw new Error(got.error);
        const answer = form.dataset.new === undefined ? await use(got.publicKey) : await make(got.publicKey);
        form.elements.answer.value = JSON.stringify(answer);
        form.requestSubmit();
      } catch (err) {
        fault.textContent = err.name === "NotAllowedError" || err.name === "AbortError" ? say("That was cancelled, or took too long. Try again when you are ready.")
          : err.name === "InvalidStateError" ? say("This device has a passkey for you already.")
          : err instanceof TypeError || !err.message ? say("That did not work. Look whether you are online, and try again.") : err.message;
        fault.hidden = false;
      }
    }, true);
  }

  // Away: a minute before the sign-in ends it says so; when it ended, the page is
  // covered, and what was typed stays on it.
  const idle = Number(document.body.dataset.idle || 0) * 1000;
  if (!idle) return;
  const me = document.body.dataset.user;
  let used = Date.now(), soon = null, lock = null;
  const away = () => Date.now() - used;
  const box = (cls, role, label, ...parts) => {
    const div = document.createElement("div");
    div.className = cls;
    div.setAttribute("role", role);
    div.setAttribute("aria-label", label);
    div.append(...parts);
    document.body.append(div);
    return div;
  };
  const el = (tag, words, set = {}) => Object.assign(document.createElement(tag), { textContent: words }, set);
  function unlock() {
    if (lock) { lock.remove(); lock = null; document.documentElement.classList.remove("locked"); for (const c of document.body.children) c.inert = false; }
    if (soon) { soon.remove(); soon = null; }
  }
  function cover() {
    if (lock) return;
    if (soon) { soon.remove(); soon = null; }
    document.documentElement.classList.add("locked");
    for (const c of document.body.children) c.inert = true;
    const inner = document.createElement("div");
    const link = el("a", say("Sign in in another tab"), { href: "/login", target: "_blank", className: "button" });
    inner.append(el("h2", say("You were signed out.")), el("p", say("Nothing was used here for a while, or you were signed out elsewhere. What you typed is kept on this page: sign in in another tab, and it opens again.")), link);
    lock = box("lock", "dialog", say("You were signed out."), inner);
    link.focus();
  }
  async function ask() {
    const res = await fetch("/account/still", { headers: { Accept: "application/json" } });
    if (res.status === 401) return cover();
    if (!res.ok) return;
    const got = await res.json();
    if (got.user !== me) return location.assign("/"); // somebody else sits here now
    used = Date.now() - idle + got.left * 1000; // perhaps in another tab
    if (lock || got.left > 60) unlock();
  }
  async function stay() {
    const res = await fetch("/account/stay", { method: "POST" });
    if (res.status === 401) return cover();
    if (res.ok) { used = Date.now(); unlock(); }
  }
  function warn() {
    if (soon || lock) return;
    const button = el("button", say("Stay signed in"), { type: "button" });
    button.addEventListener("click", () => stay().catch(() => {}));
    soon = box("soon", "alertdialog", say("You will be signed out soon"), el("p", say("You will be signed out in about a minute, because nothing was used here. What you typed stays.")), button);
    button.focus();
  }
  setInterval(() => {
    if (away() > idle - 60000 && !soon && !lock) ask().then(() => { if (away() > idle - 60000) warn(); }).catch(() => {});
    if (away() >= idle || lock) ask().catch(() => {});
  }, 5000);
  setInterval(() => { if (!document.hidden && !lock) ask().catch(() => {}); }, 60000);
  addEventListener("focus", () => { if (away() > 60000 || lock) ask().catch(() => {}); });
  // What a form or a script sends counts as use there, so here too.
  const send = window.fetch;
  window.fetch = async (url, options) => {
    const res = await send(url, options);
    if (options && options.method === "POST" && res.ok) { used = Date.now(); unlock(); }
    return res;
  };
})();
