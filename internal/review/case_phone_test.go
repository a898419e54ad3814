package review

import (
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"triage/internal/chromium"
)

// inSight is whether an element is wholly on the screen, and on top there.
const inSight = `(sel => { const e = document.querySelector(sel), r = e.getBoundingClientRect();
	return r.top >= 0 && r.bottom <= innerHeight && e.contains(document.elementFromPoint(r.x + r.width / 2, r.y + r.height / 2)); })`

// TestTheThumbFindsWhatDecides: on a phone one place leads to the reply, then approves
// it, then takes it back; and it covers nothing that has the focus.
func TestTheThumbFindsWhatDecides(t *testing.T) {
	if testing.Short() {
		t.Skip("skipped 1 test in a browser: short")
	}
	w := newWorld(t, func(o *Options) { o.Now = time.Now })
	furnish(t, w)
	b := caseTab(t, w, "rita")
	b.Prefix = "thumb-"
	defer b.Watch()()
	b.Size(390, 844)
	b.at("story")
	b.Press("r")
	b.Wait("the words", ".words mark")
	b.Is("the way to the reply is in sight", inSight+`(".to-decide")`)
	b.Is("nothing can be approved unseen", `!`+inSight+`("button.main[data-key=a]")`)
	b.Click(".to-decide")
	b.Until("approve is under the thumb", inSight+`("button.main[data-key=a]")`)
	b.Is("and the reply is in sight", inSight+`("[data-kind=reply] .looks")`)
	b.Axe("html")
	covers(b)
	b.Size(640, 360) // as at twice the size
	b.Is("on a low screen nothing sticks", `getComputedStyle(document.querySelector(".go")).position === "static" && !document.querySelector(".to-decide").checkVisibility()`)
	b.Size(390, 844)
	b.Click("button.main[data-key=a]")
	b.Wait("the countdown", "#bar [data-goes]")
	covers(b)
	b.Do("scroll to the end", evaluate(`scrollTo(0, document.body.scrollHeight)`))
	b.Is("undo is under the thumb", inSight+`("#bar form button") && document.querySelector("#bar").getBoundingClientRect().bottom === innerHeight`)
	b.Axe("html")
	b.Shoot("undo")
}

// covers fails if the bar lies over anything that the Tab key comes to.
func covers(b *atCase) {
	b.Helper()
	b.Do("start at the top", evaluate(`scrollTo(0, 0); document.activeElement.blur(); document.querySelector("#main").focus()`))
	for range 40 {
		b.Do("tab", chromedp.KeyEvent("\t"))
		if !chromium.Value[bool](b.Tab, `document.querySelector("main").contains(document.activeElement)`) {
			return
		}
		b.Is("what has the focus is not covered", `(e => { const r = e.getBoundingClientRect(), at = document.elementFromPoint(r.x + r.width / 2, r.y + Math.min(r.height, 40) / 2);
			return !at || e.contains(at) || at.contains(e) || !at.closest(".go, .to-decide, #bar"); })(document.activeElement)`)
	}
}

// TestWhatAPersonPublishesIsCopied by a button.
func TestWhatAPersonPublishesIsCopied(t *testing.T) {
	if testing.Short() {
		t.Skip("skipped 1 test in a browser: short")
	}
	w := newWorld(t, func(o *Options) { o.Now = time.Now })
	furnish(t, w)
	offered(t, w)
	b := caseTab(t, w, "otto")
	b.Prefix = "copy-"
	defer b.Watch()()
	b.at("byhand")
	b.Click("button.main[data-key=a]")
	b.Wait("the button", "button.copy")
	b.Click("button.copy")
	b.Until("it says so", `["Copied.", "Press Ctrl-C, or Cmd-C on a Mac."].includes(document.querySelector(".done [role=status]").textContent)`)
	b.Is("the words are chosen", `getSelection().toString() === document.querySelector(".done .ours").textContent`)
	b.everywhere("byhand")
}
