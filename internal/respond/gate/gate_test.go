package gate

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/txtar"
)

func newGate(t testing.TB) *Gate {
	t.Helper()
	g, err := New(Options{})
	if err != nil {
		t.Fatal(err)
	}
	return g
}

// gateFixture is a line of testdata/gate.txtar.
type gateFixture struct {
	rule, reply, comment string
	ok                   bool
}

func gateFixtures(t testing.TB) []gateFixture {
	t.Helper()
	a, err := txtar.ParseFile("testdata/gate.txtar")
	if err != nil {
		t.Fatal(err)
	}
	var out []gateFixture
	for _, f := range a.Files {
		for line := range strings.Lines(string(f.Data)) {
			verdict, text, _ := strings.Cut(strings.TrimRight(line, "\n"), " ")
			reply, comment, _ := strings.Cut(text, " <- ")
			out = append(out, gateFixture{rule: f.Name, reply: reply, comment: comment, ok: verdict == "ok"})
		}
	}
	return out
}

func TestGateRules(t *testing.T) {
	g := newGate(t)
	for _, f := range gateFixtures(t) {
		problems := g.Check(Outgoing{Text: f.reply, Comment: f.comment})
		if f.ok {
			for _, p := range problems {
				t.Errorf("%s: %q is refused: %s: %s", f.rule, f.reply, p.Rule, p.Why)
			}
			continue
		}
		if !slices.ContainsFunc(problems, func(p Problem) bool { return p.Rule == f.rule }) {
			t.Errorf("%s: %q is not refused by that rule, but: %v", f.rule, f.reply, problems)
		}
		checkPlaces(t, f.reply, problems)
	}
}

// checkPlaces: every problem has a rule, a reason and a place in the text, in
// order, and no two of one rule overlap.
func checkPlaces(t *testing.T, text string, problems []Problem) {
	t.Helper()
	last, end := 0, map[string]int{}
	for _, p := range problems {
		if p.Rule == "" || p.Why == "" || p.Start < last || p.End <= p.Start && text != "" || p.End > len(text) {
			t.Errorf("%q: bad place or reason: %+v", text, p)
		}
		if p.Start < end[p.Rule] {
			t.Errorf("%q: two places of %s overlap", text, p.Rule)
		}
		last, end[p.Rule] = p.Start, max(end[p.Rule], p.End)
	}
}

func TestGateLength(t *testing.T) {
	g := newGate(t)
	text := strings.Repeat("Thank you! ", MaxOutgoing/11+1)
	problems := g.Check(Outgoing{Text: text})
	if len(problems) != 1 || problems[0].Rule != "length" {
		t.Errorf("a text of %d bytes gives %v", len(text), problems)
	}
	if problems := g.Check(Outgoing{}); len(problems) != 0 {
		t.Errorf("an empty text gives %v", problems)
	}
}

// TestGateLinear: a text of the greatest length takes a small, bounded time,
// whatever it repeats.
func TestGateLinear(t *testing.T) {
	g := newGate(t)
	for _, unit := range []string{"you ", "a ", "1-", "what ", "thank you for ", "a.b@", "é", "​", "?", "8 ", "((((", "take the ", "@", "no record of ", "x", "a1", "ｘ", "thanks for the the the the ", "&#1;", "%41 ", "<b>", "thankyou", "vi si ", "zq ", "#", "1.", "A\n"} {
		start := time.Now()
		g.Check(Outgoing{Text: strings.Repeat(unit, MaxOutgoing/len(unit)), Comment: strings.Repeat(unit, 100_000/len(unit))})
		if d := time.Since(start); d > 2*time.Second {
			t.Errorf("%q repeated takes %s", unit, d)
		}
	}
}

func TestGateStaffAndOwn(t *testing.T) {
	g, err := New(Options{Staff: []string{"Dr. Gregory"}, Own: []string{"(555) 010-7788", "cedar.example"}, Terms: []string{"Zorblatt"}})
	if err != nil {
		t.Fatal(err)
	}
	for text, ok := range map[string]bool{
		"Dr. Gregory is in today.":                                       true,
		"Gregory's line is 555-010-7788.":                                true,
		"Please write to hello@cedar.example or see cedar.example/talk.": true,
		"Tamsin is in today.":                                            false,
		"Please call 555-010-9999.":                                      false,
		"zorblatt is no fun.":                                            false,
	} {
		if got := g.Check(Outgoing{Text: text}); (len(got) == 0) != ok {
			t.Errorf("%q: %v", text, got)
		}
	}
	if got := g.Check(Outgoing{Text: "Tamsin is in today.", Staff: []string{"Tamsin"}}); len(got) != 0 {
		t.Errorf("a name given with the text is refused: %v", got)
	}
}

func BenchmarkGate(b *testing.B) {
	g, err := New(Options{Staff: []string{"Cedar Family Practice"}, Own: []string{"(503) 555-0142", "cedar.example"}})
	if err != nil {
		b.Fatal(err)
	}
	o := Outgoing{Lang: "en", Text: "Thank you for reaching out. To protect everyone's privacy, we keep personal matters off this page. Please send us a private message, call (503) 555-0142, or book a consultation at https://cedar.example/talk.", Comment: "You made me wait two hours with a broken wrist, and then the doctor sent me home with aspirin."}
	b.ReportAllocs()
	var took []time.Duration
	for b.Loop() {
		start := time.Now()
		g.Check(o)
		took = append(took, time.Since(start))
	}
	slices.Sort(took)
	b.ReportMetric(float64(took[len(took)/2].Nanoseconds()), "p50-ns")
}

// dataFloors are what the gate must reach on replies.dev.jsonl; of Spanish and
// French there are few.
var dataFloors = map[string]struct{ refused, passed float64 }{"en": {0.89, 0.78}, "es": {0.85, 0.75}, "fr": {0.85, 0.75}}

// TestGateData measures the gate on labelled replies that are not part of the
// project.
func TestGateData(t *testing.T) {
	path := filepath.Join("..", "..", "..", "..", "shared", "data", "replies.dev.jsonl")
	if _, err := os.Stat(path); err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatalf("the labelled replies are missing: %v", err)
		}
		t.Skip("1 file of labelled replies is absent and was skipped")
	}
	g := newGate(t)
	for _, with := range []bool{true, false} {
		tally := map[string]int{}
		for _, l := range readLabelled(t, path) {
			o := Outgoing{Text: l.Reply, Lang: l.Lang, Staff: l.Staff, Own: l.Own}
			if with {
				o.Comment = l.Comment
			}
			ok := len(g.Check(o)) == 0
			tally[fmt.Sprint(l.Lang, l.Safe)]++
			if ok == l.Safe {
				tally[fmt.Sprint(l.Lang, l.Safe, "right")]++
			}
		}
		for _, lang := range []string{"en", "es", "fr"} {
			rate := func(safe bool) float64 {
				return float64(tally[fmt.Sprint(lang, safe, "right")]) / float64(tally[fmt.Sprint(lang, safe)])
			}
			t.Logf("%s, comment %v: unsafe refused %.3f, safe passed %.3f", lang, with, rate(false), rate(true))
			if floor := dataFloors[lang]; rate(false) < floor.refused || rate(true) < floor.passed {
				t.Errorf("below the floor: refused %.3f, passed %.3f", floor.refused, floor.passed)
			}
		}
	}
}
