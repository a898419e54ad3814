package classify

import (
	"bufio"
	"encoding/json"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"unicode/utf8"

	"triage/internal/classify/network"
	"triage/internal/ingest"
)

var shared = sync.OnceValues(func() (*Classifier, error) { return New(Options{}) })

func classifier(tb testing.TB) *Classifier {
	tb.Helper()
	c, err := shared()
	if err != nil {
		tb.Fatal(err)
	}
	return c
}

func judge(tb testing.TB, s string) Judgement {
	tb.Helper()
	var j Judgement
	classifier(tb).Classify(ingest.Comment{Content: ingest.Content{Text: s}}, &j)
	return j
}

// clause is one case of testdata/clauses.jsonl; what is absent is not looked at.
type clause struct {
	Text       string
	Clause     string
	Level      *Level
	Subject    Subject
	Kinds      []Kind
	Urgent     *bool
	Identifier *bool
	Judged     *bool
	WhyNot     string `json:"why_not"`
	Lang       string
	Ask        *Ask
}

func TestGuidelineClauses(t *testing.T) {
	f, err := os.Open("testdata/clauses.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for sc := bufio.NewScanner(f); sc.Scan(); {
		var c clause
		if err := json.Unmarshal(sc.Bytes(), &c); err != nil {
			t.Fatal(err)
		}
		t.Run(c.Clause, func(t *testing.T) { c.check(t, judge(t, c.Text)) })
	}
}

func (c clause) check(t *testing.T, j Judgement) {
	if c.Level != nil && j.Level != *c.Level {
		t.Errorf("%q: level %s (score %.2f), want %s", c.Text, j.Level, j.Score, *c.Level)
	}
	if c.Subject != "" && j.Subject != c.Subject {
		t.Errorf("%q: subject %s, want %s", c.Text, j.Subject, c.Subject)
	}
	for _, k := range c.Kinds {
		if !slices.Contains(j.Kinds, k) {
			t.Errorf("%q: kinds %v, want %s among them", c.Text, j.Kinds, k)
		}
	}
	for _, b := range []struct {
		name string
		want *bool
		got  bool
	}{{"urgent", c.Urgent, j.Urgent}, {"identifier", c.Identifier, j.Identifier}, {"judged", c.Judged, j.Judged}} {
		if b.want != nil && b.got != *b.want {
			t.Errorf("%q: %s %v, want %v", c.Text, b.name, b.got, *b.want)
		}
	}
	if j.WhyNot != c.WhyNot {
		t.Errorf("%q: why not %q, want %q", c.Text, j.WhyNot, c.WhyNot)
	}
	if c.Lang != "" && j.Lang != c.Lang {
		t.Errorf("%q: language %s, want %s", c.Text, j.Lang, c.Lang)
	}
	if c.Ask != nil && j.Ask != *c.Ask {
		t.Errorf("%q: asks %q, want %q", c.Text, j.Ask, *c.Ask)
	}
	checkJudgement(t, c.Text, j)
}

// checkJudgement holds for every text: places lie in the text on the edges of
// letters, whatever was found has a reason, and no reason quotes.
func checkJudgement(tb testing.TB, s string, j Judgement) {
	tb.Helper()
	if (j.Level > None || j.Urgent || j.Identifier) && len(j.Reasons) == 0 {
		tb.Errorf("a result without a reason: %+v", j)
	}
	if j.Score < 0 || j.Score > 1 || j.Kinds == nil || j.Reasons == nil {
		tb.Errorf("score %v, kinds %v, reasons %v", j.Score, j.Kinds, j.Reasons)
	}
	if !j.Judged && (j.WhyNot == "" || j.Level != None) {
		tb.Errorf("not judged, but why not %q, level %s", j.WhyNot, j.Level)
	}
	for _, r := range j.Reasons {
		if r.Start < 0 || r.Start >= r.End || r.End > len(s) {
			tb.Fatalf("reason at %d to %d of %d bytes", r.Start, r.End, len(s))
		}
		if utf8.ValidString(s) && (!utf8.RuneStart(s[r.Start]) || r.End < len(s) && !utf8.RuneStart(s[r.End])) {
			tb.Errorf("reason at %d to %d cuts a letter", r.Start, r.End)
		}
		if !whys[r.Why] {
			tb.Errorf("a reason that is not one of ours: %q", r.Why)
		}
	}
}

// whys are all sentences a reason may be. That the set is closed is what keeps
// a comment's words out of it.
var whys = func() map[string]bool {
	m := map[string]bool{
		"describes a danger that may be happening now": true, "asks for help": true, "reads as if somebody needed help now": true,
		"gives an e-mail address": true, "gives a phone number": true, "gives a phone number in words": true, "gives a record or insurance number": true,
		"gives a date of birth": true, "gives a street address": true, "gives a full name": true, "is signed with a name": true,
	}
	for _, s := range said {
		for _, w := range slices.Concat(s.term, s.place) {
			m[w] = true
		}
	}
	return m
}()

func TestReasonsPointAtWhatWasFound(t *testing.T) {
	s := "Thank you 🙏 — my ｍｉｇｒａｉｎｅ is gone, call me: 555-014-7733"
	for kind, want := range map[string]string{"identifier": "555-014-7733", "condition": "ｍｉｇｒａｉｎｅ"} {
		found := false
		for _, r := range judge(t, s).Reasons {
			found = found || r.Kind == kind && s[r.Start:r.End] == want
		}
		if !found {
			t.Errorf("no reason of kind %s at its place in %+v", kind, judge(t, s).Reasons)
		}
	}
}

