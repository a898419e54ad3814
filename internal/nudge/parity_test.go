package nudge

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"triage/internal/chromium"
)

// odd are texts that two readings could take for different ones.
var odd = []string{
	"", " ", "'", "j'", "''''", "…", ".!?;\n", "a", "\u0000", "İstanbul ΣΊΣΥΦΟΣ ς", "ﬁbroid ﬃ", "Å Å Å", "①②③ ½ ２０２４", "ʼn 'n’ ‘n", "e\u0301te\u0301",
	"can\u200bcer\u00ad \u2060 \ufeff", "𝒸𝒶𝓃𝒸𝑒𝓇", "my\u00a0knee\u2003hurts\u2028my back", "癌症 рак سرطان", "👩‍👧 🤰🏽 ❤️", "zzzzzaaaaa nooooo 11111", strings.Repeat("my knee ", 3000),
	"h\u0300\u0301\u0302\u0303\u0304\u0305\u0306\u0307\u0308\u0309\u030a\u030b\u030c\u030d\u030e\u030f\u0310\u0311\u0312\u0313\u0314\u0315\u0316\u0317\u0318\u0319\u031a\u031b\u031c\u031d\u031e\u031fip",
	"born 3rd of april 1971", "DOB 03/04/71", "ring 555-0199 now", "503.555.0199", "1-800-555-0199", "x@y", "x@y.z", "<script>alert(1)</script>", `\u0041 \\ " '`, "constructor toString __proto__ hasOwnProperty",
}

// The script gives the verdicts of Judge: the same list is in both.
func TestTheScriptJudgesAlike(t *testing.T) {
	texts := odd
	for i, l := range written(t) {
		if i%12 == 0 {
			texts = append(texts, l.Text, strings.ToUpper(l.Text))
		}
	}
	j := &Judge{List: Shipped(), Practice: cedar}
	want := make([]Finding, len(texts))
	count := map[Finding]int{}
	for i, text := range texts {
		want[i] = j.Judge(text)
		count[want[i]]++
	}
	if len(texts) < 4000 || count[Medical] < 1000 || count[Nothing] < 1000 || count[Contact] < 100 {
		t.Fatalf("%d texts, %v: this says little", len(texts), count)
	}
	open := strings.Replace(string(script(t, cedar)), `"use strict";`, `"use strict"; window.judge = function (text) { return judge(text, practice()); };`, 1)
	s := newSite(t, map[string]string{"/": "<!doctype html><title>Texts</title><script src=/nudge.js></script>"}, []byte(open))
	v := newVisitor(t)
	defer v.Watch()()
	v.Do("open", chromedp.Navigate(s.URL))
	arg, err := json.Marshal(texts)
	if err != nil {
		t.Fatal(err)
	}
	got := chromium.Value[[]Finding](v.Tab, string(arg)+`.map(judge)`)
	wrong := 0
	for i := range texts {
		if got[i] != want[i] {
			if wrong++; wrong < 20 {
				t.Errorf("%q: the script says %d, Judge %d", texts[i][:min(200, len(texts[i]))], got[i], want[i])
			}
		}
	}
	t.Logf("%d texts, %v, %d otherwise", len(texts), count, wrong)
}
