package main

import (
	"bufio"
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"testing"
	"time"

	"triage/internal/classify"
	"triage/internal/ingest/file"
)

var longWord = regexp.MustCompile(`\pL{4,}`)

func longWords(s string) map[string]bool {
	words := map[string]bool{}
	for _, w := range longWord.FindAllString(strings.ToLower(s), -1) {
		words[w] = true
	}
	return words
}

// leaks are the words of a text that stand anywhere in a page, also in its
// source, and are not the page's own.
func leaks(page, text string, own map[string]bool) (leaked []string, looked int) {
	page = strings.ToLower(page)
	for w := range longWords(text) {
		if own[w] {
			continue
		}
		looked++
		if strings.Contains(page, w) {
			leaked = append(leaked, w)
		}
	}
	return leaked, looked
}

// Two histories of the same sort without a telling word in common: what both
// reports say is the reports' own.
const (
	secrets = `{"id":"jocasta-brimble","author":"Jocasta Brimble","platform":"google","created":"2024-11-03","text":"Since my vasectomy with Wilberforce in Paddlewick I bleed, please phone 555-014-7733 quickly"}
{"id":"brimble@example.net","author":"Ottoline Fernsby","platform":"google","created":"2024-11-04","text":"Zachary's chemotherapy for lymphoma finished; Grandfather Thaddeus cried. \u003cb\u003eThimblerigg\u003c/b\u003e"}
{"id":"THADDEUS77","platform":"google","created":"2024-11-05","text":"Expecting twins after IVF, thrilled! 🤰🏽 Gratefully Clementine Marchbanks, marchbanks@example.org"}
{"id":"9","platform":"google","created":"2024-11-06","text":"Lexapro helped my panic attacks, then withdrawal and tremor hit me\nat Sugarloaf Boulevard 14"}`
	unalike = `{"id":"1","platform":"google","created":"2024-11-03","text":"Since my colonoscopy I have fever, call me at 555-014-8899"}
{"id":"2","platform":"google","created":"2024-11-04","text":"My son takes insulin for diabetes"}
{"id":"3","platform":"google","created":"2024-11-05","text":"I miscarried in spring, jane.roe@example.com"}
{"id":"4","platform":"google","created":"2024-11-06","text":"Zoloft made my anxiety bearable, so grateful"}`
)

func TestReportHoldsNoWordOfAComment(t *testing.T) {
	page, _ := reportOf(t, 0, textFile(t, "h.jsonl", secrets))
	other, _ := reportOf(t, 0, textFile(t, "h.jsonl", unalike))
	own := longWords(other)
	delete(own, "example")
	fields := strings.NewReplacer(`"id"`, "", `"author"`, "", `"platform":"google"`, "", `"created"`, "", `"text"`, "", `\u003c`, "<", `\u003e`, ">", `\n`, " ").Replace(secrets)
	leaked, looked := leaks(page, fields, own)
	if len(leaked) > 0 || looked < 30 {
		t.Errorf("%d words looked at, in the report: %q", looked, leaked)
	}
	if n := strings.Count(page, "<h3>"); n < 3 {
		t.Errorf("only %d comments are shown: the test shows little", n)
	}
	for _, digits := range []string{"7733", "014", "Boulevard", "🤰"} {
		if strings.Contains(page, digits) {
			t.Errorf("the report holds %q", digits)
		}
	}
	// The same with one text not masked is seen.
	for line := range strings.Lines(fields) {
		if leaked, _ := leaks(strings.Replace(page, "█", line, 1), fields, own); len(leaked) < 5 {
			t.Errorf("a text in the page is not seen: only %q", leaked)
		}
	}
}

func TestMask(t *testing.T) {
	for text, want := range map[string]string{
		"I can't, at 10.":            "█ ██████ ██ ███",
		"  two\tlines \r\n\n\nhere ": "███ █████\n████",
		"sad😢day 🇺🇸 👩🏽‍⚕️ ok":        "██████ ██",
		"née n\u0065\u0301e":         "███ ███",
		"a\u200bb\u202ec\x00d\xff":   "████",
		"你好 <b> $5":                  "██ ███ ██",
		"":                           "",
		"😀":                          "",
		"one\u2028two\u2029three":    "███\n███\n█████",
		strings.Repeat("word\n", 20): strings.TrimSpace(strings.Repeat("████\n", 12)),
		strings.Repeat("x", 1000):    strings.Repeat("█", 600),
	} {
		m := mask(text)
		if m.String() != want || m.cut != (len(text) > 90) {
			t.Errorf("%q: %q, cut %v, want %q", text, m.String(), m.cut, want)
		}
		if n := len(strings.Fields(want)); !m.cut && m.words != n {
			t.Errorf("%q: %d words, want %d", text, m.words, n)
		}
	}
}