func TestNotJudged(t *testing.T) {
	c := classifier(t)
	for _, test := range []struct {
		in   ingest.Comment
		want string
	}{
		{ingest.Comment{Media: true}, NotMedia},
		{ingest.Comment{Truncated: true, Content: ingest.Content{Text: "I have diabetes"}}, NotTruncated},
		{ingest.Comment{Content: ingest.Content{Text: strings.Repeat("a ", ingest.MaxText)}}, NotTruncated},
	} {
		var j Judgement
		c.Classify(test.in, &j)
		if j.Judged || j.WhyNot != test.want || j.Level != None {
			t.Errorf("judged %v, why not %q, want %q", j.Judged, j.WhyNot, test.want)
		}
	}
	if j := judge(t, ""); !j.Judged || j.Level != None {
		t.Errorf("an empty comment: %+v", j)
	}
}

// TestNetworksForOtherTexts: one that was learned from something else would
// answer, and mean something else by it.
func TestNetworksForOtherTexts(t *testing.T) {
	file := func(purpose, reading string) []byte {
		w := &network.Weights{Header: network.Header{Filters: 32, Size: 32, Purpose: purpose, Reading: []byte(reading)}}
		w.W, w.Bias = make([]float32, 32*11*(32+network.Tags)), make([]float32, 32*4)
		w.Head, w.Out = make([]float32, network.Heads*network.Outputs*32*4), make([]float32, network.Heads*network.Outputs)
		w.PartVectors = [][]float32{make([]float32, 32)}
		b, err := network.Encode(w)
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	for _, test := range []struct{ purpose, reading, want string }{
		{"", "{}", ""},
		{"replies", "{}", "not learned from comments"},
		{"", `{"urgent":"often"}`, "load network: json"},
	} {
		_, err := New(Options{Network: file(test.purpose, test.reading)})
		if err == nil != (test.want == "") || err != nil && !strings.Contains(err.Error(), test.want) {
			t.Errorf("purpose %q, reading %s: %v, want %q", test.purpose, test.reading, err, test.want)
		}
	}
}

func TestOwnIsNoIdentifier(t *testing.T) {
	c, err := New(Options{Staff: []string{"Dr. Tilda Vosgrave"}, Own: []string{"+1 555 014 7733", "willowpractice.example"}})
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range []string{
		"Please call me back on 555-014-7733",
		"I wrote to my.doctor@willowpractice.example and got no answer",
		"The best I ever met. Thanks, Tilda Vosgrave",
	} {
		var j Judgement
		c.Classify(ingest.Comment{Content: ingest.Content{Text: s}}, &j)
		if j.Identifier {
			t.Errorf("%q counts as a patient's: %+v", s, j.Reasons)
		}
	}
}

// TestSmallChangesKeepTheLevel: what a reader would not notice changes nothing.
func TestSmallChangesKeepTheLevel(t *testing.T) {
	for _, s := range []string{
		"I had a hip replacement in May and walk without pain.",
		"Great office, friendly staff and easy parking.",
		"My daughter has epilepsy and this team is wonderful with her.",
	} {
		want := judge(t, s).Level
		for name, other := range map[string]string{
			"capitals": strings.ToUpper(s), "small": strings.ToLower(s), "emoji": s + " 🙏💛", "spaces": "  " + strings.ReplaceAll(s, " ", "  ") + "\n",
			"zero width": strings.ReplaceAll(s, "i", "i\u200b"), "full width": strings.Map(wide, s), "look-alikes": strings.NewReplacer("a", "а", "e", "е", "o", "о").Replace(s),
		} {
			if got := judge(t, other).Level; got != want {
				t.Errorf("%s: %q is %s, %q is %s", name, s, want, other, got)
			}
		}
	}
}

func wide(r rune) rune {
	if r >= 'a' && r <= 'z' {
		return r - 'a' + 'ａ'
	}
	return r
}

func TestConcurrentUseGivesTheSame(t *testing.T) {
	c := classifier(t)
	s := "My son has asthma, call me on 555-014-7733"
	want, _ := json.Marshal(judge(t, s))
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 50 {
				var j Judgement
				c.Classify(ingest.Comment{Content: ingest.Content{Text: s}}, &j)
				if got, _ := json.Marshal(j); string(got) != string(want) {
					t.Errorf("another judgement: %s", got)
				}
			}
		})
	}
	wg.Wait()
}

func FuzzClassify(f *testing.F) {
	for _, s := range []string{"", "\x00", "\xff\xfe cancer", "\u200fשלום my knee", "a\u0301\u0303n\u0303o", "my k\u200bnee 😀", "c.a.n.c.e.r", "Dr. x@y.zz +1 (", "I'm d'l'", "née le 3 mai 1980", strings.Repeat("my hip ", 300)} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) { checkJudgement(t, s, judge(t, s)) })
}

// TestLongTexts: time grows with length, not with its square.
func TestLongTexts(t *testing.T) {
	for _, part := range []string{"my knee hurts. ", "a", "1-2 ", "no ", "? ", "x@y.zz ", "Ann Bee ", "call me 5550147733 ", "é", "\xff", "I ", "12 Main st "} {
		s := strings.Repeat(part, ingest.MaxText/len(part))
		checkJudgement(t, s, judge(t, s))
	}
	judge(t, strings.Repeat("\x00ab", 1<<20))
}
