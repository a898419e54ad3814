// What happens meanwhile: told over a stream while the page is looked at, asked for
// now and then where there is none. It is said in a line; nothing moves by itself.
"use strict";
(() => {
  const { one, all, say } = window.desk;
  const body = document.body, line = one(".news");
  let stream = null, told = false, missed = "", over = false;

  function announce(words, href, label) {
    if (line.dataset.said === words) return;
    line.dataset.said = words;
    const p = document.createElement("p");
    p.append(words);
    if (href) {
      const a = document.createElement("a");
      a.href = href;
      a.textContent = label;
      if (label !== say("Show")) a.target = "_blank"; // what is typed here stays
      p.append(" ", a);
    }
    line.replaceChildren(...(words ? [p] : []));
  }
  line.addEventListener("click", (e) => {
    if (e.target.textContent !== say("Show")) return;
    e.preventDefault();
    announce("");
    if (window.desk.refresh) window.desk.refresh(); else location.replace(location.href);
  });

  function take(got) {
    if (missed) { missed = ""; announce(""); }
    if (got.title) document.title = got.title;
    for (const b of all("[data-count]")) if (got[b.dataset.count] !== undefined) {
      b.textContent = got[b.dataset.count];
      b.parentElement.classList.toggle("loud", b.dataset.count === "now" && got.now > 0);
      if (b.dataset.count === "going") b.parentElement.hidden = !got.going;
    }
    if (got.here !== undefined) here(got.here);
    if (got.say) announce(got.say, location.href, say("Show"));
  }
  // Who else looks at this case.
  function here(words) {
    let p = one("#here");
    if (!p) {
      if (!words) return;
      p = document.createElement("p");
      p.id = "here";
      p.className = "notice here";
      p.setAttribute("role", "status");
      one("main").prepend(p);
    }
    p.textContent = words;
    p.hidden = !words;
  }
  function out() {
    over = true;
    close();
    announce(say("You were signed out."), "/login", say("Sign in"));
  }

  async function ask() {
    let res;
    try {
      res = await fetch(body.dataset.news, { headers: { Accept: "application/json" } });
    } catch {
      missed = missed || new Date().toLocaleTimeString(document.documentElement.lang, { hour: "2-digit", minute: "2-digit" });
      return announce(say("No connection. You see how things stood at %s. This page tries again by itself.", missed));
    }
    if (res.status === 401) return out();
    if (res.ok) take(await res.json());
  }

  // Only a page that is looked at has a stream: browsers allow few to one address.
  function listen() {
    close();
    if (!body.dataset.live || over || document.hidden || !window.EventSource) return;
    stream = new EventSource(body.dataset.live);
    stream.addEventListener("news", (e) => { told = true; take(JSON.parse(e.data)); });
    stream.addEventListener("call", (e) => { if (window.desk.called) window.desk.called(JSON.parse(e.data)); });
    stream.addEventListener("out", out);
    stream.addEventListener("error", () => {
      told = false;
      if (stream && stream.readyState === EventSource.CLOSED) close();
    });
  }
  function close() {
    told = false;
    if (stream) stream.close();
    stream = null;
  }
  window.desk.listen = listen;
  window.desk.told = () => told;
  if (!body.dataset.news) return;
  listen();
  let leaving, rounds = 0;
  document.addEventListener("visibilitychange", () => {
    clearTimeout(leaving);
    if (document.hidden) leaving = setTimeout(close, 5000);
    else if (!stream) listen();
  });
  addEventListener("pagehide", close);
  addEventListener("online", () => ask().catch(() => {}));
  setInterval(() => {
    rounds++;
    if (over || told || document.hidden && rounds % 12) return; // a page in the background asks once a minute
    ask().catch(() => {});
    if (!stream && rounds % 6 === 0) listen();
  }, 5000);
})();