func FuzzMask(f *testing.F) {
	f.Add("I had a hip replacement\nhere 😀 in May")
	f.Fuzz(func(t *testing.T, text string) {
		if got := strings.Trim(mask(text).String(), "█ \n"); got != "" {
			t.Errorf("%q shows %q", text, got)
		}
	})
}

func TestOnlyIDsWithoutWordsAreShown(t *testing.T) {
	for id, want := range map[string]bool{
		"1784000958199_121": true, "c10e4e18dd22": true, "fb:12.5-7": true,
		"jo-ann": false, "Kim Lee 84": false, "kim-lee-84": false, "k@x.de": false, "<b>1": false, "": false, "ab": false, "1\n2": false, strings.Repeat("1", 65): false, "٣٤": false,
	} {
		if plainID(id) != want {
			t.Errorf("%q: %v", id, !want)
		}
	}
}

func TestHostileInputIsOnlyText(t *testing.T) {
	live := `</p><script>alert(1)</script><img src=x onerror=alert(1)>{{.}}`
	name := filepath.Join(t.TempDir(), "<img src=x onerror=alert(1)>\u202e\xff.jsonl")
	long := strings.Repeat("I had a hip replacement. ", 8<<10) // 200 kB
	lines := ""
	for _, fields := range []string{
		`"id":%q,"text":"I had a hip replacement %[1]s"`, `"platform":%q,"text":"My diabetes is back"`, `"created":%q,"text":"My diabetes is back"`,
		`"id":"` + long + `","platform":"` + long + `","date":"` + long + `","kinds":["` + long + `"],"lang":"` + long + `","text":"` + long + `%.0s"`,
		`"platform":{"a":[%q]},"time":[1e999],"text":"My diabetes is back"`, `"platform":null,"created":true,"text":"%.0s\u0000\ud800 My diabetes is back"`,
	} {
		lines += fmt.Sprintf("{"+fields+"}\n", live)
	}
	if err := os.WriteFile(name, []byte(lines), 0o600); err != nil {
		t.Skipf("this file system does not take the name: %v", err)
	}
	page, root := reportOf(t, 0, name)
	if len(page) > 100<<10 || strings.ContainsAny(page, "\x00\u202e\uFFFD") {
		t.Errorf("%d bytes, or it holds what steers a reader", len(page))
	}
	if n := root.table(t, "Comments by what they disclose"); n["Not judged"]["Comments"] != "0" || strings.Contains(page, "alert(1)</") {
		t.Error("the report takes text for more than text:", n)
	}
}

// TestReportTakesNoMoreForMore feeds it what a large agency has, all of it
// different.
func TestReportTakesNoMoreForMore(t *testing.T) {
	r, err := newScanReport(bufio.NewWriter(&bytes.Buffer{}), time.Minute, []string{"big.jsonl"})
	if err != nil {
		t.Fatal(err)
	}
	text := strings.Repeat("hip ", 16<<10)
	feed := func(n int) {
		for i := range n {
			rec := entry{Record: file.Record{ID: fmt.Sprint("id ", i), Line: int64(i), Text: text[:len(text)-i%999]},
				origin: origin{platform: fmt.Sprint("platform ", i), date: time.Date(1990+i%110, 1, i%365, 0, 0, 0, 0, time.UTC)}}
			j := &classify.Judgement{Judged: true, Level: classify.Clear, Score: float64(i%9973) / 9973, Lang: "en", Kinds: []classify.Kind{classify.Symptom},
				Urgent: i%7 == 0, Reasons: []classify.Reason{{Why: "describes a symptom"}}}
			if err := r.write(rec, j); err != nil {
				t.Fatal(err)
			}
		}
	}
	held := func() int {
		runtime.GC()
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return int(m.HeapAlloc)
	}
	feed(40_000)
	before := held()
	feed(200_000)
	if grown := held() - before; grown > 256<<10 {
		t.Errorf("it holds %d kB more", grown>>10)
	}
	if len(r.worst) != mostSerious || len(r.platforms) > maxPlatforms+1 || r.all.total != 240_000 {
		t.Errorf("%d most serious, %d platforms, %d in all", len(r.worst), len(r.platforms), r.all.total)
	}
	runtime.KeepAlive(r)
}
