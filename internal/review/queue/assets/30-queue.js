// The queue without loading pages: search, lists, pages of a list, choosing several.
"use strict";
(() => {
  const { one, all, say, pressed } = window.desk;
  const search = () => one("#search");
  if (!search()) return;
  const body = document.body, said = one("#said");
  let wanted = 0;

  // load shows the list at an address in place of this one.
  async function load(href, how = {}) {
    const mine = ++wanted, list = one("#list");
    list.setAttribute("aria-busy", "true");
    const slow = setTimeout(() => { said.textContent = say("Loading…"); }, 400);
    let doc;
    try {
      const res = await fetch(href, { headers: { Accept: "text/html" } });
      doc = new DOMParser().parseFromString(await res.text(), "text/html");
      if (mine !== wanted) return;
      if (!res.ok || !doc.querySelector("#search")) return location.assign(href); // it says what is wrong
    } catch {
      if (mine === wanted) failed(href, how);
      return;
    } finally {
      clearTimeout(slow);
      if (mine === wanted) list.removeAttribute("aria-busy");
    }
    show(doc, how);
    if (how.push) history.pushState(null, "", href);
    window.desk.listen();
  }
  function failed(href, how) {
    const p = document.createElement("p"), again = document.createElement("button");
    p.className = "trouble";
    p.id = "failed";
    p.setAttribute("role", "alert");
    again.type = "button";
    again.textContent = say("Try again");
    again.addEventListener("click", () => load(href, how));
    p.append(say("The list could not be loaded: there is no connection. You see the one from before."), " ", again);
    (one("#failed") || one("#list").insertAdjacentElement("beforebegin", document.createElement("p"))).replaceWith(p);
  }

  // show takes the parts of another page over, and keeps what somebody is at.
  function show(doc, how) {
    const at = document.activeElement, item = at.matches("[data-item]") && at.getAttribute("href");
    const picked = new Set(all("input[name=case]:checked").map((box) => box.value));
    const writing = search().contains(at);
    one("#failed")?.remove();
    for (const id of ["q-head", "q-headings", "list", "q-foot", ...(writing ? [] : ["filters"])]) {
      const now = document.importNode(doc.getElementById(id), true);
      for (const el of now.querySelectorAll("[data-seconds]")) el.came = performance.now();
      if (id === "filters") now.open = now.open || one("#filters").open;
      one("#" + id).replaceWith(now);
    }
    for (const box of all("input[name=case]")) box.checked = picked.has(box.value);
    document.title = doc.title;
    body.dataset.news = doc.body.dataset.news;
    body.dataset.live = doc.body.dataset.live;
    said.textContent = one("#found")?.textContent || "";
    if (item) all("[data-item]").find((a) => a.getAttribute("href") === item)?.focus();
    else if (how.focus) one(how.focus)?.focus();
    if (how.top) scrollTo({ top: 0 });
    choose();
  }

  function address() {
    const q = new URLSearchParams(new FormData(search()));
    for (const [name, value] of [...q]) if (!value) q.delete(name);
    return "/" + (q.size ? "?" + q : "");
  }
  document.addEventListener("change", (e) => {
    if (e.target.closest("#search")) load(address(), { push: true });
    else if (e.target.matches("input[name=case]")) choose();
  });
  document.addEventListener("submit", (e) => {
    if (e.target !== search()) return;
    e.preventDefault();
    load(address(), { push: true });
  });
  document.addEventListener("click", (e) => {
    const link = e.target.closest("#q-headings a, .turn a, .found a, .empty a");
    if (!link || e.ctrlKey || e.metaKey || e.shiftKey || e.altKey || e.button) return;
    e.preventDefault();
    const turn = link.closest(".turn");
    load(link.href, { push: true, top: !!turn, focus: link.closest("#q-headings") ? "#q-headings [aria-current]" : "#list [data-item]" });
  });
  addEventListener("popstate", () => load(location.href));
  window.desk.refresh = () => load(location.href, { focus: "#list [data-item]" });

  // Choosing several.
  function choose() {
    const n = all("input[name=case]:checked").length, bar = one(".several");
    if (!bar) return;
    bar.hidden = n === 0;
    one("#chosen").textContent = n === 0 ? "" : say("%s chosen", String(n));
  }
  document.addEventListener("keydown", (e) => {
    if (pressed(e) !== "x") return;
    const box = document.activeElement.closest("tr")?.querySelector("input[name=case]");
    if (!box) return;
    e.preventDefault();
    box.click();
  });
  choose();
})();
